"""How a registration's standing moves, and the letter each move writes.

Every function takes the session of the caller's transaction, with the event locked; whether a
move may be made is the caller's business.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from koostoo.registration import rules
from koostoo.registration.letters import tell
from koostoo.registration.models import Registration
from koostoo.registration.seating import facts

SERVED = {"confirmed": "promoted", "offered": "offered", "pending": "pending"}
"""The letter to somebody who waited, by what the seat that came free is for them."""


def give_seat(session: Session, registration: Registration, now: datetime) -> None:
    """Give somebody who waited a seat that came free, or offer it, as the event says."""
    event = registration.event
    event_facts = facts(event, now)
    approved = registration.approved_at is not None
    state = rules.served_state(event_facts, approved=approved)
    if state == "offered":
        registration.offer_until = rules.offer_ends(event_facts, event.when.begins_at, now)
    _move(session, registration, state, SERVED[state], now)


def confirm(
    session: Session,
    registration: Registration,
    letter: Literal["confirmed", "promoted"],
    now: datetime,
) -> None:
    """Give this person a seat for certain."""
    registration.offer_until = None
    _move(session, registration, "confirmed", letter, now)


def queue_up(session: Session, registration: Registration, now: datetime) -> None:
    """Put somebody on the waiting list, behind those who are on it."""
    line_up(session, registration.event_id, [registration], now)
    _move(session, registration, "waiting", "waiting", now)


def line_up(session: Session, event_id: int, people: Sequence[Registration], now: datetime) -> None:
    """Note the end of the queue as the place of these people, in the order of their numbers.

    Behind the last who waits even where the clock of the host that took them in is ahead of ours.
    """
    with (
        session.no_autoflush
    ):  # A row that is only just being put together is not yet to be written.
        last = session.scalar(
            select(func.max(Registration.queued_at)).where(
                Registration.event_id == event_id, Registration.state == "waiting"
            )
        )
    behind = now if last is None else max(now, last + timedelta(microseconds=1))
    for registration in people:
        registration.queued_at, registration.rank = behind, 0


def withdraw(
    session: Session,
    registration: Registration,
    by: Literal["participant", "organiser", "lapse"],
    now: datetime,
    letter: Literal["released"] | None = None,
) -> None:
    """End a registration; filling the seat is the caller's next step.

    Late it is not where the event was changed and they were asked whether they still come.
    """
    registration.ended_by, registration.cancelled_at = by, now
    registration.offer_until = None
    registration.cancelled_late = (
        by != "lapse"
        and not registration.is_asked
        and rules.is_late(facts(registration.event, now), now)
    )
    plain = "offer_lapsed" if by == "lapse" else "cancelled"
    _move(session, registration, "cancelled", letter or plain, now)


def turn_down(session: Session, registration: Registration, reason: str, now: datetime) -> None:
    """Tell a person that the organiser could not confirm them, and why."""
    registration.ended_by, registration.cancelled_at = "organiser", now
    registration.offer_until, registration.decision_reason = None, reason
    _move(session, registration, "rejected", "rejected", now)


def _move(
    session: Session, registration: Registration, state: str, letter: str, now: datetime
) -> None:
    registration.state = state
    # Calendars go by SEQUENCE: another standing is news to them.
    registration.sequence += 1
    registration.revised_at = now
    session.flush()
    tell(session, registration, letter, now)
