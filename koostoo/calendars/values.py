"""What a calendar is made of: an entry, the people of an invitation, a feed's heading."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

TALLINN = ZoneInfo("Europe/Tallinn")

Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

# The largest SEQUENCE calendar programs accept (a signed 32-bit integer).
_MAX_SEQUENCE = 2**31 - 1
_MAX_UID_OCTETS = 255
_EMAIL_SHAPE = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One event as calendars show it, in one language.

    `start` and `end` are both dates (all-day; `end` is the LAST day, inclusive) or both aware
    datetimes (`end` is the moment it is over); datetimes are turned to Europe/Tallinn.
    `uid` and `sequence` follow the event for life; `revised_at` is its last change. `summary`
    and `place` become one line, `description` may have several. `url` is the event's page.

    Raises ValueError for a naive datetime, mixed kinds, an end before the start, a `sequence`
    outside 0..2^31-1 or a `uid` that is empty or over 255 octets (RFC 7986, section 5.3).
    """

    uid: str
    sequence: int
    summary: str
    start: date | datetime
    end: date | datetime
    place: str
    description: str
    url: str
    status: Status
    created_at: datetime
    revised_at: datetime
    transparent: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.uid.encode()) <= _MAX_UID_OCTETS:
            raise ValueError("a UID has 1 to 255 octets")
        if not 0 <= self.sequence <= _MAX_SEQUENCE:
            raise ValueError("SEQUENCE must lie between 0 and 2^31-1")
        for moment in (self.created_at, self.revised_at):
            require_aware(moment)
        object.__setattr__(self, "start", _in_tallinn(self.start))
        object.__setattr__(self, "end", _in_tallinn(self.end))
        if isinstance(self.start, datetime) != isinstance(self.end, datetime):
            raise ValueError("start and end must be of one kind: dates or datetimes")
        if self.starts_at >= self.ends_at:
            raise ValueError("an event ends after it has started")

    @property
    def all_day(self) -> bool:
        """Whether the entry covers whole days."""
        return not isinstance(self.start, datetime)

    @property
    def end_exclusive(self) -> date | datetime:
        """The first day, or moment, no longer part of it: DTEND (RFC 5545, 3.8.2.2)."""
        return self.end + timedelta(days=1) if self.all_day else self.end

    @property
    def starts_at(self) -> datetime:
        """The first moment, in UTC; an all-day entry starts at midnight in Tallinn."""
        return _moment(self.start)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it, in UTC."""
        return _moment(self.end_exclusive)


@dataclass(frozen=True, slots=True)
class Party:
    """Organiser or attendee of an invitation.

    Raises ValueError when `email` is not of the shape name@domain.
    """

    name: str
    email: str

    def __post_init__(self) -> None:
        if not _EMAIL_SHAPE.fullmatch(self.email):
            raise ValueError("an invitation needs an e-mail address")


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """A feed's name and description as subscribers see them; `url` is its page for people."""

    name: str
    description: str
    url: str


def require_aware(moment: datetime) -> None:
    """Raise ValueError for a datetime without an offset: it would float in calendars."""
    if moment.utcoffset() is None:
        raise ValueError("a datetime in a calendar needs its time zone")


def _in_tallinn(value: date | datetime) -> date | datetime:
    if not isinstance(value, datetime):
        return value
    require_aware(value)
    return value.astimezone(TALLINN)


def _moment(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=TALLINN)
    return value.astimezone(UTC)
