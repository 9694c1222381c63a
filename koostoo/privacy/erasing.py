"""A person's wish to be erased: what it takes, what stays and why, and doing it.

Before the event the seat is given up with it, the usual way: whoever waits is served. No letter
tells of it, because no address is left to write to.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.attendance.models import Attendance, Contribution
from koostoo.base.clock import local_day
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.privacy import rules as privacy_rules
from koostoo.privacy.erasure_list import Entry, fingerprint
from koostoo.privacy.models import Erasure
from koostoo.privacy.reach import empty
from koostoo.privacy.rules import How, Standing
from koostoo.registration import rules
from koostoo.registration.filling import fill_seats
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.seating import facts, lock_registration
from koostoo.registration.standing import withdraw


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an erasure at this moment would do."""

    gives_seat_up: bool
    keeps_name: bool
    """Whether name, organisation and attendance stay as evidence."""
    keep_until: date | None
    """Until when they do; None: the project names no day yet."""


def outlook(person: Registration, now: datetime) -> Outlook:
    """Say what an erasure would do, for who is asked first."""
    event_facts = facts(person.event, now)
    gives_up = rules.may_cancel(event_facts, person.state)
    until = person.event.activity.project.keep_until
    is_kept = until is None or until >= local_day(now)
    standing = _standing(db.session(), person, now, gives_up=gives_up)
    keeps = is_kept and bool(person.last_name) and privacy_rules.keeps_name(standing)
    return Outlook(gives_up, keeps, until)


@retried
def erase(registration_id: int, now: datetime, how: How, by: int | None = None) -> bool:
    """Erase all that need not be kept of this registration; False when there is no such.

    `by` is the organiser who does it for somebody. Again it changes nothing and is True.
    """
    with transaction() as session:
        person = lock_registration(session, registration_id)
        if person is None:
            return False
        if session.get(Erasure, registration_id) is not None:
            return True
        found = outlook(person, now)
        _do_away_with(session, person, found, now)
        session.add(
            Erasure(
                registration_id=registration_id,
                at=now,
                how=how,
                organiser_id=by,
                keeps_name=found.keeps_name,
            )
        )
        record(
            session,
            by,
            "erased",
            now,
            event_id=person.event_id,
            registration_id=registration_id,
            detail={"how": how, "keeps_name": found.keeps_name},
        )
        return True


@retried
def erase_again(entry: Entry, now: datetime) -> bool:
    """Erase what a backup has brought back; False when it brought nothing of this person.

    As it was then: who gave a seat up has none, and who was no evidence is none now.
    """
    with transaction() as session:
        person = lock_registration(session, entry.registration_id)
        if person is None or fingerprint(person.uid) != entry.fingerprint:
            return False
        if session.get(Erasure, person.id) is not None:
            return False
        active = person.state in ACTIVE and person.event.state != "called_off"
        gives_up = active and not entry.keeps_name
        found = Outlook(gives_up, entry.keeps_name, None)
        _do_away_with(session, person, found, now)
        session.add(
            Erasure(
                registration_id=person.id,
                at=entry.at,
                how=entry.how,
                keeps_name=entry.keeps_name,
                swept_at=None,
            )
        )
        return True


def _do_away_with(session: Session, person: Registration, found: Outlook, now: datetime) -> None:
    event = person.event
    if found.gives_seat_up:
        withdraw(session, person, "participant", now)
    empty(session, person, now, keeps_name=found.keeps_name)
    if found.gives_seat_up:
        fill_seats(session, event, now)


def find_erasure(registration_id: int) -> Erasure | None:
    """Return what is known of a registration's erasure; None: it was not erased."""
    return db.session.get(Erasure, registration_id)


def _standing(session: Session, person: Registration, now: datetime, *, gives_up: bool) -> Standing:
    event_facts = facts(person.event, now)
    present = select(Attendance.id).where(
        Attendance.registration_id == person.id, Attendance.status == "present"
    )
    paid = select(Contribution.id).where(Contribution.registration_id == person.id)
    return Standing(
        state="cancelled" if gives_up else person.state,
        is_over=event_facts.is_over,
        is_called_off=event_facts.state == "called_off",
        was_present=session.scalar(present.limit(1)) is not None,
        has_paid=session.scalar(paid.limit(1)) is not None,
    )
