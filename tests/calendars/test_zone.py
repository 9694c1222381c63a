"""The definition in the file itself is evaluated here, never the zone of the system."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from koostoo.calendars.feed import render_feed
from tests.calendars.make import INFO, lines, read, seminar

HOUR = timedelta(hours=1)


def utc_by_the_file(rendered: bytes, local: datetime) -> datetime:
    (definition,) = read(rendered).timezones
    return local.replace(tzinfo=definition.to_tz(lookup_tzid=False)).astimezone(UTC)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-12-09T17:15", "2026-12-09T15:15+00:00"),
        ("2026-06-09T17:15", "2026-06-09T14:15+00:00"),
        ("2002-03-31T02:59", "2002-03-31T00:59+00:00"),
        ("2026-03-29T02:59", "2026-03-29T00:59+00:00"),
        ("2026-03-29T04:00", "2026-03-29T01:00+00:00"),
        ("2026-10-25T02:59", "2026-10-24T23:59+00:00"),
        ("2026-10-25T04:00", "2026-10-25T02:00+00:00"),
        ("2037-07-01T12:00", "2037-07-01T09:00+00:00"),
    ],
)
def test_the_definition_in_the_file_knows_summer_and_winter(local: str, utc: str) -> None:
    rendered = render_feed(INFO, [seminar()])

    instant = utc_by_the_file(rendered, datetime.fromisoformat(local))

    assert instant == datetime.fromisoformat(utc)


@pytest.mark.parametrize("month", [6, 12])
def test_what_is_written_means_the_moment_that_was_given(month: int) -> None:
    start = datetime(2026, month, 9, 17, 15, tzinfo=ZoneInfo("Europe/Tallinn"))
    rendered = render_feed(INFO, [seminar(start=start, end=start + HOUR)])

    (written,) = (line for line in lines(rendered) if line.startswith("DTSTART;"))

    assert written == f"DTSTART;TZID=Europe/Tallinn:2026{month:02}09T171500"
    local = datetime(2026, month, 9, 17, 15)  # noqa: DTZ001 - the zone comes from the file
    assert utc_by_the_file(rendered, local) == start


def test_the_definition_is_two_rules_and_no_list_of_dates() -> None:
    written = lines(render_feed(INFO, []))

    rules = [set(line.split(":")[1].split(";")) for line in written if line.startswith("RRULE:")]
    assert rules == [
        {"FREQ=YEARLY", "BYMONTH=3", "BYDAY=-1SU"},
        {"FREQ=YEARLY", "BYMONTH=10", "BYDAY=-1SU"},
    ]
    assert not any(line.startswith("RDATE") for line in written)
    assert {"DTSTART:20020331T030000", "DTSTART:20021027T040000"} <= set(written)
