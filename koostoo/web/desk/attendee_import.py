"""Bring in a list of people of an event: upload, say what its columns mean, look, take it whole."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from koostoo.attendance.attendee_file import (
    MAX_ROWS,
    Attendees,
    named,
    organisation_keys,
    read_attendees,
)
from koostoo.attendance.importing import (
    Imported,
    ListGone,
    drop_list,
    keep_list,
    known_people,
    take_list,
)
from koostoo.attendance.queries import find_list
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.documents.read_table import read_table
from koostoo.documents.table import Row, TableError
from koostoo.events.models import Event
from koostoo.programme.member_columns import HEADER_WITHIN
from koostoo.programme.member_file import Fault
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.queries import project_organisations, seats_of
from koostoo.web.desk import attendee_form, bp
from koostoo.web.desk.attendee_form import FIELD_WORDS, ListForm, MatchForm
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import back_to_people
from koostoo.web.desk.register_words import (
    fault_words,
    source_of,
    source_words,
    table_error_words,
)
from koostoo.web.desk.words import refusal_words
from koostoo.web.forms import Page
from koostoo.web.rights import organiser_id, right
from koostoo.web.signup_form import role_label

SHOWN_FAULTS = 50
SHOWN_ROWS = 10
SHOWN_NAMES = 10
FAULT_WORDS = {
    "missing_name": _l("The name is missing."),
    "phone": _l("This number does not look right. Write it like 5552 2385 or +358 40 123 4567."),
    "present": _l("Write “jah” or “ei”, or leave it empty: then they were not there."),
}


@bp.route("/events/<slug>/import", methods=["GET", "POST"], endpoint="import_list")
@right("event_run")
def upload(slug: str) -> Response | Page:
    """Ask for a list; on POST read it and lead to what its columns mean."""
    event = get_event(slug)
    form = ListForm()
    if event.state == "published" and form.validate_on_submit():
        try:
            with form.kept_when_busy():
                table = read_table(form.file.data.read(), MAX_ROWS + HEADER_WITHIN)
                key = keep_list(event.id, table.rows, source_of(table, ()), now())
                return redirect(url_for("desk.import_match", slug=slug, key=key), 303)
        except TableError as error:
            form.file.errors = [table_error_words(error)]
    event = get_event(slug)
    page = render_template(
        "desk/import.html", event=event, form=form, is_over=event.when.is_over(now())
    )
    return form.answer(page)


@bp.route("/events/<slug>/import/<key>", methods=["GET", "POST"])
@right("event_run")
def import_match(slug: str, key: str) -> Response | Page:
    """Show what the columns mean and what the list says by that; on POST take it, or forget it."""
    event = get_event(slug)
    rows = _kept_rows(event, key)
    if rows is None:
        return _gone(slug)
    form = _form(event, rows)
    if request.form.get("do") == "drop" and form.csrf_token.validate(form):
        with form.kept_when_busy():
            drop_list(event.id)
            flash(_("The list was not applied and is forgotten."), "info")
            return back_to_people(slug)
    takes = form.validate_on_submit() and request.form.get("do") == "apply"
    is_readable = form.check_columns()
    found = _read(event, form, rows) if is_readable else Attendees()
    if request.form.get("do") != "apply":
        # Looking promises nothing yet.
        form.lawful.errors = []
    if takes and is_readable and found.people and not found.faults:
        with form.kept_when_busy():
            taken = _take(event, key, form, found)
            if taken is not None:
                return taken
    return _page(slug, key, form, found)


def _take(event: Event, key: str, form: MatchForm, found: Attendees) -> Response | None:
    """Take the list; None where the page has to be shown again."""
    slug = event.slug
    try:
        done = take_list(
            event.id,
            key,
            found.people,
            now(),
            organiser_id(),
            status=form.default_status(),
            letters=form.wants_letters(),
        )
    except ListGone:
        return _gone(slug)
    except SignUpRefused as refusal:
        form.form_errors.append(
            _("Nothing was taken, for not everybody has room: raise the number of seats first.")
            if refusal.reason == "full"
            else refusal_words(refusal.reason)
        )
        return None
    for words, category in _told(done, found):
        flash(words, category)
    return back_to_people(slug)


def _told(done: Imported, found: Attendees) -> list[tuple[str, str]]:
    """Return what became of the list, in sentences."""
    told = [
        (
            ngettext(
                "%(num)s person of the list was added.",
                "%(num)s people of the list were added.",
                done.added,
            ),
            "success",
        )
    ]
    left_out = done.known + len(found.repeated)
    if left_out:
        words = ngettext(
            "%(num)s was left out: they are there already.",
            "%(num)s were left out: they are there already.",
            left_out,
        )
        told.append((words, "info"))
    if done.waiting:
        words = ngettext(
            "%(num)s person got a place on the waiting list.",
            "%(num)s people got places on the waiting list.",
            done.waiting,
        )
        told.append((words, "warning"))
    if done.above:
        words = ngettext(
            "%(num)s person more has a seat than the event had seats.",
            "%(num)s people more have a seat than the event had seats.",
            done.above,
        )
        told.append((words, "warning"))
    return told


def _page(slug: str, key: str, form: MatchForm, found: Attendees) -> Response | Page:
    # A refusal ended the transaction; what is shown is the present state.
    event = get_event(slug)
    kept = find_list(event.id, key, now())
    if kept is None:
        return _gone(slug)
    if request.method == "GET":
        # Nothing was asked for that could be wrong.
        form.form_errors = []
    known = known_people(db.session(), event.id)
    new = sum(not known.has(named(one)) for one in found.people)
    free = seats_of([event], now())[event.id].free
    page = render_template(
        "desk/import_match.html",
        event=event,
        form=form,
        source=source_words(kept.source),
        is_assumed=kept.source["is_assumed"],
        is_over=event.when.is_over(now()),
        takes_attendance=bool(days_of(event.when)),
        found=found,
        known=len(found.people) - new,
        free=free,
        too_many=free is not None and new > free,
        others=_others(found),
        organisations={one.id: one.name for one in project_organisations(event)},
        role_label=role_label,
        faults=[(fault, _column(form, fault), _words(fault)) for fault in found.faults],
        shown_faults=SHOWN_FAULTS,
        shown_rows=SHOWN_ROWS,
    )
    if request.method == "GET":
        return page, 200, {}
    page, status, headers = form.answer(page)
    asked = request.form.get("do") == "apply"
    return page, 422 if asked and status == 200 else status, headers


def _form(event: Event, rows: Sequence[Row]) -> MatchForm:
    return attendee_form.build(
        event, project_organisations(event), rows, is_over=event.when.is_over(now())
    )


def _kept_rows(event: Event, key: str) -> list[Row] | None:
    kept = find_list(event.id, key, now())
    return None if kept is None else [Row(line, tuple(cells)) for line, cells in kept.rows]


def _read(event: Event, form: MatchForm, rows: Sequence[Row]) -> Attendees:
    place = form.header_place()
    organisations = organisation_keys(
        (one.id, one.name, one.short_name) for one in project_organisations(event)
    )
    return read_attendees(
        rows[0 if place is None else place + 1 :],
        form.columns(),
        organisations,
        form.default_organisation(),
    )


def _others(found: Attendees) -> list[str]:
    """Return organisations that are none of the project's: perhaps only spelled otherwise."""
    names = {one.other_organisation: None for one in found.people if one.other_organisation}
    return [*names][:SHOWN_NAMES]


def _column(form: MatchForm, fault: Fault) -> str:
    titles = {field.data: field.label.text for _place, field in form.column_fields()}
    return str(titles.get(fault.column) or FIELD_WORDS[fault.column])


def _words(fault: Fault) -> str:
    known: Any = FAULT_WORDS.get(fault.code)
    return fault_words(fault) if known is None else str(known)


def _gone(slug: str) -> Response:
    flash(
        _("This list has lapsed, was applied, or another one took its place. Choose it again."),
        "warning",
    )
    return redirect(url_for("desk.import_list", slug=slug), 303)
