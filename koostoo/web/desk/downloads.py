"""The list of an event's people to take along: CSV and XLSX."""

from typing import Any

from flask_babel import gettext as _

from koostoo.accounts.downloads import Format, Note
from koostoo.documents.names import download_name
from koostoo.events.models import Event
from koostoo.roster.queries import count_rows, presets_of, stream_rows
from koostoo.web.desk import bp
from koostoo.web.desk.columns import chosen_columns, offered_columns
from koostoo.web.desk.events import get_event
from koostoo.web.desk.filtering import Asked, read_asked
from koostoo.web.desk.listing import Listing, sheet_name
from koostoo.web.desk.sending import Download, Table, recorded
from koostoo.web.rights import event_facts, right, shows_contacts
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
    event = get_event(slug)
    asked = read_asked(event)
    note = Note(
        "people",
        kind,
        count_rows(event.id, asked.wanted),
        project_id=event_facts().project_id,
        event_id=event.id,
        columns=_listing(event, asked).header,
        chosen=chosen_by(asked),
    )

    def make() -> Table:
        event = get_event(slug)
        listing = _listing(event, asked)
        rows = listing.lines(stream_rows(event.id, asked.wanted, asked.sort), shows_contacts)
        return Table(sheet_name(), listing.header, rows, listing.widths)

    return Download([note], download_name(local(event.title), _("participants"), ext=kind), make)


def chosen_by(asked: Asked) -> dict[str, Any]:
    """Return a filter as it is noted: a search may be for a name, so only that there was one."""
    chosen: dict[str, Any] = dict(asked.filters)
    if chosen.pop("q", ""):
        chosen["searched"] = True
    if asked.wanted.whose is not None:
        chosen["whose"] = sorted(asked.wanted.whose)
    return chosen


def _listing(event: Event, asked: Asked) -> Listing:
    """Return the list with the columns of the preset asked for; all there are, without one.

    Notes are for organisers: they leave the desk only where somebody chose that column.
    """
    if asked.columns:
        columns, _preset = chosen_columns(
            event, presets_of(event.activity.project_id), asked.columns
        )
    else:
        columns = [column for column in offered_columns(event) if column.key != "note"]
    return Listing(event, columns)
