"""What the tests of feedback share: a form of the ready-made questions, and answers to it."""

from typing import Any

from koostoo.base.database import db, transaction
from koostoo.feedback.forms import write_form
from koostoo.feedback.queries import find_form
from koostoo.feedback.ready import ready_questions
from koostoo.feedback.rules import FormDraft


def ask(event_id: int, **values: Any) -> None:
    """Give the event a form with all ready-made questions, unless others are given."""
    with transaction() as session:
        write_form(session, event_id, FormDraft(**{"questions": ready_questions(), **values}))


def numbers_of(event_id: int) -> dict[str, int]:
    """The numbers of the form's questions by their codes."""
    db.session.rollback()
    form = find_form(event_id)
    assert form is not None
    return {question.code: question.id for question in form.questions}
