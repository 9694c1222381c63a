"""A person's wish to have something of them corrected, and what an organiser decides about it.

GDPR, Article 16. What people may change themselves, they change until the deadline
(`registration.service.change`); a name says whose seat it is and who took part, so an organiser
looks at it first.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.base.contact import EmailAddress, parse_email
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.text import person_key
from koostoo.privacy.models import Correction
from koostoo.registration.letters import tell
from koostoo.registration.models import ACTIVE, HAS_PLACE, Registration
from koostoo.registration.records import rename
from koostoo.registration.seating import facts, lock_registration
from koostoo.registration.undelivered import write_elsewhere

Outcome = Literal["corrected", "declined", "gone", "taken"]


@dataclass(frozen=True, slots=True)
class Wish:
    """How it is to be; `words` says what else is wrong."""

    first_name: str
    last_name: str
    email: EmailAddress
    words: str = ""


@retried
def ask_for_correction(registration_id: int, wish: Wish, now: datetime) -> bool:
    """Note what a person wants corrected, in place of what they asked before.

    False where nothing differs from what stands there; then an earlier wish is taken back.
    """
    with transaction() as session:
        person = lock_registration(session, registration_id)
        if person is None or not person.email:
            return False
        found = session.get(Correction, registration_id)
        as_it_is = (person.first_name, person.last_name, person.email_key, "")
        if (wish.first_name, wish.last_name, wish.email.key, wish.words) == as_it_is:
            if found is not None:
                session.delete(found)
            return False
        if found is None:
            found = Correction(registration_id=registration_id)
            session.add(found)
        found.first_name, found.last_name = wish.first_name, wish.last_name
        found.email, found.words, found.asked_at = wish.email.normalised, wish.words, now
        return True


@retried
def decide_correction(
    event_id: int, registration_id: int, now: datetime, by: int | None, *, accept: bool
) -> Outcome:
    """Write down what a person asked for, or leave them as they are; the wish is gone either way.

    "taken": somebody of this name and address has a place in the event already; nothing is done.
    A new address gets the new link by letter, with the invite, as one an organiser corrects.
    """
    with transaction() as session:
        person = lock_registration(session, registration_id)
        wish = session.get(Correction, registration_id)
        if person is None or person.event_id != event_id or wish is None:
            return "gone"
        changed = _write(session, person, wish, now) if accept else []
        if changed is None:
            return "taken"
        session.delete(wish)
        record(
            session,
            by,
            "corrected" if accept else "correction_declined",
            now,
            event_id=event_id,
            registration_id=registration_id,
            detail={"parts": changed},
        )
        return "corrected" if accept else "declined"


def find_correction(registration_id: int) -> Correction | None:
    """Return what a person wants corrected and nobody has decided yet."""
    return db.session.get(Correction, registration_id)


def people_asking(event_id: int) -> Sequence[tuple[Registration, Correction]]:
    """Return who of an event waits for an answer, with what they ask, the longest first."""
    rows = db.session.execute(
        select(Registration, Correction)
        .join(Correction, Correction.registration_id == Registration.id)
        .where(Registration.event_id == event_id)
        .order_by(Correction.asked_at, Registration.id)
    )
    return [(person, wish) for person, wish in rows]


def open_corrections(events: Collection[int]) -> Counter[int]:
    """Return how many people of these events wait for an answer, by event."""
    rows = db.session.execute(
        select(Registration.event_id, func.count())
        .join(Correction, Correction.registration_id == Registration.id)
        .where(Registration.event_id.in_(events))
        .group_by(Registration.event_id)
    )
    return Counter(dict(rows.all()))


def _write(
    session: Session, person: Registration, wish: Correction, now: datetime
) -> list[str] | None:
    """Write name and address; return which of them changed, None where somebody has both."""
    address = parse_email(wish.email)
    key = person_key(wish.first_name, wish.last_name)
    if _is_taken(session, person, address.key, key):
        return None
    changed = []
    if (person.first_name, person.last_name) != (wish.first_name, wish.last_name):
        rename(person, wish.first_name, wish.last_name, now)
        changed.append("name")
    if person.email_key != address.key:
        write_elsewhere(session, person, address, now)
        changed.append("email")
    elif changed and person.state in ACTIVE and not facts(person.event, now).is_over:
        tell(session, person, "changed", now)
    return changed


def _is_taken(session: Session, person: Registration, email_key: str, key: str) -> bool:
    other = session.scalar(
        select(Registration.id).where(
            Registration.event_id == person.event_id,
            Registration.email_key == email_key,
            Registration.person_key == key,
            Registration.id != person.id,
            HAS_PLACE,
        )
    )
    return person.state in ACTIVE and other is not None
