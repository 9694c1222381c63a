"""An event and its people as they stand at one moment, and seats counted as plainly as can be."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.registration.models import Registration

CAPACITY, PROMISED, PARTNER_CAP, MEMBER_CAP, STOP_SEATS = 5, 2, 4, 2, 2


@dataclass(frozen=True, slots=True)
class Sight:
    """What was read at `clock`; `few` is the stop with few seats."""

    event: Event
    everybody: tuple[Registration, ...]
    clock: datetime
    few: int

    def people(self, *states: str) -> list[Registration]:
        """Everybody, or whose registration is in one of these states."""
        return [person for person in self.everybody if not states or person.state in states]

    def seated(self) -> list[Registration]:
        """Who has a seat, or one that is kept for them."""
        held = ("pending",) if self.event.approval == "holds" else ()
        return self.people("confirmed", "offered", *held)

    def unused(self, seated: list[Registration]) -> dict[int, int]:
        """What is still kept of each promise, in the order they were made."""
        taken = partners(seated)
        return {
            quota.organisation_id: max(quota.seats - taken[quota.organisation_id], 0)
            for quota in self.event.quotas
            if quota.release_at is None or self.clock < quota.release_at
        }

    def has_room_for(self, person: Registration, seated: list[Registration]) -> bool:
        """Whether a seat is free for this person beside those seated."""
        free = (self.event.capacity or 0) - len(seated)
        held = 0
        for owner, unused in self.unused(seated).items():
            kept = min(unused, max(free - held, 0)) if owner != person.organisation_id else 0
            held += kept
        whose = person.organisation_id
        return (
            free > held
            and (whose is None or partners(seated)[whose] < PARTNER_CAP)
            and members(seated)[person.member_organisation] < MEMBER_CAP
            and not (self.few in chosen(person) and stops(seated)[self.few] >= STOP_SEATS)
        )


def look(event_id: int, clock: datetime, few: int) -> Sight:
    """Read the event and its people anew."""
    db.session.rollback()
    event = db.session.get_one(Event, event_id, populate_existing=True)
    people = db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id)
        # In an order of their own databases would lead the same walk elsewhere.
        .order_by(Registration.id)
        .options(selectinload(Registration.answers), joinedload(Registration.group))
    )
    return Sight(event, tuple(people), clock, few)


def partners(people: list[Registration]) -> Counter[int | None]:
    """Count people by the organisation they come through."""
    return Counter(person.organisation_id for person in people)


def members(people: list[Registration]) -> Counter[str]:
    """Count people by the member organisation they name."""
    return Counter(p.member_organisation for p in people if p.member_organisation)


def stops(people: list[Registration]) -> Counter[int]:
    """Count people by the stop they chose."""
    return Counter(option for person in people for option in chosen(person))


def chosen(person: Registration) -> list[int]:
    """Return the options somebody chose."""
    return [option for answer in person.answers for option in answer.value or ()]
