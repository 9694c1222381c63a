"""A feed over HTTP: validators from the rows, 304 without rendering, the same body for all."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Response, request, url_for

from koostoo.base.clock import now
from koostoo.calendars import links
from koostoo.calendars.feed import render_feed
from koostoo.calendars.values import CalendarEntry, FeedInfo
from koostoo.events.entries import calendar_entries
from koostoo.events.models import Event
from koostoo.web.compression import SUFFIX, gzip_wanted, has_tag, pack
from koostoo.web.language import current_lang
from koostoo.web.links import absolute, this_address

FORM = 2
"""To be raised whenever the same rows are written otherwise; a test notices and says so."""
SETTLED = timedelta(minutes=1)
"""A change may still be dated before another so long afterwards: hosts have clocks of their own.

Until then a time tells nothing for certain (RFC 9110, 8.8.2.2), and one is told that is too early.
"""
MAX_AGE = 900
"""Seconds a feed may be kept by whoever fetched it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that is not yet written: `entries` is asked only when somebody needs the body.

    `state` is any value that differs when the content does; `changed` (aware) the last moment at
    which it can have changed. `about` and the address of a page for people, `page`, are shown by
    calendar programs. A `private` feed is kept by no cache that serves several people.
    """

    name: str
    state: Hashable
    changed: datetime
    entries: Callable[[], Iterable[CalendarEntry]]
    about: str = ""
    page: str = ""
    private: bool = False


def feed_response(feed: Feed) -> Response:
    """Answer with the feed, or with 304 to whoever has it already."""

    def make() -> bytes:
        info = FeedInfo(feed.name, feed.about, feed.page or this_address())
        return render_feed(info, feed.entries(), private=feed.private)

    about = (FORM, current_lang(), this_address(), feed.name, feed.about, feed.page, feed.state)
    return made_if_new("text/calendar", about, feed.changed, make, private=feed.private)


def made_if_new(
    mimetype: str,
    about: Hashable,
    changed: datetime,
    make: Callable[[], bytes],
    *,
    private: bool = False,
) -> Response:
    """Answer with what `make` writes, or with 304 to whoever has it already.

    The ETag is made of `about`, which also covers the words around the events and the language.
    Whoever only tells a time gets 304 if nothing can have changed since.
    """
    tag = sha256(repr(about).encode()).hexdigest()[:32]
    response = Response(mimetype=mimetype)
    response.set_etag(tag + (SUFFIX if gzip_wanted() else ""))
    is_settled = changed <= now() - SETTLED
    response.last_modified = changed if is_settled else changed - timedelta(seconds=1)
    response.headers["Cache-Control"] = f"{'private' if private else 'public'}, max-age={MAX_AGE}"
    response.headers["X-Robots-Tag"] = "noindex"
    if _is_known(tag, changed):
        response.status_code = 304
    else:
        response.set_data(make())
    pack(response)
    return response


def subscription(path: str) -> dict[str, str]:
    """Return the links by which calendar programs subscribe to the feed at this path."""
    address = absolute(path)
    return {
        "webcal": links.webcal_url(address),
        "google": links.google_subscribe_url(address),
        "outlook": links.outlook_subscribe_url(address),
        "outlook_at_work": links.outlook_subscribe_url(address, at_work=True),
        "feed": address,
    }


def public_entries(events: Iterable[Event]) -> list[CalendarEntry]:
    """Return these events as everybody may see them, in the reader's language."""
    lang = current_lang()
    return [
        entry
        for event in events
        for entry in calendar_entries(
            event, lang, absolute(url_for("public.event", slug=event.slug))
        )
    ]


def _is_known(tag: str, changed: datetime) -> bool:
    known = has_tag(tag)
    if known is not None:
        return known
    since = request.if_modified_since
    return since is not None and changed.replace(microsecond=0) <= since
