"""CSV files as people send them: any usual encoding and separator in, rows out."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from koostoo.documents.encodings import decode
from koostoo.documents.table import Row, Table, TableError

DELIMITERS = ";\t,"
"""Those looked for; where a file has no trace of any, it has one column."""
_LOOKED_AT = 20


def read_csv(data: bytes, max_rows: int) -> Table:
    """Return the rows of a CSV file; raise TableError.

    Codes: empty, too_many_rows, not_a_table, mixed, encoding, quotes. Lines are counted as an
    editor does, so a row whose quoted text has several lines is named by its first.
    """
    decoded = decode(data)
    text, skipped = _without_hint(decoded.text)
    rows: list[Row] = []
    for line, cells in _records(text, _delimiter(text)):
        if any(cell.strip() for cell in cells):
            rows.append(Row(line + skipped, tuple(cells)))
        if len(rows) > max_rows:
            raise TableError("too_many_rows", limit=max_rows)
    if not rows:
        raise TableError("empty")
    return Table("csv", tuple(rows), decoded.encoding, decoded.is_assumed)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError("quotes", line=line) from error


def _without_hint(text: str) -> tuple[str, int]:
    """Drop the line by which Excel is told the separator; say how many lines that were."""
    first, _end, rest = text.partition("\n")
    is_hint = first.strip().lower() in {f"sep={delimiter}" for delimiter in DELIMITERS}
    return (rest, 1) if is_hint or first.startswith("sep=\t") else (text, 0)


def _delimiter(text: str) -> str:
    """Return the separator by which most of the first rows have the same number of columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        records = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(cells) for cells in islice(records, _LOOKED_AT) if cells)
        except csv.Error:
            return 0, 0
        number, width = max(((number, width) for width, number in widths.items()), default=(0, 0))
        return (number, width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=fit)
