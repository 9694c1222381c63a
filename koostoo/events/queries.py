"""Reads about events; each a fixed number of queries."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from koostoo.base.database import db
from koostoo.events.models import Event, Question
from koostoo.programme.models import Activity, Partner, Project

PUBLIC = ("published", "called_off")
# Built once: putting this statement together costs more than running it.
_ONE_EVENT = (
    select(Event)
    .where(Event.slug == bindparam("slug"), Event.state.in_(PUBLIC))
    .options(
        joinedload(Event.activity).joinedload(Activity.project),
        joinedload(Event.activity).joinedload(Activity.organisation),
        joinedload(Event.organiser),
        joinedload(Event.questions).joinedload(Question.options),
    )
)


_FORM_OF_EVENT = (
    select(Event)
    .where(Event.slug == bindparam("slug"), Event.state.in_(PUBLIC))
    .options(
        joinedload(Event.activity),
        joinedload(Event.questions).joinedload(Question.options),
    )
)


class Mapped(NamedTuple):
    """A public event as a map of pages knows it."""

    slug: str
    revised_at: datetime
    project_slug: str


def find_event(slug: str) -> Event | None:
    """Return a public event with its activity, project and questions, or None."""
    found = db.session.scalars(_ONE_EVENT, {"slug": slug}).unique()
    return found.one_or_none()


def find_public_event_id(slug: str) -> int | None:
    """Return the number of a public event, or None."""
    return db.session.scalar(select(Event.id).where(Event.slug == slug, Event.state.in_(PUBLIC)))


def find_event_to_fill_in(slug: str) -> Event | None:
    """Return a public event with what reading its form needs, or None.

    A form that is sent is seldom shown again; then the rest is read.
    """
    found = db.session.scalars(_FORM_OF_EVENT, {"slug": slug}).unique()
    return found.one_or_none()


def coming_events(today: date) -> Sequence[Event]:
    """Return public events not over on `today`, the next first."""
    return db.session.scalars(
        _listed().where(Event.ends_on >= today).order_by(Event.starts_on, Event.id)
    ).all()


def project_events(project_id: int) -> Sequence[Event]:
    """Return all public events of a project, the next or newest first."""
    return db.session.scalars(
        _listed()
        .join(Event.activity)
        .where(Activity.project_id == project_id)
        .order_by(Event.starts_on.desc(), Event.id.desc())
    ).all()


def sitemap_events(most: int) -> Sequence[Mapped]:
    """Return the latest revised public events, the last one first, in one query."""
    rows = db.session.execute(
        select(Event.slug, Event.revised_at, Project.slug)
        .join(Event.activity)
        .join(Activity.project)
        .where(Event.state.in_(PUBLIC))
        .order_by(Event.revised_at.desc(), Event.id.desc())
        .limit(most)
    )
    return [Mapped._make(row) for row in rows]


def _listed() -> Select[Event]:
    return (
        select(Event)
        .where(Event.state.in_(PUBLIC))
        .options(
            joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Event.activity).joinedload(Activity.organisation),
        )
    )


def find_project(slug: str) -> Project | None:
    """Return a project with everything its page shows, or None."""
    return db.session.scalar(_project(slug))


def find_project_with_links(slug: str) -> Project | None:
    """Return the same with the outcomes each activity serves."""
    return db.session.scalar(
        _project(slug).options(selectinload(Project.activities).selectinload(Activity.outcomes))
    )


def _project(slug: str) -> Select[Project]:
    return (
        select(Project)
        .where(Project.slug == slug)
        .options(
            selectinload(Project.partners).joinedload(Partner.organisation),
            selectinload(Project.outcomes),
            selectinload(Project.media),
            selectinload(Project.activities).joinedload(Activity.organisation),
        )
    )


def all_projects() -> Sequence[Project]:
    """Return every project, the latest first."""
    return db.session.scalars(select(Project).order_by(Project.starts_on.desc())).all()


def find_activity(slug: str) -> Activity | None:
    """Return an activity by its address, or None."""
    return db.session.scalar(select(Activity).where(Activity.slug == slug))
