"""An event's own questions as fields of a form; their answers as values and in words."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, StringField, TextAreaField, ValidationError

from koostoo.events.models import Event, Option, Question
from koostoo.web.forms import AnyOf, AtMost, NoForbidden, OneOf, Sentence, line, options, prose

NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,6})?")


def question_fields(event: Event, lang: str, full: frozenset[int]) -> dict[str, Any]:
    """Return the event's own questions as fields for a form class.

    `full` are options without room, marked as such.
    """
    return {
        f"q{question.id}": _question_field(question, lang, full) for question in event.questions
    }


def read_answers(form: Any, event: Event) -> dict[int, Any]:
    """Return what was answered to the event's own questions, by question, as it is stored."""
    return {q.id: answer_value(q, form[f"q{q.id}"].data) for q in event.questions}


def _question_field(question: Question, lang: str, full: frozenset[int]) -> Any:
    label, hint = question.label.to(lang), question.help.to(lang)
    validators: list[Any] = [Sentence()] if question.required else []
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


def answer_value(question: Question, data: Any) -> Any:
    """Return a field's value as it is stored; None for no answer."""
    if data in (None, "", []):
        return None
    if question.kind == "yesno":
        return data == "yes"
    if question.kind == "choice":
        return [int(data)]
    if question.kind == "choices":
        return [int(option) for option in data]
    if question.kind == "number":
        return str(data).replace(",", ".")
    if question.kind == "date":
        day = _read_date(data)
        return day.isoformat() if day else None
    return data


def answer_text(question: Question, value: Any, lang: str) -> str:
    """Return a stored answer in words, for pages and lists."""
    if value is None:
        return ""
    if question.kind == "yesno":
        return _("Yes") if value else _("No")
    if question.kind in ("choice", "choices"):
        return ", ".join(o.label.to(lang) for o in question.options if o.id in value)
    return str(value)
