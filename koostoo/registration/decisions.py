"""What organisers decide about people and seats; each act stands in the audit trail.

Each opens the one transaction and locks the event. Several people are decided about in one go,
and the outcome tells who was left as they were, and why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Action, record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.events.models import Quota
from koostoo.registration import rules
from koostoo.registration.filling import IN_QUEUE, fill_seats, waiting_party
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.seating import (
    claimant,
    count_waiting,
    facts,
    lock_event,
    plan_of,
    tally_of,
)
from koostoo.registration.seats import Obstacle, held_back, obstacle
from koostoo.registration.standing import confirm, queue_up, turn_down, withdraw

UNDECIDED = ("pending", "waiting", "offered")


@dataclass(slots=True)
class Decided:
    """What became of the people decided about: their numbers, and why some were left alone.

    The reason is "gone" (no such person here, or nothing to decide about them any more), "closed"
    (the event is over, called off or not published), what is in the way (`seats.Obstacle`), or
    "answered" and "unasked" (of `reconfirming`).
    """

    done: list[int] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    """Approved, but no seat is free: on the waiting list."""
    left: dict[int, str] = field(default_factory=dict)


class NotPromised(Exception):
    """The organisation has not so many promised seats that nobody uses yet."""


def give_seats(
    event_id: int, numbers: Sequence[int], now: datetime, by: int | None, above: str = ""
) -> Decided:
    """Confirm people who wait, whose seat is offered, or who await confirmation.

    Who gets no seat because of a limit is left as they are, or put on the waiting list when this
    was their approval. `above` is the organiser's reason for going above every limit. Raises
    EventNotFound.
    """

    def decide(session: Session, person: Registration, outcome: Decided) -> None:
        event, was_pending = person.event, person.state == "pending"
        reason = _in_the_way(session, person, now)
        if reason is None or above:
            person.approved_at = person.approved_at or now
            confirm(session, person, "confirmed" if was_pending else "promoted", now)
            outcome.done.append(person.id)
            plainly: Action = "approved" if was_pending else "seat_given"
            note(session, person, "seat_given_above" if reason else plainly, now, by, above)
        elif was_pending and rules.has_room_to_wait(
            facts(event, now), count_waiting(session, event)
        ):
            person.approved_at = now
            queue_up(session, person, now)
            outcome.queued.append(person.id)
            note(session, person, "approved", now, by)
        else:
            outcome.left[person.id] = reason

    return decide_about(event_id, numbers, now, UNDECIDED, decide)


def turn_down_all(
    event_id: int, numbers: Sequence[int], reason: str, now: datetime, by: int | None
) -> Decided:
    """Tell people who are not confirmed yet that they cannot come, and why; raise EventNotFound."""

    def decide(session: Session, person: Registration, outcome: Decided) -> None:
        turn_down(session, person, reason, now)
        outcome.done.append(person.id)
        note(session, person, "rejected", now, by, reason)

    return decide_about(event_id, numbers, now, UNDECIDED, decide)


def cancel_for(event_id: int, numbers: Sequence[int], now: datetime, by: int | None) -> Decided:
    """Cancel people's registrations and serve the next; raise EventNotFound."""

    def decide(session: Session, person: Registration, outcome: Decided) -> None:
        withdraw(session, person, "organiser", now)
        outcome.done.append(person.id)
        note(session, person, "cancelled", now, by)

    return decide_about(event_id, numbers, now, ACTIVE, decide, even_closed=True)


@retried
def move_in_queue(
    event_id: int, number: int, place: int, reason: str, now: datetime, by: int | None
) -> bool:
    """Put somebody who waits at this place of the queue, from 1; False when they do not wait.

    Who comes together with others or not at all moves with them. Raises EventNotFound.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        queue = list(
            session.scalars(
                select(Registration)
                .where(Registration.event_id == event_id, Registration.state == "waiting")
                .order_by(*IN_QUEUE)
            )
        )
        person = next((one for one in queue if one.id == number), None)
        if person is None:
            return False
        before = queue.index(person) + 1
        party = waiting_party(session, person)
        others = [one for one in queue if one not in party]
        place = min(max(place, 1), len(others) + 1)
        queue = [*others[: place - 1], *party, *others[place - 1 :]]
        for one, rank in zip(
            queue, rules.ranks([(one.queued_at, one.id) for one in queue]), strict=True
        ):
            one.rank = rank
        note(session, person, "moved_in_queue", now, by, reason, {"from": before, "to": place})
        session.flush()
        fill_seats(session, event, now)
        return True


@retried
def move_promise(
    event_id: int,
    giver: int,
    taker: int | None,
    seats: int,
    reason: str,
    now: datetime,
    by: int | None,
) -> None:
    """Move promised seats nobody uses yet to another organisation; `taker` None: to everybody.

    They keep the giver's release date where the taker has no promise yet. Whoever waits for them
    is served. Raises NotPromised, EventNotFound; nothing is written then.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        plan = plan_of(session, event)
        unused = held_back(plan, tally_of(session, event, plan), now)
        if not 0 < seats <= unused.get(giver, 0) or taker == giver:
            raise NotPromised
        quotas = {quota.organisation_id: quota for quota in event.quotas}
        source = quotas[giver]
        if taker is not None:
            if taker in quotas:
                quotas[taker].seats += seats
            else:
                event.quotas.append(
                    Quota(organisation_id=taker, seats=seats, release_at=source.release_at)
                )
        if seats == source.seats:
            event.quotas.remove(source)
        else:
            source.seats -= seats
        event.version += 1
        event.revised_at = now
        record(
            session,
            by,
            "promise_moved",
            now,
            event_id=event.id,
            reason=reason,
            detail={"from": giver, "to": taker, "seats": seats},
        )
        session.flush()
        fill_seats(session, event, now)


@retried
def decide_about(
    event_id: int,
    numbers: Sequence[int],
    now: datetime,
    states: Sequence[str],
    decide: Callable[[Session, Registration, Decided], None],
    *,
    even_closed: bool = False,
) -> Decided:
    """Decide about each who is in one of `states`, in the order of the queue; serve who waits.

    `even_closed`: also when the event gives no seats any more.
    """
    outcome = Decided()
    with transaction() as session:
        event = lock_event(session, event_id)
        people = session.scalars(
            select(Registration)
            .where(
                Registration.event_id == event_id,
                Registration.id.in_(numbers),
                Registration.state.in_(states),
            )
            .order_by(*IN_QUEUE)
        ).all()
        found = {person.id for person in people}
        outcome.left = dict.fromkeys((n for n in numbers if n not in found), "gone")
        if not (even_closed or rules.gives_seats(facts(event, now))):
            outcome.left |= dict.fromkeys(found, "closed")
            return outcome
        for person in people:
            decide(session, person, outcome)
        fill_seats(session, event, now)
    return outcome


def _in_the_way(session: Session, person: Registration, now: datetime) -> Obstacle | None:
    """Return what keeps this person from being confirmed; nothing, where they have a seat."""
    event = person.event
    if rules.takes_seat(facts(event, now), person.state):
        return None
    plan = plan_of(session, event)
    return obstacle(plan, tally_of(session, event, plan), claimant(person, plan), now)


def note(
    session: Session,
    person: Registration,
    action: Action,
    now: datetime,
    by: int | None,
    reason: str = "",
    detail: dict[str, int] | None = None,
) -> None:
    """Note in the audit trail what was done about this person."""
    record(
        session,
        by,
        action,
        now,
        event_id=person.event_id,
        registration_id=person.id,
        reason=reason,
        detail=detail,
    )
