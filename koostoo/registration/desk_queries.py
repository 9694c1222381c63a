"""Reads of the organisers' desk: events with their counts, lists of people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.base.text import fold
from koostoo.events.access import within_reach
from koostoo.events.models import Event, Move, Question
from koostoo.programme.models import Activity, Organisation, Project
from koostoo.registration.filling import IN_QUEUE
from koostoo.registration.models import ACTIVE, SEATED, Answer, Registration

PAGE_SIZE = 100
CHUNK = 500
OTHER = "other"
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


@dataclass(frozen=True, slots=True)
class Filter:
    """What the organiser wants to see; empty means all.

    `text` is looked for in names, addresses, phones and the organisations represented;
    `organisation` is a number as text, or "other"; `membership` one of MEMBERSHIPS; `answer` to
    whether they still come after a change of the event is "yes" or "none". `whose` is not asked
    for but allowed: the people of these organisations alone; None: everybody. Without
    `in_contacts` the text is looked for in names alone.
    """

    text: str = ""
    state: str = ""
    organisation: str = ""
    membership: str = ""
    answer: str = ""
    whose: frozenset[int] | None = None
    in_contacts: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, counted from 1."""

    rows: Sequence[Registration]
    total: int
    number: int
    count: int


class MoveAnswers(NamedTuple):
    """How many answered, of those who were asked last whether they still come."""

    until: datetime
    coming: int
    silent: int


class ListRow(NamedTuple):
    """A person in a download; `answers` by question number."""

    id: int
    state: str
    first_name: str
    last_name: str
    email: str
    phone: str
    organisation_id: int | None
    organisation: str
    member_organisation: str
    membership: str | None
    role: str
    language: str
    photo_consent: bool | None
    created_at: datetime
    answers: dict[int, Any]


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
        .where(*_conditions(event_id, Filter(whose=whose)))
        .group_by(Registration.state)
    )
    return {state: number for state, number in rows}  # noqa: C416 - rows are typed pairs


def registrations_page(event_id: int, wanted: Filter, number: int) -> Page:
    """Return one page of the event's people, organisations loaded.

    In Estonian order; those who wait, when only they are asked for, as they stand in the queue.
    """
    conditions = _conditions(event_id, wanted)
    total = count_rows(event_id, wanted)
    count = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), count)
    rows = db.session.scalars(
        select(Registration)
        .where(*conditions)
        .options(joinedload(Registration.organisation))
        .order_by(*_order(wanted))
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return Page(rows, total, number, count)


def count_rows(event_id: int, wanted: Filter) -> int:
    """Return how many people a list has."""
    conditions = _conditions(event_id, wanted)
    return db.session.scalar(select(func.count(Registration.id)).where(*conditions)) or 0


def stream_rows(event_id: int, wanted: Filter) -> Iterator[ListRow]:
    """Give out the people of a list one by one, in the order of the page, in constant memory.

    Two queries whatever the length: people and answers come in the same order and are joined
    here, so neither list is ever held as a whole.
    """
    order = _order(wanted)
    conditions = _conditions(event_id, wanted)
    people: Iterable[Any] = db.session.execute(
        select(
            Registration.id,
            Registration.state,
            Registration.first_name,
            Registration.last_name,
            Registration.email,
            Registration.phone,
            Registration.organisation_id,
            func.coalesce(Organisation.name, Registration.other_organisation),
            Registration.member_organisation,
            Registration.membership,
            Registration.role,
            Registration.language,
            Registration.photo_consent,
            Registration.created_at,
        )
        .outerjoin(Registration.organisation)
        .where(*conditions)
        .order_by(*order),
        execution_options={"yield_per": CHUNK},
    )
    answers = db.session.execute(
        select(Registration.id, Answer.question_id, Answer.value)
        .join(Answer, Answer.registration_id == Registration.id)
        .where(*conditions)
        .order_by(*order),
        execution_options={"yield_per": CHUNK},
    )
    groups = groupby(answers, key=lambda row: row[0])
    owner, given = next(groups, (None, iter(())))
    for person in people:
        values: dict[int, Any] = {}
        if owner == person[0]:
            values = {question_id: value for _, question_id, value in given}
            owner, given = next(groups, (None, iter(())))
        yield ListRow._make((*person, values))


def move_answers(event_id: int) -> MoveAnswers | None:
    """Return the answers to the last question of the event; None where nobody was asked."""
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


def _order(wanted: Filter) -> tuple[InstrumentedAttribute[Any], ...]:
    """Return the order of a list: by name, but those who wait as they stand in the queue."""
    if wanted.state == "waiting":
        return IN_QUEUE
    return (Registration.sort_key, Registration.id)


def _conditions(event_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Registration.event_id == event_id]
    if wanted.whose is not None:
        conditions.append(Registration.organisation_id.in_(wanted.whose))
    if wanted.state:
        conditions.append(Registration.state == wanted.state)
    if wanted.organisation == OTHER:
        conditions.append(Registration.organisation_id.is_(None))
    elif wanted.organisation:
        conditions.append(Registration.organisation_id == int(wanted.organisation))
    if wanted.membership == "unchecked":
        # Who signed up before the event asked was not checked either.
        conditions.append(func.coalesce(Registration.membership, "unchecked") == "unchecked")
    elif wanted.membership:
        conditions.append(Registration.membership == wanted.membership)
    if wanted.answer:
        has_none = Registration.still_comes_at.is_(None)
        conditions.append(Registration.move_id.is_not(None))
        conditions.append(Registration.state.in_(ACTIVE))
        conditions.append(has_none if wanted.answer == "none" else ~has_none)
    # Keys are stored folded, so words match whatever their case; all words must be there.
    holds = _holds if wanted.in_contacts else _is_called
    conditions.extend(holds(word) for word in fold(wanted.text).split())
    return conditions


def _is_called(word: str) -> ColumnElement[bool]:
    return Registration.person_key.contains(word, autoescape=True)


def _holds(word: str) -> ColumnElement[bool]:
    return or_(
        Registration.search_key.contains(word, autoescape=True),
        # The name stays when the rest has been forgotten.
        _is_called(word),
        Registration.phone.contains(word, autoescape=True),
    )
