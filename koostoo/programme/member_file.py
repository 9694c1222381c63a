"""Read a list of members from a table: rows in, members out, or every mistake by its line."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from koostoo.base.contact import ContactError, parse_email
from koostoo.base.text import clean_line, fold, has_forbidden, name_key
from koostoo.documents.table import Row, Table, TableError
from koostoo.programme.member_columns import Column, find_header, named
from koostoo.programme.member_list import Member, Person, Sector

MAX_ROWS = 5000
LENGTHS: dict[Column, int] = {
    "organisation": 200,
    "code": 20,
    "sector": 60,
    "first": 100,
    "last": 100,
    "person": 200,
    "email": 254,
}
_CODE = re.compile(r"[0-9A-Za-z./-]*")
SHEET_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
_SECTOR_WORDS: dict[Sector, str] = {
    "public": """
        avalik, avalik sektor, avaliku sektori, kohalik omavalitsus, omavalitsus, kov, vald, linn,
        public, public sector, municipality
    """,
    "business": """
        ettevõtja, ettevõtjad, ettevõte, ettevõtlus, ettevõtlussektor, erasektor, äri, ärisektor,
        äriühing, oü, as, fie, business, company, private, private sector, entrepreneur
    """,
    "ngo": """
        vabaühendus, vabaühendused, kolmas sektor, kolmandik, kodanikuühendus, mittetulundus,
        mittetulundussektor, mittetulundusühing, mtü, sa, sihtasutus, seltsing,
        ngo, association, non-profit, nonprofit, third sector, civil society
    """,
}
_SECTORS = {
    word.strip(): sector for sector, words in _SECTOR_WORDS.items() for word in words.split(",")
}


class Fault(NamedTuple):
    """A mistake in the file; `column` is the header as written, `other` another line or a limit.

    no_organisation, too_long (other: characters), control, sheet_error, too_many_cells, code,
    sector, email, half_name, no_name (an address without a name), twice, other_code, other_sector,
    same_code (other: line).
    """

    line: int
    code: str
    column: str = ""
    other: int = 0


class FaultyList(Exception):
    """The list has mistakes; nothing of it is taken."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = list(faults)


class MemberFile(NamedTuple):
    """What a file says: its members, how many rows there were, and columns nobody needs here."""

    members: tuple[Member, ...]
    rows: int
    unused: tuple[str, ...]


@dataclass(slots=True)
class _Gathered:
    """A member while its rows are read."""

    line: int
    name: str
    code: str = ""
    sector: Sector = ""
    people: dict[str, tuple[int, Person]] = field(default_factory=dict)


def read_members(table: Table) -> MemberFile:
    """Return the members a table lists; raise HeaderError, FaultyList, or TableError.

    Each row is a member organisation, or one person of it; an organisation may have several rows.
    TableError: empty (a header alone), too_many_rows.
    """
    place, columns = find_header(table.rows)
    header, rows = table.rows[place].cells, table.rows[place + 1 :]
    if not rows:
        raise TableError("empty")
    if len(rows) > MAX_ROWS:
        raise TableError("too_many_rows", limit=MAX_ROWS)
    reader = _Reader(header, columns)
    for row in rows:
        reader.read(row)
    if reader.faults:
        raise FaultyList(reader.faults)
    used = set(columns.values())
    unused = named([cell for number, cell in enumerate(header) if number not in used])
    return MemberFile(tuple(reader.members()), len(rows), tuple(unused))


class _Reader:
    """Reads row after row, gathering members and faults."""

    def __init__(self, header: Sequence[str], columns: dict[Column, int]) -> None:
        self.header = header
        self.columns = columns
        self.faults: list[Fault] = []
        self.gathered: dict[str, _Gathered] = {}
        self.codes: dict[str, _Gathered] = {}

    def members(self) -> Iterable[Member]:
        for one in self.gathered.values():
            people = tuple(person for _line, person in one.people.values())
            yield Member(one.name, one.code, one.sector, people)

    def read(self, row: Row) -> None:
        before = len(self.faults)
        values = {column: self._value(row, column) for column in LENGTHS}
        if any(cell.strip() for cell in row.cells[len(self.header) :]):
            self._fault(row, "too_many_cells")
        if not values["organisation"]:
            self._fault(row, "no_organisation", "organisation")
        code, sector = self._code(row, values["code"]), self._sector(row, values["sector"])
        person = self._person(row, values)
        if len(self.faults) > before:
            return
        one = self._gather(row, values["organisation"], code, sector)
        if person is not None:
            known = one.people.setdefault(person.key, (row.line, person))
            if known[1] is not person:
                self._fault(row, "twice", other=known[0])

    def _value(self, row: Row, column: Column) -> str:
        place = self.columns.get(column)
        raw = row.cells[place] if place is not None and place < len(row.cells) else ""
        value = clean_line(raw)
        if has_forbidden(raw):
            self._fault(row, "control", column)
        elif len(value) > LENGTHS[column]:
            self._fault(row, "too_long", column, LENGTHS[column])
        elif SHEET_ERROR.fullmatch(value):
            self._fault(row, "sheet_error", column)
        return value

    def _code(self, row: Row, value: str) -> str:
        code = value.replace(" ", "")
        if not _CODE.fullmatch(code):
            self._fault(row, "code", "code")
        return code

    def _sector(self, row: Row, value: str) -> Sector:
        if value and fold(value) not in _SECTORS:
            self._fault(row, "sector", "sector")
        return _SECTORS.get(fold(value), "")

    def _person(self, row: Row, values: dict[Column, str]) -> Person | None:
        first, last = values["first"], values["last"]
        if not (first or last):
            first, last = parted(values["person"])
        email = self._email(row, values["email"])
        if first and last:
            return Person(first, last, email)
        if first or last:
            in_parts: Column = "last" if first else "first"
            self._fault(row, "half_name", in_parts if in_parts in self.columns else "person")
        elif email and self.columns.keys() & {"first", "last", "person"}:
            self._fault(row, "no_name", "email")
        return None

    def _email(self, row: Row, value: str) -> str:
        if not value:
            return ""
        try:
            return parse_email(value).normalised
        except ContactError:
            self._fault(row, "email", "email")
            return ""

    def _gather(self, row: Row, name: str, code: str, sector: Sector) -> _Gathered:
        one = self.gathered.setdefault(name_key(name), _Gathered(row.line, name))
        if code and self.codes.setdefault(code, one) is not one:
            self._fault(row, "same_code", "code", self.codes[code].line)
        for column, new, old in (("code", code, one.code), ("sector", sector, one.sector)):
            if new and old and new != old:
                self._fault(row, f"other_{column}", column, one.line)  # type: ignore[arg-type]  # both are columns
        one.code, one.sector = one.code or code, one.sector or sector
        return one

    def _fault(self, row: Row, code: str, column: Column | None = None, other: int = 0) -> None:
        place = None if column is None else self.columns.get(column)
        header = "" if place is None else clean_line(self.header[place])
        self.faults.append(Fault(row.line, code, header, other))


def parted(name: str) -> tuple[str, str]:
    """Return first and last name of "Mari Liis Mänd" or "Mänd, Mari Liis"."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _blank, last = name.rpartition(" ")
    return (first, last) if first else (last, "")
