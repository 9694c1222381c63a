"""Reads of the page of roles: who has which, and what one may give."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select, true

from koostoo.accounts.models import Organiser, RoleGrant
from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Organisation, Project

EVENTS = 100
"""So many events are offered for a helper, the latest first."""


class RoleRow(NamedTuple):
    """A role, whose it is and what it is about."""

    grant: RoleGrant
    organiser: Organiser
    project: Project | None
    organisation: Organisation | None
    event: Event | None


class RoleChoices(NamedTuple):
    """What the roles one may give can be about."""

    projects: Sequence[Project]
    organisations: Sequence[Organisation]
    events: Sequence[Event]


def list_roles(access: Access) -> list[RoleRow]:
    """Return the roles this manager may take away, by person."""
    found = _rows(access).order_by(Organiser.email, RoleGrant.id)
    return [RoleRow._make(row) for row in db.session.execute(found)]


def find_role(access: Access, number: int) -> RoleRow | None:
    """Return one of these roles."""
    row = db.session.execute(_rows(access).where(RoleGrant.id == number)).one_or_none()
    return RoleRow._make(row) if row else None


def role_choices(access: Access) -> RoleChoices:
    """Return the projects this manager manages, their partners and their newest events."""
    managed = access.managed_projects
    projects = select(Project).where(true() if managed is None else Project.id.in_(managed))
    organisations = select(Organisation).where(
        true() if managed is None else Organisation.id.in_(access.managed_organisations)
    )
    events = (
        select(Event)
        .join(Event.activity)
        .where(true() if managed is None else Activity.project_id.in_(managed))
    )
    return RoleChoices(
        db.session.scalars(projects.order_by(Project.starts_on.desc(), Project.id)).all(),
        db.session.scalars(organisations.order_by(Organisation.name)).all(),
        db.session.scalars(events.order_by(Event.starts_on.desc(), Event.id).limit(EVENTS)).all(),
    )


def _rows(access: Access) -> Select[RoleGrant, Organiser, Project, Organisation, Event]:
    return (
        select(RoleGrant, Organiser, Project, Organisation, Event)
        .join(Organiser, Organiser.id == RoleGrant.organiser_id)
        .outerjoin(Project, Project.id == RoleGrant.project_id)
        .outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
        .outerjoin(Event, Event.id == RoleGrant.event_id)
        .outerjoin(Activity, Activity.id == Event.activity_id)
        .where(_may_take(access))
    )


def _may_take(access: Access) -> ColumnElement[bool]:
    """Return the condition for roles in a manager's projects; all, for who manages everything."""
    managed = access.managed_projects
    if managed is None:
        return true()
    return or_(
        RoleGrant.project_id.in_(managed),
        RoleGrant.organisation_id.in_(access.managed_organisations),
        Activity.project_id.in_(managed),
    )
