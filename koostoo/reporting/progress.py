"""How far a project is: what was planned of each activity, and the events that count for it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from koostoo.attendance.figures import People, people_at
from koostoo.base.database import db
from koostoo.base.text import fold
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.programme.rules import Candidate, Goal, Progress, WhyNot, progress
from koostoo.reporting.figures import is_held


class Line(NamedTuple):
    """An event of an activity: why it does not count (None: it does), how many were there.

    `people` is None where nobody knows, and where nobody asked.
    """

    event: Event
    why_not: WhyNot | None
    people: People | None
    is_further: bool
    """Whether it belongs to another activity and counts for this one besides."""


@dataclass(frozen=True, slots=True)
class ActivityProgress:
    """What was planned of an activity and what was done, with its events in their order."""

    activity: Activity
    found: Progress
    lines: tuple[Line, ...]

    @property
    def counting(self) -> list[Line]:
        """The events that count."""
        return [line for line in self.lines if line.why_not is None]

    @property
    def others(self) -> list[Line]:
        """The events that do not count."""
        return [line for line in self.lines if line.why_not is not None]


class SoFar(NamedTuple):
    """What a project has come to: events held, in how many regions, and visits to them.

    A person at two events is two visits. Events of which nobody knows how many came add none.
    `regions` is None as long as nobody said of every event that one travels to where it was.
    """

    events: int
    regions: int | None
    visits: int


def so_far(progress: Collection[ActivityProgress], now: datetime) -> SoFar:
    """Return the figures of a whole project; an event of several activities counts once.

    `progress` must have been read with people.
    """
    lines = {line.event.id: line for one in progress for line in one.lines}
    held = [
        line
        for line in lines.values()
        if is_held(line.event.state, line.event.when, now) and not line.event.is_sample
    ]
    regions = {_region(line.event) for line in held if line.event.mode != "online"}
    return SoFar(
        events=len(held),
        regions=None if None in regions else len(regions),
        visits=sum(line.people.number for line in held if line.people),
    )


def project_progress(
    activities: Sequence[Activity], now: datetime, *, with_people: bool = False
) -> dict[int, ActivityProgress]:
    """Return the progress of the activities of one project, by their numbers.

    Two queries, and four more where people are counted, however many events there are. Drafts and
    samples are among the lines. `with_people`: tell how many were there of every event, also where
    the activity does not count people.
    """
    events = _events([one.id for one in activities])
    counted = {one.id for one in activities if with_people or one.counts == "participants"}
    people = people_at([event.id for event in events if counted & _activity_ids(event)])
    return {one.id: _of_activity(one, events, people, now) for one in activities}


def _of_activity(
    activity: Activity, events: Iterable[Event], people: dict[int, People], now: datetime
) -> ActivityProgress:
    own = [event for event in events if activity.id in _activity_ids(event)]
    goal = Goal(
        activity.counts,  # type: ignore[arg-type]  # the CHECK of the table keeps it
        activity.target,
        activity.only_physical,
    )
    found = progress(goal, [_candidate(event, people.get(event.id), now) for event in own])
    lines = (
        Line(event, why, people.get(event.id), event.activity_id != activity.id)
        for event, why in zip(own, found.why_not, strict=True)
    )
    return ActivityProgress(activity, found, tuple(lines))


def _candidate(event: Event, people: People | None, now: datetime) -> Candidate:
    return Candidate(
        state=event.state,
        is_over=event.when.is_over(now),
        mode=event.mode,
        is_sample=event.is_sample,
        region=_region(event),
        people=people.number if people else None,
    )


def _region(event: Event) -> int | str | None:
    return event.region_id or fold(event.region_other) or None


def _activity_ids(event: Event) -> set[int]:
    return {event.activity_id, *(one.id for one in event.further_activities)}


def _events(activity_ids: Sequence[int]) -> Sequence[Event]:
    return db.session.scalars(
        select(Event)
        .where(
            Event.activity_id.in_(activity_ids)
            | Event.further_activities.any(Activity.id.in_(activity_ids))
        )
        .options(selectinload(Event.further_activities), joinedload(Event.region))
        .order_by(Event.starts_on, Event.ends_on, Event.id)
    ).all()
