"""Use cases of roles: give one, take one."""

from datetime import datetime

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Scope, record
from koostoo.accounts.models import DeskSession, Organiser, RoleGrant
from koostoo.accounts.roles import Grant, is_complete, leaves_a_manager
from koostoo.base.contact import parse_email
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.mail.outbox import enqueue


class LastManager(Exception):
    """Without this role nobody could give roles any more."""


def grant_of(row: RoleGrant) -> Grant:
    """Return a stored role as a value."""
    return Grant(row.role, row.project_id, row.organisation_id, row.event_id)  # type: ignore[arg-type]  # the CHECK of the column


@retried
def give_role(
    email: str, grant: Grant, now: datetime, by: int | None, language: str | None = None
) -> bool:
    """Give a role to the person with this address, who may sign in from now on.

    They are written to in `language`; None: they are told otherwise. False when they have it
    already. Their open sessions end, so that what is new is reached by a new sign-in alone; not
    those of who gives a role to themself. Raises `base.contact.ContactError`
    for what is not an address, ValueError for an incomplete role.
    """
    if not is_complete(grant):
        raise ValueError(grant)
    address = parse_email(email)
    with transaction() as session:
        organiser = session.scalar(
            select(Organiser).where(Organiser.email_key == address.key).with_for_update()
        )
        if organiser is None:
            organiser = Organiser(email=address.normalised, email_key=address.key, created_at=now)
            session.add(organiser)
            session.flush()
        if grant in map(grant_of, _grants(session, organiser.id)):
            return False
        row = RoleGrant(organiser_id=organiser.id, created_at=now, **grant._asdict())
        session.add(row)
        session.flush()
        if organiser.id != by:
            _end_sessions(session, organiser.id)
        if language is not None:
            enqueue(
                session,
                kind="role_given",
                queue=f"role:{row.id}",
                recipient=organiser.email,
                language=language,
                now=now,
                domain=str(current_app.config["BASE_HOST"]),
                payload={"grant_id": row.id},
            )
        record(
            session,
            by,
            "role_given",
            now,
            event_id=grant.event_id,
            scope=Scope(grant.project_id, grant.organisation_id),
            detail=grant._asdict() | {"organiser_id": organiser.id},
        )
    return True


@retried
def take_role(grant_id: int, now: datetime, by: int | None) -> bool:
    """Take a role away and end the person's open sessions; False when it is gone already.

    Raises LastManager for the only role that manages everything.
    """
    with transaction() as session:
        # All of them, so that two managers cannot take each other's role at once.
        rows = list(session.scalars(select(RoleGrant).order_by(RoleGrant.id).with_for_update()))
        row = next((row for row in rows if row.id == grant_id), None)
        if row is None:
            return False
        grant = grant_of(row)
        if not leaves_a_manager(grant_of(one) for one in rows if one is not row):
            raise LastManager
        session.delete(row)
        _end_sessions(session, row.organiser_id)
        record(
            session,
            by,
            "role_taken",
            now,
            event_id=grant.event_id,
            scope=Scope(grant.project_id, grant.organisation_id),
            detail=grant._asdict() | {"organiser_id": row.organiser_id},
        )
    return True


def _grants(session: Session, organiser_id: int) -> list[RoleGrant]:
    return list(session.scalars(select(RoleGrant).where(RoleGrant.organiser_id == organiser_id)))


def _end_sessions(session: Session, organiser_id: int) -> None:
    session.execute(delete(DeskSession).where(DeskSession.organiser_id == organiser_id))
