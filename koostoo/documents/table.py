"""A table read from a file: rows of texts with the numbers of their lines."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["csv", "xlsx"]


class Row(NamedTuple):
    """One row that holds something; `line` is its number in the file or sheet, from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in a file, empty rows left out.

    `encoding` is that of a CSV file, and `is_assumed` says that the file did not tell it itself.
    `sheet` is the name of the sheet of a workbook.
    """

    kind: Kind
    rows: tuple[Row, ...]
    encoding: str = ""
    is_assumed: bool = False
    sheet: str = ""


class TableError(Exception):
    """The file cannot be read as a table; `code` says why, `facts` where or how much.

    empty; too_many_rows (limit); too_large (a workbook that unpacks to more than it may);
    old_excel (.xls, or protected by a password); opendocument; not_a_table (another kind of
    file); broken (a workbook that cannot be opened); mixed, encoding, quotes (line).
    """

    def __init__(self, code: str, **facts: int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
