"""Answers an organiser writes down for somebody: what only the desk knows, or a call told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from koostoo.accounts.audit import record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.registration import rules
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.answering import asked_answers, questions_asked
from koostoo.registration.filling import fill_seats
from koostoo.registration.records import write_answers
from koostoo.registration.seating import (
    claimant,
    facts,
    lock_registration,
    options_chosen,
    plan_of,
    tally_of,
)
from koostoo.registration.seats import obstacle_to_change


@retried
def answer_for(
    registration_id: int, answers: Mapping[int, Any], now: datetime, by: int | None
) -> bool:
    """Write answers by question for somebody, at any time; say whether any was news.

    Questions left out keep their answers. No letter goes out: whoever asked for it knows. Raises
    SignUpRefused where what is chosen is full.
    """
    with transaction() as session:
        registration = lock_registration(session, registration_id)
        if registration is None:
            return False
        event = registration.event
        asking = questions_asked(session, event.id)
        given = asked_answers(asking, answers, registration.answers)
        plan = plan_of(session, event)
        if plan.option_limits and rules.takes_seat(facts(event, now), registration.state):
            known = {answer.question_id: answer.value for answer in registration.answers}
            old = claimant(registration, plan)
            new = replace(old, options=options_chosen({**known, **given}))
            reason = obstacle_to_change(plan, tally_of(session, event, plan), old, new, now)
            if reason is not None:
                raise SignUpRefused(reason)
        if not write_answers(registration, given):
            return False
        registration.revised_at = now
        session.flush()
        record(session, by, "answered_for", now, event_id=event.id, registration_id=registration.id)
        # A room or a stop may have come free for somebody.
        fill_seats(session, event, now)
        return True
