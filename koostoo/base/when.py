"""When something happens, as a value, and how it is read from what people type.

Days are those of Tallinn, instants are in UTC. How dates are put into words stands in `dates`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Tallinn")
NIGHT_ENDS = timedelta(hours=5)
"""An end before five in the morning belongs to the evening before: a party is one day."""

Kind = Literal["timed", "days", "month", "season"]
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
    Raises ValueError where these contradict each other.
    """

    kind: Kind
    first: date
    last: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    season: Season | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last day is before the first")
        if self.starts_at is None or self.ends_at is None:
            if self.kind == "timed" or self.starts_at or self.ends_at:
                raise ValueError("a timed event has a start and an end, the others have neither")
        elif self.kind != "timed":
            raise ValueError("only a timed event has a start and an end")
        elif self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        elif self.ends_at <= self.starts_at:
            raise ValueError("the end is not after the start")
        if (self.kind == "season") != (self.season is not None):
            raise ValueError("a season is named exactly when the date is a season")

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
