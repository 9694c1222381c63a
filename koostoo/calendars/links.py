"""Links that open a web calendar: add one event, or subscribe to a feed.

None of them is documented by its vendor. They copy an event once and never update it; the
.ics file with its UID is the better way, the link the quicker one.
"""

from dataclasses import replace
from datetime import date, datetime
from html import escape
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from koostoo.base.text import truncate
from koostoo.calendars.cleaning import many_lines, one_line
from koostoo.calendars.values import CalendarEntry
from koostoo.calendars.vevent import description_with_page

_GOOGLE_EVENT = "https://calendar.google.com/calendar/render"
_GOOGLE_SUBSCRIBE = "https://calendar.google.com/calendar/r"
_OUTLOOK_EVENT = "/calendar/deeplink/compose"
_OUTLOOK_SUBSCRIBE = "/calendar/0/addfromweb"
# Each site takes accounts of its own kind only: the first those that people make for themselves,
# the second those their employer or school gives them (Microsoft 365).
_OUTLOOK, _OUTLOOK_AT_WORK = "https://outlook.live.com", "https://outlook.office.com"

LONGEST = 700
"""Characters of a description in an address: servers refuse one of more than some 8 kB, and one
character may take nine of these (RFC 3986, 2.1)."""


def google_event_url(entry: CalendarEntry) -> str:
    """Return the address that opens `entry` in Google Calendar, ready to be saved."""
    first, last = (
        _compact(entry.start, entry.starts_at),
        _compact(entry.end_exclusive, entry.ends_at),
    )
    return _with_query(
        _GOOGLE_EVENT,
        {
            "action": "TEMPLATE",
            "text": one_line(entry.summary),
            "dates": f"{first}/{last}",
            "ctz": "Europe/Tallinn",
            "details": _told(entry),
            "location": one_line(entry.place),
        },
    )


def outlook_event_url(entry: CalendarEntry, *, at_work: bool = False) -> str:
    """Return the address that opens `entry` in Outlook.com, ready to be saved.

    `at_work`: in Microsoft 365 instead.
    """
    query = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": one_line(entry.summary),
        "startdt": _extended(entry.start, entry.starts_at),
        "enddt": _extended(entry.end_exclusive, entry.ends_at),
        # Outlook reads it as HTML: line ends as such are lost.
        "body": escape(_told(entry), quote=False).replace("\n", "<br>"),
        "location": one_line(entry.place),
    }
    if entry.all_day:
        query["allday"] = "true"
    return _with_query(_outlook(at_work) + _OUTLOOK_EVENT, query)


def webcal_url(feed_url: str) -> str:
    """Return `feed_url` under the scheme that makes Apple's and other programs subscribe."""
    return urlunsplit(urlsplit(feed_url)._replace(scheme="webcal"))


def google_subscribe_url(feed_url: str) -> str:
    """Return the address that subscribes Google Calendar; it wants the webcal: form."""
    return _with_query(_GOOGLE_SUBSCRIBE, {"cid": webcal_url(feed_url)})


def outlook_subscribe_url(feed_url: str, *, at_work: bool = False) -> str:
    """Return the address that subscribes Outlook.com; with webcal: it would stay empty.

    `at_work`: Microsoft 365 instead.
    """
    return _with_query(_outlook(at_work) + _OUTLOOK_SUBSCRIBE, {"url": feed_url})


def _told(entry: CalendarEntry) -> str:
    """Return the beginning of the description and the event's page, where all of it stands."""
    text = truncate(many_lines(entry.description), LONGEST)
    return description_with_page(replace(entry, description=text))


def _outlook(at_work: bool) -> str:
    return _OUTLOOK_AT_WORK if at_work else _OUTLOOK


def _with_query(address: str, query: dict[str, str]) -> str:
    filled = {name: value for name, value in query.items() if value}
    # `+` for a blank is shown as it stands by Outlook.
    return f"{address}?{urlencode(filled, quote_via=quote, safe='')}"


def _compact(day: date, moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}" if isinstance(day, datetime) else f"{day:%Y%m%d}"


def _extended(day: date, moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if isinstance(day, datetime) else day.isoformat()
