"""The ready lists as tables: for the page in parts, for a file in one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.base.contact import format_phone
from koostoo.base.dates import moment
from koostoo.documents.cells import Cell
from koostoo.events.models import Event, Question
from koostoo.programme.models import Organisation
from koostoo.registration.ready_lists import (
    PURPOSES,
    Asked,
    Kind,
    Person,
    diets,
    rooms,
    stops,
)
from koostoo.roster.filters import Filter
from koostoo.roster.queries import ListRow, stream_rows
from koostoo.web.answers import answer_text
from koostoo.web.desk.sending import Table
from koostoo.web.language import Lang, current_lang
from koostoo.web.signup_form import role_label
from koostoo.web.view import local

NARROW, MIDDLE, WIDE = 12, 24, 36
LIST_WORDS: dict[Kind, Any] = {"hotel": _l("Hotel"), "caterer": _l("Caterer"), "bus": _l("Bus")}
NEEDED: dict[Kind, Any] = {
    "hotel": _l("room, room-mate or nights"),
    "caterer": _l("diet"),
    "bus": _l("stop"),
}
"""What a question has to be for, so that there is something to list."""


class Section(NamedTuple):
    """One table of a page, with what is counted below it."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str]


class ReadyList(NamedTuple):
    """One list: what stands on the page, and the same as one table of a file."""

    kind: Kind
    sections: Sequence[Section]
    table: Table


def seated(event: Event) -> list[ListRow]:
    """Return who has a seat, in Estonian order."""
    return list(stream_rows(event.id, Filter(state="confirmed")))


def ready(event: Event, kind: Kind, people: Sequence[ListRow], at: datetime) -> ReadyList | None:
    """Return a list as it stands at `at`; None where no question of the event is for it."""
    questions = [one for one in event.questions if one.purpose in PURPOSES[kind]]
    if not questions:
        return None
    lang = current_lang()
    asked = [_asked(one, lang) for one in questions]
    persons = [_person(row, questions, lang) for row in people]
    sections, header, rows, widths = _MAKERS[kind](persons, asked)
    table = Table(str(LIST_WORDS[kind]), header, rows, widths, _foot(event, at))
    return ReadyList(kind, sections, table)


def of_partner(event: Event, partner: Organisation, at: datetime) -> Table:
    """Return the people of one organisation with their contacts and without answers."""
    wanted = Filter(state="confirmed", organisation=str(partner.id))
    return Table(
        partner.short_name or partner.name,
        partner_header(),
        rows_of_partner(stream_rows(event.id, wanted), partner.id),
        [MIDDLE, MIDDLE, WIDE, MIDDLE, WIDE, MIDDLE],
        _foot(event, at),
    )


def partner_header() -> list[str]:
    """Return the titles of a partner's list."""
    return [
        _("Last name"),
        _("First name"),
        _("E-mail"),
        _("Phone"),
        _("Represents"),
        _("Role"),
    ]


def rows_of_partner(people: Iterable[ListRow], organisation_id: int) -> list[list[Cell]]:
    """Return the rows of those who come from this organisation."""
    return [
        [
            row.last_name,
            row.first_name,
            row.email,
            format_phone(row.phone),
            row.member_organisation,
            role_label(row.role),
        ]
        for row in people
        if row.organisation_id == organisation_id
    ]


def _foot(event: Event, at: datetime) -> str:
    as_of = _("As of %(moment)s", moment=moment(at, current_lang()))
    return f"{as_of} – {local(event.title)}"


def _asked(question: Question, lang: Lang) -> Asked:
    options = tuple(option.label.to(lang) for option in question.options)
    if question.kind == "yesno":
        options = (_("Yes"), _("No"))
    is_free = question.kind in ("text", "long")
    return Asked(question.id, question.label.to(lang), options, is_free)


def _person(row: ListRow, questions: Sequence[Question], lang: Lang) -> Person:
    answers = {one.id: _words(one, row.answers.get(one.id), lang) for one in questions}
    return Person(row.first_name, row.last_name, answers)


def _words(question: Question, value: Any, lang: Lang) -> tuple[str, ...]:
    """Return an answer in words, each option for itself; nothing where it says "none of it"."""
    if question.purpose in PURPOSES["hotel"] and (value is False or value == "0"):
        return ()
    if question.kind in ("choice", "choices"):
        chosen = set(value or ())
        return tuple(one.label.to(lang) for one in question.options if one.id in chosen)
    words = answer_text(question, value, lang)
    return (words,) if words else ()


Made = tuple[list[Section], list[str], list[list[Cell]], list[int]]


def _hotel(people: Sequence[Person], asked: Sequence[Asked]) -> Made:
    found = rooms(people, asked)
    header = [_("Last name"), _("First name"), *found.titles]
    rows: list[list[Cell]] = [list(row) for row in found.rows]
    notes = [
        _("People on the list: %(number)s.", number=len(rows)),
        _("Have a seat and asked for no room: %(number)s.", number=found.silent),
    ]
    section = Section("", header, rows, notes)
    return [section], header, rows, [MIDDLE, MIDDLE, *(MIDDLE for _title in found.titles)]


def _caterer(people: Sequence[Person], asked: Sequence[Asked]) -> Made:
    sections: list[Section] = []
    rows: list[list[Cell]] = []
    header = [_("Diet"), _("Number of people")]
    for one in asked:
        found = diets(people, one)
        counts: list[list[Cell]] = [[words, number] for words, number in found.counts]
        # Whoever is asked "what else?" and has nothing to add is not missing.
        silent: list[list[Cell]] = [] if found.is_free else [[_("Without an answer"), found.silent]]
        notes = [_("In all, with a seat: %(number)s.", number=len(people))]
        sections.append(Section(found.title, header, counts + silent, notes))
        rows += [[found.title, *row] for row in counts + silent]
    rows.append([_("In all, with a seat"), "", len(people)])
    return sections, [_("Question"), *header], rows, [WIDE, WIDE, NARROW]


def _bus(people: Sequence[Person], asked: Sequence[Asked]) -> Made:
    sections: list[Section] = []
    rows: list[list[Cell]] = []
    for one in asked:
        found = stops(people, one)
        lines: list[list[Cell]] = [
            [stop.words, len(stop.names), ", ".join(stop.names)] for stop in found.stops
        ]
        notes = [
            _("On the bus: %(number)s.", number=sum(len(stop.names) for stop in found.stops)),
            _("Chose no stop: %(number)s.", number=found.silent),
        ]
        header = [_("Stop"), _("Number of people"), _("Who")]
        sections.append(Section(found.title, header, lines, notes))
        for stop in found.stops:
            names = stop.names or [""]
            rows += [[found.title, stop.words, len(stop.names), name] for name in names]
    header = [_("Question"), _("Stop"), _("Number of people"), _("Who")]
    return sections, header, rows, [WIDE, WIDE, NARROW, MIDDLE]


_MAKERS = {"hotel": _hotel, "caterer": _caterer, "bus": _bus}
