"""Events in the order of time."""

from datetime import UTC, date, datetime

from koostoo.base.when import When
from koostoo.events.timeline import timeline

NOW = datetime(2025, 4, 10, 9, tzinfo=UTC)


def told(*items: tuple[When, str]) -> list[tuple[str, list[str]]]:
    """Each stretch with its events: "-" before what is over, ">" before what follows today."""
    return [
        (
            stretch.when.season or f"{stretch.when.first:%m/%Y}",
            [f"{'-' * line.is_over}{'>' * line.is_next}{line.item}" for line in stretch.lines],
        )
        for stretch in timeline(items, NOW)
    ]


def test_events_stand_in_their_months_and_a_season_after_the_month_it_begins_in() -> None:
    assert told(
        (When.of_season(2025, "summer"), "reis"),
        (When.days(date(2025, 6, 3)), "koolitus"),
        (When.days(date(2024, 11, 8), date(2025, 1, 2)), "pikk"),
        (When.month(2024, 11), "kuu"),
    ) == [
        ("11/2024", ["-kuu", "-pikk"]),
        ("06/2025", [">koolitus"]),
        ("summer", ["reis"]),
    ]


def test_today_stands_after_all_that_is_over_also_beside_a_season_that_goes_on() -> None:
    assert told(
        (When.of_season(2025, "spring"), "kevad"),
        (When.days(date(2025, 4, 2)), "eile"),
        (When.days(date(2025, 4, 20)), "homme"),
    ) == [("spring", ["kevad"]), ("04/2025", ["-eile", ">homme"])]


def test_a_project_that_is_over_has_no_today() -> None:
    assert told((When.month(2025, 3), "viimane")) == [("03/2025", ["-viimane"])]
    assert told() == []
