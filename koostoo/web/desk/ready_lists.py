"""The ready lists of an event: hotel, caterer, bus, and one for each partner."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Format, Note, What
from koostoo.base.clock import now
from koostoo.base.contact import format_phone
from koostoo.base.dates import moment
from koostoo.base.when import ZONE
from koostoo.documents.cells import Cell
from koostoo.documents.names import download_name
from koostoo.events.models import Event, Question
from koostoo.registration.desk_queries import Filter, stream_rows
from koostoo.registration.queries import project_organisations
from koostoo.registration.ready_lists import (
    PURPOSES,
    Asked,
    Kind,
    Person,
    diets,
    rooms,
    stops,
)
from koostoo.web.answers import answer_text
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.language import Lang, current_lang
from koostoo.web.rights import access, event_facts, right
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


@bp.get("/events/<slug>/lists", endpoint="lists")
@right("event_fill")
def show(slug: str) -> str:
    """Show the lists that are ready; who coordinates a partner sees that of their people alone."""
    event, moment_now = get_event(slug), now()
    runs = access().may_run(event_facts())
    ready = {kind: _ready(event, kind, moment_now) for kind in LIST_WORDS} if runs else {}
    partners = [
        (one, _partner_rows(event, one.id))
        for one in project_organisations(event)
        if access().may_run_person(event_facts(), one.id)
    ]
    return render_template(
        "desk/lists.html",
        event=event,
        ready=ready,
        partners=[(one, rows) for one, rows in partners if rows or not runs],
        partner_header=_partner_header(),
        list_words=LIST_WORDS,
        needed=NEEDED,
        as_of=moment_now,
        runs=runs,
    )


@bp.get("/events/<slug>/lists/<reader>.csv")
@right("event_run")
@recorded
def ready_csv(slug: str, reader: str) -> Download | Response:
    """Send one of the lists as CSV."""
    return _download(slug, reader, "csv")


@bp.get("/events/<slug>/lists/<reader>.xlsx")
@right("event_run")
@recorded
def ready_xlsx(slug: str, reader: str) -> Download | Response:
    """Send one of the lists as a workbook."""
    return _download(slug, reader, "xlsx")


@bp.get("/events/<slug>/lists/partners/<organisation>.csv")
@right("partner_list")
@recorded
def partner_csv(slug: str, organisation: str) -> Download:
    """Send the people of one organisation as CSV."""
    return _partner(slug, organisation, "csv")


@bp.get("/events/<slug>/lists/partners/<organisation>.xlsx")
@right("partner_list")
@recorded
def partner_xlsx(slug: str, organisation: str) -> Download:
    """Send the people of one organisation as a workbook."""
    return _partner(slug, organisation, "xlsx")


def _download(slug: str, reader: str, format_: Format) -> Download | Response:
    if reader not in LIST_WORDS:
        abort(404)
    event, moment_now = get_event(slug), now()
    one = _ready(event, reader, moment_now)
    if one is None:
        # The page says which question is missing.
        return redirect(url_for("desk.lists", slug=slug), 303)
    return _file(event, one.kind, str(LIST_WORDS[one.kind]), one.table, format_, moment_now)


def _partner(slug: str, organisation: str, format_: Format) -> Download:
    event, moment_now = get_event(slug), now()
    partner = next((p for p in project_organisations(event) if p.slug == organisation), None)
    if partner is None:
        abort(404)
    name = partner.short_name or partner.name
    table = Table(
        name,
        _partner_header(),
        _partner_rows(event, partner.id),
        [MIDDLE, MIDDLE, WIDE, MIDDLE, WIDE, MIDDLE],
        _foot(event, moment_now),
    )
    return _file(event, "partner", name, table, format_, moment_now, partner.id)


def _file(
    event: Event,
    what: What,
    title: str,
    table: Table,
    format_: Format,
    at: datetime,
    organisation_id: int | None = None,
) -> Download:
    note = Note(
        what,
        format_,
        len(list(table.rows)),
        project_id=event_facts().project_id,
        event_id=event.id,
        organisation_id=organisation_id,
        columns=table.header,
        chosen={"state": "confirmed"},
    )
    # The hour stands in the name: a list that was printed twice should tell which is the later.
    stamp = f"{at.astimezone(ZONE):%Y-%m-%d-%H%M}"
    return Download(
        [note], download_name(local(event.title), title, stamp, ext=format_), lambda: table
    )


def _ready(event: Event, kind: Kind, at: datetime) -> ReadyList | None:
    """Return a list as it stands now; None where no question of the event is for it."""
    questions = [one for one in event.questions if one.purpose in PURPOSES[kind]]
    if not questions:
        return None
    lang = current_lang()
    asked = [_asked(one, lang) for one in questions]
    people = list(_people(event, questions, lang))
    sections, header, rows, widths = _MAKERS[kind](people, asked)
    table = Table(str(LIST_WORDS[kind]), header, rows, widths, _foot(event, at))
    return ReadyList(kind, sections, table)


def _foot(event: Event, at: datetime) -> str:
    as_of = _("As of %(moment)s", moment=moment(at, current_lang()))
    return f"{local(event.title)} – {as_of}"


def _asked(question: Question, lang: Lang) -> Asked:
    options = tuple(option.label.to(lang) for option in question.options)
    if question.kind == "yesno":
        options = (_("Yes"), _("No"))
    is_free = question.kind in ("text", "long")
    return Asked(question.id, question.label.to(lang), options, is_free)


def _people(event: Event, questions: Sequence[Question], lang: Lang) -> Iterator[Person]:
    for row in stream_rows(event.id, Filter(state="confirmed")):
        answers = {one.id: _words(one, row.answers.get(one.id), lang) for one in questions}
        yield Person(row.first_name, row.last_name, answers)


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


def _partner_header() -> list[str]:
    return [
        _("Last name"),
        _("First name"),
        _("E-mail"),
        _("Phone"),
        _("Represents"),
        _("Role"),
    ]


def _partner_rows(event: Event, organisation_id: int) -> list[list[Cell]]:
    """Return the organisation's people with a seat, with their contacts and without answers."""
    wanted = Filter(state="confirmed", organisation=str(organisation_id))
    return [
        [
            row.last_name,
            row.first_name,
            row.email,
            format_phone(row.phone),
            row.member_organisation,
            role_label(row.role),
        ]
        for row in stream_rows(event.id, wanted)
    ]
