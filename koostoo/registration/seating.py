"""Seats under the event's lock: counting them, giving free ones to those who wait.

Every function takes the session of the caller's transaction.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from koostoo.base.text import fold
from koostoo.events.models import Event, Option, Question, Quota
from koostoo.registration import rules, seats
from koostoo.registration.letters import tell
from koostoo.registration.models import SEATED, Answer, Registration
from koostoo.registration.rules import EventFacts, SignUp
from koostoo.registration.seats import Claimant, Plan, Promise, Tally

CHUNK = 100
# Built once: putting a statement together costs more than running it.
_OF_EVENT = Registration.event_id == bindparam("event_id")
_LOCK = select(Event).where(Event.id == bindparam("event_id")).with_for_update(of=Event)
_PROMISES = (
    select(Quota.organisation_id, Quota.seats, Quota.release_at)
    .where(Quota.event_id == bindparam("event_id"))
    .order_by(Quota.id)
)
_LIMITS = (
    select(Option.id, Option.seats)
    .join(Question)
    .where(Question.event_id == bindparam("event_id"), Option.seats.is_not(None))
)
_IN_ALL = select(func.count()).where(_OF_EVENT, Registration.state.in_(SEATED))
_BY_ORGANISATION = (
    select(Registration.organisation_id, Registration.member_organisation, func.count())
    .where(_OF_EVENT, Registration.state.in_(SEATED))
    .group_by(Registration.organisation_id, Registration.member_organisation)
)
_CHOSEN = (
    select(Answer.value)
    .join(Question, Question.id == Answer.question_id)
    .join(Registration, Registration.id == Answer.registration_id)
    .where(
        _OF_EVENT,
        Registration.state.in_(SEATED),
        Question.kind.in_(("choice", "choices")),
    )
)
_QUEUE = (
    select(Registration)
    .where(_OF_EVENT, Registration.state == "waiting")
    .order_by(Registration.queued_at, Registration.id)
)
_WAITING = select(func.count()).where(_OF_EVENT, Registration.state == "waiting")


class EventNotFound(LookupError):
    """There is no such event."""


def lock_event(session: Session, event_id: int) -> Event:
    """Return the event with its row locked; the one lock under which seats are counted.

    Raises EventNotFound. PostgreSQL: SELECT FOR UPDATE. SQLite: the transaction holds the lock.
    """
    event = session.scalar(_LOCK, {"event_id": event_id})
    if event is None:
        raise EventNotFound(event_id)
    return event


def facts(event: Event, now: datetime) -> EventFacts:
    """Return the plain values the rules decide on."""
    return EventFacts(
        state=event.state,
        takes_registrations=event.takes_registrations,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        is_over=event.when.is_over(now),
        has_waiting_list=event.has_waiting_list,
        waiting_max=event.waiting_max,
        members_first_until=event.members_first_until,
    )


def plan_of(session: Session, event: Event) -> Plan:
    """Return how the event shares out its seats, read fresh."""
    wanted = {"event_id": event.id}
    promises = session.execute(_PROMISES, wanted)
    return Plan(
        capacity=event.capacity,
        promises=tuple(Promise(*row) for row in promises),
        partner_cap=event.partner_cap,
        member_cap=event.member_cap,
        option_limits={number: limit or 0 for number, limit in session.execute(_LIMITS, wanted)},
    )


def tally_of(session: Session, event: Event, plan: Plan) -> Tally:
    """Count who is seated, in as much detail as the plan asks for."""
    wanted = {"event_id": event.id}
    if not (plan.promises or plan.partner_cap or plan.member_cap or plan.option_limits):
        # Without any limit nobody needs the number.
        unlimited = plan.capacity is None
        return Tally(0 if unlimited else count_seated(session, event.id))
    tally = Tally()
    for organisation_id, member, number in session.execute(_BY_ORGANISATION, wanted):
        tally.seated += number
        if organisation_id is not None:
            tally.partners[organisation_id] += number
        if member:
            tally.members[fold(member)] += number
    if plan.option_limits:
        for value in session.scalars(_CHOSEN, wanted):
            tally.options.update(_options(value))
    return tally


def count_seated(session: Session, event_id: int) -> int:
    """Return how many have a seat."""
    return session.scalar(_IN_ALL, {"event_id": event_id}) or 0


def count_waiting(session: Session, event_id: int) -> int:
    """Return how many are on the waiting list."""
    return session.scalar(_WAITING, {"event_id": event_id}) or 0


def claimant(registration: Registration, plan: Plan) -> Claimant:
    """Return what of a registration matters for a seat; answers are read only where they do."""
    chosen: set[int] = set()
    if plan.option_limits:
        for answer in registration.answers:
            chosen.update(_options(answer.value))
    return Claimant(
        registration.organisation_id,
        fold(registration.member_organisation),
        frozenset(chosen),
    )


def newcomer(entry: SignUp) -> Claimant:
    """Return what of a sign-up matters for a seat."""
    chosen = {number for value in entry.answers.values() for number in _options(value)}
    return Claimant(entry.organisation_id, fold(entry.member_organisation), frozenset(chosen))


def fill_seats(session: Session, event: Event, now: datetime) -> int:
    """Confirm as many of those who wait as there are seats for them; return how many.

    Call it in the transaction that freed the seats, with the event locked. Promises whose date
    has come are noted as released.
    """
    for quota in event.quotas:
        if quota.released_at is None and quota.release_at and quota.release_at <= now:
            quota.released_at = now
    if not rules.gives_seats(facts(event, now)):
        return 0
    plan = plan_of(session, event)
    tally = tally_of(session, event, plan)
    seen: list[Registration] = []
    served = seats.next_in_line(plan, tally, _queue(session, event, plan, seen), now)
    for position in served.next:
        promote(session, seen[position], now)
    return len(served.next)


def _queue(
    session: Session, event: Event, plan: Plan, seen: list[Registration]
) -> Iterator[Claimant]:
    """Give out those who wait, head first, noting each in `seen`; read only as far as needed."""
    while True:
        chunk = session.scalars(_QUEUE.limit(CHUNK).offset(len(seen)), {"event_id": event.id}).all()
        for registration in chunk:
            seen.append(registration)
            yield claimant(registration, plan)
        if len(chunk) < CHUNK:
            return


def promote(session: Session, registration: Registration, now: datetime) -> None:
    """Give this person a seat and write to them."""
    registration.state = "confirmed"
    standing_moved(registration, now)
    session.flush()
    tell(session, registration, "promoted", now)


def standing_moved(registration: Registration, now: datetime) -> None:
    """Say that the standing changed: calendars go by SEQUENCE."""
    registration.sequence += 1
    registration.revised_at = now


def _options(value: object) -> list[int]:
    return value if isinstance(value, list) else []
