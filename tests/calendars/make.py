"""Made-up entries and readers the tests of this folder share."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar, Event

from koostoo.calendars.values import CalendarEntry, FeedInfo, Party

INFO = FeedInfo("Ühisüritused", "Kõik ühised üritused", "https://koostoo.example.ee/")
ORGANISER = Party("Õun, Mari", "mari@example.org")
ATTENDEE = Party("Jüri Kask", "jyri@example.com")
MADE_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WINTER = datetime(2026, 12, 9, 15, 15, tzinfo=UTC)

_SEMINAR = CalendarEntry(
    uid="event-7@koostoo.example.ee",
    sequence=2,
    summary="Seminar",
    start=WINTER,
    end=datetime(2026, 12, 9, 17, 0, tzinfo=UTC),
    place="Näidisküla rahvamaja",
    description="Kohtume rahvamajas.",
    url="https://koostoo.example.ee/events/seminar",
    status="CONFIRMED",
    created_at=datetime(2026, 9, 1, 8, 0, tzinfo=UTC),
    revised_at=datetime(2026, 10, 2, 8, 0, 30, 999, tzinfo=UTC),
)


def seminar(**changes: Any) -> CalendarEntry:
    """Return a timed event on a December afternoon, with `changes`."""
    return replace(_SEMINAR, **changes)


def study_trip(**changes: Any) -> CalendarEntry:
    """Return an all-day event from 30 May to 1 June 2026, with `changes`."""
    days = {"uid": "event-8@koostoo.example.ee", "summary": "Õppereis"}
    return seminar(**{**days, "start": date(2026, 5, 30), "end": date(2026, 6, 1), **changes})


def read(rendered: bytes) -> Calendar:
    calendar = Calendar.from_ical(rendered)
    assert isinstance(calendar, Calendar)
    return calendar


def only_event(rendered: bytes) -> Event:
    (event,) = read(rendered).events
    return event


def lines(rendered: bytes) -> list[str]:
    """Return the unfolded content lines, as RFC 5545 (3.1) reads them."""
    return rendered.decode().replace("\r\n ", "").split("\r\n")[:-1]
