"""Seats as pure decisions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from koostoo.registration import rules
from koostoo.registration.rules import EventFacts

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(**values: Any) -> EventFacts:
    """An open event."""
    fields: dict[str, Any] = {
        "state": "published",
        "takes_registrations": True,
        "opens_at": None,
        "closes_at": None,
        "is_over": False,
        "has_waiting_list": True,
    }
    return EventFacts(**{**fields, **values})


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ({}, "open"),
        ({"state": "draft"}, "draft"),
        ({"state": "called_off"}, "called_off"),
        ({"is_over": True}, "over"),
        ({"takes_registrations": False}, "none"),
        ({"opens_at": NOW + HOUR}, "not_yet"),
        ({"opens_at": NOW}, "open"),
        ({"closes_at": NOW}, "closed"),
        ({"closes_at": NOW + HOUR}, "open"),
    ],
)
def test_standing_says_why_an_event_takes_no_registration(
    values: dict[str, Any], standing: str
) -> None:
    assert rules.standing(event(**values), NOW) == standing


def test_who_cannot_have_a_seat_waits() -> None:
    assert rules.first_state(event(), "full", waiting=1) == "waiting"
    assert rules.first_state(event(), None, waiting=1) == "confirmed"


def test_a_full_event_without_waiting_list_refuses() -> None:
    assert rules.first_state(event(has_waiting_list=False), "full", waiting=0) == "full"


def test_a_waiting_list_may_be_full_too() -> None:
    assert rules.first_state(event(waiting_max=2), "promised", waiting=1) == "waiting"
    assert rules.first_state(event(waiting_max=2), "promised", waiting=2) == "full"


def test_members_come_first_until_the_date_and_then_everybody() -> None:
    first = event(members_first_until=NOW)
    assert rules.is_open_to(first, 1, NOW - HOUR)
    assert not rules.is_open_to(first, None, NOW - HOUR)
    assert rules.is_open_to(first, None, NOW)


@pytest.mark.parametrize("values", [{"state": "called_off"}, {"state": "draft"}, {"is_over": True}])
def test_nobody_is_promoted_into_an_event_that_does_not_take_place(values: dict[str, Any]) -> None:
    assert not rules.gives_seats(event(**values))
    assert rules.gives_seats(event(closes_at=NOW))


def test_answers_may_change_until_the_deadline_and_a_seat_be_given_up_after_it() -> None:
    late = event(closes_at=NOW)
    assert not rules.may_change(late, "confirmed", NOW)
    assert rules.may_cancel(late, "confirmed")
    assert rules.is_late(late, NOW)
