"""Use cases of the register of members: look at a file, apply it whole, remove the register."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Action, Scope, record
from koostoo.base import keep
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import bare_name_key, person_sort_key, sort_key
from koostoo.programme.member_file import MemberFile
from koostoo.programme.member_list import Member, Person, combined, pair_up
from koostoo.programme.models import (
    MemberOrganisation,
    MemberPerson,
    Organisation,
    RegisterImport,
)
from koostoo.programme.queries import as_member, members_of


class ImportGone(LookupError):
    """The file lapsed, was applied, or another one was uploaded since."""


class RegisterChanged(Exception):
    """The register is not the one the file was compared with."""


@retried
def keep_import(
    organisation_id: int,
    file: MemberFile,
    source: dict[str, Any],
    now: datetime,
    *,
    replaces: bool,
) -> str:
    """Keep a file that was read for REGISTER_HOURS; return the key of its address.

    It takes the place of one kept before; lapsed ones of others go too. Raises LookupError for no
    such organisation.
    """
    with transaction() as session:
        _lock(session, organisation_id)
        session.execute(
            delete(RegisterImport).where(
                (RegisterImport.organisation_id == organisation_id)
                | (RegisterImport.expires_at < now)
            )
        )
        kept = RegisterImport(
            organisation_id=organisation_id,
            key=token_urlsafe(18),
            replaces=replaces,
            rows=file.rows,
            source=source,
            members=[asdict(member) for member in file.members],
            expires_at=now + timedelta(hours=keep.REGISTER_HOURS),
        )
        session.add(kept)
        return kept.key


@retried
def apply_import(
    organisation_id: int, key: str, version: int, now: datetime, by: int | None = None
) -> int:
    """Put a file that was looked at into the register, as a whole; return its number of rows.

    `version` is that of the register it was compared with. Raises ImportGone, RegisterChanged
    (then nothing is written and the file stays), LookupError.
    """
    with transaction() as session:
        organisation = _lock(session, organisation_id)
        kept = session.scalar(
            select(RegisterImport).where(
                RegisterImport.organisation_id == organisation_id,
                RegisterImport.key == key,
                RegisterImport.expires_at > now,
            )
        )
        if kept is None:
            raise ImportGone
        if version != organisation.register_version:
            raise RegisterChanged
        before = _count(session, organisation_id)
        _write(session, organisation_id, members_in(kept), replaces=kept.replaces)
        organisation.register_version += 1
        organisation.register_at = now
        session.delete(kept)
        _record(session, organisation_id, "register_changed", before, now, by)
        return kept.rows


@retried
def drop_import(organisation_id: int) -> None:
    """Forget a file that was looked at and is not to be applied."""
    with transaction() as session:
        session.execute(
            delete(RegisterImport).where(RegisterImport.organisation_id == organisation_id)
        )


@retried
def remove_register(organisation_id: int, now: datetime, by: int | None = None) -> None:
    """Remove everybody from the register, with a file being looked at; raises LookupError."""
    with transaction() as session:
        organisation = _lock(session, organisation_id)
        before = _count(session, organisation_id)
        for table in (RegisterImport, MemberOrganisation):
            session.execute(delete(table).where(table.organisation_id == organisation_id))
        organisation.register_version += 1
        organisation.register_at = None
        _record(session, organisation_id, "register_removed", before, now, by)


def members_in(kept: RegisterImport) -> list[Member]:
    """Return the members of a file that is being looked at."""
    return [
        Member(**{**stored, "people": tuple(Person(**person) for person in stored["people"])})
        for stored in kept.members
    ]


def _lock(session: Session, organisation_id: int) -> Organisation:
    # Not the key: sign-ups that refer to the organisation need not wait for an import.
    organisation = session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    )
    if organisation is None:
        raise LookupError(organisation_id)
    return organisation


def _count(session: Session, organisation_id: int) -> int:
    members = MemberOrganisation.organisation_id == organisation_id
    return session.scalar(select(func.count()).where(members)) or 0


def _record(
    session: Session,
    organisation_id: int,
    action: Action,
    before: int,
    now: datetime,
    by: int | None,
) -> None:
    """Note the change with the numbers of members, nobody's name."""
    session.flush()
    detail = {"members": [before, _count(session, organisation_id)]}
    record(session, by, action, now, scope=Scope(organisation_id=organisation_id), detail=detail)


def _write(
    session: Session, organisation_id: int, members: Sequence[Member], *, replaces: bool
) -> None:
    rows = members_of(session, organisation_id)
    old = [as_member(row) for row in rows]
    pairs = pair_up(old, members)
    if replaces:
        # First those that go: another may take over their name.
        for pair in pairs:
            if pair.new is None and pair.old is not None:
                session.delete(rows[pair.old])
        session.flush()
    for pair in pairs:
        if pair.new is None:
            continue
        if pair.old is None:
            row, after = MemberOrganisation(organisation_id=organisation_id), members[pair.new]
            session.add(row)
        else:
            row = rows[pair.old]
            after = combined(old[pair.old], members[pair.new], replaces=replaces)
        _write_member(row, after)


def _write_member(row: MemberOrganisation, member: Member) -> None:
    row.name, row.name_key, row.bare_name_key = member.name, member.key, bare_name_key(member.name)
    row.sort_key = sort_key(member.name)
    row.registry_code, row.sector = member.registry_code, member.sector
    known = {person.person_key: person for person in row.people}
    row.people = [known.get(person.key) or MemberPerson() for person in member.people]
    for one, person in zip(row.people, member.people, strict=True):
        one.first_name, one.last_name = person.first_name, person.last_name
        one.person_key = person.key
        one.sort_key = person_sort_key(person.first_name, person.last_name)
        one.email, one.email_key = person.email, person.email_key
