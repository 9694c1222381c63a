"""Reads about organisations and the registers of their members; each a fixed number of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from koostoo.base.database import db
from koostoo.base.text import fold
from koostoo.programme.member_list import Member, Person, Sector
from koostoo.programme.models import (
    MemberOrganisation,
    MemberPerson,
    Organisation,
    Project,
    RegisterImport,
)

PAGE_SIZE = 100


class RegisterRow(NamedTuple):
    """An organisation in the desk's list, with the size of its register."""

    organisation: Organisation
    members: int
    people: int


class Listed(NamedTuple):
    """A line of a register: a member organisation and one person of it, or None."""

    member: MemberOrganisation
    person: MemberPerson | None


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of a register, counted from 1; `members` and `people` count what was found."""

    lines: Sequence[Listed]
    members: int
    people: int
    number: int
    count: int


class Suggestion(NamedTuple):
    """A member organisation's name and whose member it is."""

    organisation_id: int
    name: str


def list_registers(of: frozenset[int] | None = None) -> list[RegisterRow]:
    """Return organisations by name, with the numbers of members and people registered.

    `of` are their numbers; None: all.
    """
    members = (
        select(MemberOrganisation.organisation_id, func.count().label("number"))
        .group_by(MemberOrganisation.organisation_id)
        .subquery()
    )
    people = (
        select(MemberOrganisation.organisation_id, func.count().label("number"))
        .join(MemberPerson, MemberPerson.member_organisation_id == MemberOrganisation.id)
        .group_by(MemberOrganisation.organisation_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Organisation,
            func.coalesce(members.c.number, 0),
            func.coalesce(people.c.number, 0),
        )
        .outerjoin(members, members.c.organisation_id == Organisation.id)
        .outerjoin(people, people.c.organisation_id == Organisation.id)
        .where(true() if of is None else Organisation.id.in_(of))
        .order_by(Organisation.name, Organisation.id)
    )
    return [RegisterRow(*row) for row in rows]


def find_organisation(slug: str) -> Organisation | None:
    """Return an organisation by its address, or None."""
    return db.session.scalar(select(Organisation).where(Organisation.slug == slug))


def find_project_id(slug: str) -> int | None:
    """Return the number of the project of this address, or None."""
    return db.session.scalar(select(Project.id).where(Project.slug == slug))


def register_page(organisation_id: int, text: str, number: int) -> RegisterPage:
    """Return one page of a register in Estonian order; all words of `text` must be found.

    They are looked for in names of organisations and people, addresses and registry codes.
    """
    conditions = [
        MemberOrganisation.organisation_id == organisation_id,
        *(_holds(word) for word in fold(text).split()),
    ]
    total, members, people = db.session.execute(
        select(
            func.count(),
            func.count(MemberOrganisation.id.distinct()),
            func.count(MemberPerson.id),
        )
        .select_from(MemberOrganisation)
        .outerjoin(MemberOrganisation.people)
        .where(*conditions)
    ).one()
    count = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), count)
    rows = db.session.execute(
        select(MemberOrganisation, MemberPerson)
        .outerjoin(MemberOrganisation.people)
        .where(*conditions)
        .order_by(
            MemberOrganisation.sort_key,
            MemberOrganisation.id,
            MemberPerson.sort_key,
            MemberPerson.id,
        )
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    lines = [Listed(member, person) for member, person in rows]
    return RegisterPage(lines, members, people, number, count)


def members_of(session: Session, organisation_id: int) -> list[MemberOrganisation]:
    """Return a whole register with its people, in the order of the numbers, in two queries."""
    return list(
        session.scalars(
            select(MemberOrganisation)
            .where(MemberOrganisation.organisation_id == organisation_id)
            .options(selectinload(MemberOrganisation.people))
            .order_by(MemberOrganisation.id)
        )
    )


def as_member(row: MemberOrganisation) -> Member:
    """Return a row and its people as a plain value."""
    sector: Sector = row.sector  # type: ignore[assignment]  # the CHECK of the table keeps it
    people = tuple(Person(one.first_name, one.last_name, one.email) for one in row.people)
    return Member(row.name, row.registry_code, sector, people)


def find_import(organisation_id: int, key: str, now: datetime) -> RegisterImport | None:
    """Return the file of this organisation that is being looked at; None once it has lapsed."""
    return db.session.scalar(
        select(RegisterImport).where(
            RegisterImport.organisation_id == organisation_id,
            RegisterImport.key == key,
            RegisterImport.expires_at > now,
        )
    )


def suggestions(organisation_ids: Collection[int], limit: int) -> list[Suggestion]:
    """Return the names of these organisations' members in one query.

    Those of one organisation stand together, in Estonian order.
    """
    rows = db.session.execute(
        select(MemberOrganisation.organisation_id, MemberOrganisation.name)
        .where(MemberOrganisation.organisation_id.in_(organisation_ids))
        .order_by(
            MemberOrganisation.organisation_id,
            MemberOrganisation.sort_key,
            MemberOrganisation.id,
        )
        .limit(limit)
    )
    return [Suggestion(*row) for row in rows]


def keepers() -> Sequence[Organisation]:
    """Return the organisations that keep their register here, by name."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.register_at.is_not(None))
        .order_by(Organisation.name)
    ).all()


def _holds(word: str) -> ColumnElement[bool]:
    return or_(
        MemberOrganisation.name_key.contains(word, autoescape=True),
        MemberOrganisation.registry_code.contains(word, autoescape=True),
        MemberPerson.person_key.contains(word, autoescape=True),
        MemberPerson.email_key.contains(word, autoescape=True),
    )
