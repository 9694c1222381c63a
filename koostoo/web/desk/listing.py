"""The columns of a downloaded list: the same in CSV and XLSX, the event's questions included."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from koostoo.base.contact import format_phone
from koostoo.base.dates import heading
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
    return [label for label, _width in _columns()] + [local(q.label) for q in event.questions]


def widths(event: Event) -> list[int]:
    """Return the columns' widths in characters."""
    return [width for _label, width in _columns()] + [MIDDLE for _question in event.questions]


def lines(event: Event, people: Iterable[ListRow]) -> Iterator[list[Cell]]:
    """Turn people into rows, one by one; times are those of Tallinn."""
    lang = current_lang()
    activity = f"{kind_label(event.activity)}: {local(event.activity.title)}"
    about = [
        local(event.activity.project.title),
        activity,
        local(event.title),
        heading(event.when, lang),
    ]
    questions = list(event.questions)
    states = {state: state_label(state) for state in STATES}
    roles = {role: role_label(role) for role in ROLES}
    members = {name: str(words) for name, words in MEMBERSHIP_WORDS.items()}
    photos = {True: _("Yes"), False: _("No"), None: ""}
    for person in people:
        yield [
            *about,
            states[person.state],
            person.last_name,
            person.first_name,
            person.email,
            format_phone(person.phone),
            person.organisation,
            person.member_organisation,
            members.get(person.membership or "", ""),
            roles[person.role],
            person.language,
            photos[person.photo_consent],
            person.created_at.astimezone(ZONE),
            *(_answer(q, person.answers.get(q.id), lang) for q in questions),
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
