"""Tables as CSV, in the shape Excel opens by double click on an Estonian computer."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import chain, islice

from koostoo.documents.cells import Cell, clean_text

_BYTE_ORDER_MARK = "\ufeff"
_ROWS_A_CHUNK = 500

# Where a spreadsheet would start to calculate: at the start of a cell, and where a program set
# to another separator, which then overlooks our quotes, would see one start.
_FORMULA = re.compile("(^[\t\n]|(?:^|(?<=[\n\t,;]))[ \u00a0]*[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def stream_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the table as UTF-8 in pieces of some hundred rows; memory stays constant.

    Fields are separated by semicolons and numbers have a decimal comma, as Excel expects with
    Estonian regional settings (it reads `12.5` as 12 May); the byte order mark tells it the
    encoding. Lines end with CRLF and every text is quoted (RFC 4180). Dates are `31.12.2026`,
    datetimes `31.12.2026 18:30` in the zone they carry.

    No text can run as a formula: an apostrophe is put before `=`, `+`, `-`, `@`, their
    full-width twins, tab or line break at its start, in every column and in the header. So a
    phone number such as `+372 5552385` gets one too. Real numbers stay numbers.
    """
    table: Iterator[Sequence[Cell]] = chain([header], rows)
    mark = _BYTE_ORDER_MARK
    while some := list(islice(table, _ROWS_A_CHUNK)):
        piece = StringIO(newline="")
        writer = csv.writer(
            piece, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC
        )
        writer.writerows([_field(cell) for cell in row] for row in some)
        yield (mark + piece.getvalue()).encode()
        mark = ""


def _field(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _FORMULA.sub(r"'\1", clean_text(cell))
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, int):
        return int(cell)
    number = cell if isinstance(cell, Decimal) else Decimal(repr(cell))
    return f"{number:f}".replace(".", ",")
