"""The result as a table: each figure beside the floor's and beside its aim."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.load import Rate

HEAD = ("", "Koostöö", "floor", "ratio", "aim", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `met` is None where there is no aim."""

    name: str
    ours: str
    floor: str = ""
    ratio: str = ""
    aim: str = ""
    met: bool | None = None


def rate_row(name: str, rounds: Sequence[tuple[Rate, Rate]], aim: float | None = None) -> Row:
    """Return the line of measurements taken in turn, (ours, floor) each; medians of all rounds."""
    ratio = median(ours.per_second / floor.per_second for ours, floor in rounds)
    return Row(
        name,
        _rate([ours for ours, _ in rounds]),
        _rate([floor for _, floor in rounds]),
        f"{ratio:.2f}",
        "" if aim is None else f"at least {aim:.2f}",
        None if aim is None else ratio >= aim,
    )


def limit_row(
    name: str, value: float, unit: str, limit: float | None = None, cpu: float | None = None
) -> Row:
    """Return the line of a figure that should stay below a limit; `cpu` in seconds."""
    met = None if limit is None else value < limit
    aim = "" if limit is None else f"below {limit:g} {unit}"
    spent = "" if cpu is None else f" ({cpu * 1000:.0f} ms)"
    return Row(name, f"{value:.2f} {unit}{spent}", aim=aim, met=met)


def least_row(name: str, value: float, unit: str, least: float, cpu: float) -> Row:
    """Return the line of a figure that should not be below a limit; `cpu` in seconds of each."""
    told = f"{value:.0f}{unit} ({cpu * 1000:.2f} ms)"
    return Row(name, told, aim=f"at least {least:g}{unit}", met=value >= least)


def growth_row(name: str, rounds: Sequence[tuple[Rate, Rate]], limit: float) -> Row:
    """Return the line of measurements taken in turn, (among few, among many) each.

    The ratio says how many times as long a step takes among many; medians of all rounds.
    """
    ratio = median(few.per_second / many.per_second for few, many in rounds)
    few, many = ([pair[i] for pair in rounds] for i in (0, 1))
    told = f"{_rate(many)}, few: {_rate(few)}"
    return Row(name, told, "", f"{ratio:.2f}", f"at most {limit:.2f}", ratio <= limit)


def cells_of(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return the head of the table and its lines, verdicts in words."""
    verdicts = {None: "", True: "met", False: "not met"}
    return [HEAD, *((r.name, r.ours, r.floor, r.ratio, r.aim, verdicts[r.met]) for r in rows)]


def render(rows: Sequence[Row]) -> str:
    """Return the table as text in columns."""
    lines = cells_of(rows)
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _rate(rates: Sequence[Rate]) -> str:
    per_second = median(rate.per_second for rate in rates)
    return f"{per_second:.0f}/s ({median(rate.cpu_ms for rate in rates):.2f} ms)"
