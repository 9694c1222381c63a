"""Read a list of people of an event from a table: rows in, people out, or mistakes by line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from koostoo.attendance.attendee_columns import FIELDS, Field
from koostoo.base.contact import ContactError, parse_email, parse_phone
from koostoo.base.text import bare_name_key, clean_line, fold, has_forbidden, person_key
from koostoo.documents.table import Row
from koostoo.programme.member_file import SHEET_ERROR, Fault, parted

MAX_ROWS = 2000
LENGTHS: Mapping[Field, int] = {
    "first": 100,
    "last": 100,
    "person": 200,
    "email": 254,
    "phone": 60,
    "organisation": 200,
    "member": 200,
    "role": 100,
    "present": 40,
}
_ROLES: Mapping[str, str] = {
    "member": "liige, member",
    "board": "juhatuse liige, juhatus, juhatuse esimees, esimees, board member, board, chair",
    "staff": """
        tegevmeeskond, tegevjuht, projektijuht, büroojuht, töötaja, koordinaator, staff,
        staff team, employee, project manager, coordinator
    """,
    "leader": "kogukonna eestvedaja, eestvedaja, külavanem, community leader, village elder",
    "entrepreneur": "ettevõtja, entrepreneur",
    "partner": "partner",
}
_YES = "jah, j, x, ×, ✓, ✔, +, 1, yes, y, true, kohal, osales, ilmus, present, attended, came"
_NO = "ei, e, -, –, 0, no, n, false, puudus, ei osalenud, ei ilmunud, absent, did not come"


def _turned(words: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {word.strip(): name for name, some in words for word in some.split(",")}


_ROLE_OF = _turned(_ROLES.items())
_PRESENCE = {
    fold(word): is_yes
    for some, is_yes in ((_YES, True), (_NO, False))
    for word in map(str.strip, some.split(","))
}


class Attendee(NamedTuple):
    """Somebody on the list. `present` None: the list does not say whether they were there."""

    line: int
    first_name: str
    last_name: str
    email: str
    email_key: str
    phone: str
    organisation_id: int | None
    other_organisation: str
    member_organisation: str
    role: str
    present: bool | None

    @property
    def key(self) -> str:
        """By which two names are one person's."""
        return person_key(self.first_name, self.last_name)


@dataclass(frozen=True, slots=True)
class Attendees:
    """What a table says: people, mistakes by line, and lines that repeat an earlier one."""

    people: tuple[Attendee, ...] = ()
    faults: tuple[Fault, ...] = ()
    repeated: tuple[int, ...] = ()


class Named(NamedTuple):
    """What tells whether somebody is on a list already; `email_key` empty: without an address."""

    key: str
    email_key: str
    organisation_id: int | None
    other_organisation: str


@dataclass(slots=True)
class Known:
    """People who are there already. With an address one is known by it and the name.

    Where either has none, the same name and organisation is the same person, as at the door.
    """

    by_name: dict[str, list[Named]] = field(default_factory=dict)

    def add(self, one: Named) -> None:
        """Count one more as known."""
        self.by_name.setdefault(one.key, []).append(one)

    def has(self, one: Named) -> bool:
        """Tell whether this person is among them."""
        return any(_is_same(one, other) for other in self.by_name.get(one.key, ()))


def named(person: Attendee) -> Named:
    """Return by what somebody on the list is known."""
    return Named(
        person.key, person.email_key, person.organisation_id, fold(person.other_organisation)
    )


def _is_same(one: Named, other: Named) -> bool:
    if one.email_key and other.email_key:
        return one.email_key == other.email_key
    return (one.organisation_id, one.other_organisation) == (
        other.organisation_id,
        other.other_organisation,
    )


def organisation_keys(organisations: Iterable[tuple[int, str, str]]) -> dict[str, int]:
    """Return the keys by which a cell names an organisation; given number, name, short name."""
    keys: dict[str, int] = {}
    for number, name, short in organisations:
        for word in filter(None, (name, short)):
            keys.setdefault(bare_name_key(word), number)
    return keys


def read_attendees(
    rows: Sequence[Row],
    columns: Mapping[int, Field],
    organisations: Mapping[str, int],
    default_organisation: int | None = None,
) -> Attendees:
    """Return the people these rows list, all mistakes by their line, and who stands there twice.

    `columns` says what stands at which place; `organisations` are keys as `organisation_keys` gives
    them; `default_organisation` is whose people they are where a row does not say.
    """
    reader = _Reader(columns, organisations, default_organisation)
    people, repeated, known = [], [], Known()
    for row in rows:
        person = reader.read(row)
        if person is None:
            continue
        if known.has(named(person)):
            repeated.append(row.line)
            continue
        known.add(named(person))
        people.append(person)
    return Attendees(tuple(people), tuple(reader.faults), tuple(repeated))


class _Reader:
    """Reads row after row, gathering faults; a fault names its column by the field's name."""

    def __init__(
        self,
        columns: Mapping[int, Field],
        organisations: Mapping[str, int],
        default_organisation: int | None,
    ) -> None:
        self.places = {name: place for place, name in columns.items()}
        self.organisations = organisations
        self.default_organisation = default_organisation
        self.faults: list[Fault] = []

    def read(self, row: Row) -> Attendee | None:
        before = len(self.faults)
        values = {name: self._value(row, name) for name in FIELDS}
        first, last = values["first"], values["last"]
        if not (first or last):
            first, last = parted(values["person"])
        if not (first and last):
            self._fault(row, "half_name" if first or last else "missing_name", "person")
        email, email_key = self._email(row, values["email"])
        phone, present = self._phone(row, values["phone"]), self._present(row, values["present"])
        organisation_id, other = self._organisation(values["organisation"])
        if len(self.faults) > before:
            return None
        return Attendee(
            row.line,
            first,
            last,
            email,
            email_key,
            phone,
            organisation_id,
            other,
            values["member"],
            _ROLE_OF.get(fold(values["role"]), "other") if values["role"] else "member",
            present,
        )

    def _value(self, row: Row, name: Field) -> str:
        place = self.places.get(name)
        raw = row.cells[place] if place is not None and place < len(row.cells) else ""
        value = clean_line(raw)
        if has_forbidden(raw):
            self._fault(row, "control", name)
        elif len(value) > LENGTHS[name]:
            self._fault(row, "too_long", name, LENGTHS[name])
        elif SHEET_ERROR.fullmatch(value):
            self._fault(row, "sheet_error", name)
        return value

    def _email(self, row: Row, value: str) -> tuple[str, str]:
        if not value:
            return "", ""
        try:
            address = parse_email(value)
        except ContactError:
            self._fault(row, "email", "email")
            return "", ""
        return address.normalised, address.key

    def _phone(self, row: Row, value: str) -> str:
        if not value:
            return ""
        try:
            return parse_phone(value)
        except ContactError:
            self._fault(row, "phone", "phone")
            return ""

    def _present(self, row: Row, value: str) -> bool | None:
        if "present" not in self.places:
            return None
        if not value:
            # On a list to sign, who was not there has an empty cell.
            return False
        if fold(value) not in _PRESENCE:
            self._fault(row, "present", "present")
        return _PRESENCE.get(fold(value))

    def _organisation(self, value: str) -> tuple[int | None, str]:
        if not value:
            return self.default_organisation, ""
        number = self.organisations.get(bare_name_key(value))
        return (number, "") if number is not None else (None, value)

    def _fault(self, row: Row, code: str, column: Field, other: int = 0) -> None:
        self.faults.append(Fault(row.line, code, column, other))
