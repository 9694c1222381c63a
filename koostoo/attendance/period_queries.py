"""Reads of people of many events at once: those of an activity, a project, a period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select, true
from sqlalchemy.orm import joinedload

from koostoo.accounts.roles import Access
from koostoo.attendance.models import Attendance
from koostoo.base.database import db
from koostoo.events.access import within_sight
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Organisation
from koostoo.registration.models import Registration

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Which events: of a project, of an activity, held between two days; None: any."""

    project_id: int | None = None
    activity_id: int | None = None
    first: date | None = None
    last: date | None = None


class Counted(NamedTuple):
    """An event, its activity and project loaded, and how many rows its list has."""

    event: Event
    people: int


class PersonRow(NamedTuple):
    """A person of one of the events; `present` and `absent` count days."""

    event_id: int
    state: str
    last_name: str
    first_name: str
    email: str
    phone: str
    organisation_id: int | None
    organisation: str
    member_organisation: str
    role: str
    present: int
    absent: int


def counted_events(access: Access, scope: Scope) -> Sequence[Counted]:
    """Return the events this person sees the lists of, by date, with the numbers of rows.

    One query.
    """
    number = (
        select(func.count(Registration.id))
        .where(Registration.event_id == Event.id, _whose(access))
        .correlate(Event, Activity)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Event, number)
        .join(Event.activity)
        .options(
            joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Event.activity).joinedload(Activity.organisation),
        )
        .where(*_events(access, scope))
        .order_by(Event.starts_on, Event.id)
    )
    return [Counted(event, people) for event, people in rows]


def stream_people(access: Access, scope: Scope) -> Iterator[PersonRow]:
    """Give out the people of these events one by one, event after event, in constant memory.

    One query whatever the length. Of an event that others run, who coordinates an organisation
    gets its people alone.
    """
    rows = db.session.execute(
        select(
            Registration.event_id,
            Registration.state,
            Registration.last_name,
            Registration.first_name,
            Registration.email,
            Registration.phone,
            Registration.organisation_id,
            func.coalesce(Organisation.name, Registration.other_organisation),
            Registration.member_organisation,
            Registration.role,
            _days("present"),
            _days("absent"),
        )
        .join(Registration.event)
        .join(Event.activity)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(*_events(access, scope), _whose(access))
        .order_by(Event.starts_on, Event.id, Registration.sort_key, Registration.id),
        execution_options={"yield_per": CHUNK},
    )
    for row in rows:
        yield PersonRow._make(row)


def _days(status: str) -> ScalarSelect[int]:
    return (
        select(func.count(Attendance.id))
        .where(Attendance.registration_id == Registration.id, Attendance.status == status)
        .scalar_subquery()
    )


def _events(access: Access, scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [within_sight(access)]
    if scope.project_id is not None:
        conditions.append(Activity.project_id == scope.project_id)
    if scope.activity_id is not None:
        conditions.append(Event.activity_id == scope.activity_id)
    if scope.first is not None:
        conditions.append(Event.ends_on >= scope.first)
    if scope.last is not None:
        conditions.append(Event.starts_on <= scope.last)
    return conditions


def _whose(access: Access) -> ColumnElement[bool]:
    """Return the condition for people whose names this person sees; see `Access.whose_people`."""
    seen = access.seen_projects
    if seen is None:
        return true()
    return or_(
        Activity.project_id.in_(seen),
        Event.organiser_id.in_(access.organisations),
        Registration.organisation_id.in_(access.organisations),
    )
