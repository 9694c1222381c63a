"""What will be forgotten when, counted from the rows there are; what was forgotten."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from koostoo.base.clock import local_day
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.privacy.models import Forgetting
from koostoo.privacy.rules import OF_EVENTS, Days, Kind, forgotten_on
from koostoo.privacy.steps import STEPS, count_by_event, lapsed
from koostoo.programme.models import Activity, Project

MOST = 200
"""So many rows of the record are shown."""


class Planned(NamedTuple):
    """So many rows of one kind go from an event on that day; None: no day is named yet."""

    day: date | None
    kind: Kind
    project_id: int | None
    event_id: int | None
    number: int


def plan(session: Session, project_id: int | None = None) -> list[Planned]:
    """Return what is to be forgotten of events, of one project or of all, the soonest first.

    Counts what is there now; what is added later comes on top.
    """
    wanted = (
        select(Event.id, Project.id, Event.ends_on, Project.ends_on, Project.keep_until)
        .join(Activity, Event.activity_id == Activity.id)
        .join(Project, Activity.project_id == Project.id)
        .order_by(Event.id)
    )
    if project_id is not None:
        wanted = wanted.where(Project.id == project_id)
    events = {row[0]: (row[1], Days(*row[2:])) for row in session.execute(wanted)}
    found = [
        Planned(forgotten_on(kind, days), kind, of, number, rows)
        for kind in OF_EVENTS
        for number, rows in _rows(session, kind, [*events]).items()
        for of, days in [events[number]]
    ]
    return sorted(found, key=_order)


def due(session: Session, now: datetime) -> list[Planned]:
    """Return what is to be forgotten at `now`, whatever belongs to no event among it."""
    today = local_day(now)
    found = [one for one in plan(session) if one.day is not None and one.day <= today]
    number = sum(
        session.scalar(select(func.count()).select_from(table).where(where)) or 0
        for table, where in lapsed(now)
    )
    return [*found, Planned(today, "security", None, None, number)] if number else found


def preview(now: datetime) -> list[Planned]:
    """Return what a run at `now` would forget, for who looks first."""
    return due(db.session(), now)


def preview_lines(now: datetime) -> list[str]:
    """Return in plain lines what goes on which day, for the command line: numbers alone."""
    session = db.session()
    slugs = {row[0]: row[1] for row in session.execute(select(Event.id, Event.slug))}
    today = local_day(now)
    rest = [one for one in due(session, now) if one.event_id is None]
    lines = []
    for one in [*rest, *plan(session)]:
        day = "no day named" if one.day is None else f"{max(one.day, today)}"
        about = "" if one.event_id is None else f"  {slugs[one.event_id]}"
        lines.append(f"{day:12}  {one.number:6}  {one.kind}{about}")
    return lines or ["nothing is kept that would be forgotten"]


class Coming(NamedTuple):
    """One line of a project's plan, with the event it is about and whether its day has come."""

    planned: Planned
    event: Event
    is_due: bool


def coming(project_id: int, now: datetime, event_id: int | None = None) -> list[Coming]:
    """Return what goes next from a project's events, or from one of them, with the events."""
    planned = [
        one
        for one in plan(db.session(), project_id)
        if event_id is None or one.event_id == event_id
    ]
    numbers = {one.event_id for one in planned}
    events = {one.id: one for one in db.session.scalars(select(Event).where(Event.id.in_(numbers)))}
    today = local_day(now)
    return [
        Coming(one, events[one.event_id], one.day is not None and one.day <= today)
        for one in planned
        if one.event_id is not None
    ]


def record_of(project_id: int) -> Sequence[Forgetting]:
    """Return what was forgotten of a project's events, the latest first."""
    return db.session.scalars(
        select(Forgetting)
        .where(Forgetting.project_id == project_id)
        .options(joinedload(Forgetting.event))
        .order_by(Forgetting.id.desc())
        .limit(MOST)
    ).all()


def _rows(session: Session, kind: Kind, events: Sequence[int]) -> Counter[int]:
    total: Counter[int] = Counter()
    for step in STEPS[kind]:
        for event_id, number in session.execute(count_by_event(step, events)):
            total[event_id] += number
    return total


def _order(one: Planned) -> tuple[date, int, int]:
    # What has no day yet comes last.
    return one.day or date.max, one.event_id or 0, OF_EVENTS.index(one.kind)
