"""A seat goes to a colleague: one leaves, another comes, and nobody who waits is passed by."""

from datetime import datetime

from sqlalchemy.orm import Session

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.registration import rules
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.answering import only_asked, what_is_asked
from koostoo.registration.decisions import note
from koostoo.registration.filling import fill_seats
from koostoo.registration.letters import tell
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.origins import admit
from koostoo.registration.records import new_registration
from koostoo.registration.rules import SignUp
from koostoo.registration.seating import (
    claimant,
    facts,
    lock_registration,
    newcomer,
    plan_of,
    tally_of,
)
from koostoo.registration.seats import obstacle_to_change
from koostoo.registration.seen import who_was_seen
from koostoo.registration.standing import withdraw


class NotHandedOver(Exception):
    """The seat stays where it is: `reason` is "gone", "closed" or "known".

    The person has no place any more; the event gives no seats; the colleague is on the list.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@retried
def hand_over(registration_id: int, entry: SignUp, now: datetime, by: int | None) -> int:
    """Put a colleague in somebody's place, seat or queue, and return their registration's number.

    Both get a letter, and the calendar of the first is told. Raises NotHandedOver, or
    SignUpRefused where the colleague could not have the seat (another group's limit, a full stop).
    """
    with transaction() as session:
        leaving = lock_registration(session, registration_id)
        if leaving is None or leaving.state not in ACTIVE:
            raise NotHandedOver("gone")
        event = leaving.event
        if not rules.gives_seats(facts(event, now)):
            raise NotHandedOver("closed")
        if who_was_seen(session, event.id, entry).person is not None:
            raise NotHandedOver("known")
        admission = admit(session, event, entry)
        if admission.refusal is not None:
            raise SignUpRefused(admission.refusal)
        entry = only_asked(what_is_asked(session, event.id, [entry]), entry)
        _check_seat(session, leaving, entry, now)
        coming = _successor(leaving, entry, now)
        coming.membership = admission.membership
        group = leaving.group if leaving.state == "waiting" else None
        withdraw(session, leaving, "organiser", now)
        # The seat is used: to give it to a colleague in time is no late cancellation.
        leaving.cancelled_late = False
        session.add(coming)
        # Who waited together with others is replaced among them.
        coming.group = group
        session.flush()
        tell(session, coming, coming.state, now)
        note(session, leaving, "handed_over", now, by, detail={"to": coming.id})
        # Their bus stop or room may differ: what came free there is for whoever waits for it.
        fill_seats(session, event, now)
        return coming.id


def _check_seat(session: Session, leaving: Registration, entry: SignUp, now: datetime) -> None:
    event = leaving.event
    if not rules.takes_seat(facts(event, now), leaving.state):
        return
    plan = plan_of(session, event)
    old, new = claimant(leaving, plan), newcomer(entry)
    reason = obstacle_to_change(plan, tally_of(session, event, plan), old, new, now)
    if reason is not None:
        raise SignUpRefused(reason)


def _successor(leaving: Registration, entry: SignUp, now: datetime) -> Registration:
    """Return the colleague's row, with all that belongs to the place and not to the person."""
    coming = new_registration(leaving.event, entry, leaving.state, now)
    coming.queued_at, coming.rank = leaving.queued_at, leaving.rank
    coming.approved_at, coming.offer_until = leaving.approved_at, leaving.offer_until
    return coming
