"""Seats under the event's lock: counting them, giving free ones to those who wait.

Every function takes the session of the caller's transaction.
"""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from koostoo.events.models import Event
from koostoo.registration import rules
from koostoo.registration.letters import tell
from koostoo.registration.models import SEATED, Registration
from koostoo.registration.rules import EventFacts

# Built once: putting a statement together costs more than running it.
_LOCK = select(Event).where(Event.id == bindparam("event_id")).with_for_update(of=Event)
_COUNT = (
    select(Registration.state, func.count())
    .where(Registration.event_id == bindparam("event_id"))
    .group_by(Registration.state)
)


class EventNotFound(LookupError):
    """There is no such event."""


def lock_event(session: Session, event_id: int) -> Event:
    """Return the event with its row locked; the one lock under which seats are counted.

    Raises EventNotFound. PostgreSQL: SELECT FOR UPDATE. SQLite: the transaction holds the lock.
    """
    event = session.scalar(_LOCK, {"event_id": event_id})
    if event is None:
        raise EventNotFound(event_id)
    return event


def facts(event: Event, now: datetime) -> EventFacts:
    """Return the plain values the rules decide on."""
    return EventFacts(
        state=event.state,
        takes_registrations=event.takes_registrations,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        is_over=event.when.is_over(now),
        capacity=event.capacity,
        has_waiting_list=event.has_waiting_list,
    )


def count_seats(session: Session, event_id: int) -> tuple[int, int]:
    """Return (taken, waiting), counted from rows."""
    rows = session.execute(_COUNT, {"event_id": event_id})
    counts = {state: number for state, number in rows}  # noqa: C416 - rows are typed pairs
    return sum(counts.get(state, 0) for state in SEATED), counts.get("waiting", 0)


def fill_seats(session: Session, event: Event, now: datetime) -> int:
    """Confirm as many from the head of the waiting list as there are free seats; return how many.

    Call it in the transaction that freed the seats, with the event locked.
    """
    taken, waiting = count_seats(session, event.id)
    number = rules.promotions(facts(event, now), taken, waiting)
    heads = session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == "waiting")
        .order_by(Registration.queued_at, Registration.id)
        .limit(number)
    ).all()
    for registration in heads:
        promote(session, registration, now)
    return len(heads)


def promote(session: Session, registration: Registration, now: datetime) -> None:
    """Give this person a seat and write to them."""
    registration.state = "confirmed"
    standing_moved(registration, now)
    session.flush()
    tell(session, registration, "promoted", now)


def standing_moved(registration: Registration, now: datetime) -> None:
    """Say that the standing changed: calendars go by SEQUENCE."""
    registration.sequence += 1
    registration.revised_at = now
