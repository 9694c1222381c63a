"""Load a project file: the project with its organisations, activities and events.

It lives beside the events because it writes them too. A row is found by its slug and written
only where it differs, so loading the same file twice changes nothing. The file never takes
anything away from the desk: an event that takes registrations is changed there, and an event
that is gone from the file stays and is reported, because a file cannot know who has seen it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from koostoo.base.database import Base, transaction
from koostoo.base.retry import retried
from koostoo.events.load_report import LoadReport
from koostoo.events.models import Event
from koostoo.events.uid import new_uid
from koostoo.programme.models import (
    Activity,
    MediaMention,
    Organisation,
    Outcome,
    Partner,
    Project,
)
from koostoo.programme.plan import EventPlan, ProjectPlan
from koostoo.programme.project_file import ProjectFileError, read_project_file

Row = TypeVar("Row", bound=Base)


@retried
def load_project(text: str, now: datetime, host: str) -> LoadReport:
    """Write the project that `text` (TOML) describes, whole or not at all.

    `host` is the host name of the service, for the calendar UIDs of new events. Raises
    ProjectFileError, with nothing written, for a faulty file or a slug of another project.
    """
    plan = read_project_file(text)
    with transaction() as session:
        _refuse_taken_slugs(session, plan)
        return _Loader(session, plan, now, host).load()


def _refuse_taken_slugs(session: Session, plan: ProjectPlan) -> None:
    """Slugs are addresses, hence unique across projects; a file must not take over a row."""
    activities = session.scalars(
        select(Activity.slug).join(Project).where(Project.slug != plan.slug)
    )
    events = session.scalars(
        select(Event.slug)
        .join(Activity)
        .join(Project)
        .where((Project.slug != plan.slug) | Event.is_sample)
    )
    named = [
        ("activities", [one.slug for one in plan.activities], set(activities)),
        ("events", [one.slug for one in plan.events], set(events)),
    ]
    problems = [
        f"{key}[{number}].slug: {slug!r} belongs to another project or is a sample"
        for key, slugs, taken in named
        for number, slug in enumerate(slugs, start=1)
        if slug in taken
    ]
    if problems:
        raise ProjectFileError(problems)


class _Loader:
    """One run of loading, inside its transaction."""

    def __init__(self, session: Session, plan: ProjectPlan, now: datetime, host: str) -> None:
        self.session = session
        self.plan = plan
        self.now = now
        self.host = host
        self.report = LoadReport()

    def load(self) -> LoadReport:
        project = self._load_project()
        organisations = self._load_organisations()
        self._load_partners(project, organisations)
        self._load_outcomes(project)
        self._load_media(project)
        activities = self._load_activities(project, organisations)
        for plan in self.plan.events:
            self._load_event(plan, activities, organisations)
        self._settle_vanished(project)
        if self.report.touches_project and f"project {project.slug}" not in self.report.added:
            # Who has the project open at the desk meanwhile is told.
            project.version += 1
        return self.report

    def _load_project(self) -> Project:
        plan = self.plan
        found = self.session.scalar(
            select(Project).where(Project.slug == plan.slug).with_for_update()
        )
        values = {
            "title": plan.title,
            "starts_on": plan.starts_on,
            "ends_on": plan.ends_on,
            "contact_name": plan.contact.name,
            "contact_email": plan.contact.email,
            "contact_phone": plan.contact.phone,
            "support_text": plan.support_text,
            "keep_until": plan.keep_until,
        }
        return self._put("project", found, Project(slug=plan.slug), values)

    def _load_organisations(self) -> dict[str, Organisation]:
        known = self._by_slug(Organisation, [one.slug for one in self.plan.organisations])
        return {
            plan.slug: self._put(
                "organisation",
                known.get(plan.slug),
                Organisation(slug=plan.slug),
                {"name": plan.name, "short_name": plan.short_name},
            )
            for plan in self.plan.organisations
        }

    def _load_partners(self, project: Project, organisations: Mapping[str, Organisation]) -> None:
        """Write them as a whole list: nothing refers to a partner, only to the organisation."""
        lead = self.plan.lead
        partners = [(self.plan.host, "host", self.plan.host == lead)]
        partners += [(slug, "partner", slug == lead) for slug in self.plan.partners]
        stored_partners = [(p.organisation.slug, p.role, p.is_lead) for p in project.partners]
        if stored_partners != partners:
            self._empty(project.partners, "partners")
            project.partners.extend(
                Partner(
                    organisation=organisations[slug], role=role, is_lead=leads, position=position
                )
                for position, (slug, role, leads) in enumerate(partners, start=1)
            )

    def _load_media(self, project: Project) -> None:
        media = [(one.day, one.title, one.url) for one in self.plan.media]
        stored = [(one.day, one.title, one.url) for one in project.media]
        if len(media) != len(stored) or any(one not in stored for one in media):
            self._empty(project.media, "media")
            project.media.extend(
                MediaMention(day=day, title=title, url=url) for day, title, url in media
            )

    def _load_outcomes(self, project: Project) -> None:
        """Write the outcomes by their places, so that what stays keeps its row."""
        rows, texts = project.outcomes, self.plan.outcomes
        if tuple(outcome.text for outcome in rows) == texts:
            return
        (self.report.changed if rows else self.report.added).append("outcomes")
        for outcome, text in zip(rows, texts, strict=False):
            outcome.text = text
        del rows[len(texts) :]
        rows.extend(
            Outcome(text=text, position=position)
            for position, text in enumerate(texts[len(rows) :], start=len(rows) + 1)
        )
        # The links of outcomes that are gone go with them, before activities are compared.
        self.session.flush()

    def _empty(self, rows: list[Any], what: str) -> None:
        (self.report.changed if rows else self.report.added).append(what)
        rows.clear()
        # The old rows must be gone before the new ones meet the unique constraints.
        self.session.flush()

    def _load_activities(
        self, project: Project, organisations: Mapping[str, Organisation]
    ) -> dict[str, Activity]:
        known = self._by_slug(Activity, [one.slug for one in self.plan.activities])
        return {
            plan.slug: self._put(
                "activity",
                known.get(plan.slug),
                Activity(slug=plan.slug),
                {
                    "project": project,
                    "kind": plan.kind,
                    "organisation": organisations.get(plan.organisation or ""),
                    "position": position,
                    "title": plan.title,
                    "description": plan.description,
                    "target": plan.target,
                    "counts": plan.counts,
                    "only_physical": plan.only_physical,
                    "outcomes": [project.outcomes[place - 1] for place in plan.outcomes],
                },
            )
            for position, plan in enumerate(self.plan.activities, start=1)
        }

    def _load_event(
        self,
        plan: EventPlan,
        activities: Mapping[str, Activity],
        organisations: Mapping[str, Organisation],
    ) -> None:
        found = self.session.scalar(select(Event).where(Event.slug == plan.slug).with_for_update())
        values = {
            "activity": activities[plan.activity],
            "further_activities": [one for slug, one in activities.items() if slug in plan.further],
            "organiser": organisations[plan.organiser],
            "title": plan.title,
            "summary": plan.summary,
            "place": plan.place,
            "mode": plan.mode,
            "region": organisations.get(plan.region or ""),
            "region_other": plan.elsewhere,
            "when": plan.when,
        }
        if found is not None and (differing := _differing(found, values)):
            if found.takes_registrations:
                self.report.at_desk.append(f"event {plan.slug}")
                return
            found.sequence += bool(differing & {"when", "place", "mode"})
            found.version += 1
            found.revised_at = self.now
        made = Event(
            slug=plan.slug,
            state="published",
            takes_registrations=False,
            uid=new_uid(self.host),
            created_at=self.now,
            revised_at=self.now,
        )
        self._put("event", found, made, values)

    def _settle_vanished(self, project: Project) -> None:
        """Remove activities that are gone from the file and empty; report what must stay."""
        self.session.flush()
        slugs = {one.slug for one in self.plan.activities}
        for activity in self.session.scalars(
            select(Activity).where(Activity.project_id == project.id, Activity.slug.not_in(slugs))
        ).all():
            name = f"activity {activity.slug}"
            if self.session.scalar(select(Event.id).where(_counts_for(activity)).limit(1)):
                self.report.vanished.append(name)
            else:
                self.session.delete(activity)
                self.report.removed.append(name)
        gone = (
            select(Event.slug)
            .join(Activity)
            .where(
                Activity.project_id == project.id,
                Event.slug.not_in([one.slug for one in self.plan.events]),
                Event.is_sample.is_(False),
                Event.takes_registrations.is_(False),
            )
            .order_by(Event.starts_on, Event.id)
        )
        self.report.vanished += [f"event {slug}" for slug in self.session.scalars(gone)]

    def _by_slug(self, model: type[Any], slugs: list[str]) -> dict[str, Any]:
        rows = self.session.scalars(select(model).where(model.slug.in_(slugs)))
        return {row.slug: row for row in rows}

    def _put(self, what: str, found: Row | None, made: Row, values: Mapping[str, Any]) -> Row:
        """Give `values` to the row found, or to the one made and then added; report it."""
        row = found or made
        differing = _differing(row, values) if found else values.keys()
        with self.session.no_autoflush:
            for key in differing:
                setattr(row, key, values[key])
        if not found:
            self.session.add(made)
        verdict = self.report.changed if differing else self.report.unchanged
        name = f"{what} {getattr(row, 'slug', '')}"
        (verdict if found else self.report.added).append(name)
        return row


def _differing(row: Base, values: Mapping[str, Any]) -> set[str]:
    return {key for key, value in values.items() if getattr(row, key) != value}


def _counts_for(activity: Activity) -> ColumnElement[bool]:
    return (Event.activity_id == activity.id) | Event.further_activities.any(
        Activity.id == activity.id
    )
