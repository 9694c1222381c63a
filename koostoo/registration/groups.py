"""Several people in one form: each is registered, or together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import person_key
from koostoo.base.tokens import new_link_id
from koostoo.events.models import Event
from koostoo.registration.admission import SignUpRefused, check_open, first_states
from koostoo.registration.answering import only_asked, what_is_asked
from koostoo.registration.belonging import Admission
from koostoo.registration.letters import tell, tell_group
from koostoo.registration.models import Group
from koostoo.registration.origins import admit
from koostoo.registration.records import new_registration
from koostoo.registration.rules import SignUp
from koostoo.registration.seating import facts, lock_event
from koostoo.registration.seen import who_was_seen
from koostoo.registration.standing import line_up


@dataclass(frozen=True, slots=True)
class GroupSignUp:
    """What the contact typed, cleaned; `together`: seats for all of the people, or for none."""

    name: str
    email: str
    language: str
    together: bool
    nonce: str
    people: tuple[SignUp, ...]


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """The contact's link, and who was left out because no place was left, by position."""

    link_id: str
    left_out: tuple[int, ...] = ()


class PeopleRefused(Exception):
    """Some of the people cannot be signed up: `reasons` by position.

    "already": has a place at this event; "twice": stands twice in this form; "not_a_member".
    """

    def __init__(self, reasons: dict[int, str]) -> None:
        super().__init__(repr(reasons))
        self.reasons = reasons


@retried
def sign_up_group(event_id: int, typed: GroupSignUp, now: datetime) -> GroupOutcome:
    """Register several people at once; the same form sent again gets the same answer.

    Together: all get seats or all wait. Else each gets what is left, in the order typed. Raises
    SignUpRefused where nobody can be taken, PeopleRefused, EventNotFound; then nothing is written.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        known = session.scalar(
            select(Group).where(Group.event_id == event_id, Group.form_nonce == typed.nonce)
        )
        if known is not None:
            return GroupOutcome(known.link_id)
        event_facts = facts(event, now)
        if len(typed.people) > event.group_max:
            raise SignUpRefused("too_many")
        for entry in typed.people:
            check_open(event_facts, entry, now)
        admissions = _admit(session, event, typed.people)
        asking = what_is_asked(session, event_id, typed.people)
        people = [only_asked(asking, entry) for entry in typed.people]
        states = first_states(session, event, event_facts, people, now, together=typed.together)
        if set(states) == {"full"}:
            raise SignUpRefused("full")
        group = _new_group(event, typed, now)
        session.add(group)
        for entry, state, admission in zip(people, states, admissions, strict=True):
            if state == "full":
                continue
            registration = new_registration(
                event, replace(entry, nonce=token_hex(12)), state, now, group
            )
            registration.membership = admission.membership
            if state == "waiting":
                line_up(session, event_id, [registration], now)
            session.add(registration)
            session.flush()
            tell(session, registration, state, now)
        tell_group(session, group, now)
        left_out = tuple(n for n, state in enumerate(states) if state == "full")
        return GroupOutcome(group.link_id, left_out)


def _admit(session: Session, event: Event, people: Sequence[SignUp]) -> list[Admission]:
    """Return as what each of them is taken; raise where they, or some, cannot be."""
    admissions = [admit(session, event, entry) for entry in people]
    if any(admission.refusal == "not_invited" for admission in admissions):
        raise SignUpRefused("not_invited")
    reasons: dict[int, str] = {}
    seen: set[tuple[str, str]] = set()
    for position, (entry, admission) in enumerate(zip(people, admissions, strict=True)):
        key = (entry.email_key, person_key(entry.first_name, entry.last_name))
        if key in seen:
            reasons[position] = "twice"
        elif who_was_seen(session, event.id, entry).person is not None:
            reasons[position] = "already"
        elif admission.refusal is not None:
            reasons[position] = admission.refusal
        seen.add(key)
    if reasons:
        raise PeopleRefused(reasons)
    return admissions


def _new_group(event: Event, typed: GroupSignUp, now: datetime) -> Group:
    return Group(
        event=event,
        mode="together" if typed.together else "fitting",
        name=typed.name,
        email=typed.email,
        language=typed.language,
        created_at=now,
        link_id=new_link_id(),
        form_nonce=typed.nonce,
    )
