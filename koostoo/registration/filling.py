"""Free seats go to those who wait, in the transaction that freed them.

Every function takes the session of the caller's transaction, with the event locked.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from koostoo.events.models import Event
from koostoo.mail.outbox import is_with_us
from koostoo.registration import rules, seats
from koostoo.registration.letters import tell_group
from koostoo.registration.models import Group, Registration
from koostoo.registration.seating import claimant, facts, plan_of, tally_of
from koostoo.registration.seats import Claimant, Plan
from koostoo.registration.standing import SERVED, give_seat, withdraw

CHUNK = 100
IN_QUEUE = (Registration.rank, Registration.queued_at, Registration.id)
"""The order in which people wait."""
# Built once: putting a statement together costs more than running it.
_QUEUE = (
    select(Registration)
    .where(Registration.event_id == bindparam("event_id"), Registration.state == "waiting")
    .order_by(*IN_QUEUE)
)
_TOGETHER = (
    select(Registration)
    .join(Group)
    .where(
        Registration.group_id == bindparam("group_id"),
        Registration.state == "waiting",
        Group.mode == "together",
    )
    .order_by(*IN_QUEUE)
)


def fill_seats(session: Session, event: Event, now: datetime) -> int:
    """Give free seats to as many of those who wait as there are seats for; return to how many.

    Offers nobody answered in time are taken back first; one whose letter is still with us has its
    time from now on. Promises whose date has come are noted as released.
    """
    for quota in event.quotas:
        if quota.released_at is None and quota.release_at and quota.release_at <= now:
            quota.released_at = now
    if event.state == "published":
        _take_back(session, event, now)
    if not rules.gives_seats(facts(event, now)):
        return 0
    plan = plan_of(session, event)
    tally = tally_of(session, event, plan)
    parties: list[list[Registration]] = []
    queue = _queue(session, event, plan, parties)
    served = [parties[n] for n in seats.next_in_line(plan, tally, queue, now).next]
    for party in served:
        for registration in party:
            give_seat(session, registration, now)
        if len(party) > 1 and party[0].group is not None:
            tell_group(session, party[0].group, now)
    return sum(len(party) for party in served)


def waiting_party(session: Session, registration: Registration) -> list[Registration]:
    """Return who waits with this person for seats together, themselves included."""
    if registration.group_id is not None:
        together = session.scalars(_TOGETHER, {"group_id": registration.group_id}).all()
        if registration in together:
            return list(together)
    return [registration]


def _take_back(session: Session, event: Event, now: datetime) -> None:
    lapsed = session.scalars(
        select(Registration).where(
            Registration.event_id == event.id,
            Registration.state == "offered",
            Registration.offer_until <= now,
        )
    ).all()
    event_facts = facts(event, now)
    for registration in lapsed:
        may_wait = rules.may_offer_anew(event_facts)
        if may_wait and is_with_us(session, registration.id, SERVED["offered"]):
            until = rules.offer_ends(event_facts, event.when.begins_at, now)
            registration.offer_until = until
        else:
            withdraw(session, registration, "lapse", now)


def _queue(
    session: Session, event: Event, plan: Plan, parties: list[list[Registration]]
) -> Iterator[list[Claimant]]:
    """Give out who waits, head first, noting them in `parties`; read only as far as needed.

    Who wants seats together with others stands where the first of them does.
    """
    seen: set[int] = set()
    read = 0
    while True:
        chunk = session.scalars(_QUEUE.limit(CHUNK).offset(read), {"event_id": event.id}).all()
        read += len(chunk)
        for registration in chunk:
            if registration.id in seen:
                continue
            party = waiting_party(session, registration)
            seen.update(member.id for member in party)
            parties.append(party)
            yield [claimant(member, plan) for member in party]
        if len(chunk) < CHUNK:
            return
