"""Lists of people to take along: CSV, XLSX and the attendance sheet."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from flask import Response, send_file, stream_with_context
from flask_babel import gettext as _

from koostoo.documents.cells import Cell
from koostoo.documents.csv import stream_csv
from koostoo.documents.names import download_name
from koostoo.documents.xlsx import write_xlsx
from koostoo.events.models import Event
from koostoo.registration.desk_queries import stream_rows
from koostoo.web.desk import bp, listing
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import read_filter
from koostoo.web.rights import access, event_facts, right, shows_contacts
from koostoo.web.view import local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 1_000_000
"""Bytes of a workbook held in memory; what is longer lies in a temporary file."""


@bp.get("/events/<slug>/registrations.csv")
@right("event_look")
def list_csv(slug: str) -> Response:
    """Stream the people the list shows, all pages of them, as CSV."""
    event = get_event(slug)
    rows = _lines(event)
    lines = stream_csv(listing.header(event), rows)
    response = Response(stream_with_context(lines), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=_name(event, "csv"))
    return response


@bp.get("/events/<slug>/registrations.xlsx")
@right("event_look")
def list_xlsx(slug: str) -> Response:
    """Send the people the list shows as a workbook."""
    event = get_event(slug)
    rows = _lines(event)
    # The response closes it.
    file = cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115
    write_xlsx(file, listing.sheet_name(), listing.header(event), rows, listing.widths(event))
    file.seek(0)
    response = send_file(
        file, mimetype=XLSX, as_attachment=True, download_name=_name(event, "xlsx")
    )
    # Flask would let it be cached like a style sheet.
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(event: Event) -> Iterator[list[Cell]]:
    return listing.lines(
        event,
        stream_rows(event.id, read_filter()),
        shows_contacts,
        shows_sensitive=access().may_run(event_facts()),
    )


def _name(event: Event, ext: str) -> str:
    return download_name(local(event.title), _("participants"), ext=ext)
