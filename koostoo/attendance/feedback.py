"""Who says how an event was: those who were there, each once; their answers go into the box."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from koostoo.attendance.models import Attendance
from koostoo.base.clock import local_day
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.events.models import Event
from koostoo.feedback.box import put_in
from koostoo.feedback.forms import lock_form
from koostoo.feedback.models import FeedbackForm, FeedbackGiven
from koostoo.feedback.rules import Standing, closes_on, fits, standing
from koostoo.registration.models import Registration

FEEDBACK_PURPOSE = "feedback"
"""The token of a link to the form opens nothing else."""


def took_part(event_id: int) -> ColumnElement[bool]:
    """Return the condition on people of the event: they were there on any day.

    Where nobody was marked at all, attendance was not taken, and who had a seat counts.
    """
    of_event = select(Registration.id).where(Registration.event_id == event_id)
    was_taken = exists().where(
        Attendance.status == "present", Attendance.registration_id.in_(of_event)
    )
    was_there = exists().where(
        Attendance.status == "present", Attendance.registration_id == Registration.id
    )
    return or_(was_there, and_(Registration.state == "confirmed", ~was_taken))


def has_not_answered() -> ColumnElement[bool]:
    """Return the condition on people: nothing of theirs is in the box."""
    return ~exists().where(FeedbackGiven.registration_id == Registration.id)


def count_participants(event_id: int) -> int:
    """Return how many people took part in the event, as far as is known."""
    number = select(func.count()).where(Registration.event_id == event_id, took_part(event_id))
    return db.session.scalar(number) or 0


def takes_answers(event: Event, form: FeedbackForm, now: datetime) -> bool:
    """Say whether the form is switched on and its last day has not passed."""
    last_day = closes_on(event.ends_on, form.closes_after)
    return form.is_on and event.state == "published" and local_day(now) <= last_day


def standing_of(
    session: Session, registration: Registration, form: FeedbackForm, now: datetime
) -> Standing:
    """Return how the event's form stands to this person at `now`."""
    event, number = registration.event, Registration.id == registration.id
    was_there = session.scalar(select(Registration.id).where(number, took_part(event.id)))
    return standing(
        is_over=event.when.is_over(now),
        is_open=takes_answers(event, form, now),
        took_part=was_there is not None,
        has_given=session.get(FeedbackGiven, registration.id) is not None,
    )


def asks(session: Session, registration: Registration, now: datetime) -> bool:
    """Say whether our own form waits for an answer of this person."""
    form = registration.event.own_feedback
    return form is not None and standing_of(session, registration, form, now) == "open"


@retried
def give_feedback(registration_id: int, answers: Mapping[int, Any], now: datetime) -> bool:
    """Put somebody's answers, by question, into the box; say whether they were taken.

    Once is all: a second time changes nothing, nor does an answer to what was not asked. What is
    kept about the person and what about the answers are two rows that share nothing.
    """
    with transaction() as session:
        registration = session.get(Registration, registration_id)
        form = lock_form(session, registration.event_id) if registration else None
        if registration is None or form is None:
            return False
        kinds = {question.id: question.kind for question in form.questions}
        kept = {
            number: value
            for number, value in answers.items()
            if number in kinds and fits(kinds[number], value)
        }
        if not kept or standing_of(session, registration, form, now) != "open":
            return False
        session.add(FeedbackGiven(registration_id=registration_id))
        session.flush()
        put_in(session, form, kept)
        return True
