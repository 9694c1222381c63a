"""What of the answers counts: those to questions that are asked of who gives them."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from koostoo.events.models import Condition, Question
from koostoo.events.questions import AskedIf, not_asked
from koostoo.registration.models import Answer
from koostoo.registration.rules import SignUp

# Built once: putting a statement together costs more than running it.
_CONDITIONS = (
    select(Condition.question_id, Condition.on_id, Condition.option_id, Condition.yes)
    .join(Question, Question.id == Condition.question_id)
    .where(Question.event_id == bindparam("event_id"))
)


def only_asked(
    session: Session, event_id: int, entry: SignUp, known: Iterable[Answer] = ()
) -> SignUp:
    """Return what was typed with no answer to questions that are not asked, read fresh.

    `known` are the answers given before, which stand where this entry says nothing.
    """
    if not entry.answers:
        return entry
    rows = session.execute(_CONDITIONS, {"event_id": event_id})
    conditions = {number: AskedIf(on, option, yes) for number, on, option, yes in rows}
    answers = {**{answer.question_id: answer.value for answer in known}, **entry.answers}
    left_out = not_asked(conditions, answers)
    return replace(entry, answers={**entry.answers, **dict.fromkeys(left_out)})
