"""Whether people still come after a change of the event: their answers, and who gave none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.registration import rules
from koostoo.registration.coming import note_that_they_come
from koostoo.registration.decisions import Decided, decide_about, note
from koostoo.registration.filling import fill_seats
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.seating import facts, lock_registration
from koostoo.registration.standing import withdraw

Answered = Literal["comes", "cancelled", "outdated", "nothing"]
"""What an answer did; "outdated": they were asked anew since, after another change."""


@retried
def answer(registration_id: int, move_id: int, now: datetime, *, comes: bool) -> Answered:
    """Note that a participant still comes, or let them out and serve the next.

    `move_id` is the change they were shown. An answer counts after its time too, as long as they
    have their place; a seat somebody has said they take is not given up by an old button.
    """
    with transaction() as session:
        person = lock_registration(session, registration_id)
        if person is None or not rules.may_cancel(facts(person.event, now), person.state):
            return "nothing"
        if person.move_id != move_id:
            return "outdated"
        if comes:
            note_that_they_come(session, person, now)
            return "comes"
        if not person.is_asked:
            return "nothing"
        withdraw(session, person, "participant", now)
        fill_seats(session, person.event, now)
        return "cancelled"


def note_coming(event_id: int, numbers: Sequence[int], now: datetime, by: int | None) -> Decided:
    """Note for people who told an organiser that they still come; raise EventNotFound."""

    def decide(session: Session, person: Registration, outcome: Decided) -> None:
        if not person.is_asked:
            outcome.left[person.id] = "unasked"
            return
        note_that_they_come(session, person, now)
        outcome.done.append(person.id)
        note(session, person, "still_comes", now, by)

    return decide_about(event_id, numbers, now, ACTIVE, decide)


def release(event_id: int, numbers: Sequence[int], now: datetime, by: int | None) -> Decided:
    """Release the places of people who did not answer in time; raise EventNotFound.

    Who has answered, was not asked or still has time is left as they are.
    """

    def decide(session: Session, person: Registration, outcome: Decided) -> None:
        until = person.move.answer_until if person.move else None
        if not person.is_asked or until is None or now < until:
            outcome.left[person.id] = "answered"
            return
        withdraw(session, person, "organiser", now, letter="released")
        outcome.done.append(person.id)
        note(session, person, "released", now, by)

    return decide_about(event_id, numbers, now, ACTIVE, decide)
