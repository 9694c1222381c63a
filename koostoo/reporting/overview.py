"""Reads for the head of the desk: a fixed number of queries, however many events there are."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import and_, case, func, or_, select

from koostoo.base.clock import local_day
from koostoo.base.database import db
from koostoo.base.when import ZONE
from koostoo.correspondence.organiser_news import AFTERWARDS, MOVED_UP, troubled
from koostoo.events.evidence import still_missing
from koostoo.events.models import Move, Quota
from koostoo.mail.models import OutboxMessage
from koostoo.privacy.correcting import open_corrections
from koostoo.registration.desk_queries import EventRow
from koostoo.registration.models import ACTIVE, Registration
from koostoo.reporting.rules import (
    AHEAD,
    Deadline,
    EventFacts,
    Task,
    deadlines,
    week_starts,
)

PROVING = timedelta(days=120)
"""For so long after an event the desk reminds of evidence that is missing."""
LATELY = timedelta(days=7)
"""How far one looks back for who moved up on a waiting list."""


@dataclass(frozen=True, slots=True)
class Queue:
    """How a waiting list moves: who waits, who was offered a seat, who moved up LATELY."""

    event_id: int
    waiting: int
    offered: int
    moved_up: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands at the head of the desk, from the events one runs."""

    tasks: list[Task]
    deadlines: list[Deadline]
    queues: list[Queue]
    week_starts: list[date]
    weeks: dict[int, tuple[int, ...]]
    """Sign-ups of coming events by week, by event; events without any are left out."""


def overview(rows: Sequence[EventRow], runs: Collection[int], now: datetime) -> Overview:
    """Return what of these events an organiser should know; `runs` are those they run.

    Ten queries. Of an event one does not run only the sign-ups are counted.
    """
    today = local_day(now)
    mine = [row for row in rows if row.event.id in runs]
    lately = [row for row in mine if row.event.ends_on >= today - AFTERWARDS]
    proving = [row.event.id for row in mine if row.event.ends_on >= today - PROVING]
    coming = [row for row in rows if row.event.ends_on >= today and row.event.state == "published"]
    ahead = [row.event.id for row in coming if row.event.id in runs]
    starts = week_starts(today)
    return Overview(
        tasks=[
            *_tasks(lately, troubled([row.event.id for row in lately], now), now),
            *(
                Task("evidence", number, len(missing))
                for number, missing in still_missing(proving, today).items()
                if missing
            ),
            *(
                Task("corrections", number, wishes)
                for number, wishes in open_corrections([row.event.id for row in mine]).items()
            ),
        ],
        deadlines=deadlines(
            map(_facts, mine), [*_promises(ahead, now), *_questions(ahead, now)], now
        ),
        queues=_queues([row for row in coming if row.event.id in runs], now),
        week_starts=starts,
        weeks=_weeks([row.event.id for row in coming], starts),
    )


def _facts(row: EventRow) -> EventFacts:
    event = row.event
    return EventFacts(
        event.id,
        event.state,
        event.takes_registrations,
        event.opens_at,
        event.closes_at,
        event.when.begins_at if event.date_kind in ("timed", "days") else None,
    )


def _tasks(rows: Sequence[EventRow], letters: Counter[int], now: datetime) -> list[Task]:
    found = []
    for row in rows:
        event = row.event
        if row.pending and not event.when.is_over(now):
            found.append(Task("undecided", event.id, row.pending))
        if letters[event.id]:
            found.append(Task("letters", event.id, letters[event.id]))
        if event.state == "draft" and now <= event.when.begins_at <= now + 2 * AHEAD:
            found.append(Task("draft", event.id, 0))
    return found


def _promises(event_ids: Collection[int], now: datetime) -> list[Deadline]:
    rows = db.session.execute(
        select(Quota.release_at, Quota.event_id, func.sum(Quota.seats))
        .where(
            Quota.event_id.in_(event_ids),
            Quota.release_at > now,
            Quota.release_at <= now + AHEAD,
        )
        .group_by(Quota.release_at, Quota.event_id)
    )
    return [Deadline(at, "release", event_id, int(seats)) for at, event_id, seats in rows if at]


def _questions(event_ids: Collection[int], now: datetime) -> list[Deadline]:
    """Return until when people are asked whether they still come, with how many have not said."""
    rows = db.session.execute(
        select(Move.answer_until, Move.event_id, func.count(Registration.id))
        .join(Registration, Registration.move_id == Move.id)
        .where(
            Move.event_id.in_(event_ids),
            Move.answer_until > now,
            Registration.state.in_(ACTIVE),
            Registration.still_comes_at.is_(None),
        )
        .group_by(Move.id, Move.answer_until, Move.event_id)
    )
    return [Deadline(at, "answers", event_id, number) for at, event_id, number in rows if at]


def _queues(rows: Sequence[EventRow], now: datetime) -> list[Queue]:
    numbers = [row.event.id for row in rows]
    offered: Counter[int] = Counter()
    moved: Counter[int] = Counter()
    if numbers:
        counts = db.session.execute(
            select(
                Registration.event_id,
                func.sum(case((Registration.state == "offered", 1), else_=0)),
                func.sum(case((OutboxMessage.id.is_not(None), 1), else_=0)),
            )
            .outerjoin(
                OutboxMessage,
                and_(
                    OutboxMessage.registration_id == Registration.id,
                    OutboxMessage.kind.in_(MOVED_UP),
                    OutboxMessage.created_at > now - LATELY,
                ),
            )
            .where(
                Registration.event_id.in_(numbers),
                or_(Registration.state == "offered", OutboxMessage.id.is_not(None)),
            )
            .group_by(Registration.event_id)
        )
        for event_id, offers, letters in counts:
            offered[event_id], moved[event_id] = int(offers), int(letters)
    queues = [
        Queue(row.event.id, row.waiting, offered[row.event.id], moved[row.event.id]) for row in rows
    ]
    return [one for one in queues if one.waiting or one.offered or one.moved_up]


def _weeks(event_ids: Collection[int], starts: Sequence[date]) -> dict[int, tuple[int, ...]]:
    """Count who signed up in each of these weeks, Tallinn time, whatever became of it since."""
    first, *later = [datetime.combine(day, time(), ZONE) for day in starts]
    # One pass over the rows: how many since each Monday; the weeks are the differences.
    since = [func.count()] + [
        func.sum(case((Registration.created_at >= start, 1), else_=0)) for start in later
    ]
    rows = db.session.execute(
        select(Registration.event_id, *since)
        .where(Registration.event_id.in_(event_ids), Registration.created_at >= first)
        .group_by(Registration.event_id)
    )
    return {
        event_id: tuple(int(a) - int(b) for a, b in zip(sums, [*sums[1:], 0], strict=True))
        for event_id, *sums in rows
    }
