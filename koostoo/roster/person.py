"""Reads of one person's page: their registration, what was done about it, others of theirs."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from koostoo.accounts.models import AuditEntry
from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.events.access import facts_of, within_reach
from koostoo.events.models import Event
from koostoo.registration.models import Group, Registration
from koostoo.roster.models import Note

MOST = 100
"""So many acts, and so many other registrations, are shown."""


def find_person(event: Event, number: int) -> Registration | None:
    """Return a registration of this event with all its page shows; None for one of another."""
    return db.session.scalar(
        select(Registration)
        .where(Registration.id == number, Registration.event_id == event.id)
        .options(
            joinedload(Registration.organisation),
            joinedload(Registration.group).selectinload(Group.members),
            selectinload(Registration.answers),
        )
    )


def find_note(number: int) -> Note | None:
    """Return the note about a person, with who wrote it last."""
    return db.session.scalar(
        select(Note).where(Note.registration_id == number).options(joinedload(Note.organiser))
    )


def acts_about(number: int) -> Sequence[AuditEntry]:
    """Return what organisers did about a person, the latest first."""
    return db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.registration_id == number)
        .options(joinedload(AuditEntry.organiser))
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    ).all()


def other_registrations(person: Registration, access: Access) -> list[Registration]:
    """Return what else this person (address and name) signed up for, the latest event first.

    Only in events the organiser finds at the desk, and there only of people they see.
    """
    if not person.email:
        return []
    found = db.session.scalars(
        select(Registration)
        .join(Registration.event)
        .join(Event.activity)
        .where(
            Registration.email_key == person.email_key,
            Registration.person_key == person.person_key,
            Registration.id != person.id,
            within_reach(access),
        )
        .options(contains_eager(Registration.event).contains_eager(Event.activity))
        .order_by(Event.starts_on.desc(), Registration.id.desc())
        .limit(MOST)
    )
    return [one for one in found if _sees(access, one)]


def _sees(access: Access, one: Registration) -> bool:
    facts = facts_of(one.event)
    whose = access.whose_people(facts)
    return access.may_look(facts) and (whose is None or one.organisation_id in whose)
