"""The last results: measured parts are replaced, the others stay."""

from benchmarks.results import merged
from benchmarks.table import limit_row

ORDER = ("web", "desk", "start")


def test_a_part_is_replaced_and_the_others_stay() -> None:
    first = merged(
        "",
        {"start": [limit_row("first page", 1.4, "s", 1.5)], "web": [limit_row("page", 9, "MB")]},
        ORDER,
        "Monday",
    )
    later = merged(first, {"start": [limit_row("first page", 1.7, "s", 1.5)]}, ORDER, "Friday")
    assert later.index("## web") < later.index("## start")
    assert "| page | 9.00 MB |" in later
    assert "Monday." in later.split("## start")[0]
    assert "| first page | 1.70 s |  |  | below 1.5 s | not met |" in later
    assert "1.40 s" not in later


def test_a_part_that_is_measured_no_more_is_left_out() -> None:
    known = merged("", {"web": [limit_row("page", 9, "MB")]}, ORDER, "Monday")
    assert "## web" not in merged(known, {}, ("desk",), "Friday")
