"""Events in the order of time, month by month, with today among them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Generic, TypeVar

from koostoo.base.when import When

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Line(Generic[Item]):
    """One event; `is_next` marks the first after all that is over: there stands today."""

    item: Item
    is_over: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Item]):
    """A month, or a season of which nothing nearer is known, and its events."""

    when: When
    lines: list[Line[Item]]


def timeline(items: Iterable[tuple[When, Item]], now: datetime) -> list[Stretch[Item]]:
    """Return these events in stretches: months in order, a season after its first month.

    An event stands in the month it begins in. Of one day the order given is kept.
    """
    ordered = sorted(items, key=lambda one: _place(one[0]))
    over = [at for at, (when, _) in enumerate(ordered) if when.is_over(now)]
    following = over[-1] + 1 if over else 0
    lines = [
        (_stretch(when), Line(item, when.is_over(now), at == following))
        for at, (when, item) in enumerate(ordered)
    ]
    return [
        Stretch(when, [line for _, line in group])
        for when, group in groupby(lines, key=lambda one: one[0])
    ]


def _place(when: When) -> tuple[date, bool, date, bool]:
    return _stretch(when).first, when.season is not None, when.first, not when.is_fixed


def _stretch(when: When) -> When:
    if when.season:
        return When.of_season(when.first.year, when.season)
    return When.month(when.first.year, when.first.month)
