"""Reads about registrations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from koostoo.base.database import db
from koostoo.events.models import Event, Question, Quota
from koostoo.programme.models import Activity, Organisation, Partner
from koostoo.registration.models import SEATED, Registration
from koostoo.registration.seats import Plan, free_in_all

# Built once: putting a statement together costs more than running it.
_PARTNERS = (
    select(Organisation)
    .join(Partner, Partner.organisation_id == Organisation.id)
    .where(Partner.project_id == bindparam("project_id"))
    .order_by(Partner.role, Partner.position)
)


@dataclass(frozen=True, slots=True)
class Seats:
    """How full an event is; `free` and `capacity` are None where there is no limit."""

    free: int | None
    capacity: int | None
    waiting: int


def seats_of(events: Iterable[Event]) -> dict[int, Seats]:
    """Return the seats of all these events in one query."""
    events = list(events)
    counts: dict[int, dict[str, int]] = {event.id: {} for event in events}
    rows = db.session.execute(
        select(Registration.event_id, Registration.state, func.count())
        .where(Registration.event_id.in_(counts))
        .group_by(Registration.event_id, Registration.state)
    )
    for event_id, state, number in rows:
        counts[event_id][state] = number
    return {
        event.id: Seats(
            free_in_all(Plan(event.capacity), sum(counts[event.id].get(s, 0) for s in SEATED)),
            event.capacity,
            counts[event.id].get("waiting", 0),
        )
        for event in events
    }


def find_by_link(link_id: str) -> Registration | None:
    """Return the registration behind a genuine link, with all its page shows."""
    return db.session.scalar(
        select(Registration)
        .where(Registration.link_id == link_id)
        .options(
            joinedload(Registration.organisation),
            selectinload(Registration.answers),
            joinedload(Registration.event).joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Registration.event)
            .joinedload(Event.activity)
            .joinedload(Activity.organisation),
            joinedload(Registration.event).joinedload(Event.organiser),
            joinedload(Registration.event)
            .selectinload(Event.questions)
            .selectinload(Question.options),
        )
    )


def events_to_release(now: datetime) -> Sequence[int]:
    """Return the events with promised seats whose date has come since anybody looked."""
    return db.session.scalars(
        select(Quota.event_id)
        .where(Quota.released_at.is_(None), Quota.release_at <= now)
        .distinct()
    ).all()


def queue_place(registration: Registration) -> int:
    """Return the place on the waiting list, from 1."""
    before = db.session.scalar(
        select(func.count()).where(
            Registration.event_id == registration.event_id,
            Registration.state == "waiting",
            tuple_(Registration.queued_at, Registration.id)
            < tuple_(registration.queued_at, registration.id),
        )
    )
    return (before or 0) + 1


def invited_organisations(event: Event) -> Sequence[Organisation]:
    """Return the organisations a participant may choose: host first, then partners."""
    return db.session.scalars(_PARTNERS, {"project_id": event.activity.project_id}).all()
