"""An event as calendars know it."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest

from koostoo.base.localtext import LocalText
from koostoo.base.when import ZONE, When
from koostoo.calendars.feed import render_feed
from koostoo.calendars.values import FeedInfo
from koostoo.events.entries import calendar_entries, calendar_entry
from koostoo.events.models import Event
from koostoo.events.uid import day_uid
from koostoo.web.feeds import FORM

PAGE = "https://koostoo.example.ee/events/oppereis"


def local(day: int, hour: int) -> datetime:
    return datetime(2027, 5, day, hour, tzinfo=ZONE)


WEEKEND = When.day_by_day([(local(8, 12), local(8, 18)), (local(9, 9), local(9, 15))])
SATURDAYS = When.day_by_day((local(day, 10), local(day, 14)) for day in (8, 15))


def trip(when: When, **values: Any) -> Event:
    event = Event(
        **{
            "uid": "event-1@koostoo.example.ee",
            "sequence": 2,
            "state": "published",
            "title": LocalText("Õppereis", "Study trip"),
            "summary": LocalText("Läheme külla."),
            "programme": LocalText("- kell 9 kohv\n- **ringkäik**"),
            "place": LocalText("Näidisküla"),
            "created_at": datetime(2026, 9, 1, 8, tzinfo=UTC),
            "revised_at": datetime(2026, 10, 2, 8, tzinfo=UTC),
            **values,
        }
    )
    event.when = when
    return event


def test_in_one_piece_the_hours_of_each_day_stand_in_the_description() -> None:
    entry = calendar_entry(trip(WEEKEND), "et", PAGE)
    assert (entry.start, entry.end) == (local(8, 12), local(9, 15))
    assert entry.description.split("\n\n")[1].replace("\u00a0", " ") == (
        "laupäev, 8. mai kell 12.00–18.00\npühapäev, 9. mai kell 9.00–15.00"
    )


def test_who_goes_to_three_saturdays_is_not_busy_in_between() -> None:
    assert not calendar_entry(trip(WEEKEND), "et", PAGE).transparent
    assert calendar_entry(trip(SATURDAYS), "et", PAGE).transparent
    assert not any(one.transparent for one in calendar_entries(trip(SATURDAYS), "et", PAGE))


def test_a_feed_has_an_entry_for_each_day() -> None:
    first, second = calendar_entries(trip(WEEKEND), "en", PAGE)
    assert (first.start, first.end) == (local(8, 12), local(8, 18))
    assert (second.start, second.end) == (local(9, 9), local(9, 15))
    assert [one.summary for one in (first, second)] == ["Study trip (1/2)", "Study trip (2/2)"]
    assert {one.sequence for one in (first, second)} == {2}


@pytest.mark.parametrize(
    "when",
    [When.timed(local(8, 12), local(9, 15)), When.days(date(2027, 5, 8), date(2027, 5, 9))],
)
def test_an_event_without_hours_of_days_is_one_entry(when: When) -> None:
    assert calendar_entries(trip(when), "et", PAGE) == [calendar_entry(trip(when), "et", PAGE)]


@pytest.mark.parametrize("when", [When.month(2027, 5), When.of_season(2027, "spring")])
def test_an_event_without_a_day_has_no_entry(when: When) -> None:
    with pytest.raises(ValueError, match="undated"):
        calendar_entries(trip(when), "et", PAGE)


def test_the_first_day_has_the_uid_of_the_event() -> None:
    assert day_uid("event-1@example.org", 1) == "event-1@example.org"
    assert day_uid("event-1@example.org", 3) == "event-1-3@example.org"
    assert day_uid("event-1", 2) == "event-1-2"


def test_another_way_of_writing_has_another_number() -> None:
    """Readers would otherwise keep what they have: the number is part of every feed's ETag."""
    events = [trip(WEEKEND), trip(When.days(date(2027, 5, 8)), state="called_off")]
    entries = [entry for event in events for entry in calendar_entries(event, "et", PAGE)]

    digest = sha256(render_feed(FeedInfo("Nimi", "", PAGE), entries)).hexdigest()[:16]

    # When this fails because feeds are meant to look otherwise: raise FORM, and note both here.
    assert (FORM, digest) == (2, "3cfb64bc89b63e5f")
