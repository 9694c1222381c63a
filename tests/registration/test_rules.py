"""Seats as pure decisions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.registration import rules
from koostoo.registration.rules import EventFacts

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(**values: Any) -> EventFacts:
    """An open event with room for two."""
    fields: dict[str, Any] = {
        "state": "published",
        "takes_registrations": True,
        "opens_at": None,
        "closes_at": None,
        "is_over": False,
        "capacity": 2,
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


def test_a_newcomer_never_overtakes_those_who_wait() -> None:
    assert rules.first_state(event(), taken=1, waiting=1) == "waiting"


def test_a_full_event_without_waiting_list_refuses() -> None:
    assert rules.first_state(event(has_waiting_list=False), taken=2, waiting=0) == "full"


def test_an_event_without_limit_has_a_seat_for_everybody() -> None:
    assert rules.first_state(event(capacity=None), taken=900, waiting=0) == "confirmed"


def test_nobody_is_promoted_into_an_event_called_off() -> None:
    assert rules.promotions(event(state="called_off"), taken=0, waiting=3) == 0


@given(capacity=st.integers(0, 50), taken=st.integers(0, 60), waiting=st.integers(0, 60))
def test_promotions_fill_exactly_what_is_free(capacity: int, taken: int, waiting: int) -> None:
    number = rules.promotions(event(capacity=capacity), taken, waiting)
    assert number == min(max(capacity - taken, 0), waiting)


def test_answers_may_change_until_the_deadline_and_a_seat_be_given_up_after_it() -> None:
    late = event(closes_at=NOW)
    assert not rules.may_change(late, "confirmed", NOW)
    assert rules.may_cancel(late, "confirmed")
    assert rules.is_late(late, NOW)
