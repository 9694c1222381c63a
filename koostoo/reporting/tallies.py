"""What was added up of each event, kept until something of the event changes.

A project of a hundred thousand registrations would otherwise be read anew for every page. Changed
is what was revised, marked or matched since the last look, and in OVERLAP before it: that somebody
commits later than the moment their change is dated at so makes no figure wrong.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, delete, func, or_, select

from koostoo.attendance.models import Attendance, AttendanceMark
from koostoo.base.database import db, transaction
from koostoo.base.retry import Busy, retried
from koostoo.events.models import Event
from koostoo.matching.models import CountedRegistration
from koostoo.matching.queries import OVERLAP
from koostoo.matching.service import LOOK_BACK, match
from koostoo.registration.models import Registration
from koostoo.reporting.cells import Cell, cells_of
from koostoo.reporting.figures import Counted
from koostoo.reporting.models import EventTally, TalliedProject

CHUNK = 50
"""Events whose people are read at once."""


def fresh_cells(
    project_id: int, event_ids: Collection[int], now: datetime
) -> tuple[dict[int, list[Cell]], bool]:
    """Return the cells of these events, added up anew where anything changed.

    What was added up is kept for the next look. False: the database was too busy for that, so
    registrations not matched yet count as people of their own.
    """
    is_settled = match_if_not_busy(project_id, now)
    state = db.session.get(TalliedProject, project_id)
    kept = dict[int, str]()
    if state is not None:
        rows = db.session.execute(
            select(EventTally.event_id, EventTally.cells).where(EventTally.event_id.in_(event_ids))
        )
        kept = {number: cells for number, cells in rows}  # noqa: C416 - rows are typed pairs
        changed = _changed(event_ids, state.counted_at - OVERLAP)
    else:
        changed = set()
    fresh = add_up([number for number in event_ids if number not in kept or number in changed])
    news = {number: cells for number, cells in fresh.items() if kept.get(number) != cells}
    # Who had to add up something again lets the next look begin later.
    patience = OVERLAP if fresh else LOOK_BACK
    if news or (state is not None and state.counted_at < now - patience):
        try:
            keep_tallies(project_id, news, now)
        except Busy:
            is_settled = False
    return {number: read_cells(text) for number, text in (kept | fresh).items()}, is_settled


def match_if_not_busy(project_id: int, now: datetime) -> bool:
    """Match whoever is not matched yet; False where the database was too busy for that."""
    try:
        match(project_id, now)
    except Busy:
        return False
    return True


def add_up(event_ids: Collection[int]) -> dict[int, str]:
    """Return the cells of these events, as text."""
    numbers, found = sorted(event_ids), dict[int, str]()
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        of_event: dict[int, list[Counted]] = defaultdict(list)
        for row in counted_rows(some):
            of_event[row.event_id].append(row)
        found |= {number: write_cells(cells_of(of_event[number])) for number in some}
    return found


def counted_rows(event_ids: Collection[int]) -> list[Counted]:
    """Return everybody who had a seat at one of these events, or came, as figures see them."""
    return [
        Counted(
            row.id,
            row.event_id,
            row.state == "confirmed",
            row.organisation_id,
            row.role,
            row.sector or "",
            row.id if row.person_id is None else row.person_id,
            row.member_id,
            int(row.days or 0),
            row.days is not None,
        )
        for row in db.session.execute(people_of(event_ids))
    ]


def people_of(event_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Return the query for them; its last column is NULL for whom nobody marked.

    At an event whose days are not known nobody can be marked: who is on its list was there, one
    day each. `attendance.figures.people_at` counts the same.
    """
    counted = CountedRegistration
    days = (
        select(
            Attendance.registration_id.label("number"),
            func.sum(case((Attendance.status == "present", 1), else_=0)).label("days"),
        )
        .join(Attendance.registration)
        .where(Attendance.status != "unmarked", Registration.event_id.in_(event_ids))
        .group_by(Attendance.registration_id)
        .subquery()
    )
    undated = and_(Event.date_kind.in_(("month", "season")), Registration.state == "confirmed")
    return (
        select(
            Registration.id,
            Registration.event_id,
            Registration.state,
            Registration.organisation_id,
            Registration.role,
            counted.sector,
            counted.person_id,
            counted.member_id,
            func.coalesce(days.c.days, case((undated, 1))).label("days"),
        )
        .join(Event, Event.id == Registration.event_id)
        .outerjoin(counted, counted.registration_id == Registration.id)
        .outerjoin(days, days.c.number == Registration.id)
        .where(
            Registration.event_id.in_(event_ids),
            or_(Registration.state == "confirmed", days.c.days > 0),
        )
    )


def _changed(event_ids: Collection[int], since: datetime) -> set[int]:
    """Return those of these events of which anything that is counted changed since then."""
    latest = (
        select(func.max(Registration.revised_at))
        .where(Registration.event_id == Event.id)
        .scalar_subquery()
    )
    queries = [
        select(Event.id).where(
            Event.id.in_(event_ids), or_(Event.revised_at >= since, latest >= since)
        )
    ]
    matched = select(CountedRegistration.registration_id).where(
        CountedRegistration.matched_at >= since
    )
    marked = select(AttendanceMark.registration_id).where(AttendanceMark.received_at >= since)
    queries += [
        # Not joined: SQLite would go through all registrations to find these few.
        select(Registration.event_id)
        .where(Registration.id.in_(some), Registration.event_id.in_(event_ids))
        .distinct()
        for some in (matched, marked)
    ]
    return {number for query in queries for number in db.session.scalars(query)}


@retried
def keep_tallies(project_id: int, cells: dict[int, str], now: datetime) -> None:
    """Keep what was added up of these events."""
    with transaction() as session:
        state = session.get(TalliedProject, project_id, with_for_update=True)
        if state is None:
            state = TalliedProject(project_id=project_id, counted_at=now)
            session.add(state)
            session.flush()
        state.counted_at = now
        session.execute(delete(EventTally).where(EventTally.event_id.in_(cells)))
        session.add_all(EventTally(event_id=number, cells=text) for number, text in cells.items())


@retried
def forget_tallies() -> None:
    """Let everything be added up anew: the worker does so once a day, whatever is known."""
    with transaction() as session:
        session.execute(delete(EventTally))
        session.execute(delete(TalliedProject))


def write_cells(cells: Iterable[Cell]) -> str:
    """Return cells as text."""
    return json.dumps([list(cell) for cell in cells], separators=(",", ":"))


def read_cells(text: str) -> list[Cell]:
    """Return cells from text."""
    return [Cell(*values) for values in json.loads(text)]
