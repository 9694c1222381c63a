import tomllib
from datetime import UTC, date, datetime

import pytest

from koostoo.base.when import When
from koostoo.programme.file_dates import read_period, read_when
from koostoo.programme.toml_table import Table


def table(lines: str, path: str = "") -> Table:
    return Table(tomllib.loads(lines), path, [])


def test_month_period_runs_to_its_last_day() -> None:
    top = table('starts = "2024-01"\nends = "2024-02"')
    assert read_period(top) == (date(2024, 1, 1), date(2024, 2, 29))
    assert top.problems == []


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ("starts = 2025-01-01\nends = 2024-12-31", ["ends: is before starts"]),
        ("starts = 2025-01-01", ["ends: is missing"]),
        ('starts = "2025-13"\nends = 2025-12-31', ['starts: must be a day or a month "2024-02"']),
        ('starts = 2025-01-01\nends = "9999-01"', ["ends: the year must be from 2000 to 2100"]),
    ],
)
def test_wrong_period_is_refused(lines: str, problems: list[str]) -> None:
    top = table(lines)
    read_period(top)
    assert top.problems == problems


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        ("when = 2024-03-14", When.days(date(2024, 3, 14))),
        ('when = "2024-11"', When.month(2024, 11)),
        ('when = "spring 2025"', When.of_season(2025, "spring")),
        ("starts = 2024-06-04\nends = 2024-06-07", When.days(date(2024, 6, 4), date(2024, 6, 7))),
    ],
)
def test_event_is_on_days_in_a_month_or_in_a_season(lines: str, when: When) -> None:
    event = table(lines)
    assert read_when(event) == when
    assert event.problems == []


def test_hours_without_a_zone_are_estonian_time() -> None:
    when = read_when(table("starts = 2025-07-01T10:00:00\nends = 2025-07-01T12:30:00"))
    assert when.starts_at == datetime(2025, 7, 1, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ("", "when"),
        ("when = 2025-03-01\nstarts = 2025-03-01", "when"),
        ("when = 2025-03-01T10:00:00", "when"),
        ('when = "2025-13"', "when"),
        ('when = "kevad"', "when"),
        ('when = "winter 9999"', "when"),
        ("when = 1025-03-01", "when"),
        ("starts = 2025-03-01", "ends"),
        ("ends = 2025-03-01", "starts"),
        ("starts = 2025-03-02\nends = 2025-03-01", "ends"),
        ("starts = 2025-03-02\nends = 2025-03-02T10:00:00", "ends"),
        ("starts = 2025-03-02T10:00:00\nends = 2025-03-02T10:00:00", "ends"),
        ('starts = "2025-03-02"\nends = 2025-03-02', "starts"),
    ],
)
def test_wrong_event_date_is_refused(lines: str, where: str) -> None:
    event = table(lines, "events[1]")
    read_when(event)
    assert [one.partition(": ")[0] for one in event.problems] == [f"events[1].{where}"]
