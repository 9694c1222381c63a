"""Bars of a small chart, drawn in the template as SVG; the numbers stand beside them as text."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 320, 96
_HEAD, _FOOT = 16, 18
"""Room above the highest bar for its number, and under the bars for their names."""
_GAP = 0.25


class Bar(NamedTuple):
    """One bar in units of the drawing; `middle` is where its number and name stand."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    number: int


class Chart(NamedTuple):
    """A drawing `width` by `height`; the bars stand on `ground`."""

    width: int
    height: int
    ground: int
    bars: list[Bar]


def bar_chart(labels: Sequence[str], numbers: Sequence[int]) -> Chart:
    """Lay out one bar for each number (0 or more), the largest as high as there is room."""
    step = WIDTH / max(len(numbers), 1)
    ground = HEIGHT - _FOOT
    unit = (ground - _HEAD) / max([1, *numbers])
    bars = [
        Bar(
            x=round(index * step + step * _GAP / 2, 1),
            y=round(ground - number * unit, 1),
            width=round(step * (1 - _GAP), 1),
            height=round(number * unit, 1),
            middle=round((index + 0.5) * step, 1),
            label=label,
            number=number,
        )
        for index, (label, number) in enumerate(zip(labels, numbers, strict=True))
    ]
    return Chart(WIDTH, HEIGHT, ground, bars)
