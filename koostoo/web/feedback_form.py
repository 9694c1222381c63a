"""An event's feedback form as fields: what participants fill in, what organisers look at."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, TextAreaField

from koostoo.feedback.models import FeedbackQuestion
from koostoo.feedback.rules import SCALE, TEXT_LENGTH
from koostoo.web.forms import AtMost, Form, NoForbidden, OneOf, options, prose
from koostoo.web.view import local


class AnswerForm(Form):
    """The answers of one person; `asking` adds a field for each question.

    It carries no number of its own, as other forms do: kept with the answers it would tie them to
    the page, and one answer each is held to by the person.
    """

    asked: tuple[tuple[int, str], ...] = ()
    """Number and kind of each question."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for anything at all: nobody has to answer everything."""
        valid = bool(super().validate(extra_validators))
        if valid and not self.answers():
            self.form_errors = [_("Please answer at least one question.")]
            return False
        return valid

    def answers(self) -> dict[int, Any]:
        """Return the checked answers by question, as they are stored; without those left out."""
        values = {number: _value(kind, self[_name(number)].data) for number, kind in self.asked}
        return {number: value for number, value in values.items() if value is not None}

    def question_fields(self) -> list[tuple[str, Field]]:
        """Return kind and field of each question, in order."""
        return [(kind, self[_name(number)]) for number, kind in self.asked]


def asking(questions: Sequence[FeedbackQuestion]) -> AnswerForm:
    """Return the form that asks these questions in the reader's language."""
    fields = {_name(question.id): _field(question) for question in questions}
    asked = tuple((question.id, question.kind) for question in questions)
    made: type[AnswerForm] = type("AnswerForm", (AnswerForm,), {**fields, "asked": asked})
    return made()


def _name(number: int) -> str:
    return f"q{number}"


def _field(question: FeedbackQuestion) -> Field:
    label = local(question.label)
    if question.kind == "scale":
        steps = [(str(step), str(step)) for step in range(1, SCALE + 1)]
        hint = _l("1 is very poor, 5 is very good.")
        return OneOf(label, choices=options(steps), description=hint)
    if question.kind == "yesno":
        return OneOf(label, choices=options([("yes", _l("Yes")), ("no", _l("No"))]))
    return TextAreaField(label, [AtMost(TEXT_LENGTH), NoForbidden()], filters=[prose])


def _value(kind: str, typed: str | None) -> Any:
    if not typed:
        return None
    if kind == "scale":
        return int(typed)
    return typed == "yes" if kind == "yesno" else typed
