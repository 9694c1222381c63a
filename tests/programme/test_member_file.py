"""Lists of members as offices keep them."""

import pytest

from koostoo.documents.read_table import read_table
from koostoo.documents.table import TableError
from koostoo.programme.member_columns import HeaderError
from koostoo.programme.member_file import (
    MAX_ROWS,
    Fault,
    FaultyList,
    MemberFile,
    read_members,
)
from koostoo.programme.member_list import Member, Person

HEADER = "Liige;Registrikood;Sektor;Eesnimi;Perekonnanimi;E-post"


def read(*lines: str) -> MemberFile:
    return read_members(read_table("\n".join(lines).encode(), MAX_ROWS + 10))


def faults(*lines: str) -> list[Fault]:
    with pytest.raises(FaultyList) as error:
        read(HEADER, *lines)
    return error.value.faults


def test_an_organisation_with_several_people_stands_on_several_lines() -> None:
    file = read(
        HEADER,
        "Näidise küla selts;80 123 456;vabaühendus;Mari;Mänd;Mari@Example.org",
        "NÄIDISE  KÜLA SELTS;;;Jaan;Kask;",
        "Näidise vald;;Avalik sektor;;;",
    )
    assert file.members == (
        Member(
            "Näidise küla selts",
            "80123456",
            "ngo",
            (Person("Mari", "Mänd", "Mari@example.org"), Person("Jaan", "Kask")),
        ),
        Member("Näidise vald", "", "public"),
    )
    assert (file.rows, file.unused) == (3, ())


@pytest.mark.parametrize(
    "header",
    [
        "Organisatsioon,Reg. kood,SEKTOR,Eesnimi,Perenimi,E-posti aadress",
        "Ettevõtte nimi,Registri kood,sektor,eesnimed,perekonnanimi,Meil",
        "Member organisation,Registry code,Sector,First name,Last name,Email address",
        "Company,Reg code,Sector,Given name,Surname,E-mail",
        "Nimi,Kood,Sektor,Eesnimi,Perekonnanimi,e-post (isiklik)",
        "Liige *,Registrikood:,Sektor,Eesnimi,Perekonnanimi,Epost",
    ],
)
def test_columns_are_known_by_the_names_people_give_them(header: str) -> None:
    [member] = read(header, "Selts,123,mtü,Mari,Mänd,mari@example.org").members
    assert member == Member("Selts", "123", "ngo", (Person("Mari", "Mänd", "mari@example.org"),))


def test_a_column_called_name_is_the_persons_where_another_is_the_organisations() -> None:
    [member] = read("Liige;Nimi", "Selts;Mari Liis Mänd", "Selts;Kask, Jaan").members
    assert member.people == (Person("Mari Liis", "Mänd"), Person("Jaan", "Kask"))
    assert read("Nimi;Registrikood", "Selts;123").members == (Member("Selts", "123"),)


def test_a_title_above_the_header_and_columns_nobody_needs_do_no_harm() -> None:
    file = read("Liikmed 2027", "", "Jrk;Liige;Telefon", "1;Selts;5552385", "2;Vald;")
    assert [member.name for member in file.members] == ["Selts", "Vald"]
    assert file.unused == ("Jrk", "Telefon")


def test_an_address_beside_an_organisation_alone_is_nobodys_and_left_out() -> None:
    file = read("Liige;E-post", "Selts;selts@example.org")
    assert file.members == (Member("Selts"),)


def test_a_list_without_a_known_header_is_refused_with_what_it_has() -> None:
    with pytest.raises(HeaderError) as error:
        read("Pealkiri;Summa", "Selts;12")
    assert (error.value.found, error.value.twice) == (["Pealkiri", "Summa"], "")
    with pytest.raises(HeaderError) as error:
        read("Liige;E-post;Meil", "Selts;a@example.org;b@example.org")
    assert error.value.twice == "Meil"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (";;;Mari;Mänd;", ("no_organisation", "Liige", 0)),
        ("Selts;;;Mari;Mänd;mari@", ("email", "E-post", 0)),
        ("Selts;;;Mari;Mänd;a@example.org; b", ("too_many_cells", "", 0)),
        ("Selts;;;Mari;;", ("half_name", "Perekonnanimi", 0)),
        ("Selts;;;;Mänd;", ("half_name", "Eesnimi", 0)),
        ("Selts;;;;;mari@example.org", ("no_name", "E-post", 0)),
        ("Selts;;;M\x07ari;Mänd;", ("control", "Eesnimi", 0)),
        (f"{'S' * 201};;;;;", ("too_long", "Liige", 200)),
        (f"Selts;;;{'M' * 101};Mänd;", ("too_long", "Eesnimi", 100)),
        ("Selts;#N/A;;;;", ("sheet_error", "Registrikood", 0)),
        ("Selts;80123*;;;;", ("code", "Registrikood", 0)),
        ("Selts;;kirik;;;", ("sector", "Sektor", 0)),
    ],
)
def test_a_mistake_is_named_with_its_line_and_column(
    line: str, fault: tuple[str, str, int]
) -> None:
    code, column, other = fault
    assert Fault(3, code, column, other) in faults("Teine;;;;;", line)


def test_the_same_person_twice_and_what_contradicts_an_earlier_line_is_refused() -> None:
    assert faults(
        "Selts;1;mtü;Mari;Mänd;",
        "selts;2;avalik;MARI;mänd;mari@example.org",
        "Vald;1;;;;",
    ) == [
        Fault(3, "other_code", "Registrikood", 2),
        Fault(3, "other_sector", "Sektor", 2),
        Fault(3, "twice", "", 2),
        Fault(4, "same_code", "Registrikood", 2),
    ]


def test_one_person_may_stand_for_two_organisations() -> None:
    assert len(read(HEADER, "Selts;;;Mari;Mänd;", "Vald;;;Mari;Mänd;").members) == 2


def test_a_header_alone_and_a_list_too_long_are_refused() -> None:
    for lines, code in (
        ([HEADER], "empty"),
        ([HEADER, *(f"Selts {n};;;;;" for n in range(MAX_ROWS + 1))], "too_many_rows"),
    ):
        with pytest.raises(TableError) as error:
            read(*lines)
        assert error.value.code == code
    assert read(HEADER, *(f"Selts {n};;;;;" for n in range(MAX_ROWS))).rows == MAX_ROWS
