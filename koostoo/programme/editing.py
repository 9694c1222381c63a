"""Use cases of projects at the desk: create one, change its facts, outcomes, activities, media.

What may stand in the way of events and people, such as removing a partner, is in
`registration.programme_changes`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Action, Scope, record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import SLUG_LENGTH, fold, slugify
from koostoo.programme.drafts import (
    CONTACT,
    ActivityDraft,
    MediaDraft,
    NewOrganisation,
    OutcomeDraft,
    ProjectFacts,
    differences,
    values_of,
)
from koostoo.programme.models import (
    Activity,
    MediaMention,
    Organisation,
    Outcome,
    Partner,
    Project,
)


class ProjectNotFound(LookupError):
    """There is no such project, or no such activity of it."""


class ProjectExists(Exception):
    """There is a project of this title and first day already, such as after a second click."""


class ProjectChanged(Exception):
    """Somebody else saved the project since the form was opened; `version` is the present one."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@retried
def create_project(
    facts: ProjectFacts, host: int | NewOrganisation, now: datetime, by: int | None
) -> str:
    """Add a project with its host, an organisation by number or a new one; return its slug.

    Raises ProjectExists.
    """
    with transaction() as session:
        begun = session.scalars(select(Project).where(Project.starts_on == facts.starts_on))
        if any(fold(one.title.et) == fold(facts.title.et) for one in begun):
            raise ProjectExists
        project = Project(slug=_free_slug(session, Project, facts.title.et, "projekt"))
        _write(project, facts)
        organisation_id = host if isinstance(host, int) else put_organisation(session, host)
        project.partners.append(Partner(organisation_id=organisation_id, role="host", position=1))
        session.add(project)
        session.flush()
        note(session, project, "project_created", now, by)
        return project.slug


@retried
def edit_facts(
    project_id: int, facts: ProjectFacts, version: int, now: datetime, by: int | None
) -> None:
    """Change title, period, contact, support and keep-until day; raise as `lock_project`."""
    with transaction() as session:
        project = lock_project(session, project_id, version)
        detail = differences(
            values_of(facts_of(project)), values_of(facts), ("support_text", *CONTACT)
        )
        _write(project, facts)
        touch(session, project, now, by, detail)


@retried
def edit_outcomes(
    project_id: int,
    outcomes: Sequence[OutcomeDraft],
    version: int,
    now: datetime,
    by: int | None,
) -> None:
    """Write the expected outcomes in this order; what continues a row keeps its links."""
    with transaction() as session:
        project = lock_project(session, project_id, version)
        before = [(one.id, one.text) for one in project.outcomes]
        known = {outcome.id: outcome for outcome in project.outcomes}
        project.outcomes = [known.get(one.id or 0) or Outcome() for one in outcomes]
        for position, (row, draft) in enumerate(
            zip(project.outcomes, outcomes, strict=True), start=1
        ):
            row.text, row.position = draft.text, position
        session.flush()
        changed = before != [(one.id, one.text) for one in project.outcomes]
        touch(session, project, now, by, {"reworded": ["outcomes"]} if changed else {})


@retried
def edit_media(
    project_id: int, media: Sequence[MediaDraft], version: int, now: datetime, by: int | None
) -> None:
    """Write what media said, as a whole list."""
    with transaction() as session:
        project = lock_project(session, project_id, version)
        before = [MediaDraft(one.day, one.title, one.url) for one in project.media]
        if before == [*media]:
            return
        project.media = [MediaMention(day=one.day, title=one.title, url=one.url) for one in media]
        touch(session, project, now, by, {"reworded": ["media"]})


@retried
def save_activity(
    project_id: int,
    number: int | None,
    draft: ActivityDraft,
    version: int,
    now: datetime,
    by: int | None,
) -> None:
    """Add an activity at the end (`number` None) or change one; raise as `lock_project`."""
    with transaction() as session:
        project = lock_project(session, project_id, version)
        outcomes = {one.id: one for one in project.outcomes}
        if number is None:
            activity = Activity(
                project_id=project.id,
                slug=_free_slug(session, Activity, draft.title.et, "tegevus"),
                position=max((one.position for one in project.activities), default=0) + 1,
            )
            detail: dict[str, Any] = {}
        else:
            activity = activity_of(project, number)
            detail = differences(
                values_of(draft_of(activity)), values_of(draft), ("description", "outcome_ids")
            )
            if not detail:
                return
        activity.kind = "joint" if draft.organisation_id is None else "additional"
        activity.organisation_id = draft.organisation_id
        activity.title, activity.description = draft.title, draft.description
        activity.target, activity.counts = draft.target, draft.counts
        activity.only_physical = draft.only_physical
        activity.outcomes = [outcomes[one] for one in draft.outcome_ids if one in outcomes]
        session.add(activity)
        session.flush()
        action: Action = "activity_added" if number is None else "activity_changed"
        detail |= {"activity": draft.title.as_dict()}
        touch(session, project, now, by, detail, action)


@retried
def move_activity(project_id: int, number: int, now: datetime, by: int | None) -> None:
    """Let an activity stand one place further ahead; raise ProjectNotFound."""
    with transaction() as session:
        project = lock_project(session, project_id)
        rows = sorted(project.activities, key=lambda one: (one.position, one.id))
        place = rows.index(activity_of(project, number))
        if place == 0:
            return
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
        for position, row in enumerate(rows, start=1):
            row.position = position
        touch(session, project, now, by, {"reworded": ["activities"]})


def lock_project(session: Session, project_id: int, version: int | None = None) -> Project:
    """Return the project with its row locked; part of the caller's transaction.

    `version` is that of the project the form was opened with, None for any. Raises
    ProjectNotFound, ProjectChanged.
    """
    project = session.get(
        Project, project_id, with_for_update={"of": Project}, populate_existing=True
    )
    if project is None:
        raise ProjectNotFound(project_id)
    if version is not None and project.version != version:
        raise ProjectChanged(project.version)
    return project


def activity_of(project: Project, number: int) -> Activity:
    """Return an activity of the project; raise ProjectNotFound."""
    found = next((one for one in project.activities if one.id == number), None)
    if found is None:
        raise ProjectNotFound(number)
    return found


def touch(
    session: Session,
    project: Project,
    now: datetime,
    by: int | None,
    detail: dict[str, Any],
    action: Action = "project_edited",
) -> None:
    """Raise the version and note the act; nothing where nothing changed."""
    if detail:
        project.version += 1
        note(session, project, action, now, by, detail)


def note(
    session: Session,
    project: Project,
    action: Action,
    now: datetime,
    by: int | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write an act about the project into the audit trail."""
    record(session, by, action, now, scope=Scope(project_id=project.id), detail=detail)


def put_organisation(session: Session, new: NewOrganisation) -> int:
    """Return the number of the organisation of this name, added where there is none."""
    for one in session.scalars(select(Organisation)):
        if fold(one.name) == fold(new.name):
            return one.id
    row = Organisation(
        slug=_free_slug(session, Organisation, new.name, "tegevusruhm"),
        name=new.name,
        short_name=new.short_name,
    )
    session.add(row)
    session.flush()
    return row.id


def facts_of(project: Project) -> ProjectFacts:
    """Return what was decided about a project, its lists apart."""
    return ProjectFacts(
        **{name: getattr(project, name) for name in ProjectFacts.__dataclass_fields__}
    )


def draft_of(activity: Activity) -> ActivityDraft:
    """Return what was decided about an activity."""
    return ActivityDraft(
        title=activity.title,
        description=activity.description,
        organisation_id=activity.organisation_id,
        target=activity.target,
        counts=activity.counts,
        only_physical=activity.only_physical,
        outcome_ids=tuple(one.id for one in activity.outcomes),
    )


def _write(project: Project, facts: ProjectFacts) -> None:
    for name, value in values_of(facts).items():
        setattr(project, name, value)


def _free_slug(
    session: Session, model: type[Project | Activity | Organisation], words: str, fallback: str
) -> str:
    """Return an address made of the words, with a number where it is taken."""
    plain = slugify(words, fallback)[: SLUG_LENGTH - 5].strip("-")
    taken = set(session.scalars(select(model.slug).where(model.slug.startswith(plain))))
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (plain, *numbered) if slug not in taken)
