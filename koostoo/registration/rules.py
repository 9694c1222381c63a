"""Decisions about signing up: plain values in, a decision out; no clock, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    has_begun: bool = False
    approval: str = "none"
    offer_hours: int | None = None


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
    source: Literal["form", "desk", "import"] = "form"
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


FirstState = Literal["confirmed", "pending", "waiting", "full"]


def first_state(
    event: EventFacts,
    obstacle: Obstacle | None,
    waiting: int,
    *,
    approved: bool = False,
    places: int = 1,
) -> FirstState:
    """Decide what a newcomer gets once those who wait have been served.

    `approved`: an organiser agreed already, as when adding somebody by hand. `places`: how many
    would have to wait together.
    """
    asks = event.approval != "none" and not approved
    if asks and event.approval == "loose":
        return "pending"
    if obstacle is None:
        return "pending" if asks else "confirmed"
    return "waiting" if has_room_to_wait(event, waiting, places) else "full"


def takes_seat(event: EventFacts, state: str) -> bool:
    """Say whether somebody in this state has a seat of the event."""
    return state in ("confirmed", "offered") or (state == "pending" and event.approval == "holds")


def has_room_to_wait(event: EventFacts, waiting: int, more: int = 1) -> bool:
    """Say whether `more` people fit on the waiting list behind those who are on it."""
    has_room = event.waiting_max is None or waiting + more <= event.waiting_max
    return event.has_waiting_list and has_room


def served_state(
    event: EventFacts, *, approved: bool
) -> Literal["confirmed", "offered", "pending"]:
    """Decide what a seat that came free becomes for somebody who waited for it.

    An offer once the event has begun would be answered too late: the seat is given at once.
    """
    if event.approval == "holds" and not approved:
        return "pending"
    return "offered" if event.offer_hours and not event.has_begun else "confirmed"


def offer_ends(event: EventFacts, begins_at: datetime, now: datetime) -> datetime:
    """Return until when a seat offered at `now` waits for an answer: at the latest the beginning.

    Raises ValueError for an event that offers no seats.
    """
    if event.offer_hours is None:
        raise ValueError("this event gives seats at once")
    return min(now + timedelta(hours=event.offer_hours), begins_at)


def may_offer_anew(event: EventFacts) -> bool:
    """Say whether a seat can still be offered, with time to answer before the beginning."""
    return bool(event.offer_hours) and not event.has_begun


def may_accept(event: EventFacts, offer_until: datetime | None, now: datetime) -> bool:
    """Say whether a seat offered until then can still be taken."""
    return offer_until is not None and now < offer_until and gives_seats(event)


def ranks(queue: Sequence[tuple[datetime, int]]) -> list[int]:
    """Return the rank that keeps each of a queue, given in the order wanted, at its place.

    `queue` holds when each came, and their number. Those at the end who stand there by their time
    anyway keep 0, so that newcomers line up behind them; everybody before gets a number below 0.
    """
    ahead = len(queue)
    while ahead and (ahead == len(queue) or queue[ahead - 1] < queue[ahead]):
        ahead -= 1
    return [place - ahead if place < ahead else 0 for place in range(len(queue))]


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


AnswerFault = Literal["past", "late"]
"""What is wrong with a time to answer: it is over; the event will have begun."""


def answer_fault(until: datetime, begins_at: datetime, now: datetime) -> AnswerFault | None:
    """Return what keeps people from being asked to answer until then; None: nothing."""
    if until <= now:
        return "past"
    return "late" if until >= begins_at else None


def is_late(event: EventFacts, now: datetime) -> bool:
    """Say whether cancelling at `now` is a late cancellation: after the deadline."""
    return event.closes_at is not None and now >= event.closes_at
