"""Numbers of events: how many are expected, have a seat, were there; when they were last marked."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from koostoo.attendance.models import Attendance
from koostoo.attendance.queries import ON_LIST
from koostoo.base.database import db
from koostoo.registration.models import Registration


class Counts(NamedTuple):
    """How many are on the list, how many of them were there on each day, and on any."""

    expected: int
    present: dict[date, int]
    came: int = 0


def counts(event_id: int) -> Counts:
    """Return the numbers of an event, in three queries."""
    return counts_of([event_id])[event_id]


def counts_of(event_ids: Collection[int]) -> dict[int, Counts]:
    """Return the numbers of each of these events, in three queries."""
    of_these = Registration.event_id.in_(event_ids)
    expected = db.session.execute(
        select(Registration.event_id, func.count())
        .where(of_these, ON_LIST)
        .group_by(Registration.event_id)
    )
    present = (
        select(Registration.event_id)
        .join(Attendance, Attendance.registration_id == Registration.id)
        .where(of_these, Attendance.status == "present")
    )
    days = db.session.execute(
        present.add_columns(Attendance.day, func.count()).group_by(
            Registration.event_id, Attendance.day
        )
    )
    came = db.session.execute(
        present.add_columns(func.count(Registration.id.distinct())).group_by(Registration.event_id)
    )
    by_event: dict[int, dict[date, int]] = {number: {} for number in event_ids}
    for event_id, day, number in days:
        by_event[event_id][day] = number
    listed, people = _filled(event_ids, expected), _filled(event_ids, came)
    return {one: Counts(listed[one], by_event[one], people[one]) for one in event_ids}


def seats_taken(event_ids: Collection[int]) -> dict[int, int]:
    """Return how many people are on the list to sign of each of these events, in one query."""
    rows = db.session.execute(
        select(Registration.event_id, func.count())
        .where(Registration.event_id.in_(event_ids), Registration.state == "confirmed")
        .group_by(Registration.event_id)
    )
    return _filled(event_ids, rows)


def _filled(event_ids: Iterable[int], rows: Iterable[Any]) -> dict[int, int]:
    """Return numbers by event, 0 for one without a row."""
    found = dict.fromkeys(event_ids, 0)
    for event_id, number in rows:
        found[event_id] = number
    return found


def last_marked_at(event_ids: Collection[int]) -> dict[int, datetime]:
    """Return when somebody was last marked at each of these events; nothing where nobody is."""
    rows = db.session.execute(
        select(Registration.event_id, func.max(Attendance.marked_at))
        .join(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.event_id.in_(event_ids), Attendance.status != "unmarked")
        .group_by(Registration.event_id)
    )
    return {number: moment for number, moment in rows}  # noqa: C416 - rows are typed pairs
