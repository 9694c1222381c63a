"""What an organiser's roles reach: loaded for each request, and as conditions of lists."""

from sqlalchemy import ColumnElement, and_, or_, select, true

from koostoo.accounts.granting import grant_of
from koostoo.accounts.models import RoleGrant
from koostoo.accounts.roles import Access, EventFacts
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Partner, Project


def load_access(organiser_id: int) -> Access:
    """Return what the organiser's roles let them do; two queries, one for a manager of all."""
    rows = db.session.scalars(select(RoleGrant).where(RoleGrant.organiser_id == organiser_id))
    bare = Access(frozenset(map(grant_of, rows)))
    if bare.is_manager_of_all:
        return bare
    managed = bare.managed_projects or frozenset()
    partners = db.session.execute(
        select(Partner.project_id, Partner.organisation_id).where(
            or_(
                Partner.project_id.in_(managed),
                Partner.organisation_id.in_(bare.organisations),
            )
        )
    ).all()
    return Access(
        bare.grants,
        frozenset(project for project, one in partners if one in bare.organisations),
        frozenset(one for project, one in partners if project in managed),
    )


def find_event_facts(slug: str) -> EventFacts | None:
    """Return what decides who may do what with the event of this address; None: there is none."""
    return _find_facts(Event.slug == slug)


def find_facts_of_event(event_id: int) -> EventFacts | None:
    """Return the same of the event of this number."""
    return _find_facts(Event.id == event_id)


def _find_facts(condition: ColumnElement[bool]) -> EventFacts | None:
    row = db.session.execute(
        select(Event.id, Activity.project_id, Event.organiser_id, Event.state == "draft")
        .join(Event.activity)
        .where(condition)
    ).one_or_none()
    return EventFacts(*row) if row else None


def facts_of(event: Event) -> EventFacts:
    """Return the same of an event at hand, its activity loaded."""
    return EventFacts(
        event.id, event.activity.project_id, event.organiser_id, event.state == "draft"
    )


def within_reach(access: Access) -> ColumnElement[bool]:
    """Return the condition for events this person finds at the desk; joined with the activity.

    The same as `Access.may_look` or `may_check_in` of each.
    """
    return or_(within_sight(access), Event.id.in_(access.helped_events))


def within_sight(access: Access) -> ColumnElement[bool]:
    """Return the condition for events whose lists this person sees; joined with the activity.

    The same as `Access.may_look` of each.
    """
    managed, seen = access.managed_projects, access.seen_projects
    if managed is None:
        return true()
    out = Event.state != "draft"
    return or_(
        Activity.project_id.in_(managed),
        Event.organiser_id.in_(access.organisations),
        out if seen is None else and_(out, Activity.project_id.in_(seen)),
        and_(out, Activity.project_id.in_(access.partner_projects)),
    )


def projects_within_reach(access: Access) -> ColumnElement[bool]:
    """Return the condition for projects this person has to do with: theirs, or of their events."""
    seen = access.seen_projects
    if seen is None:
        return true()
    with_events = select(Activity.project_id).join(Event, Event.activity_id == Activity.id)
    return or_(
        Project.id.in_(seen | access.partner_projects),
        Project.id.in_(with_events.where(within_reach(access))),
    )


def is_within_reach(access: Access, project_slug: str) -> bool:
    """Say whether this person has to do with the project of this address; False: there is none."""
    wanted = select(Project.id).where(Project.slug == project_slug, projects_within_reach(access))
    return db.session.scalar(wanted) is not None
