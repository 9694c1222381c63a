"""The list of an event's people to take along: CSV and XLSX."""

from typing import Any

from flask_babel import gettext as _

from koostoo.accounts.downloads import Format, Note
from koostoo.documents.names import download_name
from koostoo.registration.desk_queries import Filter, count_rows, stream_rows
from koostoo.web.desk import bp, listing
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import query_of, read_filter
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.rights import access, event_facts, right, shows_contacts
from koostoo.web.view import local


@bp.get("/events/<slug>/registrations.csv")
@right("event_look")
@recorded
def list_csv(slug: str) -> Download:
    """Stream the people the list shows, all pages of them, as CSV."""
    return _people(slug, "csv")


@bp.get("/events/<slug>/registrations.xlsx")
@right("event_look")
@recorded
def list_xlsx(slug: str) -> Download:
    """Send the people the list shows as a workbook."""
    return _people(slug, "xlsx")


def _people(slug: str, kind: Format) -> Download:
    event, wanted, runs = get_event(slug), read_filter(), access().may_run(event_facts())
    note = Note(
        "people",
        kind,
        count_rows(event.id, wanted),
        project_id=event_facts().project_id,
        event_id=event.id,
        columns=listing.header(event),
        chosen=chosen_by(wanted),
    )

    def make() -> Table:
        event = get_event(slug)
        rows = listing.lines(
            event, stream_rows(event.id, wanted), shows_contacts, shows_sensitive=runs
        )
        return Table(listing.sheet_name(), listing.header(event), rows, listing.widths(event))

    return Download([note], download_name(local(event.title), _("participants"), ext=kind), make)


def chosen_by(wanted: Filter) -> dict[str, Any]:
    """Return a filter as it is noted: a search may be for a name, so only that there was one."""
    chosen: dict[str, Any] = query_of(wanted)
    if chosen.pop("q", ""):
        chosen["searched"] = True
    if wanted.whose is not None:
        chosen["whose"] = sorted(wanted.whose)
    return chosen
