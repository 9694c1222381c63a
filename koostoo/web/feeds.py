"""A feed over HTTP: validators from the rows, 304 without rendering, the same body for all."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from flask import Response, request, url_for

from koostoo.calendars.feed import render_feed
from koostoo.calendars.values import FeedInfo
from koostoo.events.entries import calendar_entry
from koostoo.events.models import Event
from koostoo.web.language import current_lang
from koostoo.web.links import absolute, this_address

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def feed_response(name: str, events: Sequence[Event], *, private: bool = False) -> Response:
    """Answer with the feed of these events.

    The ETag is made of every row's number and revision, so an event that left moves it too.
    """
    lang = current_lang()
    rows = ";".join(f"{event.id}:{event.revised_at.timestamp()}" for event in events)
    etag = sha256(f"1|{lang}|{name}|{this_address()}|{rows}".encode()).hexdigest()[:32]
    response = Response(mimetype="text/calendar")
    response.set_etag(etag)
    response.last_modified = max((event.revised_at for event in events), default=EPOCH)
    response.headers["Cache-Control"] = ("private" if private else "public") + ", max-age=900"
    response.headers["X-Robots-Tag"] = "noindex"
    if request.if_none_match:
        fresh = request.if_none_match.contains_weak(etag)
    else:
        since = request.if_modified_since
        fresh = since is not None and response.last_modified <= since
    if fresh:
        response.status_code = 304
        return response
    info = FeedInfo(name=name, description=name, url=this_address())
    response.set_data(
        render_feed(
            info,
            [
                calendar_entry(event, lang, absolute(url_for("public.event", slug=event.slug)))
                for event in events
            ],
        )
    )
    return response
