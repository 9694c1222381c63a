"""The columns of a downloaded list: the same in CSV and XLSX, the event's questions included."""

from collections.abc import Callable, Iterable, Iterator
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
from koostoo.registration.desk_queries import ListRow
from koostoo.registration.models import ROLES, STATES
from koostoo.registration.words import state_label
from koostoo.web.answers import answer_text
from koostoo.web.language import Lang, current_lang
from koostoo.web.sharing import MEMBERSHIP_WORDS
from koostoo.web.signup_form import role_label
from koostoo.web.view import kind_label, local

NARROW, MIDDLE, WIDE = 12, 20, 32


def sheet_name() -> str:
    """Return the name on the sheet's tab."""
    return _("Participants")


def header(event: Event) -> list[str]:
    """Return the names of the columns."""
    fixed = [label for label, _width in _columns()]
    questions = [local(q.label) for q in event.questions]
    return fixed + questions + [label for label, _width in _attendance_columns(event)]


def widths(event: Event) -> list[int]:
    """Return the columns' widths in characters."""
    fixed = [width for _label, width in _columns()]
    questions = [MIDDLE for _question in event.questions]
    return fixed + questions + [width for _label, width in _attendance_columns(event)]


def lines(
    event: Event,
    people: Iterable[ListRow],
    shows: Callable[[int | None], bool],
    *,
    shows_sensitive: bool,
) -> Iterator[list[Cell]]:
    """Turn people into rows, one by one; times are those of Tallinn.

    `shows` says of an organisation whether the contacts and answers of its people may be seen;
    those of the others are left empty, and without `shows_sensitive` all sensitive answers.
    """
    lang = current_lang()
    activity = f"{kind_label(event.activity)}: {local(event.activity.title)}"
    about = [
        local(event.activity.project.title),
        activity,
        local(event.title),
        heading(event.when, lang),
    ]
    questions = list(event.questions)
    hidden = {q.id for q in questions if q.is_sensitive and not shows_sensitive}
    states = {state: state_label(state) for state in STATES}
    roles = {role: role_label(role) for role in ROLES}
    members = {name: str(words) for name, words in MEMBERSHIP_WORDS.items()}
    attendance = _attendance(event)
    is_shown = cache(shows)
    photos = {True: _("Yes"), False: _("No"), None: ""}
    for person in people:
        is_open = is_shown(person.organisation_id)
        given = person.answers if is_open else {}
        yield [
            *about,
            states[person.state],
            person.last_name,
            person.first_name,
            person.email if is_open else "",
            format_phone(person.phone) if is_open else "",
            person.organisation,
            person.member_organisation,
            members.get(person.membership or "", ""),
            roles[person.role],
            person.language,
            photos[person.photo_consent],
            person.created_at.astimezone(ZONE),
            *(_answer(q, None if q.id in hidden else given.get(q.id), lang) for q in questions),
            *attendance(person.id),
        ]


def _answer(question: Question, value: Any, lang: Lang) -> Cell:
    """Return an answer as a cell: numbers and days as such, so that they can be added up."""
    if value is None:
        return None
    if question.kind == "number":
        return Decimal(value)
    if question.kind == "date":
        return date.fromisoformat(value)
    return answer_text(question, value, lang)


def _days(event: Event) -> tuple[date, ...]:
    """Return the days that have a column: none before the first has come."""
    return days_of(event.when) if event.when.has_begun(now()) else ()


def _attendance_columns(event: Event) -> list[tuple[str, int]]:
    columns = [(_("Attendance on %(day)s", day=numeric(day)), MIDDLE) for day in _days(event)]
    if event.contribution_cents:
        columns += [(_("Own contribution paid, €"), NARROW), (_("How it was paid"), NARROW)]
    return columns


def _attendance(event: Event) -> Callable[[int], list[Cell]]:
    """Return what gives the cells of `_attendance_columns` for a person, read in two queries."""
    days = _days(event)
    standings = queries.standings(event.id) if days else {}
    paid = queries.payments(event.id) if event.contribution_cents else {}
    statuses = {"present": _("present"), "absent": _("absent")}
    methods = {"cash": _("in cash"), "transfer": _("by transfer")}

    def cells(number: int) -> list[Cell]:
        found = standings.get(number, {})
        row: list[Cell] = [statuses[found[day].status] if day in found else "" for day in days]
        if event.contribution_cents:
            one = paid.get(number)
            row += [Decimal(one.cents) / 100, methods[one.method]] if one else [None, ""]
        return row

    return cells


def _columns() -> list[tuple[str, int]]:
    return [
        (_("Project"), MIDDLE),
        (_("Activity"), MIDDLE),
        (_("Event"), WIDE),
        (_("When"), MIDDLE),
        (_("Standing"), NARROW),
        (_("Last name"), MIDDLE),
        (_("First name"), MIDDLE),
        (_("E-mail"), WIDE),
        (_("Phone"), MIDDLE),
        (_("Organisation"), MIDDLE),
        (_("Represents"), MIDDLE),
        (_("Membership"), NARROW),
        (_("Role"), NARROW),
        (_("Language"), NARROW),
        (_("Consent to photos"), NARROW),
        (_("Signed up"), MIDDLE),
    ]
