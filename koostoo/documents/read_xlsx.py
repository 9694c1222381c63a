"""Workbooks as people send them, with what could harm the service kept out.

Formulas are never calculated: what counts is the result the workbook shows, which Excel and
LibreOffice store beside them.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from koostoo.documents.table import Row, Table, TableError

MAX_UNPACKED = 6_000_000
"""Bytes of all parts together; 5000 rows of ten columns need half of it."""
MAX_PART = 500_000
"""Bytes of a part without cells: such parts become objects as a whole, which takes long."""
MAX_ELEMENTS = 500_000
"""XML elements in all; what they become in memory is many times their bytes."""
MAX_COLUMNS = 50
MAX_LINES = 100_000
"""A row number may be anything; the empty rows before it are not counted up to the end."""
_CELLS = ("xl/worksheets/", "xl/sharedStrings")
_XML = (".xml", ".rels")


def read_xlsx(data: bytes, max_rows: int) -> Table:
    """Return the rows of the first sheet that holds any; raise TableError.

    Hidden sheets are left out. Codes: empty, too_many_rows, too_large, opendocument,
    not_a_table, broken.
    """
    try:
        _check_parts(data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            # What the sheet says of its own size may be wrong, in either direction.
            sheet.reset_dimensions()
            values = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
            if rows := _filled(values, max_rows):
                return Table("xlsx", tuple(rows), sheet=sheet.title)
    except TableError:
        raise
    except Exception as error:
        # The library raises whatever the broken part makes it.
        raise TableError("broken") from error
    raise TableError("empty")


def _check_parts(data: bytes) -> None:
    """Refuse what is no workbook, or too much of one; sizes that lie make it a broken file."""
    with ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "content.xml" in names and "mimetype" in names:
            raise TableError("opendocument")
        if not any(name.startswith("xl/") for name in names):
            raise TableError("not_a_table")
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TableError("too_large")
        read = [part for part in parts if part.filename.endswith(_XML)]
        whole = [part.file_size for part in read if not part.filename.startswith(_CELLS)]
        elements = sum(archive.read(part).count(b"<") for part in read)
        if max(whole, default=0) > MAX_PART or elements > MAX_ELEMENTS:
            raise TableError("too_large")


def _filled(values: Iterable[tuple[Any, ...]], max_rows: int) -> list[Row]:
    rows: list[Row] = []
    for line, cells in _numbered(values):
        texts = [_text(value) for value in cells]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            rows.append(Row(line, tuple(texts)))
        if len(rows) > max_rows:
            raise TableError("too_many_rows", limit=max_rows)
    return rows


def _numbered(values: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    lines = iter(values)
    yield from enumerate(islice(lines, MAX_LINES), 1)
    if next(lines, None) is not None:
        raise TableError("too_large")


def _text(value: Any) -> str:
    """Return a cell as a person reads it: whole numbers without a fraction, days by their date."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, datetime):
        value = value.date() if value.time().isoformat() == "00:00:00" else value
    return value.isoformat() if isinstance(value, date) else str(value)
