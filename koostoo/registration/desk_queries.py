"""Reads of the organisers' desk: events with their numbers of people, what was done about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.events.access import within_reach
from koostoo.events.models import Event, Move, Question
from koostoo.programme.models import Activity, Organisation, Project
from koostoo.registration.models import ACTIVE, SEATED, Registration

HAS_SEAT = or_(
    Registration.state.in_(SEATED),
    and_(Registration.state == "pending", Event.approval == "holds"),
)
"""Who takes one of the event's seats; the query must join the event."""


class EventRow(NamedTuple):
    """An event in the desk's list, with numbers of people; `pending` await an organiser."""

    event: Event
    seated: int
    waiting: int
    pending: int


class MoveAnswers(NamedTuple):
    """How many answered, of those who were asked last whether they still come."""

    until: datetime
    coming: int
    silent: int


def list_events(access: Access) -> list[EventRow]:
    """Return the events this person finds at the desk, by date, with their numbers of people.

    One query.
    """
    rows = db.session.execute(counted_events(access).order_by(Event.starts_on, Event.id))
    return [as_row(row) for row in rows]


def counted_events(access: Access) -> Select[*tuple[Any, ...]]:
    """Return the query of the events this person finds, each as `as_row` reads it."""
    counts = (
        select(
            Registration.event_id,
            func.sum(case((HAS_SEAT, 1), else_=0)).label("seated"),
            func.sum(case((Registration.state == "waiting", 1), else_=0)).label("waiting"),
            func.sum(case((Registration.state == "pending", 1), else_=0)).label("pending"),
        )
        .join(Registration.event)
        .group_by(Registration.event_id)
        .subquery()
    )
    return (
        select(
            Event,
            func.coalesce(counts.c.seated, 0),
            func.coalesce(counts.c.waiting, 0),
            func.coalesce(counts.c.pending, 0),
        )
        .outerjoin(counts, counts.c.event_id == Event.id)
        .join(Event.activity)
        .where(within_reach(access))
        .options(
            joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Event.activity).joinedload(Activity.organisation),
        )
    )


def as_row(row: Row[*tuple[Any, ...]]) -> EventRow:
    """Return a row of `counted_events` with its numbers as such."""
    event, *numbers = row
    return EventRow(event, *map(int, numbers))


def find_event(slug: str) -> Event | None:
    """Return an event of any state with all the desk shows of it."""
    return db.session.scalar(
        select(Event)
        .where(Event.slug == slug)
        .options(
            joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Event.activity).joinedload(Activity.organisation),
            joinedload(Event.organiser),
            selectinload(Event.questions).selectinload(Question.options),
        )
    )


def find_registration(event: Event, registration_id: int) -> Registration | None:
    """Return a registration of this event; None for one of another."""
    return db.session.scalar(
        select(Registration).where(
            Registration.id == registration_id, Registration.event_id == event.id
        )
    )


def people_of(event_id: int, numbers: Iterable[int]) -> Sequence[Registration]:
    """Return those of these people who are the event's, in Estonian order."""
    return db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.id.in_(list(numbers)))
        .order_by(Registration.sort_key, Registration.id)
    ).all()


def activity_choices(access: Access) -> Sequence[Activity]:
    """Return the activities this person may open events for, the latest project first.

    With the projects' partners.
    """
    managed = access.managed_projects
    return db.session.scalars(
        select(Activity)
        .join(Activity.project)
        .where(
            true() if managed is None else Project.id.in_(managed | access.partner_projects),
        )
        .options(
            joinedload(Activity.project).selectinload(Project.partners),
            joinedload(Activity.organisation),
        )
        .order_by(Project.starts_on.desc(), Project.id, Activity.position)
    ).all()


def organisation_choices() -> Sequence[Organisation]:
    """Return all organisations by name."""
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def state_counts(event_id: int, whose: frozenset[int] | None = None) -> dict[str, int]:
    """Return how many registrations of the event there are in each state.

    `whose` are the organisations whose people count; None: everybody.
    """
    rows = db.session.execute(
        select(Registration.state, func.count())
        .where(
            Registration.event_id == event_id,
            true() if whose is None else Registration.organisation_id.in_(whose),
        )
        .group_by(Registration.state)
    )
    return {state: number for state, number in rows}  # noqa: C416 - rows are typed pairs


def move_answers(event_id: int) -> MoveAnswers | None:
    """Return the answers to the last question of the event; None where nobody was asked."""
    asked = select(Move.id).where(Move.event_id == event_id, Move.answer_until.is_not(None))
    if db.session.scalar(asked.limit(1)) is None:
        # Most events never move; then nobody need be counted.
        return None
    has_answered = Registration.still_comes_at.is_not(None)
    row = db.session.execute(
        select(
            Move.answer_until,
            func.sum(case((has_answered, 1), else_=0)),
            func.sum(case((has_answered, 0), else_=1)),
        )
        .join(Registration, Registration.move_id == Move.id)
        .where(Registration.event_id == event_id, Registration.state.in_(ACTIVE))
        .group_by(Move.id, Move.answer_until)
        .order_by(Move.id.desc())
        .limit(1)
    ).first()
    return None if row is None or row[0] is None else MoveAnswers(row[0], row[1], row[2])
