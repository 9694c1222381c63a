"""The register of members, from a file that was looked at to rows, and gone again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.privacy.service import forget
from koostoo.programme.member_file import MemberFile
from koostoo.programme.member_list import Member, Person
from koostoo.programme.models import (
    Activity,
    MemberOrganisation,
    MemberPerson,
    Organisation,
    RegisterImport,
)
from koostoo.programme.queries import (
    as_member,
    find_import,
    list_registers,
    members_of,
    register_page,
    suggestions,
)
from koostoo.programme.service import (
    ImportGone,
    RegisterChanged,
    apply_import,
    drop_import,
    keep_import,
    remove_register,
)

MARI = Person("Mari", "Mänd", "mari@example.org")
SELTS = Member("Näidise küla selts", "80123456", "ngo", (MARI, Person("Õie", "Ööbik")))
VALD = Member("Näidise vald", "", "public")


@pytest.fixture
def host(programme: Activity) -> int:
    return programme.project.partners[0].organisation_id


@pytest.fixture
def partner(programme: Activity) -> int:
    return programme.project.partners[1].organisation_id


def look_at(organisation_id: int, *members: Member, replaces: bool = True) -> str:
    file = MemberFile(members, len(members), ())
    return keep_import(organisation_id, file, {"kind": "csv"}, now(), replaces=replaces)


def version(organisation_id: int) -> int:
    db.session.rollback()
    return db.session.get_one(Organisation, organisation_id).register_version


def bring_in(organisation_id: int, *members: Member, replaces: bool = True) -> None:
    key = look_at(organisation_id, *members, replaces=replaces)
    apply_import(organisation_id, key, version(organisation_id), now())


def register(organisation_id: int) -> list[Member]:
    db.session.rollback()
    return [as_member(row) for row in members_of(db.session(), organisation_id)]


def test_nothing_is_written_until_the_file_is_applied_and_then_all_of_it(host: int) -> None:
    key = look_at(host, SELTS, VALD)
    assert register(host) == []
    assert apply_import(host, key, version(host), now()) == 2
    assert register(host) == [SELTS, VALD]
    assert db.session.get_one(Organisation, host).register_at is not None
    assert db.session.scalars(select(RegisterImport)).all() == []


def test_a_file_is_applied_once(host: int) -> None:
    key = look_at(host, SELTS)
    apply_import(host, key, version(host), now())
    with pytest.raises(ImportGone):
        apply_import(host, key, version(host), now())


def test_adding_keeps_what_the_file_does_not_name_and_replacing_does_not(host: int) -> None:
    bring_in(host, SELTS, VALD)
    bring_in(host, Member("NÄIDISE KÜLA SELTS", people=(Person("Jaan", "Kask"),)), replaces=False)
    assert register(host) == [
        Member("NÄIDISE KÜLA SELTS", "80123456", "ngo", (*SELTS.people, Person("Jaan", "Kask"))),
        VALD,
    ]
    bring_in(host, VALD)
    assert register(host) == [VALD]
    assert db.session.scalars(select(MemberPerson)).all() == []


def test_an_organisation_with_another_name_keeps_its_row_and_another_may_take_the_name(
    host: int,
) -> None:
    bring_in(host, SELTS, Member("Teine", "2"))
    [first, _second] = db.session.scalars(select(MemberOrganisation.id).order_by("id"))
    renamed = Member("MTÜ Kogukond", "80123456", "ngo", SELTS.people)
    bring_in(host, renamed, Member("Näidise vald", "3"))
    assert db.session.get_one(MemberOrganisation, first).name == "MTÜ Kogukond"
    bring_in(host, Member("Teine", "80123456"))
    assert register(host) == [Member("Teine", "80123456")]


def test_a_file_compared_with_a_register_that_changed_since_is_not_applied(host: int) -> None:
    key, compared_with = look_at(host, SELTS), version(host)
    with transaction() as session:
        session.get_one(Organisation, host).register_version += 1
    with pytest.raises(RegisterChanged):
        apply_import(host, key, compared_with, now())
    assert register(host) == []
    assert apply_import(host, key, version(host), now()) == 1


def test_removing_a_register_forgets_the_file_that_is_looked_at_too(host: int) -> None:
    bring_in(host, SELTS)
    key = look_at(host, VALD)
    remove_register(host, now())
    with pytest.raises(ImportGone):
        apply_import(host, key, version(host), now())
    assert register(host) == []
    assert db.session.get_one(Organisation, host).register_at is None


def test_another_file_takes_the_place_of_the_first_and_lapses_within_the_hour(
    host: int, partner: int
) -> None:
    first = look_at(host, SELTS)
    second = look_at(host, VALD)
    with pytest.raises(ImportGone):
        apply_import(host, first, version(host), now())
    with pytest.raises(ImportGone):
        apply_import(partner, second, version(partner), now())
    with pytest.raises(ImportGone):
        apply_import(host, second, version(host), now() + timedelta(hours=2))
    assert find_import(host, second, now() + timedelta(hours=2)) is None


def test_a_file_nobody_applied_is_forgotten(host: int, partner: int) -> None:
    look_at(host, SELTS)
    bring_in(partner, VALD)
    assert forget(now()).security == 0
    assert forget(now() + timedelta(hours=2)).security == 1
    assert db.session.scalar(select(func.count()).select_from(RegisterImport)) == 0
    assert register(partner) == [VALD]
    look_at(host, SELTS)
    drop_import(host)
    assert db.session.scalar(select(func.count()).select_from(RegisterImport)) == 0


def test_registers_of_two_organisations_do_not_touch(host: int, partner: int) -> None:
    bring_in(host, SELTS)
    bring_in(partner, SELTS, VALD)
    remove_register(host, now())
    assert register(host) == []
    assert register(partner) == [SELTS, VALD]
    assert [(row.members, row.people) for row in list_registers()] == [(0, 0), (2, 2)]


def test_no_such_organisation_is_an_error(host: int) -> None:
    with pytest.raises(LookupError):
        look_at(host + 1000, SELTS)
    with pytest.raises(LookupError):
        remove_register(host + 1000, now())


def test_a_register_is_searched_whatever_the_case_and_ordered_as_estonians_do(host: int) -> None:
    names = ("Öö", "Zoo", "Tamm", "Õun", "Šokk")
    bring_in(host, SELTS, *(Member(name) for name in names))

    def found(text: str) -> list[tuple[str, str]]:
        lines = register_page(host, text, 1).lines
        return [(line.member.name, line.person.last_name if line.person else "") for line in lines]

    assert [name for name, _person in found("")] == [
        "Näidise küla selts", "Näidise küla selts", "Šokk", "Zoo", "Tamm", "Õun", "Öö",
    ]  # fmt: skip
    assert found("öÖBIK õie") == [("Näidise küla selts", "Ööbik")]
    assert found("MARI@example") == [("Näidise küla selts", "Mänd")]
    assert found("8012") == [("Näidise küla selts", "Mänd"), ("Näidise küla selts", "Ööbik")]
    assert found("%") == []
    page = register_page(host, "", 9)
    assert (page.members, page.people, page.number, page.count) == (6, 2, 1, 1)


def test_a_long_register_has_pages(host: int) -> None:
    bring_in(host, *(Member(f"Selts {number:03}") for number in range(101)))
    page = register_page(host, "", 2)
    assert [line.member.name for line in page.lines] == ["Selts 100"]
    assert (page.members, page.people, page.count) == (101, 0, 2)


def test_names_are_suggested_of_the_organisations_asked_for(host: int, partner: int) -> None:
    bring_in(host, SELTS)
    bring_in(partner, VALD, Member("Aed"))
    assert suggestions([partner], 10) == [(partner, "Aed"), (partner, "Näidise vald")]
    names = [name for _of, name in suggestions([host, partner], 2)]
    assert names == ["Näidise küla selts", "Aed"]
    assert suggestions([], 10) == []


@pytest.mark.slow
def test_the_longest_list_is_applied_and_replaced(host: int) -> None:
    many = [
        Member(f"Selts {number}", people=(Person("Mari", f"Mänd {number}"),))
        for number in range(5000)
    ]
    bring_in(host, *many)
    bring_in(host, *many[2500:], SELTS)
    page = register_page(host, "", 1)
    assert (page.members, page.people) == (2501, 2502)
