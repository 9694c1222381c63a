"""Use cases of participants. Each opens the one transaction, locks its event, decides, writes.

Nothing here sends: a letter is a row in the outbox, written in the same transaction. What
organisers decide about people stands in `decisions`, several people in one form in `groups`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.base.clock import local_day
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.events.models import Event
from koostoo.registration import rules
from koostoo.registration.admission import SignUpRefused, check_open, first_states
from koostoo.registration.answering import only_asked, what_is_asked
from koostoo.registration.filling import fill_seats
from koostoo.registration.letters import tell, tell_group
from koostoo.registration.mailbox_calendar import ensure_calendar
from koostoo.registration.models import ACTIVE, Group, Registration
from koostoo.registration.origins import admit, admit_change
from koostoo.registration.queries import events_with_something_due
from koostoo.registration.records import new_registration, rewrite
from koostoo.registration.rules import SignUp
from koostoo.registration.seating import (
    claimant,
    facts,
    lock_event,
    lock_registration,
    newcomer,
    plan_of,
    tally_of,
)
from koostoo.registration.seats import obstacle_to_change
from koostoo.registration.seen import was_told_lately, who_was_seen
from koostoo.registration.standing import confirm, line_up, withdraw

MENDING = timedelta(hours=1)
"""How long a form that is sent again may mend what it said first."""


@dataclass(frozen=True, slots=True)
class SignedUp:
    """What became of a sign-up. `repeated`: the same form came twice. `already`: same person."""

    registration_id: int
    link_id: str
    state: str
    repeated: bool = False
    already: bool = False


@retried
def sign_up(
    event_id: int, entry: SignUp, now: datetime, by: int | None = None, reason: str = ""
) -> SignedUp:
    """Register one person; raise SignUpRefused or EventNotFound.

    One person keeps one place: the same form sent again gets the same answer (and what was mended
    in it counts), another form for the same person only a letter with the link they have.
    `by` is the organiser who adds somebody by hand, `reason` theirs for going above a limit.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        seen = who_was_seen(session, event_id, entry)
        if seen.person is not None:
            return _seen_before(session, seen.person, entry, now)
        event_facts = facts(event, now)
        check_open(event_facts, entry, now)
        admission = admit(session, event, entry)
        if admission.refusal is not None:
            raise SignUpRefused(admission.refusal)
        entry = only_asked(what_is_asked(session, event_id, [entry]), entry)
        above = entry.over_capacity and entry.source == "desk"
        if above:
            state: rules.FirstState = "confirmed"
        else:
            [state] = first_states(session, event, event_facts, [entry], now)
        if state == "full":
            raise SignUpRefused(state)
        registration = new_registration(event, entry, state, now)
        registration.membership = admission.membership
        if state == "waiting":
            line_up(session, event_id, [registration], now)
        if seen.is_form_used:
            registration.form_nonce = token_hex(12)
        session.add(registration)
        session.flush()
        tell(session, registration, state, now)
        if entry.source == "desk":
            record(
                session,
                by,
                "added_above" if above else "added",
                now,
                event_id=event.id,
                registration_id=registration.id,
                reason=reason,
            )
        return SignedUp(registration.id, registration.link_id, state)


@retried
def cancel(registration_id: int, now: datetime) -> bool:
    """Let a participant out, free the seat, serve the next; False when nothing was to be done."""
    with transaction() as session:
        registration = lock_registration(session, registration_id)
        if registration is None:
            return False
        if not rules.may_cancel(facts(registration.event, now), registration.state):
            return False
        withdraw(session, registration, "participant", now)
        fill_seats(session, registration.event, now)
        return True


@retried
def accept(registration_id: int, now: datetime) -> Literal["accepted", "lapsed", "nothing"]:
    """Take the seat that was offered; one whose deadline has passed goes to the next instead.

    Where the letter has not left yet the deadline may have been put off: `fill_seats` tells.
    """
    with transaction() as session:
        registration = lock_registration(session, registration_id)
        if registration is None or registration.state != "offered":
            return "nothing"
        event_facts = facts(registration.event, now)
        if not rules.may_accept(event_facts, registration.offer_until, now):
            fill_seats(session, registration.event, now)
        if rules.may_accept(event_facts, registration.offer_until, now):
            confirm(session, registration, "confirmed", now)
            return "accepted"
        return "lapsed" if registration.state == "cancelled" else "nothing"


@retried
def change(registration_id: int, entry: SignUp, now: datetime) -> bool:
    """Replace what a participant answered; False after the deadline.

    Name and address stay as they are: they say whose seat it is. Raises SignUpRefused where the
    seat could not be kept with these answers (a full bus stop, another organisation).
    """
    with transaction() as session:
        registration = lock_registration(session, registration_id)
        if registration is None:
            return False
        if not rules.may_change(facts(registration.event, now), registration.state, now):
            return False
        _mend(session, registration, entry, now)
        return True


def serve_due(now: datetime) -> int:
    """Give seats that came free by the passing of time to those who wait; return to how many.

    Promised seats whose date has come, offers nobody answered. Looks before taking any lock.
    """
    return sum(_serve(event_id, now) for event_id in events_with_something_due(now))


@retried
def _serve(event_id: int, now: datetime) -> int:
    with transaction() as session:
        return fill_seats(session, lock_event(session, event_id), now)


@retried
def send_links(email_key: str, now: datetime) -> None:
    """Mail somebody the links to their registrations and data, and to groups they signed up.

    Silent when there are none. Also who has nothing to come may ask what is kept of them.
    """
    with transaction() as session:
        registration = session.scalar(
            select(Registration)
            .where(Registration.email_key == email_key)
            .order_by(Registration.state.in_(ACTIVE).desc(), Registration.id.desc())
            .limit(1)
        )
        if registration is not None:
            ensure_calendar(session, email_key)
            tell(session, registration, "links", now, {"email_key": email_key})
        for group in _groups_to_come(session, email_key, now):
            tell_group(session, group, now)


def _groups_to_come(session: Session, email_key: str, now: datetime) -> Sequence[Group]:
    """Return the groups somebody signed up for what is not over, people of it or not themselves."""
    # Addresses of groups are stored in ASCII, which a key is but for capitals.
    return session.scalars(
        select(Group)
        .join(Event)
        .where(
            func.lower(Group.email) == email_key,
            Event.state == "published",
            Event.ends_on >= local_day(now),
        )
        .order_by(Group.id)
    ).all()


def _seen_before(session: Session, known: Registration, entry: SignUp, now: datetime) -> SignedUp:
    repeated = known.form_nonce == entry.nonce
    fresh = now - known.created_at <= MENDING
    if repeated and fresh and rules.may_change(facts(known.event, now), known.state, now):
        # Back to the form, something mended, sent again: the last word counts. A tab restored
        # much later is no such word: it would undo what was changed on the own page since.
        _mend(session, known, entry, now)
    elif not repeated and not was_told_lately(session, known, now):
        tell(session, known, "already", now)
    return SignedUp(known.id, known.link_id, known.state, repeated=repeated, already=not repeated)


def _mend(session: Session, registration: Registration, entry: SignUp, now: datetime) -> None:
    """Write what changed and tell them; a seat obeys the same limits as a new one."""
    event = registration.event
    admission = admit_change(session, registration, entry)
    if admission.refusal is not None:
        raise SignUpRefused(admission.refusal)
    asking = what_is_asked(session, event.id, [entry])
    entry = only_asked(asking, entry, registration.answers)
    plan = plan_of(session, event)
    if rules.takes_seat(facts(event, now), registration.state):
        old, new = claimant(registration, plan), newcomer(entry)
        if not plan.option_limits:
            new = replace(new, options=old.options)
        reason = obstacle_to_change(plan, tally_of(session, event, plan), old, new, now)
        if reason is not None:
            raise SignUpRefused(reason)
    registration.membership = admission.membership
    if rewrite(registration, entry, now):
        session.flush()
        tell(session, registration, "changed", now)
        # A room, a stop or a place of their organisation may have come free for somebody.
        fill_seats(session, event, now)
