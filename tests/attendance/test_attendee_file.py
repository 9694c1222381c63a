"""Lists of people: headers guessed, cells understood, the same person told from a namesake."""

import pytest

from koostoo.attendance.attendee_columns import by_content, guess, names_people
from koostoo.attendance.attendee_file import (
    Attendee,
    Known,
    Named,
    organisation_keys,
    read_attendees,
)
from koostoo.base.text import bare_name_key
from koostoo.documents.table import Row

KEYS = organisation_keys([(1, "MTÜ Kodukant Läänemaa", "KKLM"), (2, "Nelja Valla Kogu", "")])


def rows(*lines: str) -> list[Row]:
    return [Row(number, tuple(line.split(";"))) for number, line in enumerate(lines, start=1)]


def one(**cells: str) -> Attendee:
    """The only person of a list with these columns."""
    given = {"person": "Mari Mänd", **cells}
    columns = dict(enumerate(given))
    found = read_attendees([Row(1, tuple(given.values()))], columns, KEYS)  # type: ignore[arg-type]  # names of fields
    assert found.faults == ()
    [person] = found.people
    return person


def test_the_header_is_the_row_with_the_most_names_that_are_known() -> None:
    assert guess(rows("Nimekiri", "Jrk nr;Nimi;E-POST:;Tegevusrühm;Kohal", "1;Mari;;;x")) == (
        1,
        {1: "person", 2: "email", 3: "organisation", 4: "present"},
    )
    assert guess(rows("First name;Surname;Company", "Mari;Mänd;A")) == (
        0,
        {0: "first", 1: "last", 2: "member"},
    )
    assert guess(rows("Mari Mänd;Risti", "Jaan Kask;Keila")) == (None, {})
    assert guess([]) == (None, {})


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (("KKLM", "Nelja Valla Kogu", "Küla selts"), "organisation"),
        (("Küla selts", "Jõe ühing", "KKLM"), "member"),
        (("", ""), "member"),
    ],
)
def test_a_column_of_partners_is_told_by_what_stands_in_it(
    cells: tuple[str, ...], meant: str
) -> None:
    below = rows(*(f"Mari;{cell}" for cell in cells))
    assert by_content(
        {0: "person", 1: "member"}, below, lambda cell: bare_name_key(cell) in KEYS
    ) == {0: "person", 1: meant}
    other = {0: "organisation", 1: "member"}
    assert by_content(other, below, lambda _cell: True) == other  # type: ignore[arg-type]  # literals


def test_names_are_there_in_one_column_or_in_two() -> None:
    assert names_people(["person", "email"])
    assert names_people(["first", "last"])
    assert not names_people(["first", "email"])


@pytest.mark.parametrize(
    ("cell", "there"),
    [
        ("x", True),
        ("JAH", True),
        ("✓", True),
        ("1", True),
        ("", False),
        ("-", False),
        ("Ei", False),
    ],
)
def test_a_cell_says_whether_somebody_was_there(cell: str, there: bool) -> None:
    assert one(present=cell).present is there


def test_without_such_a_column_the_list_does_not_say_who_was_there() -> None:
    assert one().present is None


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("kklm", (1, "")),
        ("Kodukant Läänemaa MTÜ", (1, "")),
        ("„Nelja Valla Kogu“", (2, "")),
        ("Muu selts", (None, "Muu selts")),
        ("", (None, "")),
    ],
)
def test_an_organisation_is_known_by_any_of_its_names(
    cell: str, found: tuple[int | None, str]
) -> None:
    person = one(organisation=cell)
    assert (person.organisation_id, person.other_organisation) == found


@pytest.mark.parametrize(
    ("cell", "role"),
    [("", "member"), ("Juhatuse liige", "board"), ("tegevjuht", "staff"), ("Õpetaja", "other")],
)
def test_a_role_is_one_of_ours_or_another(cell: str, role: str) -> None:
    assert one(role=cell).role == role


def test_a_namesake_is_told_by_address_or_by_organisation() -> None:
    known = Known()
    known.add(Named("mari mänd", "a@example.org", 1, ""))
    assert known.has(Named("mari mänd", "a@example.org", 2, ""))
    assert not known.has(Named("mari mänd", "b@example.org", 1, ""))
    assert known.has(Named("mari mänd", "", 1, ""))
    assert not known.has(Named("mari mänd", "", 2, ""))
    assert not known.has(Named("jaan kask", "a@example.org", 1, ""))
