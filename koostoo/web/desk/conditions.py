"""The condition of a question as one choice: always, or after a certain answer to another."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.events.questions import AskedIf, QuestionDraft
from koostoo.web.view import local

FAULT_WORDS: dict[str, Any] = {
    "unknown": _l("The question this one depends on is being removed. Choose anew."),
    "itself": _l("A question cannot depend on its own answer."),
    "circular": _l("These questions depend on each other in a circle: none would be asked."),
    "later": _l("This question must come after the one it depends on. Change their order."),
    "moment": _l(
        "The answer this question depends on is given later, or by somebody else. Only a question "
        "of the sign-up form can decide it."
    ),
    "kind": _l("Only a question with options, or with yes and no, decides what is asked."),
    "option": _l("The answer this question depends on is no longer offered. Choose anew."),
}
_VALUE = re.compile("([0-9]{1,9}):(?:(yes|no)|([0-9]{1,9}))")
_ROW_VALUE = re.compile("row([0-9]{1,3})(?::(yes|no)|=(.+))")


class RowCondition(NamedTuple):
    """A condition on a row of the form that is not saved yet: an option in Estonian, or yes."""

    row: int
    option: str | None
    yes: bool | None


def choice_of(condition: AskedIf | None) -> str:
    """Return the value of the choice that stands for a condition on ids."""
    if condition is None:
        return ""
    if condition.option is not None:
        return f"{condition.on}:{condition.option}"
    return f"{condition.on}:{'yes' if condition.yes else 'no'}"


def read_choice(value: str | None) -> AskedIf | None:
    """Return the condition on ids that a choice stands for; None: the question is always asked."""
    found = _VALUE.fullmatch(value or "")
    if found is None:
        return None
    on, said, option = found.groups()
    return AskedIf(int(on), yes=said == "yes") if said else AskedIf(int(on), option=int(option))


def row_choice(row: int, option: str | None, *, yes: bool | None) -> str:
    """Return the value of the choice that stands for an answer to an unsaved row's question."""
    if option is not None:
        return f"row{row}={option}"
    return f"row{row}:{'yes' if yes else 'no'}"


def read_row_choice(value: str | None) -> RowCondition | None:
    """Return the condition on an unsaved row that a choice stands for; None: it is another."""
    found = _ROW_VALUE.fullmatch(value or "")
    if found is None:
        return None
    row, said, option = found.groups()
    return RowCondition(int(row), option, said == "yes" if said else None)


def choices_of_row(row: int, question: QuestionDraft) -> list[tuple[str, str]]:
    """Return the answers to an unsaved row's question that others may depend on."""
    if question.kind == "yesno":
        answers = [(row_choice(row, None, yes=said), words) for said, words in _yes_and_no()]
    elif question.kind in ("choice", "choices"):
        answers = [
            (row_choice(row, option.et, yes=None), local(option)) for option in question.options
        ]
    else:
        answers = []
    label = local(question.label)
    return [
        (value, _("if “%(answer)s” – %(question)s", answer=words, question=label))
        for value, words in answers
    ]


def choices_for(number: str, saved: Sequence[QuestionDraft]) -> list[tuple[str, str]]:
    """Return what the question of this number may depend on: answers to the other saved ones."""
    others = [question for question in saved if str(question.id) != number]
    return [
        ("", _("always")),
        *(
            (
                choice_of(condition),
                _("if “%(answer)s” – %(question)s", answer=answer, question=local(question.label)),
            )
            for question in others
            for condition, answer in _answers_to(question)
        ),
    ]


def _answers_to(question: QuestionDraft) -> list[tuple[AskedIf, str]]:
    number = question.id or 0
    if question.kind == "yesno":
        return [(AskedIf(number, yes=said), words) for said, words in _yes_and_no()]
    options = zip(question.option_ids, question.options, strict=True)
    return [(AskedIf(number, option=option), local(label)) for option, label in options]


def _yes_and_no() -> list[tuple[bool, str]]:
    return [(True, _("Yes")), (False, _("No"))]
