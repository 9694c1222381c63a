"""What of the answers counts: those to questions the event asks of who gives them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from koostoo.events.models import Condition, Question
from koostoo.events.questions import AskedIf, not_asked
from koostoo.registration.models import Answer
from koostoo.registration.rules import SignUp

# Built once: putting a statement together costs more than running it.
_QUESTIONS = (
    select(Question.id, Condition.on_id, Condition.option_id, Condition.yes)
    .outerjoin(Condition, Condition.question_id == Question.id)
    .where(Question.event_id == bindparam("event_id"))
)


@dataclass(frozen=True, slots=True)
class Asking:
    """The questions an event asks, by number, and the answers some of them wait for."""

    questions: frozenset[int] = frozenset()
    conditions: Mapping[int, AskedIf] | None = None


def what_is_asked(session: Session, event_id: int, entries: Iterable[SignUp]) -> Asking:
    """Read the questions of an event afresh, where any of these entries answers one."""
    if not any(entry.answers for entry in entries):
        return Asking()
    return questions_asked(session, event_id)


def questions_asked(session: Session, event_id: int) -> Asking:
    """Read the questions of an event afresh."""
    rows = session.execute(_QUESTIONS, {"event_id": event_id}).all()
    waiting = {number: AskedIf(on, option, yes) for number, on, option, yes in rows if on}
    return Asking(frozenset(row[0] for row in rows), waiting)


def only_asked(asking: Asking, entry: SignUp, known: Iterable[Answer] = ()) -> SignUp:
    """Return what was typed with no answer to questions that are not asked."""
    return replace(entry, answers=asked_answers(asking, entry.answers, known))


def asked_answers(
    asking: Asking, answers: Mapping[int, Any], known: Iterable[Answer] = ()
) -> dict[int, Any]:
    """Return answers by question with none to questions that are not asked.

    An organiser may have removed one while the form was on its way: then there is no such
    question any more. `known` are the answers given before, which stand where nothing is said
    now.
    """
    given = {n: value for n, value in answers.items() if n in asking.questions}
    before = {answer.question_id: answer.value for answer in known}
    left_out = not_asked(asking.conditions or {}, {**before, **given})
    return {**given, **dict.fromkeys(left_out & asking.questions)}
