"""The ready lists as tables: for the page in parts, for a file in one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.base.contact import format_phone
from koostoo.base.dates import moment
from koostoo.documents.cells import Cell
from koostoo.events.models import Event, Question
from koostoo.programme.models import Organisation
from koostoo.registration.models import ROLES
from koostoo.registration.ready_lists import (
    PURPOSES,
    Asked,
    Given,
    Kind,
    Person,
    diets,
    rooms,
    stops,
)
from koostoo.roster.filters import Filter
from koostoo.roster.queries import count_rows
from koostoo.roster.ready_queries import Answered, Contact, answered, contacts, counted_answers
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


NONE_OF_IT = ("false", '"0"', "0")
"""Answers to a hotel's questions that ask for nothing, as the text of their JSON."""
MOST_SHOWN = 300
"""So many people stand on the page of a list; a longer one is whole in its file."""
MOST_OF_PARTNER = 50
"""The same of a partner's list: there is one of each."""


class Section(NamedTuple):
    """One table of a page, with what is counted below it."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str]


class ReadyList(NamedTuple):
    """One list: what stands on the page, and the same as one table of a file.

    `shown` of `total` people are on it by name.
    """

    kind: Kind
    sections: Sequence[Section]
    table: Table
    shown: int
    total: int


@dataclass(frozen=True, slots=True)
class Material:
    """What a list is made of: people by name, how many there are, and what was answered how often.

    `seats` is how many people have one, whatever they answered.
    """

    asked: Sequence[Asked]
    people: Sequence[Person]
    total: int
    given: Mapping[int, Given]
    seats: int


def ready(event: Event, kind: Kind, at: datetime, most: int | None = None) -> ReadyList | None:
    """Return a list as it stands at `at`; None where no question of the event is for it.

    With `most` so many people at most are named; what is counted is all of them.
    """
    questions = [one for one in event.questions if one.purpose in PURPOSES[kind]]
    if not questions:
        return None
    material = _material(event, kind, questions, most)
    sections, header, rows, widths = _MAKERS[kind](material)
    table = Table(str(LIST_WORDS[kind]), header, rows, widths, _foot(event, at))
    return ReadyList(kind, sections, table, len(material.people), material.total)


def of_partner(event: Event, partner: Organisation, at: datetime) -> Table:
    """Return the people of one organisation with their contacts and without answers."""
    return Table(
        partner.short_name or partner.name,
        partner_header(),
        partner_rows(contacts(event.id, [partner.id])[partner.id]),
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


def partner_rows(people: Iterable[Contact]) -> list[list[Cell]]:
    """Return people of an organisation as rows under `partner_header`."""
    roles = {role: role_label(role) for role in ROLES}
    return [
        [
            one.last_name,
            one.first_name,
            one.email,
            format_phone(one.phone),
            one.member_organisation,
            roles[one.role],
        ]
        for one in people
    ]


def _material(
    event: Event, kind: Kind, questions: Sequence[Question], most: int | None
) -> Material:
    lang, numbers = current_lang(), [one.id for one in questions]
    people: list[Answered] = []
    total = 0
    if kind != "caterer":
        none_of_it = NONE_OF_IT if kind == "hotel" else ()
        people, total = answered(event.id, numbers, none_of_it, most)
    given: dict[int, Given] = {}
    if kind != "hotel":
        counted = counted_answers(event.id, numbers)
        given = {
            one.id: [(_words(one, value, lang), number) for value, number in counted[one.id]]
            for one in questions
        }
    return Material(
        [_asked(one, lang) for one in questions],
        [_person(one, questions, lang) for one in people],
        total,
        given,
        count_rows(event.id, Filter(state="confirmed")),
    )


def _foot(event: Event, at: datetime) -> str:
    as_of = _("As of %(moment)s", moment=moment(at, current_lang()))
    return f"{as_of} – {local(event.title)}"


def _asked(question: Question, lang: Lang) -> Asked:
    options = tuple(option.label.to(lang) for option in question.options)
    if question.kind == "yesno":
        options = (_("Yes"), _("No"))
    is_free = question.kind in ("text", "long")
    return Asked(question.id, question.label.to(lang), options, is_free)


def _person(row: Answered, questions: Sequence[Question], lang: Lang) -> Person:
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


def _hotel(material: Material) -> Made:
    found = rooms(material.people, material.asked)
    header = [_("Last name"), _("First name"), *found.titles]
    rows: list[list[Cell]] = [list(row) for row in found.rows]
    # Of a whole list it is known who really asked for something.
    is_whole = len(material.people) == material.total
    number = len(rows) if is_whole else material.total
    notes = [
        _("People on the list: %(number)s.", number=number),
        _("Have a seat and asked for no room: %(number)s.", number=material.seats - number),
    ]
    section = Section("", header, rows, notes)
    return [section], header, rows, [MIDDLE, MIDDLE, *(MIDDLE for _title in found.titles)]


def _caterer(material: Material) -> Made:
    sections: list[Section] = []
    rows: list[list[Cell]] = []
    header = [_("Diet"), _("Number of people")]
    for one in material.asked:
        found = diets(material.given[one.id], one)
        counts: list[list[Cell]] = [[words, number] for words, number in found.counts]
        # Whoever is asked "what else?" and has nothing to add is not missing.
        missing = material.seats - found.answered
        silent: list[list[Cell]] = [] if found.is_free else [[_("Without an answer"), missing]]
        notes = [_("In all, with a seat: %(number)s.", number=material.seats)]
        sections.append(Section(found.title, header, counts + silent, notes))
        rows += [[found.title, *row] for row in counts + silent]
    rows.append([_("In all, with a seat"), "", material.seats])
    return sections, [_("Question"), *header], rows, [WIDE, WIDE, NARROW]


def _bus(material: Material) -> Made:
    sections: list[Section] = []
    rows: list[list[Cell]] = []
    for one in material.asked:
        found = stops(material.given[one.id], material.people, one)
        lines: list[list[Cell]] = [
            [stop.words, stop.number, ", ".join(stop.names)] for stop in found.stops
        ]
        notes = [
            _("On the bus: %(number)s.", number=sum(stop.number for stop in found.stops)),
            _("Chose no stop: %(number)s.", number=material.seats - found.answered),
        ]
        header = [_("Stop"), _("Number of people"), _("Who")]
        sections.append(Section(found.title, header, lines, notes))
        for stop in found.stops:
            names = stop.names or ("",)
            rows += [[found.title, stop.words, stop.number, name] for name in names]
    header = [_("Question"), _("Stop"), _("Number of people"), _("Who")]
    return sections, header, rows, [WIDE, WIDE, NARROW, MIDDLE]


_MAKERS = {"hotel": _hotel, "caterer": _caterer, "bus": _bus}
