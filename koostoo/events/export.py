"""A project as a file: the rows as a plan, the plan as text that loads back to the same rows.

The file holds what `load` writes: of events those that take no registrations here. The others, with
their people, belong to the desk and to backups.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Organisation, Partner, Project
from koostoo.programme.plan import (
    ActivityPlan,
    ContactPlan,
    EventPlan,
    MediaPlan,
    OrganisationPlan,
    ProjectPlan,
)
from koostoo.programme.written_file import write_project_file


class NoHostError(Exception):
    """The project names no host, without which no file of it can be loaded."""


def export_project(slug: str) -> str:
    """Return the project file; raise LookupError where there is no such project, NoHostError."""
    project = db.session.scalar(
        select(Project)
        .where(Project.slug == slug)
        .options(
            selectinload(Project.partners).joinedload(Partner.organisation),
            selectinload(Project.outcomes),
            selectinload(Project.media),
            selectinload(Project.activities).options(
                joinedload(Activity.organisation), selectinload(Activity.outcomes)
            ),
        )
    )
    if project is None:
        raise LookupError(slug)
    if project.host is None:
        raise NoHostError(slug)
    return write_project_file(_plan(project, project.host, _events(project.id)))


def _events(project_id: int) -> Sequence[Event]:
    return db.session.scalars(
        select(Event)
        .join(Event.activity)
        .where(
            Activity.project_id == project_id,
            Event.state == "published",
            Event.takes_registrations.is_(False),
            Event.is_sample.is_(False),
        )
        .options(
            joinedload(Event.activity),
            joinedload(Event.organiser),
            joinedload(Event.region),
            selectinload(Event.further_activities),
        )
        .order_by(Event.starts_on, Event.id)
    ).all()


def _plan(project: Project, host: Organisation, events: Sequence[Event]) -> ProjectPlan:
    partners = [one for one in project.partners if one.role == "partner"]
    places = {outcome.id: place for place, outcome in enumerate(project.outcomes, start=1)}
    return ProjectPlan(
        slug=project.slug,
        title=project.title,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        host=host.slug,
        lead=project.lead.slug if project.lead else None,
        partners=tuple(one.organisation.slug for one in partners),
        contact=ContactPlan(project.contact_name, project.contact_email, project.contact_phone),
        support_text=project.support_text,
        keep_until=project.keep_until,
        organisations=tuple(
            OrganisationPlan(one.slug, one.name, one.short_name)
            for one in _organisations(project, host, events)
        ),
        outcomes=tuple(one.text for one in project.outcomes),
        activities=tuple(_activity(one, places) for one in project.activities),
        events=tuple(map(_event, events)),
        media=tuple(MediaPlan(one.day, one.title, one.url) for one in project.media),
    )


def _organisations(
    project: Project, host: Organisation, events: Iterable[Event]
) -> list[Organisation]:
    """Return all that are named, each once: the host, the partners, others by their addresses."""
    listed = [host, *(one.organisation for one in project.partners)]
    owners = [one.organisation for one in project.activities]
    others = {
        one.slug: one
        for one in (*owners, *(e.organiser for e in events), *(e.region for e in events))
        if one is not None
    }
    listed += [others[slug] for slug in sorted(others)]
    return list(dict.fromkeys(listed))


def _activity(one: Activity, places: dict[int, int]) -> ActivityPlan:
    return ActivityPlan(
        slug=one.slug,
        kind=one.kind,
        organisation=one.organisation.slug if one.organisation else None,
        title=one.title,
        description=one.description,
        target=one.target,
        counts=one.counts,
        only_physical=one.only_physical,
        outcomes=tuple(sorted(places[outcome.id] for outcome in one.outcomes)),
    )


def _event(one: Event) -> EventPlan:
    return EventPlan(
        slug=one.slug,
        activity=one.activity.slug,
        organiser=one.organiser.slug,
        title=one.title,
        summary=one.summary,
        place=one.place,
        mode=one.mode,
        when=one.when,
        region=one.region.slug if one.region else None,
        elsewhere=one.region_other,
        further=tuple(activity.slug for activity in one.further_activities),
    )
