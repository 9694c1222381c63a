"""Decisions about signing up: plain values in, a decision out; no clock, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Standing = Literal["open", "not_yet", "closed", "over", "called_off", "draft", "none"]


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the rules need to know of an event, read under the lock."""

    state: str
    takes_registrations: bool
    opens_at: datetime | None
    closes_at: datetime | None
    is_over: bool
    capacity: int | None
    has_waiting_list: bool


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person typed, cleaned: the form's values or the organiser's by hand."""

    first_name: str
    last_name: str
    email: str
    email_key: str
    phone: str
    organisation_id: int | None
    other_organisation: str
    member_organisation: str
    role: str
    language: str
    photo_consent: bool | None
    nonce: str
    answers: Mapping[int, Any] = field(default_factory=dict)
    source: Literal["form", "desk"] = "form"
    over_capacity: bool = False
    """An organiser gives a seat although all are taken; only with source "desk"."""


def standing(event: EventFacts, now: datetime) -> Standing:
    """Say whether the event takes registrations at `now`, and if not, why."""
    if event.state != "published":
        return "called_off" if event.state == "called_off" else "draft"
    if event.is_over:
        return "over"
    if not event.takes_registrations:
        return "none"
    if event.opens_at is not None and now < event.opens_at:
        return "not_yet"
    if event.closes_at is not None and now >= event.closes_at:
        return "closed"
    return "open"


def free_seats(capacity: int | None, taken: int) -> int | None:
    """Return how many seats are free, never below 0; None means no limit."""
    return None if capacity is None else max(capacity - taken, 0)


def first_state(
    event: EventFacts, taken: int, waiting: int
) -> Literal["confirmed", "waiting", "full"]:
    """Decide what a newcomer gets; nobody overtakes those who already wait."""
    free = free_seats(event.capacity, taken)
    if free is None or (free > 0 and waiting == 0):
        return "confirmed"
    return "waiting" if event.has_waiting_list else "full"


def promotions(event: EventFacts, taken: int, waiting: int) -> int:
    """Return how many from the head of the waiting list get a seat now."""
    if event.state != "published" or event.is_over:
        return 0
    free = free_seats(event.capacity, taken)
    return waiting if free is None else min(free, waiting)


def may_change(event: EventFacts, state: str, now: datetime) -> bool:
    """Say whether a participant may still change the answers: until the deadline."""
    return state in ("pending", "confirmed", "waiting", "offered") and standing(event, now) in (
        "open",
        "not_yet",
    )


def may_cancel(event: EventFacts, state: str) -> bool:
    """Say whether a participant may cancel: until the event is over, deadline or not."""
    active = state in ("pending", "confirmed", "waiting", "offered")
    return active and event.state != "called_off" and not event.is_over


def is_late(event: EventFacts, now: datetime) -> bool:
    """Say whether cancelling at `now` is a late cancellation: after the deadline."""
    return event.closes_at is not None and now >= event.closes_at
