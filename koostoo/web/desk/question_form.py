"""One question of an event as a row of the event form; spare rows make new ones."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm

from koostoo.base.localtext import LocalText
from koostoo.events.questions import (
    NOWHERE,
    AskedIf,
    QuestionDraft,
    at_places,
    by_ids,
    condition_faults,
    lacks_options,
)
from koostoo.web.desk.conditions import (
    FAULT_WORDS,
    choice_of,
    choices_for,
    choices_of_row,
    read_choice,
    read_row_choice,
)
from koostoo.web.desk.fields import SeatsField
from koostoo.web.desk.question_rows import MAX_ROWS
from koostoo.web.desk.words import ASKED_WORDS, KIND_WORDS, PURPOSE_WORDS, missing_words
from koostoo.web.forms import AtMost, NoForbidden, Pick, RowList, Sentence, line, options, prose

LIMIT = re.compile("0*[1-9][0-9]{0,4}")
SPARE_ROWS = 1
_LABEL = {"filters": [line], "validators": [AtMost(300), NoForbidden()]}
_HINT = {"filters": [line], "validators": [AtMost(500), NoForbidden()]}
_LINES = {"filters": [prose], "validators": [AtMost(4000), NoForbidden()]}


def _numbers(value: Any) -> Any:
    """Filter: lines without blanks around them; empty ones stay, for each stands for an option."""
    return "\n".join(line(part) for part in value.split("\n")) if isinstance(value, str) else value


class QuestionForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """A question; a row without words is not one. No token of its own: it lies in a form."""

    number = HiddenField()
    place = SeatsField(_l("Order"))
    label_et = StringField(_l("Question in Estonian"), **_LABEL)
    label_en = StringField(_l("Question in English"), **_LABEL)
    kind = Pick(
        _l("Kind of answer"),
        choices=options(KIND_WORDS),
        default="text",
        validators=[Sentence()],
    )
    required = BooleanField(_l("Must be answered"))
    asked = Pick(
        _l("Who answers, and when"),
        choices=options(ASKED_WORDS),
        default="signup",
        description=_l("At check-in nobody is kept waiting for an answer."),
    )
    purpose = Pick(_l("What the answer is used for"), choices=options(PURPOSE_WORDS), default="")
    is_sensitive = BooleanField(
        _l("Sensitive: only who runs the event sees the answers"),
        description=_l("Such as health, food or documents. The form says so beside the question."),
    )
    asked_if = Pick(_l("When it is asked"))
    help_et = StringField(_l("Hint in Estonian"), **_HINT)
    help_en = StringField(_l("Hint in English"), **_HINT)
    options_et = TextAreaField(
        _l("Options in Estonian"), description=_l("One on each line; only for choices."), **_LINES
    )
    options_en = TextAreaField(
        _l("Options in English"), description=_l("One on each line, in the same order."), **_LINES
    )
    limits = TextAreaField(
        _l("Seats of each option"),
        description=_l("A number on each line, in the same order; an empty line: no limit."),
        filters=[_numbers],
        validators=[AtMost(2000), NoForbidden()],
    )
    remove = BooleanField(_l("Remove this question"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the row; one to be removed, or left empty, may hold anything."""
        valid = bool(super().validate(extra_validators))
        if not valid or self.remove.data:
            return valid
        if not self.label_et.data and (self.number.data or self.label_en.data or self._options()):
            self.label_et.errors = [_("Please write the question, or tick that it is removed.")]
            return False
        if self.label_et.data and lacks_options(self.draft()):
            self.options_et.errors = [missing_words("options")]
            return False
        if any(not LIMIT.fullmatch(part) for part in _lines(self.limits.data) if part):
            self.limits.errors = [_("Write on each line a number from 1 to 99999, or nothing.")]
            return False
        return True

    @property
    def is_empty(self) -> bool:
        """Whether this row is no question: spare, or to be removed."""
        return bool(self.remove.data) or not self.label_et.data

    def draft(self) -> QuestionDraft:
        """Return the row's values."""
        typed = self.number.data or ""
        known = typed.isascii() and typed.isdecimal() and len(typed) < 10
        return QuestionDraft(
            id=int(typed) if known else None,
            kind=self.kind.data,
            label=LocalText(self.label_et.data or "", self.label_en.data or ""),
            help=LocalText(self.help_et.data or "", self.help_en.data or ""),
            required=self.required.data,
            options=self._options() if self.kind.data in ("choice", "choices") else (),
            limits=self._limits() if self.kind.data in ("choice", "choices") else (),
            purpose=self.purpose.data or "",
            asked=self.asked.data or "signup",
            is_sensitive=bool(self.is_sensitive.data),
        )

    @property
    def row(self) -> int:
        """The number of this row in the form."""
        return int(self.label_et.name.split("-")[1])

    def _limits(self) -> tuple[int | None, ...]:
        pairs = zip_longest(_lines(self.options_et.data), _lines(self.limits.data), fillvalue="")
        return tuple(int(part) if LIMIT.fullmatch(part) else None for et, part in pairs if et)

    def _options(self) -> tuple[LocalText, ...]:
        pairs = zip_longest(_lines(self.options_et.data), _lines(self.options_en.data))
        return tuple(LocalText(et, en or "") for et, en in pairs if et)


class QuestionRows(RowList):
    """Rows that keep their numbers, by which the conditions of unsaved ones name each other."""

    def _compact_indices(self) -> None:
        """Leave the gaps where rows were taken out; the library would close them."""


def offer_conditions(rows: FieldList, saved: Sequence[QuestionDraft]) -> None:
    """Give every row the answers its question may depend on: to saved ones and to new rows."""
    new = [
        (entry.form.row, choices_of_row(entry.form.row, entry.form.draft()))
        for entry in rows
        if not entry.form.is_empty and not entry.form.number.data
    ]
    for entry in rows:
        form = entry.form
        typed = [choice for row, choices in new if row != form.row for choice in choices]
        form.asked_if.choices = options([*choices_for(form.number.data or "", saved), *typed])


def read_questions(rows: FieldList, saved: Sequence[QuestionDraft]) -> tuple[QuestionDraft, ...]:
    """Return the questions in the order asked for; `saved` are those the conditions name."""
    forms = _in_order(rows)
    drafts = [form.draft() for form in forms]
    return tuple(
        replace(draft, asked_if=_condition(form, saved, forms, drafts))
        for form, draft in zip(forms, drafts, strict=True)
    )


def _condition(
    form: QuestionForm,
    saved: Sequence[QuestionDraft],
    forms: Sequence[QuestionForm],
    drafts: Sequence[QuestionDraft],
) -> AskedIf | None:
    """Return the condition chosen in a row, on places among all questions of the form."""
    if (stored := read_choice(form.asked_if.data)) is not None:
        return at_places(stored, saved, drafts)
    wanted = read_row_choice(form.asked_if.data)
    if wanted is None:
        return None
    on = next((place for place, one in enumerate(forms) if one.row == wanted.row), NOWHERE)
    if wanted.option is None:
        return AskedIf(on, yes=wanted.yes)
    words = [] if on == NOWHERE else [option.et for option in drafts[on].options]
    return AskedIf(on, words.index(wanted.option) if wanted.option in words else NOWHERE)


def refuse_conditions(rows: FieldList, saved: Sequence[QuestionDraft]) -> None:
    """Put what is wrong with conditions beside them; the rows themselves are valid."""
    forms = _in_order(rows)
    for place, fault in condition_faults(read_questions(rows, saved)).items():
        forms[place].asked_if.errors = [FAULT_WORDS[fault]]
        # A list of rows takes its rows' errors over when it is checked, not later.
        rows.errors = [row.errors for row in rows]


def _in_order(rows: FieldList) -> list[QuestionForm]:
    """Return the rows that are questions; one whose place was left empty stays where it stands."""
    forms = [row.form for row in rows if not row.form.is_empty]
    places = [_place(form, index) for index, form in enumerate(forms, 1)]
    return [forms[index] for index in sorted(range(len(forms)), key=lambda index: places[index])]


def rows_in_order(rows: FieldList) -> list[QuestionForm]:
    """Return the rows as they are shown: questions in their order, those to go among them."""
    forms = [row.form for row in rows]
    asked = [form for form in forms if form.label_et.data]
    places = {form.row: _place(form, index) for index, form in enumerate(asked, 1)}
    return [
        *sorted(asked, key=lambda form: places[form.row]),
        *(form for form in forms if not form.label_et.data),
    ]


def _place(form: QuestionForm, otherwise: int) -> int:
    return otherwise if form.place.data is None else int(form.place.data)


def question_data(questions: Sequence[QuestionDraft]) -> list[dict[str, Any]]:
    """Return the rows of these questions and the spare ones after them."""
    rows: list[dict[str, Any]] = [
        {
            "number": "" if question.id is None else str(question.id),
            "place": place,
            "label_et": question.label.et,
            "label_en": question.label.en,
            "kind": question.kind,
            "required": question.required,
            "asked_if": choice_of(by_ids(question.asked_if, questions)),
            "help_et": question.help.et,
            "help_en": question.help.en,
            "options_et": "\n".join(option.et for option in question.options),
            "options_en": "\n".join(option.en for option in question.options),
            "limits": _limit_lines(question.limits),
            "purpose": question.purpose,
            "asked": question.asked,
            "is_sensitive": question.is_sensitive,
        }
        for place, question in enumerate(questions, 1)
    ]
    spare = min(SPARE_ROWS, max(0, MAX_ROWS - len(rows)))
    return rows + [{} for _row in range(spare)]


def _limit_lines(limits: Iterable[int | None]) -> str:
    return "\n".join("" if limit is None else str(limit) for limit in limits).rstrip()


def _lines(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split("\n")]
