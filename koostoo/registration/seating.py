"""Counting seats under the event's lock: who has one, what is left, for whom.

Every function takes the session of the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from koostoo.base.text import fold
from koostoo.events.models import Event, Option, Question, Quota
from koostoo.registration.models import SEATED, Answer, Registration
from koostoo.registration.rules import EventFacts, SignUp
from koostoo.registration.seats import Claimant, Plan, Promise, Tally

# Built once: putting a statement together costs more than running it.
_OF_EVENT = Registration.event_id == bindparam("event_id")
_HAS_SEAT = Registration.state.in_((*SEATED, bindparam("held")))
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
_IN_ALL = select(func.count()).where(_OF_EVENT, _HAS_SEAT)
_WAITING = select(func.count()).where(_OF_EVENT, Registration.state == "waiting")
_LAPSED = select(func.count()).where(
    _OF_EVENT, Registration.state == "offered", Registration.offer_until <= bindparam("now")
)
_LOOK = select(
    # Without a limit nobody needs the number, and counting takes the longer the more there are.
    case((bindparam("is_limited") == 1, _IN_ALL.scalar_subquery()), else_=0),
    _WAITING.scalar_subquery(),
    _LAPSED.scalar_subquery(),
    _PROMISES.order_by(None).exists(),
    _LIMITS.exists(),
)
_BY_ORGANISATION = (
    select(Registration.organisation_id, Registration.member_organisation, func.count())
    .where(_OF_EVENT, _HAS_SEAT)
    .group_by(Registration.organisation_id, Registration.member_organisation)
)
_CHOSEN = (
    select(Answer.value)
    .join(Question, Question.id == Answer.question_id)
    .join(Registration, Registration.id == Answer.registration_id)
    .where(_OF_EVENT, _HAS_SEAT, Question.kind.in_(("choice", "choices")))
)


class EventNotFound(LookupError):
    """There is no such event."""


class Look(NamedTuple):
    """What one look at an event tells: numbers of people, and which rules there are at all."""

    seated: int
    """0 where the event has no limit of seats."""
    waiting: int
    lapsed: int
    """Seats offered that nobody answered in time and that are still to be freed."""
    has_promises: bool
    has_option_limits: bool


def lock_event(session: Session, event_id: int) -> Event:
    """Return the event with its row locked; the one lock under which seats are counted.

    Raises EventNotFound. PostgreSQL: SELECT FOR UPDATE. SQLite: the transaction holds the lock.
    """
    event = session.scalar(_LOCK, {"event_id": event_id})
    if event is None:
        raise EventNotFound(event_id)
    return event


def lock_registration(session: Session, registration_id: int) -> Registration | None:
    """Return a registration, read fresh with its event locked; None when there is none."""
    event_id = session.scalar(
        select(Registration.event_id).where(Registration.id == registration_id)
    )
    if event_id is None:
        return None
    lock_event(session, event_id)
    return session.get(Registration, registration_id, populate_existing=True)


def facts(event: Event, now: datetime) -> EventFacts:
    """Return the plain values the rules decide on."""
    when = event.when
    return EventFacts(
        state=event.state,
        takes_registrations=event.takes_registrations,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        is_over=when.is_over(now),
        has_begun=when.has_begun(now),
        has_waiting_list=event.has_waiting_list,
        waiting_max=event.waiting_max,
        members_first_until=event.members_first_until,
        approval=event.approval,
        offer_hours=event.offer_hours,
    )


def look_at(session: Session, event: Event, now: datetime) -> Look:
    """Return what is to be known before anybody gets a seat, in one query."""
    wanted = {**_wanted(event), "now": now, "is_limited": int(event.capacity is not None)}
    return Look._make(session.execute(_LOOK, wanted).one())


def plan_of(session: Session, event: Event, look: Look | None = None) -> Plan:
    """Return how the event shares out its seats, read fresh; `look` saves asking in vain."""
    wanted = {"event_id": event.id}
    promises, limits = [], []
    if look is None or look.has_promises:
        promises = [Promise(*row) for row in session.execute(_PROMISES, wanted)]
    if look is None or look.has_option_limits:
        limits = [(number, limit or 0) for number, limit in session.execute(_LIMITS, wanted)]
    return Plan(
        capacity=event.capacity,
        promises=tuple(promises),
        partner_cap=event.partner_cap,
        member_cap=event.member_cap,
        option_limits=dict(limits),
    )


def tally_of(session: Session, event: Event, plan: Plan, look: Look | None = None) -> Tally:
    """Count who is seated, in as much detail as the plan asks for."""
    if not (plan.promises or plan.partner_cap or plan.member_cap or plan.option_limits):
        if look is not None:
            return Tally(look.seated)
        # Without any limit nobody needs the number.
        return Tally(0 if plan.capacity is None else count_seated(session, event))
    tally = Tally()
    for organisation_id, member, number in session.execute(_BY_ORGANISATION, _wanted(event)):
        tally.seated += number
        if organisation_id is not None:
            tally.partners[organisation_id] += number
        if member:
            tally.members[fold(member)] += number
    if plan.option_limits:
        for value in session.scalars(_CHOSEN, _wanted(event)):
            tally.options.update(_options(value))
    return tally


def count_seated(session: Session, event: Event) -> int:
    """Return how many have a seat."""
    return session.scalar(_IN_ALL, _wanted(event)) or 0


def count_waiting(session: Session, event: Event) -> int:
    """Return how many are on the waiting list."""
    return session.scalar(_WAITING, {"event_id": event.id}) or 0


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
    chosen = options_chosen(entry.answers)
    return Claimant(entry.organisation_id, fold(entry.member_organisation), chosen)


def options_chosen(answers: Mapping[int, Any]) -> frozenset[int]:
    """Return the options these answers choose, by number."""
    return frozenset(number for value in answers.values() for number in _options(value))


def _wanted(event: Event) -> dict[str, object]:
    return {"event_id": event.id, "held": _held_state(event)}


def _held_state(event: Event) -> str:
    """Return the state that holds a seat beside SEATED; one of those where there is none."""
    return "pending" if event.approval == "holds" else SEATED[0]


def _options(value: object) -> list[int]:
    return value if isinstance(value, list) else []
