"""Reads of what organisers took along."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload

from koostoo.accounts.models import Download
from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Organisation, Project


class Taken(NamedTuple):
    """A download and what it was about, as far as it still exists."""

    download: Download
    project: Project | None
    activity: Activity | None
    event: Event | None
    organisation: Organisation | None


def count_downloads(access: Access, event_id: int | None = None) -> int:
    """Return how many `downloads` would return without a limit."""
    wanted = select(func.count(Download.id)).where(*_conditions(access, event_id))
    return db.session.scalar(wanted) or 0


def downloads(
    access: Access, event_id: int | None = None, *, limit: int, offset: int = 0
) -> Sequence[Taken]:
    """Return the downloads a project manager may know of, the latest first, in one query.

    Those of the projects they manage and of these projects' partners; `event_id`: of one event.
    """
    rows = db.session.execute(
        select(Download, Project, Activity, Event, Organisation)
        .outerjoin(Project, Project.id == Download.project_id)
        .outerjoin(Activity, Activity.id == Download.activity_id)
        .outerjoin(Event, Event.id == Download.event_id)
        .outerjoin(Organisation, Organisation.id == Download.organisation_id)
        .options(joinedload(Download.organiser))
        .where(*_conditions(access, event_id))
        .order_by(Download.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Taken._make(row) for row in rows]


def _conditions(access: Access, event_id: int | None) -> list[ColumnElement[bool]]:
    managed = access.managed_projects
    of_partner = Download.project_id.is_(None) & Download.organisation_id.in_(
        access.managed_organisations
    )
    conditions: list[ColumnElement[bool]] = [
        true() if managed is None else or_(Download.project_id.in_(managed), of_partner)
    ]
    if event_id is not None:
        conditions.append(Download.event_id == event_id)
    return conditions
