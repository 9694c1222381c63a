"""Which column of a list of people is which: header names as people write them.

Lists of old are as they are: what is guessed here the organiser can correct.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, get_args

from koostoo.documents.table import Row
from koostoo.programme.member_columns import HEADER_WITHIN, plain

Field = Literal[
    "first", "last", "person", "email", "phone", "organisation", "member", "role", "present"
]
FIELDS: tuple[Field, ...] = get_args(Field)
_HEADERS: dict[str, str] = {
    "first": "eesnimi, eesnimed, first name, given name, forename, firstname",
    "last": "perekonnanimi, perenimi, last name, surname, family name, lastname",
    "person": """
        nimi, ees- ja perekonnanimi, ees ja perenimi, osaleja, osaleja nimi, osavõtja,
        osavõtja nimi, isik, inimene, täisnimi, name, full name, participant, attendee, person
    """,
    "email": """
        e-post, e-posti aadress, e-maili aadress, meil, meiliaadress, email, email address, mail
    """,
    "phone": "telefon, telefoninumber, tel, tel nr, mobiil, mob, phone, phone number, mobile",
    "organisation": """
        tegevusrühm, tegevusgrupp, kohalik tegevusrühm, partner, partnerorganisatsioon, ltr, lag,
        local action group, action group, partner organisation
    """,
    "member": """
        organisatsioon, organisatsiooni nimi, asutus, ettevõte, ühing, ühendus, mtü, esindab,
        esindatav, liige, liikmesorganisatsioon, tööandja, organisation, organization, company,
        association, represents, member organisation
    """,
    "role": "roll, amet, ametikoht, role, position, job title",
    "present": """
        kohal, osales, osalemine, kohalolek, kohalviibimine, ilmus, allkiri, present, attended,
        attendance, came, signature
    """,
}
_KNOWN = {plain(word): column for column, words in _HEADERS.items() for word in words.split(",")}


def guess(rows: Sequence[Row]) -> tuple[int | None, dict[int, Field]]:
    """Return the place of the row that names the columns, None without one, and what they are.

    Of the first rows it is the one with the most names that are known. Of two columns that seem to
    mean the same the first is taken.
    """
    found = [_fields(row.cells) for row in rows[:HEADER_WITHIN]]
    best = max(range(len(found)), key=lambda place: len(found[place]), default=0)
    if not found or not found[best]:
        return None, {}
    return best, found[best]


def by_content(
    fields: dict[int, Field], rows: Sequence[Row], is_partner: Callable[[str], bool]
) -> dict[int, Field]:
    """Return what the columns are, a column of partners named as such whatever its header says.

    "Organisation" may mean either; it is the partner where at least half of its cells name one.
    `rows` are those below the header.
    """
    if "organisation" in fields.values():
        return fields
    for place, field in fields.items():
        if field == "member":
            cells = [cell for row in rows for cell in row.cells[place : place + 1] if cell]
            if cells and 2 * sum(map(is_partner, cells)) >= len(cells):
                return {**fields, place: "organisation"}
    return fields


def _fields(cells: Sequence[str]) -> dict[int, Field]:
    fields: dict[int, Field] = {}
    for place, cell in enumerate(cells):
        known = next((one for one in FIELDS if one == _KNOWN.get(plain(cell))), None)
        if known is not None and known not in fields.values():
            fields[place] = known
    return fields


def names_people(columns: Iterable[Field]) -> bool:
    """Tell whether these columns hold names: first and last, or both in one."""
    there = set(columns)
    return "person" in there or {"first", "last"} <= there
