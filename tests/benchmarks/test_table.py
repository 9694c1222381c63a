"""The table of the benchmark: medians of rounds, aims, plain words."""

from benchmarks.load import Rate
from benchmarks.table import growth_row, limit_row, rate_row, render


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    floor = Rate(100, 1)
    row = rate_row("page", [(Rate(60, 2), floor), (Rate(50, 2), floor), (Rate(1, 2), floor)], 0.5)
    assert (row.ratio, row.met) == ("0.50", True)


def test_growth_is_how_many_times_as_long_a_step_takes_among_many() -> None:
    few = Rate(120, 1)
    row = growth_row("sign-up", [(few, Rate(100, 1)), (few, Rate(80, 1)), (few, Rate(1, 1))], 1.3)
    assert (row.ratio, row.aim, row.met) == ("1.50", "at most 1.30", False)
    assert growth_row("sign-up", [(few, Rate(100, 1))], 1.3).met is True


def test_a_missed_aim_is_said_in_words() -> None:
    table = render([rate_row("page", [(Rate(10, 2), Rate(100, 1))], 0.5)])
    assert table.splitlines()[1].split("  ")[-1] == "not met"


def test_a_figure_at_its_limit_is_not_below_it() -> None:
    assert limit_row("first page", 1.5, "s", 1.5).met is False
    assert limit_row("first page", 1.4, "s", 1.5).met is True


def test_a_figure_without_an_aim_is_neither_met_nor_missed() -> None:
    assert limit_row("memory", 90, "MB").met is None
