"""People of many events as one file: of an activity, a project, a period."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Form as PlainForm
from wtforms import ValidationError

from koostoo.accounts.downloads import Format, Note
from koostoo.attendance.period_queries import (
    Counted,
    PersonRow,
    Scope,
    counted_events,
    stream_people,
)
from koostoo.base.contact import format_phone
from koostoo.base.dates import heading
from koostoo.documents.cells import Cell
from koostoo.documents.names import download_name
from koostoo.events.access import facts_of
from koostoo.events.models import Event
from koostoo.registration.models import ROLES, STATES
from koostoo.registration.words import state_label
from koostoo.web.desk import bp
from koostoo.web.desk.fields import DayField
from koostoo.web.desk.numbers import small_number
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.forms import Page, Pick, options
from koostoo.web.language import current_lang
from koostoo.web.rights import access, right
from koostoo.web.signup_form import role_label
from koostoo.web.view import kind_label, local

MOST_IN_EXCEL = 50_000
"""Rows; a longer workbook would take longer than anybody waits. CSV has no limit."""
NARROW, MIDDLE, WIDE = 12, 20, 32


class ScopeForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """Which events; it stands in the address, so that a choice can be kept as a bookmark."""

    is_busy = False

    about = Pick(_l("Project or activity"))
    first = DayField(_l("From this day on"))
    last = DayField(_l("Until this day"))

    def validate_last(self, field: DayField) -> None:
        """Refuse a period that ends before it begins."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("The period ends before it begins."))

    def scope(self) -> Scope:
        """Return the checked choice."""
        kind, _dash, number = (self.about.data or "").partition("-")
        return Scope(
            project_id=small_number(number) if kind == "project" else None,
            activity_id=small_number(number) if kind == "activity" else None,
            first=self.first.data,
            last=self.last.data,
        )


@bp.get("/downloads")
@right("organiser")
def downloads() -> Page:
    """Ask which events, and show them with their numbers of people."""
    everything = counted_events(access(), Scope())
    form = _form(everything)
    is_right = form.validate()
    found = counted_events(access(), form.scope()) if is_right else []
    page = render_template(
        "desk/downloads.html",
        form=form,
        found=found,
        people=sum(one.people for one in found),
        asked=_asked(form) if is_right else {},
        may_excel=sum(one.people for one in found) <= MOST_IN_EXCEL,
        most_in_excel=MOST_IN_EXCEL,
        has_any=bool(everything),
    )
    return page, 200 if is_right else 422, {}


@bp.get("/downloads/people.csv")
@right("organiser")
@recorded
def period_csv() -> Download | Response:
    """Stream the people of the events as CSV."""
    return _download("csv")


@bp.get("/downloads/people.xlsx")
@right("organiser")
@recorded
def period_xlsx() -> Download | Response:
    """Send the people of the events as a workbook."""
    return _download("xlsx")


def _download(kind: Format) -> Download | Response:
    form = _form(counted_events(access(), Scope()))
    if not form.validate():
        # The page tells what is wrong with the address.
        typed: dict[str, Any] = request.args.to_dict()
        return redirect(url_for("desk.downloads", **typed), 303)
    scope = form.scope()
    found = counted_events(access(), scope)
    rows = sum(one.people for one in found)
    if not found or (kind == "xlsx" and rows > MOST_IN_EXCEL):
        flash(_("There is no such file for this choice."), "warning")
        return redirect(url_for("desk.downloads", **_asked(form)), 303)
    note = Note(
        "period",
        kind,
        rows,
        activity_id=scope.activity_id,
        columns=_header(),
        chosen=_asked(form),
    )
    name = download_name(_("participants"), *filter(None, (scope.first, scope.last)), ext=kind)

    def make() -> Table:
        # Noting ended what was read: the same events once more.
        events = {one.event.id: one.event for one in counted_events(access(), scope)}
        rows = _lines(events, stream_people(access(), scope))
        return Table(_("Participants"), _header(), rows, [width for _title, width in _columns()])

    return Download(_of_projects(note, found), name, make)


def _of_projects(note: Note, found: Sequence[Counted]) -> list[Note]:
    """Return a note for each project: its manager finds what was taken of it."""
    rows: dict[int, int] = {}
    for one in found:
        project = one.event.activity.project_id
        rows[project] = rows.get(project, 0) + one.people
    return [note.of_project(project, number) for project, number in rows.items()]


def _form(everything: Sequence[Counted]) -> ScopeForm:
    form = ScopeForm(request.args)
    projects: dict[int, tuple[str, dict[int, str]]] = {}
    for one in everything:
        activity = one.event.activity
        _title, activities = projects.setdefault(
            activity.project_id, (local(activity.project.title), {})
        )
        activities[activity.id] = f"{kind_label(activity)}: {local(activity.title)}"
    form.about.choices = options([("", _("all"))])
    for number, (title, activities) in projects.items():
        offered = [(f"project-{number}", _("Whole project"))]
        offered += [(f"activity-{n}", words) for n, words in activities.items()]
        form.about.choices += options(offered, title)
    return form


def _asked(form: ScopeForm) -> dict[str, Any]:
    """Return the choice as parts of an address, empty ones left out."""
    values = {
        "about": form.about.data or "",
        "first": form.first.data.isoformat() if form.first.data else "",
        "last": form.last.data.isoformat() if form.last.data else "",
    }
    return {name: value for name, value in values.items() if value}


def _header() -> list[str]:
    return [title for title, _width in _columns()]


def _columns() -> list[tuple[str, int]]:
    return [
        (_("Project"), MIDDLE),
        (_("Activity"), MIDDLE),
        (_("Event"), WIDE),
        (_("When"), MIDDLE),
        (_("First day"), NARROW),
        (_("Last name"), MIDDLE),
        (_("First name"), MIDDLE),
        (_("Organisation"), MIDDLE),
        (_("Represents"), MIDDLE),
        (_("Role"), NARROW),
        (_("Standing"), NARROW),
        (_("Days present"), NARROW),
        (_("Days absent"), NARROW),
        (_("E-mail"), WIDE),
        (_("Phone"), MIDDLE),
    ]


def _lines(events: Mapping[int, Event], people: Iterable[PersonRow]) -> Iterator[list[Cell]]:
    """Turn people into rows, one by one; contacts only where this person may see them."""
    states = {state: state_label(state) for state in STATES}
    roles = {role: role_label(role) for role in ROLES}
    about = {number: _about(event) for number, event in events.items()}
    facts = {number: facts_of(event) for number, event in events.items()}
    mine = access()
    for one in people:
        # Published since the events were read.
        if one.event_id not in about:
            continue
        is_open = mine.sees_contacts(facts[one.event_id], one.organisation_id)
        yield [
            *about[one.event_id],
            one.last_name,
            one.first_name,
            one.organisation,
            one.member_organisation,
            roles[one.role],
            states[one.state],
            one.present,
            one.absent,
            one.email if is_open else "",
            format_phone(one.phone) if is_open else "",
        ]


def _about(event: Event) -> list[Any]:
    return [
        local(event.activity.project.title),
        f"{kind_label(event.activity)}: {local(event.activity.title)}",
        local(event.title),
        heading(event.when, current_lang()),
        event.starts_on if event.when.is_fixed else None,
    ]
