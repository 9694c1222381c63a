"""An event's own questions as fields of a form; their answers as values and in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field, StringField, TextAreaField, ValidationError

from koostoo.base import keep
from koostoo.events.models import ASKED, Event, Option, Question
from koostoo.events.questions import AskedIf, not_asked
from koostoo.registration.models import Answer
from koostoo.web.forms import AnyOf, AtMost, NoForbidden, OneOf, Sentence, line, options, prose

NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,6})?")


class Scope(NamedTuple):
    """Which of an event's questions a form holds, by whom they are asked, and how."""

    asked: tuple[str, ...] = ("signup",)
    with_sensitive: bool = True
    is_strict: bool = True
    """Whether what must be answered is demanded."""

    def questions_of(self, event: Event) -> list[Question]:
        """Return the questions in their order."""
        return [
            question
            for question in event.questions
            if question.asked in self.asked and (self.with_sensitive or not question.is_sensitive)
        ]


AT_SIGNUP = Scope()
WHEN_ADDED = Scope(("signup", "organisers"))
"""An organiser signs somebody up."""
ALL_ANSWERS = Scope(ASKED, is_strict=False)
"""Whatever is known of somebody, put right afterwards by who runs the event."""
ALL_BUT_SENSITIVE = ALL_ANSWERS._replace(with_sensitive=False)
AT_THE_DOOR = Scope(("checkin",), is_strict=False)
"""Nobody is kept at the door for the want of an answer."""


class FirstAnswer(NamedTuple):
    """The answer another question waits for: name and value of its box, and both in words."""

    name: str
    value: str
    question: str
    answer: str


class Asked(NamedTuple):
    """A question as a form knows it, in its reader's language."""

    id: int
    kind: str
    asked_if: AskedIf | None
    waits_for: FirstAnswer | None


class OwnQuestions:
    """What a form gains that asks an event's own questions; `asking` makes such a class."""

    asked: tuple[Asked, ...] = ()
    left_out: frozenset[int] = frozenset()
    """The questions not asked after what was answered; known once they are checked."""
    known: Mapping[int, Any] = {}
    """Answers given before to questions this form may not hold, which others may wait for."""

    def check_questions(self) -> None:
        """After the fields were checked: what is not asked may hold anything, or nothing."""
        fields = self._fields_by_question()
        answers = {**self.known} | {
            question.id: None if field.errors else answer_value(question.kind, field.data)
            for question, field in fields.items()
        }
        conditions = {question.id: question.asked_if for question in self.asked}
        self.left_out = not_asked({n: c for n, c in conditions.items() if c is not None}, answers)
        for question, field in fields.items():
            if question.id in self.left_out:
                field.errors = []

    def read_answers(self) -> dict[int, Any]:
        """Return the checked answers by question, as they are stored; None: none, or not asked."""
        return {
            question.id: None
            if question.id in self.left_out
            else answer_value(question.kind, field.data)
            for question, field in self._fields_by_question().items()
        }

    def question_fields(self) -> list[Field]:
        """Return the event's own fields in their order."""
        return list(self._fields_by_question().values())

    def waits_for(self, field: Field) -> FirstAnswer | None:
        """Return the answer before which the question of this field is not asked."""
        fields = self._fields_by_question()
        question = next(question for question, own in fields.items() if own is field)
        if question.asked_if is None or question.waits_for is None:
            return None
        on = question.asked_if.on
        first = next((own for other, own in fields.items() if other.id == on), None)
        return None if first is None else question.waits_for._replace(name=first.name)

    def _fields_by_question(self) -> dict[Asked, Field]:
        form: Any = self
        return {question: form[f"q{question.id}"] for question in self.asked}


Asking = TypeVar("Asking", bound=OwnQuestions)
_CLASSES: dict[Any, Any] = {}
MOST_CLASSES = 100


def asking(
    form: type[Asking],
    event: Event,
    lang: str,
    full: frozenset[int],
    scope: Scope = AT_SIGNUP,
) -> type[Asking]:
    """Return the form class with the event's own questions; `full` options are marked as such.

    Kept for the present version of the event: making such a class costs more than filling it in.
    One of an event that is not stored, a preview, is not kept.
    """
    if event.id is None:
        return _class_asking(form, event, lang, full, scope)
    key = (form, event.uid, event.version, lang, full, scope)
    if key not in _CLASSES:
        if len(_CLASSES) >= MOST_CLASSES:
            _CLASSES.clear()
        _CLASSES[key] = _class_asking(form, event, lang, full, scope)
    made: type[Asking] = _CLASSES[key]
    return made


def _class_asking(
    form: type[Asking], event: Event, lang: str, full: frozenset[int], scope: Scope
) -> type[Asking]:
    questions = scope.questions_of(event)
    fields = {f"q{q.id}": _question_field(q, lang, full, scope) for q in questions}
    asked = tuple(Asked(q.id, q.kind, q.asked_if, _first_answer(q, lang)) for q in questions)
    return type(f"{form.__name__}OfEvent", (form,), {**fields, "asked": asked})


def _hint(question: Question, lang: str) -> str:
    """Return the organiser's hint, and who sees the answer to a sensitive question how long."""
    if not question.is_sensitive:
        return question.help.to(lang)
    seen = ngettext(
        "Only the organisers of the event see the answer; it is deleted %(num)s day after it.",
        "Only the organisers of the event see the answer; it is deleted %(num)s days after it.",
        keep.SENSITIVE_DAYS,
    )
    return f"{question.help.to(lang)} {seen}".strip()


def _question_field(question: Question, lang: str, full: frozenset[int], scope: Scope) -> Any:
    label, hint = question.label.to(lang), _hint(question, lang)
    validators: list[Any] = [Sentence()] if question.required and scope.is_strict else []
    offered = options(
        (str(option.id), _option_words(option, lang, full)) for option in question.options
    )
    if question.kind == "choice":
        return OneOf(label, choices=offered, validators=validators, description=hint)
    if question.kind == "choices":
        return AnyOf(label, choices=offered, validators=validators, description=hint)
    if question.kind == "yesno":
        yes_no = options([("yes", _("Yes")), ("no", _("No"))])
        return OneOf(label, choices=yes_no, validators=validators, description=hint)
    if question.kind == "long":
        checks = [NoForbidden(), *validators, AtMost(4000)]
        return TextAreaField(label, filters=[prose], validators=checks, description=hint)
    checks = [NoForbidden(), *validators, AtMost(500)]
    if question.kind in ("number", "date"):
        checks.append(_is_number if question.kind == "number" else _is_date)
    return StringField(label, filters=[line], validators=checks, description=hint)


def _option_words(option: Option, lang: str, full: frozenset[int]) -> str:
    label = option.label.to(lang)
    return _("%(option)s (full: waiting list)", option=label) if option.id in full else label


def _is_number(_form: Any, field: Field) -> None:
    if field.data and not NUMBER.fullmatch(field.data):
        raise ValidationError(_("Please write a number, such as 2 or 1,5."))


def _is_date(_form: Any, field: Field) -> None:
    if field.data and _read_date(field.data) is None:
        raise ValidationError(_("Please write a date like 24.08.2026."))


def _read_date(text: str) -> date | None:
    parts = text.split(".") if "." in text else text.split("-")[::-1]
    try:
        day, month, year = (int(part) for part in parts)
        return date(year, month, day) if year in range(1900, 2200) else None
    except ValueError:
        return None


def answer_value(kind: str, data: Any) -> Any:
    """Return the value of a field of this kind as it is stored; None for no answer."""
    if data in (None, "", []):
        return None
    if kind == "yesno":
        return data == "yes"
    if kind == "choice":
        return [int(data)]
    if kind == "choices":
        return [int(option) for option in data]
    if kind == "number":
        return str(data).replace(",", ".")
    if kind == "date":
        day = _read_date(data)
        return day.isoformat() if day else None
    return data


def answer_data(questions: Iterable[Question], answers: Sequence[Answer]) -> dict[str, Any]:
    """Return stored answers as the fields of these questions hold them."""
    known = {answer.question_id: answer.value for answer in answers}
    values: dict[str, Any] = {}
    for question in questions:
        value = known.get(question.id)
        if question.kind == "yesno":
            value = {True: "yes", False: "no", None: None}[value]
        elif question.kind == "choice":
            value = str(value[0]) if value else None
        elif question.kind == "choices":
            value = [str(option) for option in value or ()]
        values[f"q{question.id}"] = value
    return values


def answer_text(question: Question, value: Any, lang: str) -> str:
    """Return a stored answer in words, for pages and lists."""
    if value is None:
        return ""
    if question.kind == "yesno":
        return _("Yes") if value else _("No")
    if question.kind in ("choice", "choices"):
        return ", ".join(o.label.to(lang) for o in question.options if o.id in value)
    return str(value)


def _first_answer(question: Question, lang: str) -> FirstAnswer | None:
    condition = question.condition
    if condition is None:
        return None
    asked = condition.on.label.to(lang)
    if condition.option is not None:
        return FirstAnswer("", str(condition.option_id), asked, condition.option.label.to(lang))
    value, words = ("yes", _("Yes")) if condition.yes else ("no", _("No"))
    return FirstAnswer("", value, asked, words)
