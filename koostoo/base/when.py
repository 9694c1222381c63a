"""When something happens, as a value, and how it is read from what people type.

Days are those of Tallinn, instants are in UTC. How dates are put into words stands in `dates`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Tallinn")
NIGHT_ENDS = timedelta(hours=5)
"""An end before five in the morning belongs to the evening before: a party is one day."""

Kind = Literal["timed", "days", "month", "season"]
Hours = tuple[datetime, datetime]
"""Beginning and end of one day, aware instants."""
Season = Literal["spring", "summer", "autumn", "winter"]

_FIRST_MONTHS: dict[Season, int] = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_CLOCK_TIME = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?")
_YEARS = range(1900, 2200)


class DateError(ValueError):
    """What was typed is no date or time; `code` says why and is put into words by the form.

    Codes: `date_wrong`, `time_wrong`, `time_skipped` (the clock leaps over it in spring).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class When:
    """When an event is: to the minute, to the day, or only a month or a season.

    `first` and `last` are days in Tallinn, both included, whatever the kind; `starts_at` and
    `ends_at` are instants (UTC) of a timed event, None otherwise; `season` is set with its kind.
    `by_day` holds the hours of each day of a timed event that goes home in between, two days or
    more in order; empty for one that runs on from its start to its end. Raises ValueError where
    these contradict each other.
    """

    kind: Kind
    first: date
    last: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    season: Season | None = None
    by_day: tuple[Hours, ...] = ()

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last day is before the first")
        self._check_instants()
        if (self.kind == "season") != (self.season is not None):
            raise ValueError("a season is named exactly when the date is a season")
        if self.by_day:
            self._check_days()

    def _check_instants(self) -> None:
        if self.starts_at is None or self.ends_at is None:
            if self.kind == "timed" or self.starts_at or self.ends_at:
                raise ValueError("a timed event has a start and an end, the others have neither")
        elif self.kind != "timed":
            raise ValueError("only a timed event has a start and an end")
        elif self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        elif self.ends_at <= self.starts_at:
            raise ValueError("the end is not after the start")

    def _check_days(self) -> None:
        starts, ends = ([hours[place] for hours in self.by_day] for place in (0, 1))
        if (self.starts_at, self.ends_at) != (starts[0], ends[-1]):
            raise ValueError("the first day begins when the event does, the last ends with it")
        if any(end <= start for start, end in self.by_day):
            raise ValueError("a day ends after it has begun")
        if any(later < earlier for earlier, later in zip(ends, starts[1:], strict=False)):
            raise ValueError("a day begins after the one before has ended")
        if len(self.held_on) != len(self.by_day) or len(self.by_day) < 2:
            raise ValueError("two days or more have hours of their own, each once")

    @classmethod
    def timed(cls, starts_at: datetime, ends_at: datetime) -> Self:
        """Make one from two aware instants; the last day respects NIGHT_ENDS."""
        if starts_at.tzinfo is None or ends_at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        first = starts_at.astimezone(ZONE).date()
        last = (ends_at.astimezone(ZONE).replace(tzinfo=None) - NIGHT_ENDS).date()
        last = max(first, last)
        return cls("timed", first, last, starts_at.astimezone(UTC), ends_at.astimezone(UTC))

    @classmethod
    def day_by_day(cls, hours: Iterable[Hours]) -> Self:
        """Make one of days with hours of their own, in any order; a single day is just timed.

        Raises ValueError for days that overlap, for one named twice, and where there is none.
        """
        given = list(hours)
        if not given or any(moment.tzinfo is None for pair in given for moment in pair):
            raise ValueError("there must be a day, and an instant needs a time zone")
        ordered = sorted((start.astimezone(UTC), end.astimezone(UTC)) for start, end in given)
        (starts_at, _), (last_start, ends_at) = ordered[0], ordered[-1]
        whole = cls.timed(starts_at, ends_at)
        if len(ordered) == 1:
            return whole
        last = max(whole.last, last_start.astimezone(ZONE).date())
        return replace(whole, last=last, by_day=tuple(ordered))

    @classmethod
    def days(cls, first: date, last: date | None = None) -> Self:
        """Make one of whole days; `last` may be left out."""
        return cls("days", first, last or first)

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """Make one of which only the month is known."""
        return cls("month", *_months(year, month, 1))

    @classmethod
    def of_season(cls, year: int, season: Season) -> Self:
        """Make one of which only the season is known; a winter has the year of its December."""
        return cls("season", *_months(year, _FIRST_MONTHS[season], 3), season=season)

    @property
    def is_fixed(self) -> bool:
        """Whether the day is known, so that a calendar can hold it."""
        return self.kind in ("timed", "days")

    @property
    def held_on(self) -> tuple[date, ...]:
        """The days in Tallinn on which something happens; each of the range where hours run on."""
        if self.by_day:
            return tuple(dict.fromkeys(start.astimezone(ZONE).date() for start, _ in self.by_day))
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=number) for number in range(count))

    @property
    def begins_at(self) -> datetime:
        """The instant it starts, aware; a day starts at midnight in Tallinn."""
        return self.starts_at or _midnight(self.first)

    def has_begun(self, now: datetime) -> bool:
        """Tell whether it has started at `now` (aware)."""
        return self.begins_at <= now

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has ended at `now` (aware); a day ends at midnight in Tallinn."""
        return (self.ends_at or _midnight(self.last + timedelta(days=1))) <= now


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    following = year * 12 + month - 1 + count
    return date(year, month, 1), date(following // 12, following % 12 + 1, 1) - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


# --- What people type ---------------------------------------------------------


def parse_date(text: str) -> date:
    """Read "2026-11-08", "8.11.2026" or "08.11.2026" of the years 1900–2199; raise DateError."""
    text = text.strip()
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DOTTED_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        raise DateError("date_wrong")
    if year not in _YEARS:
        raise DateError("date_wrong")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DateError("date_wrong") from error


def parse_time(text: str) -> time:
    """Read "9.30", "9:30", "09.30", "9" or "kell 9.30"; raise DateError."""
    found = _CLOCK_TIME.fullmatch(text.strip().removeprefix("kell").strip())
    if found is None:
        raise DateError("time_wrong")
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError as error:
        raise DateError("time_wrong") from error


def parse_local(date_text: str, time_text: str) -> datetime:
    """Read a day and a time in Tallinn; return the instant in UTC.

    The hour that comes twice in autumn is the first one. Raises DateError, with `time_skipped` for
    an hour that does not exist in spring.
    """
    local = datetime.combine(parse_date(date_text), parse_time(time_text), ZONE)
    instant = local.astimezone(UTC)
    if instant.astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise DateError("time_skipped")
    return instant
