"""The feed calendar programs subscribe to."""

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from icalendar import vDuration, vText, vUri

from koostoo.calendars.cleaning import many_lines, one_line, without_blanks
from koostoo.calendars.values import CalendarEntry, FeedInfo
from koostoo.calendars.vevent import around, build_event, new_calendar

# How often programs that let themselves be told should look again.
_REFRESH = timedelta(hours=4)


def render_feed(
    info: FeedInfo, entries: Iterable[CalendarEntry], *, private: bool = False
) -> bytes:
    """Return the feed as UTF-8 bytes: same entries, same bytes, whatever their order.

    A feed has no METHOD, no people and no alarms. A cancelled entry stays in it with
    STATUS:CANCELLED; programs that ignore the status need the caller to say it in `summary`.
    Name and refresh time stand in the standard property (RFC 7986) and in its older twin. What
    is not `private` is remembered, entry by entry.
    """
    calendar = new_calendar()
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, vText(one_line(info.name)))
    if info.description:
        for name in ("DESCRIPTION", "X-WR-CALDESC"):
            calendar.add(name, vText(many_lines(info.description)))
    if info.url:
        calendar.add("URL", vUri(without_blanks(info.url)))
    # REFRESH-INTERVAL has no default type: VALUE must be given (RFC 7986, 5.7).
    calendar.add("REFRESH-INTERVAL", vDuration(_REFRESH), {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(_REFRESH))
    write = _written if private else _remembered
    ordered = sorted(entries, key=lambda entry: (entry.starts_at, entry.uid))
    head, end = around(calendar)
    return b"".join([head, *map(write, ordered), end])


def _written(entry: CalendarEntry) -> bytes:
    event = build_event(entry, stamp=entry.revised_at)
    event.add("STATUS", vText(entry.status))
    return bytes(event.to_ical())


# Several feeds, in two languages, hold the same events, and mostly one of them has changed:
# writing is most of what a long feed costs. Some 15 MB when it is full.
_remembered = lru_cache(maxsize=10_000)(_written)
