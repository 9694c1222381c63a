"""What stands in the feeds of events, and how to tell without reading it that nothing changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from koostoo.base.database import db
from koostoo.base.when import ZONE
from koostoo.events.entries import CANCELLED_STAYS, HISTORY
from koostoo.events.models import Event
from koostoo.events.queries import PUBLIC
from koostoo.programme.models import Activity


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose events a feed has: those of one project, organisation or activity, or all."""

    project_id: int | None = None
    organisation_id: int | None = None
    activity_id: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What is coming on `today` and the last twelve months, or `everything` there ever was.

    An event that was called off leaves soon after its date either way.
    """

    today: date
    everything: bool = False


class State(NamedTuple):
    """Values that differ once a feed has another content.

    Whoever changes an event raises its version and sets the time of its revision; one that left
    the feed, by whatever way, is missing in `entries` and in `numbers`, the sum of their ids.
    `changed` is the last moment at which anything can have changed: a revision of any event, for
    one that left the feed is no longer among the feed's, or the midnight at which old ones leave.
    """

    entries: int
    numbers: int
    versions: int
    revised: datetime | None
    changed: datetime


def feed_state(scope: Scope, window: Window) -> State:
    """Return the state of a feed in one query that reads an index and no event."""
    return _state(_listed(scope, window), window.today)


def coming_state(scope: Scope, today: date) -> State:
    """Return the state of `coming_events` in one query that reads an index and no event."""
    return _state(_coming(scope, today), today)


def coming_events(scope: Scope, today: date, most: int) -> Sequence[Event]:
    """Return public events of a scope not over on `today`, the next first, dated or not.

    With their activity and project. What was called off is among them until its date.
    """
    return db.session.scalars(
        select(Event)
        .where(_coming(scope, today))
        .options(
            joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Event.activity).joinedload(Activity.organisation),
        )
        .order_by(Event.starts_on, Event.id)
        .limit(most)
    ).all()


def _state(listed: ColumnElement[bool], today: date) -> State:
    entries, numbers, versions, revised, newest = db.session.execute(
        select(
            func.count().filter(listed),
            func.coalesce(func.sum(Event.id).filter(listed), 0),
            func.coalesce(func.sum(Event.version).filter(listed), 0),
            func.max(Event.revised_at).filter(listed),
            func.max(Event.revised_at),
        )
    ).one()
    midnight = datetime.combine(today, time(), ZONE)
    # There may be no event at all.
    changed = max([midnight, *filter(None, [newest])])
    return State(entries, int(numbers), int(versions), revised, changed)


def feed_events(scope: Scope, window: Window) -> Sequence[Event]:
    """Return the dated public events of a feed by their first day."""
    return db.session.scalars(
        select(Event).where(_listed(scope, window)).order_by(Event.starts_on, Event.id)
    ).all()


def next_events(scope: Scope, today: date, most: int) -> tuple[Sequence[Event], int]:
    """Return the first events of a feed that are not over on `today`, and how many there are."""
    coming = and_(_listed(scope, Window(today)), Event.ends_on >= today)
    first = select(Event).where(coming).order_by(Event.starts_on, Event.id).limit(most)
    number = db.session.scalar(select(func.count(Event.id)).where(coming))
    return db.session.scalars(first).all(), number or 0


def _listed(scope: Scope, window: Window) -> ColumnElement[bool]:
    today = window.today
    past = () if window.everything else (Event.ends_on >= today - HISTORY,)
    conditions: list[ColumnElement[bool]] = [
        Event.date_kind.in_(("timed", "days")),
        or_(
            and_(Event.state == "published", *past),
            and_(Event.state == "called_off", Event.ends_on >= today - CANCELLED_STAYS),
        ),
        *_within(scope),
    ]
    return and_(*conditions)


def _coming(scope: Scope, today: date) -> ColumnElement[bool]:
    return and_(Event.state.in_(PUBLIC), Event.ends_on >= today, *_within(scope))


def _within(scope: Scope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if scope.organisation_id is not None:
        conditions.append(Event.organiser_id == scope.organisation_id)
    if scope.activity_id is not None:
        conditions.append(Event.activity_id == scope.activity_id)
    if scope.project_id is not None:
        activities = select(Activity.id).where(Activity.project_id == scope.project_id)
        conditions.append(Event.activity_id.in_(activities))
    return conditions
