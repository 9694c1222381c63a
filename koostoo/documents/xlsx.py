"""Tables as XLSX for Excel and LibreOffice."""

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from koostoo.documents.cells import Cell, clean_text

# Excel's limits. Lengths are counted in UTF-16 units.
_MAX_TEXT = 32_767
_MAX_ROWS = 1_048_576
_MAX_SHEET_NAME = 31
_MAX_FOOT = 120
_EXACT_INTEGER = 10**15

_CUT_MARK = " […]"
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_HEADER_LOOK = {"bold": True, "bottom": 1, "valign": "top", "text_wrap": True}
_TEXT_LOOK = {"valign": "top", "text_wrap": True}

# Nothing that was typed may turn into something that runs or points outside.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_xlsx(
    into: BinaryIO,
    sheet_name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int],
    foot: str = "",
    made_at: datetime | None = None,
) -> None:
    """Write a workbook of one sheet to `into`, row by row; memory stays constant.

    The header is bold, frozen and has filters. Texts are always texts, never formulas or
    links; one longer than Excel holds is cut and ends with `[…]`. Numbers and dates are real
    ones, shown as `31.12.2026` and `31.12.2026 18:30`, datetimes in the zone they carry.
    `widths` are column widths in characters, `foot` stands below each printed page. `made_at` goes
    into the file's properties instead of the moment it is made.

    Raises ValueError when there are more rows than a sheet holds.
    """
    with Workbook(into, _OPTIONS) as book:
        if made_at is not None:
            book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet(safe_sheet_name(sheet_name))
        writer = _RowWriter(book, sheet)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        if foot:
            # In a footer & begins a command; doubled it is itself.
            sheet.set_footer("&L" + clean_text(foot)[:_MAX_FOOT].replace("&", "&&"))
        for column, title in enumerate(header):
            sheet.write_string(0, column, _fitting(title), writer.header)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last >= _MAX_ROWS:
                raise ValueError("more rows than a sheet holds")
            writer.write(last, row)
        if header:
            sheet.autofilter(0, 0, last, len(header) - 1)


def safe_sheet_name(text: str) -> str:
    """Return `text` as Excel accepts it for a sheet: 31 characters, no `[]:*?/` or backslash."""
    name = " ".join(_NOT_IN_SHEET_NAME.sub(" ", clean_text(text)).split())
    name = name[:_MAX_SHEET_NAME].strip(" '")
    # Excel keeps the name History for itself.
    return f"{name}_" if name.casefold() in ("", "history") else name


class _RowWriter:
    """Writes one row after the other with the formats of its workbook."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self.header = book.add_format(_HEADER_LOOK)
        self._text = book.add_format(_TEXT_LOOK)
        self._number = book.add_format({"valign": "top"})
        self._day = book.add_format({"valign": "top", "num_format": "dd.mm.yyyy"})
        self._moment = book.add_format({"valign": "top", "num_format": "dd.mm.yyyy hh:mm"})
        self._sheet = sheet

    def write(self, row: int, cells: Sequence[Cell]) -> None:
        sheet = self._sheet
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                sheet.write_string(row, column, _fitting(cell), self._text)
            elif isinstance(cell, datetime):
                sheet.write_datetime(row, column, cell.replace(tzinfo=None), self._moment)
            elif isinstance(cell, date):
                sheet.write_datetime(row, column, cell, self._day)
            elif _is_exact(cell):
                sheet.write_number(row, column, cell + 0, self._number)
            else:
                sheet.write_string(row, column, str(cell), self._text)


def _is_exact(number: float | Decimal) -> bool:
    """Whether a cell can hold `number`: Excel keeps 15 digits and knows no infinity."""
    return math.isfinite(number) and -_EXACT_INTEGER < number < _EXACT_INTEGER


def _fitting(text: str) -> str:
    text = clean_text(text)
    # The cheap test first: no text is longer in UTF-16 than twice its characters.
    if 2 * len(text) <= _MAX_TEXT or len(units := text.encode("utf-16-le")) <= 2 * _MAX_TEXT:
        return text
    kept = units[: 2 * (_MAX_TEXT - len(_CUT_MARK))].decode("utf-16-le", errors="ignore")
    return kept + _CUT_MARK
