"""Reads of the audit trail: of one event, and of all that a manager answers for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from koostoo.accounts.models import AuditEntry, Organiser
from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Organisation, Project
from koostoo.registration.models import Registration

HISTORY_SIZE = 500
PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Which acts are wanted: by whom, and of which kind; None and "" for all."""

    organiser_id: int | None = None
    action: str = ""


@dataclass(frozen=True, slots=True)
class ActPage:
    """One page of acts, the latest first, counted from 1."""

    entries: Sequence[AuditEntry]
    total: int
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Named:
    """The rows behind the numbers in acts, as far as they are still there."""

    people: Sequence[Registration]
    organisations: Sequence[Organisation]
    activities: Sequence[Activity]
    organisers: Sequence[Organiser]
    events: Sequence[Event]
    projects: Sequence[Project]


def history(event_id: int) -> Sequence[AuditEntry]:
    """Return what organisers did about an event, the latest first, at most HISTORY_SIZE acts."""
    return db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.event_id == event_id)
        .options(joinedload(AuditEntry.organiser))
        .order_by(AuditEntry.id.desc())
        .limit(HISTORY_SIZE)
    ).all()


def acts_page(access: Access, wanted: ActFilter, number: int) -> ActPage:
    """Return a page of what was done in the projects this manager manages."""
    conditions = [*_within(access)]
    if wanted.organiser_id is not None:
        conditions.append(AuditEntry.organiser_id == wanted.organiser_id)
    if wanted.action:
        conditions.append(AuditEntry.action == wanted.action)
    total = db.session.scalar(_joined(func.count(AuditEntry.id)).where(*conditions)) or 0
    count = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), count)
    entries = db.session.scalars(
        _joined(AuditEntry)
        .where(*conditions)
        .options(joinedload(AuditEntry.organiser))
        .order_by(AuditEntry.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return ActPage(entries, total, number, count)


def actors(access: Access) -> Sequence[Organiser]:
    """Return those who did anything there, by address."""
    acted = _joined(AuditEntry.organiser_id).where(*_within(access)).distinct()
    return db.session.scalars(
        select(Organiser).where(Organiser.id.in_(acted)).order_by(Organiser.email)
    ).all()


def named_in(entries: Iterable[AuditEntry]) -> Named:
    """Return what these acts are about, in six queries whatever their number."""
    listed = list(entries)
    details = [entry.detail for entry in listed]
    return Named(
        people=_rows(Registration, (number for entry in listed for number in _people_of(entry))),
        organisations=db.session.scalars(select(Organisation)).all(),
        activities=db.session.scalars(select(Activity)).all(),
        organisers=_rows(Organiser, (detail.get("organiser_id") for detail in details)),
        events=_rows(Event, (entry.event_id for entry in listed)),
        projects=_rows(Project, (entry.project_id for entry in listed)),
    )


def _people_of(entry: AuditEntry) -> tuple[int | None, int | None]:
    successor = entry.detail.get("to") if entry.action == "handed_over" else None
    return entry.registration_id, successor


def _rows(model: Any, numbers: Iterable[int | None]) -> Sequence[Any]:
    wanted = {number for number in numbers if number is not None}
    return db.session.scalars(select(model).where(model.id.in_(wanted))).all()


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(AuditEntry)
        .outerjoin(Event, Event.id == AuditEntry.event_id)
        .outerjoin(Activity, Activity.id == Event.activity_id)
    )


def _within(access: Access) -> list[ColumnElement[bool]]:
    managed = access.managed_projects
    if managed is None:
        return []
    return [
        or_(
            Activity.project_id.in_(managed),
            AuditEntry.project_id.in_(managed),
            AuditEntry.organisation_id.in_(access.managed_organisations),
        )
    ]
