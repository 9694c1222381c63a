"""What newcomers get: a seat, a place in the queue, or a refusal; under the event's lock.

Every function takes the session of the caller's transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from koostoo.events.models import Event
from koostoo.registration import rules
from koostoo.registration.filling import fill_seats
from koostoo.registration.rules import EventFacts, FirstState, SignUp
from koostoo.registration.seating import look_at, newcomer, plan_of, tally_of
from koostoo.registration.seats import Plan, Tally, free_in_all, obstacle, obstacle_for_all


class SignUpRefused(Exception):
    """The event does not take this registration, or this change of it.

    `reason` is a `rules.Standing`, "members_first", a `belonging.Refusal`, or a `seats.Obstacle`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_open(event: EventFacts, entry: SignUp, now: datetime) -> None:
    """Raise SignUpRefused where the event does not take this sign-up at `now`."""
    standing = rules.standing(event, now)
    by_hand = entry.source != "form" and standing in ("closed", "not_yet")
    if standing != "open" and not by_hand:
        raise SignUpRefused(standing)
    if entry.source == "form" and not rules.is_open_to(event, entry.organisation_id, now):
        raise SignUpRefused("members_first")


def first_states(
    session: Session,
    event: Event,
    event_facts: EventFacts,
    entries: Sequence[SignUp],
    now: datetime,
    *,
    together: bool = False,
) -> list[FirstState]:
    """Return what each of these newcomers gets, in their order; those who wait come first.

    `together`: seats for all of them, or places in the queue for all of them.
    """
    plan, tally, waiting = _present_state(session, event, now)
    if together:
        people = [newcomer(entry) for entry in entries]
        reason = obstacle_for_all(plan, tally, people, now)
        state = rules.first_state(event_facts, reason, waiting, places=len(people))
        return [state] * len(people)
    states: list[FirstState] = []
    for entry in entries:
        person = newcomer(entry)
        state = rules.first_state(
            event_facts,
            obstacle(plan, tally, person, now),
            waiting,
            approved=entry.source != "form",
        )
        if rules.takes_seat(event_facts, state):
            tally.add(person)
        waiting += state == "waiting"
        states.append(state)
    return states


def _present_state(session: Session, event: Event, now: datetime) -> tuple[Plan, Tally, int]:
    """Return plan, tally and the number of people who wait, once those have been served."""
    look = look_at(session, event, now)
    plan = plan_of(session, event, look)
    if look.lapsed or (look.waiting and free_in_all(plan, look.seated) != 0):
        # An offer or a promise may have ended since anybody looked.
        fill_seats(session, event, now)
        look = look_at(session, event, now)
    return plan, tally_of(session, event, plan, look), look.waiting
