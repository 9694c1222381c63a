"""Reads for programs: pages of rows in the order of their numbers, within a person's reach.

That order never changes, so whoever reads page after page misses nobody because of a new name or
date. Each is a fixed number of queries; `after` is the number of the last row had, `most` how many
rows are wanted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.events.access import projects_within_reach
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Organisation, Partner, Project
from koostoo.registration.desk_queries import EventRow, as_row, counted_events
from koostoo.registration.models import Registration


@dataclass(frozen=True, slots=True)
class EventsWanted:
    """Which events: by the addresses of project and activity, by days, state and change.

    `first` and `last` are days in Tallinn: events that touch this time. None: any.
    """

    project: str | None = None
    activity: str | None = None
    first: date | None = None
    last: date | None = None
    state: str | None = None
    updated_since: datetime | None = None


def projects_after(access: Access, after: int, most: int) -> Sequence[Project]:
    """Return projects with their partners and outcomes."""
    return db.session.scalars(
        select(Project)
        .where(projects_within_reach(access), Project.id > after)
        .options(
            selectinload(Project.partners).joinedload(Partner.organisation),
            selectinload(Project.outcomes),
        )
        .order_by(Project.id)
        .limit(most)
    ).all()


def activities_after(project_slug: str, after: int, most: int) -> Sequence[Activity]:
    """Return activities of a project with their organisations."""
    return db.session.scalars(
        select(Activity)
        .join(Activity.project)
        .where(Project.slug == project_slug, Activity.id > after)
        .options(joinedload(Activity.organisation))
        .order_by(Activity.id)
        .limit(most)
    ).all()


def events_after(access: Access, wanted: EventsWanted, after: int, most: int) -> list[EventRow]:
    """Return events with their organisers, projects and numbers of people."""
    rows = db.session.execute(
        counted_events(access)
        .where(*_conditions(wanted), Event.id > after)
        .options(joinedload(Event.organiser))
        .order_by(Event.id)
        .limit(most)
    )
    return [as_row(row) for row in rows]


def find_event_row(access: Access, slug: str) -> EventRow | None:
    """Return the event of this address with its numbers of people."""
    row = db.session.execute(
        counted_events(access).where(Event.slug == slug).options(joinedload(Event.organiser))
    ).one_or_none()
    return None if row is None else as_row(row)


def people_after(
    event_id: int, state: str | None, whose: frozenset[int] | None, after: int, most: int
) -> Sequence[Registration]:
    """Return people of an event with their organisations and answers.

    `whose` are the organisations whose people are wanted; None: everybody's.
    """
    conditions: list[ColumnElement[bool]] = [
        Registration.event_id == event_id,
        Registration.id > after,
    ]
    if state is not None:
        conditions.append(Registration.state == state)
    if whose is not None:
        conditions.append(Registration.organisation_id.in_(whose))
    return db.session.scalars(
        select(Registration)
        .where(*conditions)
        .options(joinedload(Registration.organisation), selectinload(Registration.answers))
        .order_by(Registration.id)
        .limit(most)
    ).all()


def _conditions(wanted: EventsWanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.project is not None:
        projects = select(Project.id).where(Project.slug == wanted.project)
        conditions.append(Activity.project_id.in_(projects))
    if wanted.activity is not None:
        conditions.append(Activity.slug == wanted.activity)
    if wanted.first is not None:
        conditions.append(Event.ends_on >= wanted.first)
    if wanted.last is not None:
        conditions.append(Event.starts_on <= wanted.last)
    if wanted.state is not None:
        conditions.append(Event.state == wanted.state)
    if wanted.updated_since is not None:
        conditions.append(Event.revised_at >= wanted.updated_since)
    return conditions


def slugs_of(by: str) -> dict[str, str]:
    """Return slugs by number as text of what figures are broken down by; none for mere words."""
    models: dict[str, Any] = {
        "activity": Activity,
        "organisation": Organisation,
        "event": Event,
    }
    if by not in models:
        return {}
    rows = db.session.execute(select(models[by].id, models[by].slug))
    return {str(number): slug for number, slug in rows}
