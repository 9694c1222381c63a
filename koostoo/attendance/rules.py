"""Decisions about attendance: plain values in, a decision out; no clock, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from koostoo.base.when import When

Status = Literal["present", "absent", "unmarked"]
STATUSES: tuple[Status, ...] = ("present", "absent", "unmarked")
"""`unmarked` is what an undo leaves: it is remembered, so that no older mark comes back."""
Method = Literal["cash", "transfer"]
METHODS: tuple[Method, ...] = ("cash", "transfer")
KEPT_ON_DEVICE = timedelta(days=3)
"""How long after an event the device of a helper keeps its list of names."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One act of a helper: this person, this day, this status.

    `operation` is the name the device gave to the act, the same however often it is sent; `at` the
    device's time. The person is a registration's number, or that operation of `WalkIn` that added
    them.
    """

    operation: str
    person: int | str
    day: date
    status: Status
    at: datetime
    answers: Mapping[int, Any] = field(default_factory=dict)
    """What was asked of them as they arrived, by question, as answers are stored."""


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody a helper adds at the door; they are present on `day` by it.

    `organisation_id` None: of no organisation of the project, named in `other_organisation`.
    """

    operation: str
    day: date
    at: datetime
    first_name: str
    last_name: str
    organisation_id: int | None
    other_organisation: str
    member_organisation: str
    note: str
    language: str = "et"


class Known(NamedTuple):
    """The mark that counts at present for a person and a day."""

    at: datetime
    operation: str


def moment_of(at: datetime, sent_at: datetime, now: datetime) -> datetime:
    """Return when something was done on a device, by our clock.

    `at` and `sent_at` are the device's own times: how long ago it was is right even where its
    clock is wrong. What would lie ahead is taken as done now.
    """
    return now - max(sent_at - at, timedelta(0))


def counts_over(mark: Known, known: Known | None) -> bool:
    """Say whether a mark replaces the one known so far: the later act counts.

    Of two at the same instant the greater name does, so every order of arrival ends alike.
    """
    return known is None or (mark.at, mark.operation) > (known.at, known.operation)


def days_of(when: When) -> tuple[date, ...]:
    """Return the days on which attendance is taken; none while the day is not fixed."""
    return when.held_on if when.is_fixed else ()


def day_shown(days: Sequence[date], today: date) -> date:
    """Return the day a helper means by opening the list: today, else the next, else the last.

    Raises ValueError where there is no day.
    """
    if not days:
        raise ValueError("the event has no day yet")
    return next((day for day in days if day >= today), days[-1])


def did_not_come(statuses: Sequence[Status]) -> bool:
    """Say whether somebody with these statuses, one a day, was at no day of the event."""
    return "present" not in statuses
