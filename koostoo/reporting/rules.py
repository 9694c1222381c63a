"""What stands at the head of the desk: pure decisions over dates and numbers of events."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

AHEAD = timedelta(days=14)
"""How far one looks for what falls due."""
WEEKS = 8
"""How many weeks the sign-ups of coming events are counted back, the present one included."""

DeadlineKind = Literal["opens", "closes", "release", "answers", "begins"]
TaskKind = Literal["undecided", "letters", "draft", "evidence", "corrections"]


class EventFacts(NamedTuple):
    """What of an event falls due; instants in UTC, `begins_at` None where the hours are unknown."""

    id: int
    state: str
    takes_registrations: bool
    opens_at: datetime | None
    closes_at: datetime | None
    begins_at: datetime | None


class Deadline(NamedTuple):
    """An instant of an event that comes soon; `number` tells how many it is about, or 0."""

    at: datetime
    kind: DeadlineKind
    event_id: int
    number: int = 0


class Task(NamedTuple):
    """Something in an event that waits for an organiser: `number` people, letters or things."""

    kind: TaskKind
    event_id: int
    number: int


def deadlines(
    events: Iterable[EventFacts], others: Iterable[Deadline], now: datetime
) -> list[Deadline]:
    """Return what falls due from `now` on, at most AHEAD, the next first.

    `others` are those that stand in rows of their own: promises that end, questions to answer.
    """
    found = [*others]
    for event in events:
        moments: list[tuple[datetime | None, DeadlineKind]] = [(event.begins_at, "begins")]
        if event.takes_registrations:
            moments += [(event.opens_at, "opens"), (event.closes_at, "closes")]
        if event.state == "published":
            found += [Deadline(at, kind, event.id) for at, kind in moments if at is not None]
    return sorted(one for one in found if now <= one.at <= now + AHEAD)


def week_starts(today: date) -> list[date]:
    """Return the Mondays of the last WEEKS weeks, the earliest first."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def count_weeks(per_event: Iterable[Sequence[int]]) -> list[int]:
    """Add up numbers by week over events."""
    totals = [0] * WEEKS
    for weeks in per_event:
        totals = [total + number for total, number in zip(totals, weeks, strict=True)]
    return totals
