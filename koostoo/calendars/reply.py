"""Answers of calendar programs: the text of an iCalendar object in, a value out.

iTIP (RFC 5546): REPLY accepts or declines (3.2.3), COUNTER proposes another time (3.2.7). Nothing
is believed: whose answer it is, and what it may do, is decided elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from koostoo.base.text import clean_text, truncate
from koostoo.calendars.lines import Line, Properties, UnreadableObject, read_object
from koostoo.calendars.values import TALLINN

PartStat = Literal["ACCEPTED", "TENTATIVE", "DECLINED"]
Fault = Literal["unreadable", "method", "events", "people", "answer"]
"""Why an object is no answer: it cannot be read; it asks or tells something else; it is about
none or several events; it names nobody or several people; it says neither yes nor no."""

PARTSTATS: Mapping[str, PartStat] = {
    "ACCEPTED": "ACCEPTED",
    "TENTATIVE": "TENTATIVE",
    "DECLINED": "DECLINED",
}
METHODS: Mapping[str, Literal["REPLY", "COUNTER"]] = {"REPLY": "REPLY", "COUNTER": "COUNTER"}
WANTED = frozenset("UID SEQUENCE DTSTAMP ATTENDEE COMMENT DTSTART DTEND RECURRENCE-ID".split())
COMMENT_LENGTH = 500
ZONE_LENGTH = 100
LARGEST_SEQUENCE = 2**31 - 1
_MAILTO = re.compile("^mailto:", re.IGNORECASE)
_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")


class NotAnAnswer(ValueError):
    """This is no answer to an invitation; `fault` says why, without a word of what stood there."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another time: days (`end` the last, inclusive) or aware instants; `end` may be unknown.

    `zone` is a time zone's name that nobody here knows; the hours were read as those of Tallinn.
    """

    start: date | datetime
    end: date | datetime | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What somebody's calendar says about one event.

    `sequence` and `stamp` (aware) are None where the program left them out; `partstat` is None
    only in a COUNTER; `attendee` is a bare address as written.
    """

    method: Literal["REPLY", "COUNTER"]
    uid: str
    attendee: str
    partstat: PartStat | None
    sequence: int | None
    stamp: datetime | None
    comment: str = ""
    proposal: Proposal | None = None


def read_answer(text: str, method: str = "") -> CalendarAnswer:
    """Return the answer a calendar object holds; raise NotAnAnswer.

    `method` is that of the mail's header and counts where the object names none: RFC 6047, 2.4,
    wants both, and some programs write only one.
    """
    try:
        read = read_object(text, WANTED)
    except UnreadableObject as error:
        raise NotAnAnswer("unreadable") from error
    wanted = METHODS.get((read.method or method).upper())
    if wanted is None:
        raise NotAnAnswer("method")
    # Our events do not recur: one with a RECURRENCE-ID is somebody else's.
    if len(read.events) != 1 or "UID" not in read.events[0] or "RECURRENCE-ID" in read.events[0]:
        raise NotAnAnswer("events")
    event = read.events[0]
    attendee, partstat = _who(event.get("ATTENDEE", ()))
    if partstat is None and wanted == "REPLY":
        raise NotAnAnswer("answer")
    stamp, _ = _moment(event, "DTSTAMP")
    return CalendarAnswer(
        method=wanted,
        uid=event["UID"][0].value.strip(),
        attendee=attendee,
        partstat=partstat,
        sequence=_sequence(event),
        stamp=stamp if isinstance(stamp, datetime) else None,
        comment=_comment(event),
        proposal=_proposal(event) if wanted == "COUNTER" else None,
    )


def _who(lines: Sequence[Line]) -> tuple[str, PartStat | None]:
    """Return the one who answers, and what; raise NotAnAnswer where it is not one person."""
    said = {
        (_address(line).casefold(), line.parameters.get("PARTSTAT", "").strip().upper()): line
        for line in lines
    }
    if len(said) != 1:
        raise NotAnAnswer("people")
    (_, partstat), line = said.popitem()
    address = _address(line)
    if not address:
        raise NotAnAnswer("people")
    return address, PARTSTATS.get(partstat)


def _address(line: Line) -> str:
    """Return the bare address of a mailto: URI; programs differ in case, escaping and quotes.

    Where the value is another URI, Apple's programs name the address beside it (RFC 7986, 6.2).
    """
    value = line.value.strip().strip("\"'")
    bare = _MAILTO.sub("", value, count=1)
    if bare != value:
        bare = _ESCAPED.sub(_unescaped, bare)
    bare = bare.strip().strip("<>")
    named = _MAILTO.sub("", line.parameters.get("EMAIL", "").strip(), count=1)
    return named if "@" in named and "@" not in bare else bare


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _sequence(event: Properties) -> int | None:
    for line in event.get("SEQUENCE", ()):
        digits = line.value.strip()
        if digits.isascii() and digits.isdecimal() and len(digits) <= len(str(LARGEST_SEQUENCE)):
            return min(int(digits), LARGEST_SEQUENCE)
    return None


def _comment(event: Properties) -> str:
    words = "\n".join(line.value for line in event.get("COMMENT", ()))
    if not words.strip():
        # Google's calendar keeps what somebody wrote beside their answer here.
        words = "\n".join(
            line.parameters.get("X-RESPONSE-COMMENT", "") for line in event.get("ATTENDEE", ())
        )
    return truncate(clean_text(words), COMMENT_LENGTH)


def _proposal(event: Properties) -> Proposal | None:
    start, zone = _moment(event, "DTSTART")
    end, _ = _moment(event, "DTEND")
    if start is None:
        return None
    if isinstance(start, datetime) != isinstance(end, datetime):
        return Proposal(start, None, zone)
    if isinstance(end, date) and not isinstance(end, datetime):
        # DTEND is the first day no longer part of it (RFC 5545, 3.8.2.2).
        end -= timedelta(days=1)
    return Proposal(start, None if end is None or end < start else end, zone)


def _moment(event: Properties, name: str) -> tuple[date | datetime | None, str]:
    """Return a day, or an instant in UTC, with the name of its time zone where nobody knows it."""
    if name not in event:
        return None, ""
    line = event[name][0]
    text = line.value.strip().upper()
    try:
        if "T" not in text:
            return _likely(datetime.strptime(text, "%Y%m%d")).date(), ""  # noqa: DTZ007 - a day
        written = _likely(datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S"))  # noqa: DTZ007 - the zone follows
        if text.endswith("Z"):
            return written.replace(tzinfo=UTC), ""
        wanted = line.parameters.get("TZID", "")[:ZONE_LENGTH]
        zone = _zone(wanted) if wanted else TALLINN
        moment = written.replace(tzinfo=zone or TALLINN).astimezone(UTC)
    except ValueError:
        return None, ""
    return moment, "" if zone else clean_text(wanted)


def _likely(written: datetime) -> datetime:
    """Return a time of our century; raise ValueError for one that could not even be converted."""
    if not 2000 <= written.year < 2100:
        raise ValueError("not of our time")
    return written


def _zone(name: str) -> ZoneInfo | None:
    """Return a zone by its name in the world's list, or in that of Windows."""
    for known in (name, WINDOWS_TO_OLSON.get(name, "")):
        try:
            return ZoneInfo(known)
        except (ValueError, LookupError, OSError):
            continue
    return None
