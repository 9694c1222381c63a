"""The parts feed and invitation share: the calendar around, and the event itself."""

from datetime import UTC, date, datetime

from icalendar import Calendar, Event, vInt, vText, vUri

from koostoo.calendars.cleaning import many_lines, one_line, without_blanks
from koostoo.calendars.values import CalendarEntry
from koostoo.calendars.zone import tallinn_definition

_PRODUCT = "-//Koostoo//Koostoo 1.0//ET"
_END = b"END:VCALENDAR\r\n"


def new_calendar() -> Calendar:
    """Return a VCALENDAR with the time zone in it and nothing else.

    It has no UID: a calendar's UID would be a new one each time, so no two renderings were
    equal, and vdirsyncer merges the whole feed into one event when it meets one.
    """
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add_component(tallinn_definition())
    return calendar


def around(calendar: Calendar) -> tuple[bytes, bytes]:
    """Return what is written before and behind the events of a calendar that holds none yet."""
    head, end, _nothing = bytes(calendar.to_ical()).rpartition(_END)
    return head, end


def build_event(entry: CalendarEntry, stamp: datetime, language: str = "") -> Event:
    """Return the VEVENT of `entry` (RFC 5545, 3.6.1) without STATUS and people.

    `stamp` is its DTSTAMP: the last revision in a feed, the moment of writing in a message
    (3.8.7.2). `language` marks the texts (3.2.10) where it is known.
    """
    event = Event()
    event.add("UID", vText(without_blanks(entry.uid)))
    event.add("DTSTAMP", stamp.replace(microsecond=0))
    event.add("SEQUENCE", vInt(entry.sequence))
    event.add("CREATED", entry.created_at.replace(microsecond=0))
    event.add("LAST-MODIFIED", entry.revised_at.replace(microsecond=0))
    event.add("DTSTART", _unambiguous(entry.start))
    event.add("DTEND", _unambiguous(entry.end_exclusive))
    texts = {
        "SUMMARY": one_line(entry.summary),
        "LOCATION": one_line(entry.place),
        "DESCRIPTION": description_with_page(entry),
    }
    for name, text in texts.items():
        if text:
            event.add(name, vText(text), {"LANGUAGE": language} if language else {})
    if entry.url:
        event.add("URL", vUri(without_blanks(entry.url)))
    free = entry.transparent or entry.status == "CANCELLED"
    event.add("TRANSP", vText("TRANSPARENT" if free else "OPAQUE"))
    return event


def _unambiguous(value: date | datetime) -> date | datetime:
    """Return an hour that comes twice, on the night the clock is set back, in UTC.

    By the clock it would be the first of the two (3.3.5); ical.js, node-ical and khal take it for
    the second, and nothing but UTC can name the second.
    """
    if not isinstance(value, datetime):
        return value
    other = value.replace(fold=1 - value.fold)
    twice = value.utcoffset() != other.utcoffset()
    return value.astimezone(UTC) if twice else value


def description_with_page(entry: CalendarEntry) -> str:
    """Return the description with the event's address at its end: few programs show URL."""
    text, url = many_lines(entry.description), without_blanks(entry.url)
    if not url or url in text:
        return text
    return f"{text}\n\n{url}" if text else url
