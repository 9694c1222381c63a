"""The ready lists of an event: hotel, caterer, bus, and one for each partner."""

from datetime import datetime

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Format, Note, What
from koostoo.base.clock import now
from koostoo.base.when import ZONE
from koostoo.documents.names import download_name
from koostoo.events.models import Event
from koostoo.registration.queries import project_organisations
from koostoo.roster.ready_queries import contacts, seats_by_organisation
from koostoo.web.desk import bp, ready_tables
from koostoo.web.desk.events import get_event
from koostoo.web.desk.ready_tables import LIST_WORDS, MOST_OF_PARTNER, MOST_SHOWN, NEEDED
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.rights import access, event_facts, right
from koostoo.web.view import local


@bp.get("/events/<slug>/lists", endpoint="lists")
@right("event_fill")
def show(slug: str) -> str:
    """Show the lists that are ready; who coordinates a partner sees that of their people alone."""
    event, at = get_event(slug), now()
    runs = access().may_run(event_facts())
    partners = [
        one
        for one in project_organisations(event)
        if access().may_run_person(event_facts(), one.id)
    ]
    seats = seats_by_organisation(event.id)
    shown = contacts(event.id, [one.id for one in partners], MOST_OF_PARTNER)
    return render_template(
        "desk/lists.html",
        event=event,
        ready={
            kind: ready_tables.ready(event, kind, at, MOST_SHOWN) for kind in LIST_WORDS if runs
        },
        partners=[
            (one, ready_tables.partner_rows(shown[one.id]), seats.get(one.id, 0))
            for one in partners
            if one.id in seats or not runs
        ],
        partner_header=ready_tables.partner_header(),
        list_words=LIST_WORDS,
        needed=NEEDED,
        as_of=at,
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
    event, at = get_event(slug), now()
    one = ready_tables.ready(event, reader, at)
    if one is None:
        # The page says which question is missing.
        return redirect(url_for("desk.lists", slug=slug), 303)
    return _file(event, one.kind, str(LIST_WORDS[one.kind]), one.table, format_, at)


def _partner(slug: str, organisation: str, format_: Format) -> Download:
    event, at = get_event(slug), now()
    partner = next((p for p in project_organisations(event) if p.slug == organisation), None)
    if partner is None:
        abort(404)
    table = ready_tables.of_partner(event, partner, at)
    return _file(event, "partner", table.sheet, table, format_, at, partner.id)


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
    # The hour stands in the name: of two files one should tell which is the later.
    stamp = f"{at.astimezone(ZONE):%Y-%m-%d-%H%M}"
    return Download(
        [note], download_name(local(event.title), title, stamp, ext=format_), lambda: table
    )
