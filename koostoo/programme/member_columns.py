"""Which column of a member list is which: header names as people write them."""

import re
from collections.abc import Sequence
from typing import Literal

from koostoo.base.text import clean_line, fold
from koostoo.documents.table import Row

Column = Literal["organisation", "code", "sector", "first", "last", "person", "email"]
HEADER_WITHIN = 10
"""Above the header there may be a title; it is looked for in so many rows."""

_WORDS: dict[Column, str] = {
    "organisation": """
        liige, liikmed, liikme nimi, liikme nimetus, liikmesorganisatsioon, liikmeorganisatsioon,
        organisatsioon, organisatsiooni nimi, organisatsiooni nimetus, ettevõte, ettevõtte nimi,
        ettevõtja, ettevõtja nimi, asutus, asutuse nimi, ühing, ühingu nimi, ühendus, ühenduse nimi,
        mtü, mtü nimi, juriidiline isik, juriidilise isiku nimi, ärinimi, nimetus, tööandja,
        member, member name, member organisation, member organization, organisation, organization,
        organisation name, organization name, company, company name, association, association name
    """,
    "code": """
        registrikood, registri kood, reg kood, regkood, reg nr, registri nr, registrinumber,
        registreerimisnumber, äriregistri kood, kood, registry code, registration code,
        registration number, registry number, company code, reg code, code
    """,
    "sector": "sektor, sektori nimi, liikme sektor, sector",
    "first": "eesnimi, eesnimed, esindaja eesnimi, first name, given name, forename, firstname",
    "last": """
        perekonnanimi, perenimi, esindaja perekonnanimi, last name, surname, family name, lastname
    """,
    "person": """
        ees- ja perekonnanimi, ees ja perenimi, isik, isiku nimi, inimene, inimese nimi, täisnimi,
        kontaktisik, esindaja, esindaja nimi, liikme esindaja, esindajad,
        person, person name, full name, contact person, contact name, representative
    """,
    "email": """
        e-post, e-posti aadress, e-maili aadress, e-kiri, meil, meiliaadress, elektronpost,
        elektronposti aadress, email, email address, mail, mail address
    """,
}
_ALONE = frozenset({"nimi", "name"})
"""The organisation's name where no other column is it; else the person's."""


def plain(header: str) -> str:
    """Return a header by its letters and digits: "E-post:" and "Epost" are one."""
    return re.sub(r"[\W_]", "", re.sub(r"\(.*?\)|\*", "", fold(header)))


_KNOWN: dict[str, Column] = {
    plain(word): column for column, words in _WORDS.items() for word in words.split(",")
}


class HeaderError(Exception):
    """The columns cannot be told apart. `found` are the headers as written.

    `twice` is a header of which there are two; empty where the organisation's name is missing.
    """

    def __init__(self, found: Sequence[str], twice: str = "") -> None:
        super().__init__(twice)
        self.found = list(found)
        self.twice = twice


def find_header(rows: Sequence[Row]) -> tuple[int, dict[Column, int]]:
    """Return the place of the header row and which column stands where; raise HeaderError.

    Of the first rows it is the one with the most columns that are known.
    """
    known = [_columns(row.cells) for row in rows[:HEADER_WITHIN]]
    fitting = [place for place, columns in enumerate(known) if "organisation" in columns]
    if not fitting:
        raise HeaderError(named(rows[0].cells))
    best = max(fitting, key=lambda place: len(known[place]))
    cells = rows[best].cells
    for column, places in known[best].items():
        if len(places) > 1:
            raise HeaderError(named(cells), twice=clean_line(cells[known[best][column][1]]))
    return best, {column: places[0] for column, places in known[best].items()}


def named(cells: Sequence[str]) -> list[str]:
    """Return the headers that are not empty, as written."""
    return [name for name in map(clean_line, cells) if name]


def _columns(cells: Sequence[str]) -> dict[Column, list[int]]:
    columns: dict[Column, list[int]] = {}
    words = [plain(cell) for cell in cells]
    for place, word in enumerate(words):
        if word in _KNOWN:
            columns.setdefault(_KNOWN[word], []).append(place)
    alone = [place for place, word in enumerate(words) if word in _ALONE]
    if alone:
        whose: Column = "person" if "organisation" in columns else "organisation"
        columns.setdefault(whose, []).extend(alone)
    return columns
