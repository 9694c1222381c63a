"""Changes of a project that events or people may stand in the way of: partners, activities."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.events.models import Event, Invitation, Quota
from koostoo.programme.drafts import PartnersDraft, differences
from koostoo.programme.editing import activity_of, lock_project, put_organisation, touch
from koostoo.programme.models import Activity, Partner, Project
from koostoo.registration.models import Registration


class PartnersInUse(Exception):
    """These organisations, `names`, may not leave the project: it has something of theirs."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


class ActivityHasEvents(Exception):
    """The activity may not go: `number` events belong to it or count for it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@retried
def edit_partners(
    project_id: int, draft: PartnersDraft, version: int, now: datetime, by: int | None
) -> None:
    """Write who takes part in a project.

    Raises PartnersInUse, ProjectNotFound, ProjectChanged.
    """
    with transaction() as session:
        project = lock_project(session, project_id, version)
        before = _told(project)
        added = [put_organisation(session, draft.added)] if draft.added else []
        rows = {one.organisation_id: one for one in project.partners}
        others = [one for one in (*draft.partner_ids, *added) if one != draft.host_id]
        # Who was a partner keeps the place, new ones come behind.
        kept = [one for one in rows if one in others]
        wanted = list(dict.fromkeys([draft.host_id, *kept, *others]))
        _refuse_in_use(session, project, set(rows) - set(wanted))
        for row in rows.values():
            row.is_lead = False
        project.partners = [rows.get(one) or Partner(organisation_id=one) for one in wanted]
        for position, row in enumerate(project.partners, start=1):
            row.position = position
            row.role = "host" if row.organisation_id == draft.host_id else "partner"
        # Only now: at no moment there are two lead partners.
        session.flush()
        for row in project.partners:
            row.is_lead = row.organisation_id == draft.lead_id
        touch(session, project, now, by, differences(before, _told(project)))


@retried
def remove_activity(
    project_id: int, number: int, version: int, now: datetime, by: int | None
) -> None:
    """Remove an activity that has no events; raise ActivityHasEvents, as `lock_project`."""
    with transaction() as session:
        project = lock_project(session, project_id, version)
        activity = activity_of(project, number)
        if events := events_of(session, activity.id):
            raise ActivityHasEvents(events)
        detail = {"activity": activity.title.as_dict()}
        project.activities.remove(activity)
        session.delete(activity)
        for position, row in enumerate(project.activities, start=1):
            row.position = position
        touch(session, project, now, by, detail, "activity_removed")


def events_of(session: Session, activity_id: int) -> int:
    """Return how many events belong to an activity or count for it besides."""
    further = Event.further_activities.any(Activity.id == activity_id)
    found = session.scalars(select(Event.id).where((Event.activity_id == activity_id) | further))
    return len(found.all())


def _told(project: Project) -> dict[str, object]:
    host, lead = project.host, project.lead
    return {
        "host": host.id if host else None,
        "lead": lead.id if lead else None,
        "partners": tuple(one.organisation_id for one in project.partners if one.role == "partner"),
    }


def _refuse_in_use(session: Session, project: Project, leaving: Collection[int]) -> None:
    used = {one.organisation_id for one in project.activities}
    of_project = Event.activity_id.in_([one.id for one in project.activities])
    for column, event_id in (
        (Registration.organisation_id, Registration.event_id),
        (Quota.organisation_id, Quota.event_id),
        (Invitation.organisation_id, Invitation.event_id),
    ):
        used |= set(
            session.scalars(
                select(column)
                .join(Event, Event.id == event_id)
                .where(of_project, column.in_(leaving))
                .distinct()
            )
        )
    for own in (Event.organiser_id, Event.region_id):
        used |= set(session.scalars(select(own).where(of_project, own.in_(leaving)).distinct()))
    names = [
        one.organisation.name
        for one in project.partners
        if one.organisation_id in leaving and one.organisation_id in used
    ]
    if names:
        raise PartnersInUse(names)
