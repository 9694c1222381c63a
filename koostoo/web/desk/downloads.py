"""Lists of people to take along: CSV, XLSX and the attendance sheet."""

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from flask import Response, send_file, stream_with_context
from flask_babel import gettext as _

from koostoo.documents.csv import stream_csv
from koostoo.documents.names import download_name
from koostoo.documents.xlsx import write_xlsx
from koostoo.events.models import Event
from koostoo.roster.queries import presets_of, stream_rows
from koostoo.web.desk import bp
from koostoo.web.desk.columns import chosen_columns, offered_columns
from koostoo.web.desk.events import get_event
from koostoo.web.desk.filtering import Asked, read_asked
from koostoo.web.desk.listing import Listing, sheet_name
from koostoo.web.rights import right, shows_contacts
from koostoo.web.view import local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 1_000_000
"""Bytes of a workbook held in memory; what is longer lies in a temporary file."""


@bp.get("/events/<slug>/registrations.csv")
@right("event_look")
def list_csv(slug: str) -> Response:
    """Stream the people the list shows, all pages of them, as CSV."""
    event = get_event(slug)
    asked = read_asked(event)
    listing = _listing(event, asked)
    rows = listing.lines(stream_rows(event.id, asked.wanted, asked.sort), shows_contacts)
    lines = stream_csv(listing.header, rows)
    response = Response(stream_with_context(lines), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=_name(event, "csv"))
    return response


@bp.get("/events/<slug>/registrations.xlsx")
@right("event_look")
def list_xlsx(slug: str) -> Response:
    """Send the people the list shows as a workbook."""
    event = get_event(slug)
    asked = read_asked(event)
    listing = _listing(event, asked)
    rows = listing.lines(stream_rows(event.id, asked.wanted, asked.sort), shows_contacts)
    # The response closes it.
    file = cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115
    write_xlsx(file, sheet_name(), listing.header, rows, listing.widths)
    file.seek(0)
    response = send_file(
        file, mimetype=XLSX, as_attachment=True, download_name=_name(event, "xlsx")
    )
    # Flask would let it be cached like a style sheet.
    response.headers["Cache-Control"] = "no-store"
    return response


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


def _name(event: Event, ext: str) -> str:
    return download_name(local(event.title), _("participants"), ext=ext)
