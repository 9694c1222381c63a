"""Reminders, thanks, asking again for feedback: found when due, written with their mark.

When each falls due follows from the event as it is now, so a moved date needs no further care.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, contains_eager

from koostoo.attendance.feedback import has_not_answered, took_part
from koostoo.base.clock import local_day
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.correspondence.models import TimedLetter
from koostoo.correspondence.rules import (
    AFTER,
    FEEDBACK,
    LONGEST,
    THANKS,
    Asking,
    Due,
    Plan,
    due_now,
)
from koostoo.events.models import Event
from koostoo.feedback.models import FeedbackForm
from koostoo.mail.models import OutboxMessage
from koostoo.registration.letters import tell
from koostoo.registration.models import Registration
from koostoo.registration.seating import lock_event

TELL_WHEN = ("confirmed", "promoted", "event_changed")
"""Letters that tell the date: who got one after the moment of a reminder needs none."""
AHEAD = timedelta(days=LONGEST["d"] + 1)
BEHIND = timedelta(days=75)
"""How long ago an event that writes now may have begun: its length, days to wait, lateness."""
KINDS = {THANKS: "thanks", FEEDBACK: "feedback_reminder"}
"""The letters of these codes; all others remind of the event."""


def write_due(now: datetime) -> int:
    """Write the letters that are due at `now`; return how many.

    Looks before taking any lock; several workers and a crash double nothing.
    """
    return sum(_write_for(event_id, now) for event_id in _events_with_something_due(now))


def plan_of(event: Event) -> Plan:
    """Return when the event writes by itself."""
    form, feedback = event.own_feedback, None
    if form is not None and form.remind_after is not None:
        feedback = Asking(form.remind_after, form.closes_after)
    return Plan.read(event.reminders, event.thanks_after, feedback)


def done_for(session: Session, events: Iterable[Event]) -> dict[int, set[str]]:
    """Return which letters are done for the present start of each of these events."""
    starts = {event.id: event.when.begins_at for event in events}
    rows = session.execute(
        select(TimedLetter.event_id, TimedLetter.code, TimedLetter.begins_at).where(
            TimedLetter.event_id.in_(starts)
        )
    )
    done: dict[int, set[str]] = defaultdict(set)
    for event_id, code, begins_at in rows:
        if begins_at == starts[event_id]:
            done[event_id].add(code)
    return done


def mark(
    session: Session, event: Event, codes: Iterable[str], letters: int | None, now: datetime
) -> None:
    """Note that these letters are done for the event's present start."""
    session.add_all(
        TimedLetter(
            event_id=event.id,
            code=code,
            begins_at=event.when.begins_at,
            at=now,
            letters=letters,
        )
        for code in codes
    )


def _events_with_something_due(now: datetime) -> list[int]:
    today = local_day(now)
    session = db.session()
    session.rollback()
    events = session.scalars(
        select(Event)
        .outerjoin(Event.feedback_form)
        .where(
            Event.state == "published",
            Event.starts_on.between(today - BEHIND, today + AHEAD),
            or_(Event.reminders != "", Event.thanks_after.is_not(None), FeedbackForm.is_on),
        )
        .options(contains_eager(Event.feedback_form))
    ).all()
    done = done_for(session, events) if events else {}
    found = [event.id for event in events if _decide(event, done.get(event.id, set()), now)]
    session.rollback()
    return found


def _decide(event: Event, done: set[str], now: datetime) -> tuple[Due | None, list[str]] | None:
    """Return what is to be done about an event's letters at `now`; None: nothing."""
    chosen, let_pass = due_now(plan_of(event), event.when, done, now)
    return (chosen, let_pass) if chosen or let_pass else None


@retried
def _write_for(event_id: int, now: datetime) -> int:
    with transaction() as session:
        event = lock_event(session, event_id)
        if event.state != "published":
            return 0
        decision = _decide(event, done_for(session, [event])[event_id], now)
        if decision is None:
            return 0
        chosen, let_pass = decision
        mark(session, event, let_pass, None, now)
        if chosen is None:
            return 0
        people = _people(session, event, chosen)
        mark(session, event, [chosen.code], len(people), now)
        kind = KINDS.get(chosen.code, "reminder")
        payload = {"begins_at": event.when.begins_at.isoformat()}
        for person in people:
            tell(session, person, kind, now, payload)
        return len(people)


def _people(session: Session, event: Event, due: Due) -> Sequence[Registration]:
    """Return whom to write to: who has a seat, and was not told the date after the moment.

    After the event: who was there; asked again for feedback is who has not answered.
    """
    conditions: list[ColumnElement[bool]] = [
        Registration.event_id == event.id,
        Registration.state == "confirmed",
        Registration.email != "",
    ]
    if due.code == FEEDBACK:
        conditions.append(has_not_answered())
    if due.code in AFTER:
        conditions.append(took_part(event.id))
    else:
        told = exists().where(
            OutboxMessage.registration_id == Registration.id,
            OutboxMessage.kind.in_(TELL_WHEN),
            OutboxMessage.created_at > due.at,
        )
        conditions.append(~told)
    people = session.scalars(select(Registration).where(*conditions).order_by(Registration.id))
    # Nobody is written to because a list was brought in of an event that was over.
    return [
        person
        for person in people
        if person.source != "import" or not event.when.is_over(person.created_at)
    ]
