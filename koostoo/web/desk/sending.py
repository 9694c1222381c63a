"""Files that leave the desk: each is noted before it goes, in this one place.

A view that hands out a file returns a `Download` and is declared `@recorded`. Nothing else at the
desk makes an attachment; a test opens every route and holds it to that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

from flask import Response as FlaskResponse
from flask import request, send_file, stream_with_context
from werkzeug.wrappers import Response

from koostoo.accounts.downloads import Format, Note, record_downloads
from koostoo.base.clock import now
from koostoo.documents.cells import Cell
from koostoo.documents.csv import stream_csv
from koostoo.documents.xlsx import write_xlsx
from koostoo.web.rights import organiser_id

TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "file": "application/octet-stream",
}
IN_MEMORY = 1_000_000
"""Bytes of a workbook held in memory; what is longer lies in a temporary file."""


class Table(NamedTuple):
    """What stands in a CSV or XLSX file; `widths` in characters, `foot` below each printed page.

    With `made_at` a workbook is the same to the byte whenever it is made.
    """

    sheet: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int]
    foot: str = ""
    made_at: datetime | None = None


class Stream(NamedTuple):
    """A file that is there already, piece by piece; its size tells the browser how far it is."""

    size: int
    pieces: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Download:
    """A file about to leave: what is noted of it, its name, and how it is made after that.

    Noting ends what the view has read so far: `make` must read anew whatever it needs from the
    database. Of a file about several projects there is a note for each.
    """

    notes: Sequence[Note]
    name: str
    make: Callable[[], Table | Stream | bytes]


def recorded(view: Callable[..., Download | Response]) -> Callable[..., Response]:
    """Note what the view is about to hand out, then hand it out.

    Where the note cannot be written, `Busy` answers 503 and nothing leaves. HEAD hands out nothing.
    What is no download, such as the page again, passes.
    """

    @wraps(view)
    def send(*args: Any, **kwargs: Any) -> Response:
        download = view(*args, **kwargs)
        if isinstance(download, Response):
            return download
        if request.method != "HEAD":
            record_downloads(download.notes, now(), organiser_id())
        response = _response(download)
        # Flask would let a file be cached like a style sheet.
        response.headers["Cache-Control"] = "no-store"
        return response

    return send


def _response(download: Download) -> FlaskResponse:
    kind = download.notes[0].format
    made = download.make()
    if isinstance(made, Table) and kind == "xlsx":
        # The response closes it.
        file = cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115
        write_xlsx(file, *made)
        file.seek(0)
        return send_file(
            file, mimetype=TYPES[kind], as_attachment=True, download_name=download.name
        )
    if isinstance(made, Table):
        lines = stream_csv(made.header, made.rows)
        response = FlaskResponse(stream_with_context(lines), content_type=TYPES[kind])
    elif isinstance(made, Stream):
        pieces = stream_with_context(iter(made.pieces))
        response = FlaskResponse(pieces, content_type=TYPES[kind])
        response.content_length = made.size
    else:
        response = FlaskResponse(made, content_type=TYPES[kind])
    response.headers.set("Content-Disposition", "attachment", filename=download.name)
    return response
