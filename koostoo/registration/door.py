"""People who come without a seat and are let in: a confirmed registration made at the door.

Every function takes the session of the caller's transaction, with the event locked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.base.text import fold, person_key
from koostoo.events.models import Event, Question
from koostoo.programme.models import Partner
from koostoo.registration.answering import asked_answers, questions_asked
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.origins import admit
from koostoo.registration.records import new_registration, write_answers
from koostoo.registration.rules import SignUp
from koostoo.registration.seating import claimant, newcomer, plan_of, tally_of
from koostoo.registration.seats import Claimant, obstacle
from koostoo.registration.standing import confirm


class AtDoor(NamedTuple):
    """Who came in; `was_known`: they had a registration already."""

    person: Registration
    was_known: bool


def is_of_project(session: Session, event: Event, organisation_id: int) -> bool:
    """Tell whether the organisation takes part in the event's project."""
    found = session.scalar(
        select(Partner.id).where(
            Partner.project_id == event.activity.project_id,
            Partner.organisation_id == organisation_id,
        )
    )
    return found is not None


def seat_at_door(
    session: Session, event: Event, entry: SignUp, note: str, now: datetime, by: int | None
) -> AtDoor:
    """Give whoever stands at the door a seat, above every limit if need be; they are there anyway.

    Somebody of that name and organisation who is on the list already is that person: two helpers
    may add the same, and who waits may come in the hope of a seat. The act stands in the audit
    trail with `note`. No letter goes to who gave no address.
    """
    known = _known(session, event, entry)
    if known is not None and known.state == "confirmed":
        return AtDoor(known, was_known=True)
    if known is not None:
        above = _is_above(session, event, claimant(known, plan_of(session, event)), now)
        known.approved_at = known.approved_at or now
        confirm(session, known, "promoted", now)
        _note(session, known, note, now, by, above=above)
        return AtDoor(known, was_known=True)
    above = _is_above(session, event, newcomer(entry), now)
    person = new_registration(event, entry, "confirmed", now)
    person.membership = admit(session, event, entry).membership
    session.add(person)
    session.flush()
    _note(session, person, note, now, by, above=above)
    return AtDoor(person, was_known=False)


def answer_at_door(
    session: Session,
    event: Event,
    registration_id: int,
    answers: Mapping[int, Any],
    *,
    replaces: bool,
) -> None:
    """Write what somebody answered as they arrived, above every limit: they are there anyway.

    Answers to other questions than those asked at check-in are left out. What was answered
    before stays unless this `replaces` it: an act that comes late fills only what is missing.
    """
    person = session.get_one(Registration, registration_id)
    here = set(
        session.scalars(
            select(Question.id).where(Question.event_id == event.id, Question.asked == "checkin")
        )
    )
    if not replaces:
        here -= {answer.question_id for answer in person.answers if answer.value is not None}
    asking = questions_asked(session, event.id)
    given = asked_answers(asking, answers, person.answers)
    write_answers(person, {number: value for number, value in given.items() if number in here})


def _known(session: Session, event: Event, entry: SignUp) -> Registration | None:
    named = session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.person_key == person_key(entry.first_name, entry.last_name),
            Registration.state.in_(ACTIVE),
        )
        .order_by(Registration.id)
    )
    other = fold(entry.other_organisation)
    same = [
        one
        for one in named
        if one.organisation_id == entry.organisation_id
        and (entry.organisation_id is not None or fold(one.other_organisation) == other)
    ]
    return min(same, key=lambda one: one.state != "confirmed", default=None)


def _is_above(session: Session, event: Event, person: Claimant, now: datetime) -> bool:
    plan = plan_of(session, event)
    return obstacle(plan, tally_of(session, event, plan), person, now) is not None


def _note(
    session: Session,
    person: Registration,
    note: str,
    now: datetime,
    by: int | None,
    *,
    above: bool,
) -> None:
    record(
        session,
        by,
        "walk_in_above" if above else "walk_in",
        now,
        event_id=person.event_id,
        registration_id=person.id,
        reason=note,
    )
