"""Reads about registrations."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from koostoo.base.database import db
from koostoo.events.models import Event, Invitation, Question, Quota
from koostoo.programme.models import Activity, Organisation, Partner
from koostoo.registration import rules, seats
from koostoo.registration.filling import IN_QUEUE
from koostoo.registration.models import SEATED, Group, Registration
from koostoo.registration.origins import IS_INVITED
from koostoo.registration.seating import claimant, facts, plan_of, tally_of
from koostoo.registration.seats import Obstacle, Plan, Promise, Tally, free_in_all, held_back

# Built once: putting a statement together costs more than running it.
_PARTNERS = (
    select(Organisation)
    .join(Partner, Partner.organisation_id == Organisation.id)
    .where(Partner.project_id == bindparam("project_id"))
    .order_by(Partner.role, Partner.position)
)
_INVITED = _PARTNERS.where(IS_INVITED)
_NAMED = (
    select(Organisation.name)
    .join(Invitation, Invitation.organisation_id == Organisation.id)
    .where(Invitation.event_id == bindparam("event_id"))
    .order_by(Organisation.name)
)


@dataclass(frozen=True, slots=True)
class Seats:
    """How full an event is; `free` and `capacity` are None where there is no limit.

    `free` are those anybody may take, `promised` those kept for some organisation, `taken` those
    somebody has.
    """

    free: int | None
    capacity: int | None
    waiting: int
    promised: int = 0
    taken: int = 0

    @property
    def above(self) -> int:
        """How many more people have a seat than there are seats."""
        return 0 if self.capacity is None else max(self.taken - self.capacity, 0)

    @property
    def is_full(self) -> bool:
        """Whether nobody at all could have a seat now."""
        return self.free == 0 and self.promised == 0


class PromisedSeats(NamedTuple):
    """Seats promised to an organisation that are not released yet."""

    organisation_id: int
    name: str
    seats: int
    free: int
    until: datetime | None


def seats_of(events: Iterable[Event], now: datetime) -> dict[int, Seats]:
    """Return the seats of all these events at `now`, in two queries."""
    events = list(events)
    tallies = {event.id: Tally() for event in events}
    waiting: Counter[int] = Counter()
    rows = db.session.execute(
        select(
            Registration.event_id,
            Registration.state,
            Registration.organisation_id,
            func.count(),
        )
        .where(
            Registration.event_id.in_(tallies),
            Registration.state.in_((*SEATED, "pending", "waiting")),
        )
        .group_by(Registration.event_id, Registration.state, Registration.organisation_id)
    )
    event_facts = {event.id: facts(event, now) for event in events}
    for event_id, state, organisation_id, number in rows:
        if state == "waiting":
            waiting[event_id] += number
        if not rules.takes_seat(event_facts[event_id], state):
            continue
        tallies[event_id].seated += number
        if organisation_id is not None:
            tallies[event_id].partners[organisation_id] += number
    promises: dict[int, list[Promise]] = {event.id: [] for event in events}
    for quota in db.session.scalars(select(Quota).where(Quota.event_id.in_(tallies))):
        promises[quota.event_id].append(
            Promise(quota.organisation_id, quota.seats, quota.release_at)
        )
    found: dict[int, Seats] = {}
    for event in events:
        plan = Plan(event.capacity, tuple(promises[event.id]))
        free = free_in_all(plan, tallies[event.id].seated)
        held = 0 if free is None else sum(held_back(plan, tallies[event.id], now).values())
        common = None if free is None else free - held
        found[event.id] = Seats(
            common, event.capacity, waiting[event.id], held, tallies[event.id].seated
        )
    return found


def promises_of(event: Event, now: datetime) -> list[PromisedSeats]:
    """Return the event's promises that still hold, with what is free of each."""
    plan = plan_of(db.session(), event)
    if not plan.promises:
        return []
    held = held_back(plan, tally_of(db.session(), event, plan), now)
    owners = select(Organisation.id, Organisation.name).where(
        Organisation.id.in_([promise.organisation_id for promise in plan.promises])
    )
    names = {number: name for number, name in db.session.execute(owners)}  # noqa: C416 - typed pairs
    return [
        PromisedSeats(whose, names[whose], number, held.get(whose, 0), until)
        for whose, number, until in plan.promises
        if until is None or until > now
    ]


def full_options(event: Event) -> frozenset[int]:
    """Return the options of this event's questions that have no room left."""
    if not any(option.seats for question in event.questions for option in question.options):
        return frozenset()
    plan = plan_of(db.session(), event)
    return seats.full_options(plan, tally_of(db.session(), event, plan))


def why_waiting(
    event: Event, registrations: Iterable[Registration], now: datetime
) -> dict[int, Obstacle]:
    """Return what keeps each of these from having a seat now, in a fixed number of queries."""
    waiting = [person for person in registrations if person.state == "waiting"]
    if not waiting:
        return {}
    plan = plan_of(db.session(), event)
    tally = tally_of(db.session(), event, plan)
    parties = _parties(waiting, with_answers=bool(plan.option_limits))
    found = {
        person.id: seats.obstacle_for_all(
            plan, tally, [claimant(member, plan) for member in parties[person.id]], now
        )
        for person in waiting
    }
    return {number: reason for number, reason in found.items() if reason is not None}


def obstacle_of(event: Event, person: Registration, now: datetime) -> Obstacle | None:
    """Return what keeps this one person from having a seat now, whoever they came with."""
    plan = plan_of(db.session(), event)
    tally = tally_of(db.session(), event, plan)
    return seats.obstacle(plan, tally, claimant(person, plan), now)


def _parties(
    waiting: Sequence[Registration], *, with_answers: bool
) -> dict[int, Sequence[Registration]]:
    """Return with whom each of these who wait must get a seat, themselves included."""
    groups = {person.group_id for person in waiting if person.group_id is not None}
    members = (
        select(Registration)
        .outerjoin(Registration.group)
        .where(
            Registration.state == "waiting",
            or_(
                Registration.id.in_([person.id for person in waiting]),
                and_(Registration.group_id.in_(groups), Group.mode == "together"),
            ),
        )
        .options(contains_eager(Registration.group))
        .order_by(*IN_QUEUE)
    )
    if with_answers:
        members = members.options(selectinload(Registration.answers))
    together: dict[int, list[Registration]] = {}
    for member in db.session.scalars(members).unique():
        if member.group is not None and member.group.mode == "together":
            together.setdefault(member.group.id, []).append(member)
    return {person.id: together.get(person.group_id or 0, [person]) for person in waiting}


def find_by_link(link_id: str) -> Registration | None:
    """Return the registration behind a genuine link, with all its page shows."""
    return db.session.scalar(
        select(Registration)
        .where(Registration.link_id == link_id)
        .options(
            joinedload(Registration.organisation),
            selectinload(Registration.answers),
            joinedload(Registration.event).joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Registration.event)
            .joinedload(Event.activity)
            .joinedload(Activity.organisation),
            joinedload(Registration.event).joinedload(Event.organiser),
            joinedload(Registration.event)
            .selectinload(Event.questions)
            .selectinload(Question.options),
        )
    )


def find_group_by_link(link_id: str) -> Group | None:
    """Return the group behind a genuine link, with its people and its event."""
    return db.session.scalar(
        select(Group)
        .where(Group.link_id == link_id)
        .options(
            selectinload(Group.members),
            joinedload(Group.event).joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Group.event).joinedload(Event.activity).joinedload(Activity.organisation),
        )
    )


def events_with_something_due(now: datetime) -> list[int]:
    """Return the events where seats came free by the passing of time since anybody looked.

    Promised seats whose date has come, and offers that nobody answered.
    """
    released = select(Quota.event_id).where(Quota.released_at.is_(None), Quota.release_at <= now)
    lapsed = (
        select(Registration.event_id)
        .join(Event)
        .where(
            Registration.state == "offered",
            Registration.offer_until <= now,
            Event.state != "called_off",
        )
    )
    return list(db.session.scalars(released.union(lapsed)))


def find_organisation_of(event_id: int, number: int) -> int | None:
    """Return the organisation of a person of this event; None: they named another, or nobody is."""
    return db.session.scalar(
        select(Registration.organisation_id).where(
            Registration.event_id == event_id, Registration.id == number
        )
    )


def queue_places(event_id: int) -> dict[int, int]:
    """Return the place on the waiting list of everybody who waits, from 1, by their number."""
    waiting = (
        select(Registration.id)
        .where(Registration.event_id == event_id, Registration.state == "waiting")
        .order_by(*IN_QUEUE)
    )
    return {number: place for place, number in enumerate(db.session.scalars(waiting), 1)}


def queue_place(registration: Registration) -> int:
    """Return the place on the waiting list, from 1."""
    before = db.session.scalar(
        select(func.count()).where(
            Registration.event_id == registration.event_id,
            Registration.state == "waiting",
            tuple_(*IN_QUEUE) < tuple_(registration.rank, registration.queued_at, registration.id),
        )
    )
    return (before or 0) + 1


def invited_organisations(event: Event) -> Sequence[Organisation]:
    """Return the organisations a participant may choose: host first, then partners."""
    wanted = {"project_id": event.activity.project_id, "event_id": event.id}
    return db.session.scalars(_INVITED, wanted).all()


def project_organisations(event: Event) -> Sequence[Organisation]:
    """Return all organisations of the event's project, invited or not: host first."""
    return db.session.scalars(_PARTNERS, {"project_id": event.activity.project_id}).all()


def invited_by_name(event: Event) -> Sequence[str]:
    """Return the names of those the event invites; none where it invites the whole project."""
    return db.session.scalars(_NAMED, {"event_id": event.id}).all()
