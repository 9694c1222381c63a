"""Calendar feeds of everything, an organisation, an activity, an event."""

from datetime import date

from flask import Response, abort, url_for
from flask_babel import gettext as _

from koostoo.base.clock import local_day, now
from koostoo.events import queries
from koostoo.events.entries import HISTORY
from koostoo.programme.queries import find_organisation
from koostoo.web.feeds import feed_response
from koostoo.web.public import bp
from koostoo.web.ready import kept_ready
from koostoo.web.rights import right
from koostoo.web.view import local


def _since() -> date:
    return local_day(now()) - HISTORY


@bp.get("/calendar.ics")
@right("public")
@kept_ready
def calendar() -> Response:
    """Feed of every dated event, coming and of the last year."""
    return feed_response(_("Koostöö: all events"), queries.feed_events(_since()))


@bp.get("/organisations/<slug>/calendar.ics")
@right("public")
@kept_ready
def organisation_calendar(slug: str) -> Response:
    """Feed of one organisation's events."""
    found = find_organisation(slug) or abort(404)
    return feed_response(found.name, queries.feed_events(_since(), organisation_id=found.id))


@bp.get("/activities/<slug>/calendar.ics")
@right("public")
@kept_ready
def activity_calendar(slug: str) -> Response:
    """Feed of one activity's events."""
    found = queries.find_activity(slug) or abort(404)
    return feed_response(local(found.title), queries.feed_events(_since(), activity_id=found.id))


@bp.get("/events/<slug>.ics")
@right("public")
@kept_ready
def event_calendar_file(slug: str) -> Response:
    """One event as a calendar file; empty until its date is fixed."""
    found = queries.find_event(slug) or abort(404)
    response = feed_response(local(found.title), [found] if found.when.is_fixed else [])
    name = url_for("public.event_calendar_file", slug=found.slug).rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
