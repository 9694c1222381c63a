"""The columns of a downloaded list: the same in CSV and XLSX, the event's questions included."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import gettext as _

from koostoo.attendance import queries
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.contact import format_phone
from koostoo.base.dates import heading, numeric
from koostoo.base.when import ZONE
from koostoo.documents.cells import Cell
from koostoo.events.models import Event, Question
from koostoo.registration.models import ROLES, STATES
from koostoo.registration.words import state_label
from koostoo.roster.queries import ListRow, notes_of, tags_of
from koostoo.roster.rules import PRIVATE
from koostoo.web.answers import answer_text
from koostoo.web.desk.columns import Column
from koostoo.web.language import Lang, current_lang
from koostoo.web.sharing import MEMBERSHIP_WORDS
from koostoo.web.signup_form import role_label
from koostoo.web.view import kind_label, local

NARROW, MIDDLE, WIDE = 12, 20, 32
Heads = list[tuple[str, int]]
"""Names of cells and their widths in characters."""
Cells = Callable[[ListRow], list[Cell]]


@dataclass(frozen=True, slots=True)
class Part:
    """One or several cells of a row; `is_private` ones stay empty where contacts are not seen."""

    heads: Heads
    cells: Cells
    is_private: bool = False


class Listing:
    """A list of an event's people with the columns chosen; names always stand in it."""

    def __init__(self, event: Event, columns: Sequence[Column]) -> None:
        chosen = {column.key for column in columns if column.question is None}
        fixed = [
            Part(heads, cells, key in PRIVATE)
            for key, (heads, cells) in _fixed(event, chosen).items()
            if key in chosen or key == "name"
        ]
        lang = current_lang()
        questions = [
            Part([(column.label, MIDDLE)], _answers(column.question, lang), is_private=True)
            for column in columns
            if column.question is not None
        ]
        last = [make(event) for key, make in _LAST.items() if key in chosen]
        self._parts = [*fixed, *questions, *last]

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [label for part in self._parts for label, _width in part.heads]

    @property
    def widths(self) -> list[int]:
        """Their widths in characters."""
        return [width for part in self._parts for _label, width in part.heads]

    def lines(
        self, people: Iterable[ListRow], shows: Callable[[int | None], bool]
    ) -> Iterator[list[Cell]]:
        """Turn people into rows, one by one; times are those of Tallinn.

        `shows` says of an organisation whether the contacts and answers of its people may be
        seen; those of the others are left empty.
        """
        is_shown = cache(shows)
        for person in people:
            is_open = is_shown(person.organisation_id)
            row: list[Cell] = []
            for part in self._parts:
                if part.is_private and not is_open:
                    row += [""] * len(part.heads)
                else:
                    row += part.cells(person)
            yield row


def sheet_name() -> str:
    """Return the name on the sheet's tab."""
    return _("Participants")


def _fixed(event: Event, chosen: set[str]) -> Mapping[str, tuple[Heads, Cells]]:
    """Return the cells before the questions by the column they belong to, in their order."""
    states = {state: state_label(state) for state in STATES}
    roles = {role: role_label(role) for role in ROLES}
    members = {name: str(words) for name, words in MEMBERSHIP_WORDS.items()}
    photos = {True: _("Yes"), False: _("No"), None: ""}
    about = _about(event)
    tags = tags_of(event.id) if "tags" in chosen else {}
    notes = notes_of(event.id) if "note" in chosen else {}
    return {
        "about": (
            [
                (_("Project"), MIDDLE),
                (_("Activity"), MIDDLE),
                (_("Event"), WIDE),
                (_("When"), MIDDLE),
            ],
            lambda _person: list(about),
        ),
        "standing": ([(_("Standing"), NARROW)], lambda person: [states[person.state]]),
        "name": (
            [(_("Last name"), MIDDLE), (_("First name"), MIDDLE)],
            lambda person: [person.last_name, person.first_name],
        ),
        "contact": (
            [(_("E-mail"), WIDE), (_("Phone"), MIDDLE)],
            lambda person: [person.email, format_phone(person.phone)],
        ),
        "organisation": (
            [(_("Organisation"), MIDDLE), (_("Represents"), MIDDLE), (_("Membership"), NARROW)],
            lambda person: [
                person.organisation,
                person.member_organisation,
                members.get(person.membership or "", ""),
            ],
        ),
        "role": ([(_("Role"), NARROW)], lambda person: [roles[person.role]]),
        "language": ([(_("Language"), NARROW)], lambda person: [person.language]),
        "photos": (
            [(_("Consent to photos"), NARROW)],
            lambda person: [photos[person.photo_consent]],
        ),
        "signed_up": (
            [(_("Signed up"), MIDDLE)],
            lambda person: [person.created_at.astimezone(ZONE)],
        ),
        "tags": (
            [(_("Tags"), MIDDLE)],
            lambda person: [", ".join(tag.name for tag in tags.get(person.id, []))],
        ),
        "note": ([(_("Note"), WIDE)], lambda person: [notes.get(person.id, "")]),
    }


def _about(event: Event) -> list[Cell]:
    return [
        local(event.activity.project.title),
        f"{kind_label(event.activity)}: {local(event.activity.title)}",
        local(event.title),
        heading(event.when, current_lang()),
    ]


def _answers(question: Question, lang: Lang) -> Cells:
    return lambda person: [_answer(question, person.answers.get(question.id), lang)]


def _answer(question: Question, value: Any, lang: Lang) -> Cell:
    """Return an answer as a cell: numbers and days as such, so that they can be added up."""
    if value is None:
        return None
    if question.kind == "number":
        return Decimal(value)
    if question.kind == "date":
        return date.fromisoformat(value)
    return answer_text(question, value, lang)


def _attendance(event: Event) -> Part:
    """Return a column for each day; none before the first has come."""
    days = days_of(event.when) if event.when.has_begun(now()) else ()
    standings = queries.standings(event.id) if days else {}
    statuses = {"present": _("present"), "absent": _("absent"), "unmarked": ""}

    def cells(person: ListRow) -> list[Cell]:
        found = standings.get(person.id, {})
        return [statuses[found[day].status] if day in found else "" for day in days]

    heads = [(_("Attendance on %(day)s", day=numeric(day)), MIDDLE) for day in days]
    return Part(heads, cells)


def _contribution(event: Event) -> Part:
    paid = queries.payments(event.id)
    methods = {"cash": _("in cash"), "transfer": _("by transfer")}

    def cells(person: ListRow) -> list[Cell]:
        one = paid.get(person.id)
        return [Decimal(one.cents) / 100, methods[one.method]] if one else [None, ""]

    heads = [(_("Own contribution paid, €"), NARROW), (_("How it was paid"), NARROW)]
    return Part(heads, cells)


_LAST: Mapping[str, Callable[[Event], Part]] = {
    "attendance": _attendance,
    "contribution": _contribution,
}
"""The cells after the questions by the column they belong to."""
