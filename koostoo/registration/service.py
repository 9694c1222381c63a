"""Use cases of registration. Each opens the one transaction, locks its event, decides, writes.

Nothing here sends: a letter is a row in the outbox, written in the same transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.base.database import transaction
from koostoo.base.text import fold, person_key, person_sort_key
from koostoo.base.tokens import new_link_id
from koostoo.events.models import Event
from koostoo.registration import rules
from koostoo.registration.letters import mail_domain, tell
from koostoo.registration.models import ACTIVE, SEATED, Answer, Registration
from koostoo.registration.queries import events_to_release
from koostoo.registration.rules import EventFacts, SignUp
from koostoo.registration.seating import (
    claimant,
    count_waiting,
    facts,
    fill_seats,
    lock_event,
    newcomer,
    plan_of,
    promote,
    standing_moved,
    tally_of,
)
from koostoo.registration.seats import free_in_all, obstacle, obstacle_to_change
from koostoo.registration.seen import find_same_person, is_nonce_used, was_told_lately

MENDING = timedelta(hours=1)
"""How long a form that is sent again may mend what it said first."""
CHANGEABLE = (
    "phone",
    "organisation_id",
    "other_organisation",
    "member_organisation",
    "role",
    "language",
)


class SignUpRefused(Exception):
    """The event does not take this registration, or this change of it.

    `reason` is a `rules.Standing`, "members_first", or a `seats.Obstacle`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SignedUp:
    """What became of a sign-up. `repeated`: the same form came twice. `already`: same person."""

    registration_id: int
    link_id: str
    state: str
    repeated: bool = False
    already: bool = False


def sign_up(event_id: int, entry: SignUp, now: datetime) -> SignedUp:
    """Register one person; raise SignUpRefused or EventNotFound.

    One person keeps one place: the same form sent again gets the same answer (and what was mended
    in it counts), another form for the same person only a letter with the link they have.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        known = find_same_person(session, event_id, entry)
        if known is not None:
            return _seen_before(session, known, entry, now)
        event_facts = facts(event, now)
        standing = rules.standing(event_facts, now)
        by_hand = entry.source == "desk" and standing in ("closed", "not_yet")
        if standing != "open" and not by_hand:
            raise SignUpRefused(standing)
        may_now = rules.is_open_to(event_facts, entry.organisation_id, now)
        if entry.source == "form" and not may_now:
            raise SignUpRefused("members_first")
        state = _first_state(session, event, event_facts, entry, now)
        if state == "full":
            raise SignUpRefused(state)
        registration = _new_registration(event, entry, state, now)
        if is_nonce_used(session, event_id, entry.nonce):
            registration.form_nonce = token_hex(12)
        session.add(registration)
        session.flush()
        tell(session, registration, state, now)
        return SignedUp(registration.id, registration.link_id, state)


def cancel(registration_id: int, now: datetime, by: Literal["participant", "organiser"]) -> bool:
    """Cancel a registration, free its seat, confirm the next; False when nothing was to be done."""
    with transaction() as session:
        registration = _lock_registration(session, registration_id)
        if registration is None:
            return False
        event = registration.event
        event_facts = facts(event, now)
        if registration.state not in ACTIVE:
            return False
        if by == "participant" and not rules.may_cancel(event_facts, registration.state):
            return False
        registration.state = "cancelled"
        registration.cancelled_at = now
        registration.cancelled_late = rules.is_late(event_facts, now)
        standing_moved(registration, now)
        session.flush()
        tell(session, registration, "cancelled", now)
        fill_seats(session, event, now)
        return True


def confirm(registration_id: int, now: datetime) -> bool:
    """Give a waiting or pending person a seat if one is free; False when none is or no need."""
    with transaction() as session:
        registration = _lock_registration(session, registration_id)
        if registration is None or registration.state not in ("pending", "waiting"):
            return False
        event_facts = facts(registration.event, now)
        if event_facts.state != "published" or event_facts.is_over:
            return False
        event = registration.event
        plan = plan_of(session, event)
        person = claimant(registration, plan)
        if obstacle(plan, tally_of(session, event, plan), person, now) is not None:
            return False
        promote(session, registration, now)
        return True


def change(registration_id: int, entry: SignUp, now: datetime) -> bool:
    """Replace what a participant answered; False after the deadline.

    Name and address stay as they are: they say whose seat it is. Raises SignUpRefused where the
    seat could not be kept with these answers (a full bus stop, another organisation).
    """
    with transaction() as session:
        registration = _lock_registration(session, registration_id)
        if registration is None:
            return False
        if not rules.may_change(facts(registration.event, now), registration.state, now):
            return False
        _mend(session, registration, entry, now)
        return True


def release_due(now: datetime) -> int:
    """Give promised seats that were not used to those who wait, where the date has come.

    Return how many people got one. Looks before taking any lock.
    """
    return sum(_release(event_id, now) for event_id in events_to_release(now))


def _release(event_id: int, now: datetime) -> int:
    with transaction() as session:
        return fill_seats(session, lock_event(session, event_id), now)


def send_links(email_key: str, now: datetime) -> None:
    """Mail somebody the links to all their coming registrations; silent when there are none."""
    with transaction() as session:
        registration = session.scalar(
            select(Registration)
            .where(Registration.email_key == email_key, Registration.state.in_(ACTIVE))
            .order_by(Registration.id.desc())
            .limit(1)
        )
        if registration is not None:
            tell(session, registration, "links", now, {"email_key": email_key})


def _first_state(
    session: Session, event: Event, event_facts: EventFacts, entry: SignUp, now: datetime
) -> Literal["confirmed", "waiting", "full"]:
    if entry.over_capacity and entry.source == "desk":
        return "confirmed"
    plan, waiting = plan_of(session, event), count_waiting(session, event.id)
    tally = tally_of(session, event, plan)
    if waiting and free_in_all(plan, tally.seated) != 0:
        # A promise may have ended since anybody looked: those who wait come first.
        waiting -= fill_seats(session, event, now)
        tally = tally_of(session, event, plan)
    return rules.first_state(event_facts, obstacle(plan, tally, newcomer(entry), now), waiting)


def _lock_registration(session: Session, registration_id: int) -> Registration | None:
    event_id = session.scalar(
        select(Registration.event_id).where(Registration.id == registration_id)
    )
    if event_id is None:
        return None
    lock_event(session, event_id)
    return session.get(Registration, registration_id, populate_existing=True)


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
    plan = plan_of(session, event)
    if registration.state in SEATED:
        old, new = claimant(registration, plan), newcomer(entry)
        if not plan.option_limits:
            new = replace(new, options=old.options)
        reason = obstacle_to_change(plan, tally_of(session, event, plan), old, new, now)
        if reason is not None:
            raise SignUpRefused(reason)
    if _rewrite(registration, entry, now):
        session.flush()
        tell(session, registration, "changed", now)
        # A room, a stop or a place of their organisation may have come free for somebody.
        fill_seats(session, event, now)


def _rewrite(registration: Registration, entry: SignUp, now: datetime) -> bool:
    """Write what a person answers, all but whose seat it is; say whether anything changed."""
    before = _answered(registration)
    for name in CHANGEABLE:
        setattr(registration, name, getattr(entry, name))
    if registration.event.asks_photo_consent:
        registration.photo_consent = entry.photo_consent
    registration.search_key = _search_key(registration)
    _write_answers(registration, entry)
    if _answered(registration) == before:
        return False
    registration.revised_at = now
    return True


def _answered(registration: Registration) -> tuple[Any, ...]:
    given = {a.question_id: a.value for a in registration.answers if a.value is not None}
    fields = tuple(getattr(registration, name) for name in CHANGEABLE)
    return (*fields, registration.photo_consent, given)


def _search_key(registration: Registration) -> str:
    return fold(
        f"{registration.first_name} {registration.last_name} {registration.email} "
        f"{registration.member_organisation} {registration.other_organisation}"
    )


def _new_registration(event: Event, entry: SignUp, state: str, now: datetime) -> Registration:
    registration = Registration(
        event=event,
        state=state,
        first_name=entry.first_name,
        last_name=entry.last_name,
        person_key=person_key(entry.first_name, entry.last_name),
        sort_key=person_sort_key(entry.first_name, entry.last_name),
        email=entry.email,
        email_key=entry.email_key,
        phone=entry.phone,
        organisation_id=entry.organisation_id,
        other_organisation=entry.other_organisation,
        member_organisation=entry.member_organisation,
        role=entry.role,
        language=entry.language,
        privacy_accepted_at=now,
        photo_consent=entry.photo_consent,
        source=entry.source,
        queued_at=now,
        created_at=now,
        revised_at=now,
        link_id=new_link_id(),
        form_nonce=entry.nonce,
        uid=f"registration-{token_hex(12)}@{mail_domain()}",
    )
    registration.search_key = _search_key(registration)
    _write_answers(registration, entry)
    return registration


def _write_answers(registration: Registration, entry: SignUp) -> None:
    known = {answer.question_id: answer for answer in registration.answers}
    for question_id, value in entry.answers.items():
        if question_id in known:
            known[question_id].value = value
        else:
            registration.answers.append(Answer(question_id=question_id, value=value))
