"""What the organisers' calendar shows: every event with a day, and how many people it has."""

from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select

from koostoo.accounts.roles import Access
from koostoo.base.database import db
from koostoo.base.when import ZONE
from koostoo.events.access import within_reach
from koostoo.events.entries import CANCELLED_STAYS, HISTORY
from koostoo.events.models import Event
from koostoo.registration.desk_queries import HAS_SEAT
from koostoo.registration.models import Registration

Numbers = tuple[Any, ...]
"""An event's id, version and revision, its numbers of people, the last change of any of them."""


class Counted(NamedTuple):
    """An event with its numbers of people; `revised` is the last change of it or of any of them."""

    event: Event
    seated: int
    waiting: int
    pending: int
    revised: datetime


def desk_calendar_state(today: date, access: Access) -> tuple[tuple[Numbers, ...], datetime]:
    """Return what differs once the calendar has another content, and when that last may have been.

    Counts people and reads no event as a whole. The second is the last change of any event at all,
    for one that has lost its day or is out of reach now is no longer among these, or of anybody who
    signed up for these; at the latest the midnight at which old events leave.
    """
    counts = _counts()
    rows = db.session.execute(
        select(
            Event.id,
            Event.version,
            Event.revised_at,
            counts.c.seated,
            counts.c.waiting,
            counts.c.pending,
            counts.c.revised,
        )
        .outerjoin(counts, counts.c.event_id == Event.id)
        .join(Event.activity)
        .where(_listed(today), within_reach(access))
        .order_by(Event.id)
    )
    state = tuple(tuple(row) for row in rows)
    midnight = datetime.combine(today, time(), ZONE)
    moments = [moment for row in state for moment in row if isinstance(moment, datetime)]
    newest = db.session.scalar(select(func.max(Event.revised_at)))
    return state, max([midnight, *filter(None, [newest]), *moments])


def desk_calendar(today: date, access: Access) -> list[Counted]:
    """Return the dated events within reach, of any state, by their first day, in one query."""
    counts = _counts()
    rows = db.session.execute(
        select(Event, counts.c.seated, counts.c.waiting, counts.c.pending, counts.c.revised)
        .outerjoin(counts, counts.c.event_id == Event.id)
        .join(Event.activity)
        .where(_listed(today), within_reach(access))
        .order_by(Event.starts_on, Event.id)
    )
    return [
        Counted(
            event,
            int(seated or 0),
            int(waiting or 0),
            int(pending or 0),
            max(event.revised_at, revised or event.revised_at),
        )
        for event, seated, waiting, pending, revised in rows
    ]


def _counts() -> Subquery:
    return (
        select(
            Registration.event_id,
            func.sum(case((HAS_SEAT, 1), else_=0)).label("seated"),
            func.sum(case((Registration.state == "waiting", 1), else_=0)).label("waiting"),
            func.sum(case((Registration.state == "pending", 1), else_=0)).label("pending"),
            func.max(Registration.revised_at).label("revised"),
        )
        .join(Registration.event)
        .group_by(Registration.event_id)
        .subquery()
    )


def _listed(today: date) -> ColumnElement[bool]:
    return and_(
        Event.date_kind.in_(("timed", "days")),
        or_(
            and_(Event.state != "called_off", Event.ends_on >= today - HISTORY),
            and_(Event.state == "called_off", Event.ends_on >= today - CANCELLED_STAYS),
        ),
    )
