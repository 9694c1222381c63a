"""Decisions about letters that fall due by time: when each does, and which are written."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple, Self

from koostoo.base.when import ZONE, When
from koostoo.feedback.rules import closes_on
from koostoo.files.rules import working_days_before

THANKS = "thanks"
FEEDBACK = "feedback"
"""The one reminder to who has not said how it was."""
AFTER = (THANKS, FEEDBACK)
"""Letters that follow the event."""
MOST_REMINDERS = 5
LONGEST: dict[str, int] = {"d": 60, "h": 72}
LONGEST_THANKS = 168
"""Hours; what comes later than a week is no thanks any more."""
MORNING = time(9)
"""When a letter goes out that has no hour of its own."""
NIGHT_ENDS = time(8)
THANKS_KEEP = timedelta(days=3)
"""How late letters after the event may still be written, when nothing could be for so long."""

_CODE = re.compile("([1-9][0-9]?)([dh])")


@dataclass(frozen=True, slots=True)
class Before:
    """How long before the start: whole days by the calendar (`d`), or hours (`h`)."""

    count: int
    unit: Literal["d", "h"]

    @property
    def code(self) -> str:
        """As it is stored: "7d", "2h"."""
        return f"{self.count}{self.unit}"

    @classmethod
    def read(cls, code: str) -> Self | None:
        """Read what `code` wrote; None for anything else, and for what is too long."""
        found = _CODE.fullmatch(code)
        if found is None or int(found[1]) > LONGEST[found[2]]:
            return None
        return cls(int(found[1]), "d" if found[2] == "d" else "h")


class Due(NamedTuple):
    """A letter of an event and the instant it falls due (UTC)."""

    code: str
    at: datetime


class Asking(NamedTuple):
    """How many days after being asked people are reminded of feedback, and how long it is taken."""

    remind_after: int
    closes_after: int


@dataclass(frozen=True, slots=True)
class Plan:
    """When an event writes to its people by itself; reminders the earliest first, each once."""

    reminders: tuple[Before, ...] = ()
    thanks_after: int | None = None
    """Hours after the end; None: no thanks."""
    feedback: Asking | None = None
    """When who has not answered the feedback form is reminded; None: nobody is."""

    @classmethod
    def of(
        cls,
        reminders: Sequence[Before],
        thanks_after: int | None,
        feedback: Asking | None = None,
    ) -> Self:
        """Make one with the reminders put in order; the same one twice is one."""
        ordered = sorted(
            set(reminders), key=lambda one: -one.count * (24 if one.unit == "d" else 1)
        )
        return cls(tuple(ordered), thanks_after, feedback)

    @classmethod
    def read(cls, codes: str, thanks_after: int | None, feedback: Asking | None = None) -> Self:
        """Read the stored form, codes with blanks between; what cannot be read is left out."""
        reminders = [one for code in codes.split() if (one := Before.read(code))]
        return cls.of(reminders, thanks_after, feedback)

    @property
    def codes(self) -> str:
        """The reminders as they are stored."""
        return " ".join(one.code for one in self.reminders)


def reminder_at(before: Before, when: When) -> datetime | None:
    """Return when people are reminded; None where it has no moment.

    Days keep the hour by the clock, also over a change of clocks; an hour skipped that day becomes
    the next. Hours are hours. A whole day has no hour: days before it count from MORNING, hours do
    not count at all; nor does anything before a month or a season.
    """
    if when.starts_at is not None:
        if before.unit == "h":
            return when.starts_at - timedelta(hours=before.count)
        clock = when.starts_at.astimezone(ZONE).time()
    elif when.kind == "days" and before.unit == "d":
        clock = MORNING
    else:
        return None
    return _at(when, before.count, clock)


def thanks_at(hours: int, when: When) -> datetime | None:
    """Return when people are thanked; at night it waits for MORNING. None for an unknown day.

    A whole day ends at midnight.
    """
    if not when.is_fixed:
        return None
    end = when.ends_at or datetime.combine(when.last + timedelta(days=1), time(), ZONE)
    local = (end.astimezone(UTC) + timedelta(hours=hours)).astimezone(ZONE)
    if local.time() < NIGHT_ENDS:
        local = datetime.combine(local.date(), MORNING, ZONE)
    return local.astimezone(UTC)


def feedback_at(asking: Asking, thanks: datetime | None, when: When) -> datetime | None:
    """Return when who has not answered is reminded, in the MORNING; None: not before it closes.

    Days count from that of the thanks, which ask first, or from the last day where nobody is
    thanked.
    """
    if not when.is_fixed:
        return None
    asked_on = when.last if thanks is None else thanks.astimezone(ZONE).date()
    day = max(asked_on, when.last) + timedelta(days=asking.remind_after)
    if day > closes_on(when.last, asking.closes_after):
        return None
    return datetime.combine(day, MORNING, ZONE).astimezone(UTC)


def timetable(plan: Plan, when: When) -> list[Due]:
    """Return every letter of the plan that has a moment, in the plan's order, those after last."""
    moments: list[tuple[str, datetime | None]] = [
        (one.code, reminder_at(one, when)) for one in plan.reminders
    ]
    thanks = None
    if plan.thanks_after is not None:
        thanks = thanks_at(plan.thanks_after, when)
        moments.append((THANKS, thanks))
    if plan.feedback is not None:
        moments.append((FEEDBACK, feedback_at(plan.feedback, thanks, when)))
    return [Due(code, at) for code, at in moments if at is not None]


def passed(plan: Plan, when: When, now: datetime) -> list[str]:
    """Return the reminders whose moment has come or gone at `now`: as a plan is made, too late."""
    return [due.code for due in timetable(plan, when) if due.code not in AFTER and due.at <= now]


def due_now(
    plan: Plan, when: When, done: Collection[str], now: datetime
) -> tuple[Due | None, list[str]]:
    """Return the letter to be written at `now`, if any, and the codes of those let pass.

    Of reminders that are due together only the last counts. One that is late, because nothing
    could be written for long, is let pass when more than half of the time until the start is gone.
    Nothing reminds of an event once it has begun; letters after it are late after THANKS_KEEP.
    """
    open_ = [due for due in timetable(plan, when) if due.code not in done and due.at <= now]
    if when.has_begun(now):
        after = [due for due in open_ if due.code in AFTER and when.is_over(now)]
        in_time = [due for due in after if now - due.at <= THANKS_KEEP]
        return (in_time[0] if in_time else None), []
    reminders = sorted((due for due in open_ if due.code not in AFTER), key=lambda due: due.at)
    fresh = [due for due in reminders if now - due.at <= (when.begins_at - due.at) / 2]
    chosen = fresh[-1] if fresh else None
    return chosen, [due.code for due in reminders if due != chosen]


def _at(when: When, days: int, clock: time) -> datetime:
    return datetime.combine(when.first - timedelta(days=days), clock, ZONE).astimezone(UTC)


# --- What organisers are told -------------------------------------------------

DIGEST_HOUR = time(8)
PAUSE = timedelta(hours=1)
"""At least so long between two letters about one event to one organiser, the daily one apart."""
MOST_AN_HOUR = 5
"""So many letters of this sort one organiser gets in an hour, whatever happens."""
STUCK_AFTER = timedelta(hours=1)
"""A letter unsent for so long is in trouble, whether or not it was given up."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an organiser wants to know of an event, and what they were told."""

    digest: bool = False
    full: bool = False
    moved: bool = False
    failing: bool = False
    is_full_told: bool = False
    failures_told: int = 0
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happenings:
    """How an event stands: no seat left, how many moved up since last told, letters in trouble."""

    is_full: bool = False
    moved: int = 0
    failures: int = 0


News = Literal["full", "moved", "failing"]


def morning(now: datetime) -> datetime:
    """Return the last time the daily letters fell due: today at DIGEST_HOUR, or yesterday."""
    local = now.astimezone(ZONE)
    today = datetime.combine(local.date(), DIGEST_HOUR, ZONE)
    if local < today:
        today = datetime.combine(local.date() - timedelta(days=1), DIGEST_HOUR, ZONE)
    return today.astimezone(UTC)


def news_for(wishes: Wishes, found: Happenings, now: datetime) -> list[News]:
    """Return what an organiser is to be told at `now`; what comes within PAUSE waits.

    What was told is told again only when it comes anew: seats were free in between, more people
    moved up, more letters are in trouble than before.
    """
    if wishes.told_at is not None and now < wishes.told_at + PAUSE:
        return []
    told: list[tuple[bool, News]] = [
        (wishes.failing and found.failures > wishes.failures_told, "failing"),
        (wishes.full and found.is_full and not wishes.is_full_told, "full"),
        (wishes.moved and found.moved > 0, "moved"),
    ]
    return [what for is_new, what in told if is_new]


def is_eased(wishes: Wishes, found: Happenings) -> bool:
    """Say whether something told before is over, so that it is news when it comes again."""
    return (wishes.is_full_told and not found.is_full) or found.failures < wishes.failures_told


# --- Evidence that falls due --------------------------------------------------

LIST_AHEAD = 2
"""So many working days before the list of a web meeting is due it is reminded of."""
MISSING_AFTER = timedelta(days=14)
"""So long after an event it is told what is still missing."""
MISSING_UNTIL = timedelta(days=28)
"""Later it is not told any more: the desk still shows it."""
EvidenceNews = Literal["list", "missing"]


class Lacks(NamedTuple):
    """What an event that is over lacks: since when, until when its list is due, anything at all."""

    last_day: date
    list_due: date | None
    """None: the list is there, or no rule names a day."""
    is_anything: bool


def evidence_news(
    lacks: Lacks, list_told_of: date | None, told_of: date | None, today: date
) -> EvidenceNews | None:
    """Return what an organiser is to be told of missing evidence on a day, if anything.

    Each is told once for a last day of the event: `list_told_of` and `told_of` are those days as
    they were when it was told.
    """
    due, last = lacks.list_due, lacks.last_day
    if due is not None and list_told_of != last and _is_near(due, today):
        return "list"
    is_time = last + MISSING_AFTER <= today <= last + MISSING_UNTIL
    return "missing" if is_time and lacks.is_anything and told_of != last else None


def _is_near(due: date, today: date) -> bool:
    return working_days_before(due, LIST_AHEAD) <= today <= due
