"""Decisions about signing up: plain values in, a decision out; no clock, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from koostoo.registration.seats import Obstacle

Standing = Literal["open", "not_yet", "closed", "over", "called_off", "draft", "none"]


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the rules need to know of an event, read under the lock."""

    state: str
    takes_registrations: bool
    opens_at: datetime | None
    closes_at: datetime | None
    is_over: bool
    has_waiting_list: bool
    waiting_max: int | None = None
    members_first_until: datetime | None = None


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


def is_open_to(event: EventFacts, organisation_id: int | None, now: datetime) -> bool:
    """Say whether this organisation's people may sign up yet; None is no partner."""
    first = event.members_first_until
    return organisation_id is not None or first is None or now >= first


def first_state(
    event: EventFacts, obstacle: Obstacle | None, waiting: int
) -> Literal["confirmed", "waiting", "full"]:
    """Decide what a newcomer gets once those who wait have been served."""
    if obstacle is None:
        return "confirmed"
    has_room = event.waiting_max is None or waiting < event.waiting_max
    return "waiting" if event.has_waiting_list and has_room else "full"


def gives_seats(event: EventFacts) -> bool:
    """Say whether free seats go to those who wait: not in a draft, not once it is over."""
    return event.state == "published" and not event.is_over


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
