"""Calendar feeds of everything, a project, an organisation, an activity, an event."""

from flask import Response, abort, request, url_for
from flask_babel import gettext as _

from koostoo.base.clock import local_day, now
from koostoo.events import queries
from koostoo.events.feeds import Scope, Window, feed_events, feed_state
from koostoo.programme.queries import find_organisation
from koostoo.web.feeds import Feed, feed_response, public_entries
from koostoo.web.links import absolute
from koostoo.web.public import bp
from koostoo.web.ready import kept_ready
from koostoo.web.rights import right
from koostoo.web.view import local


def _events_response(scope: Scope, name: str, page: str) -> Response:
    """Answer with the events of a scope: coming and of the last year, with `?all=1` all."""
    window = Window(local_day(now()), everything=request.args.get("all") == "1")
    state = feed_state(scope, window)
    return feed_response(
        Feed(
            name=_("Koostöö: %(name)s", name=name),
            state=state[:-1],
            changed=state.changed,
            entries=lambda: public_entries(feed_events(scope, window)),
            page=absolute(page),
        )
    )


@bp.get("/calendar.ics")
@right("public")
@kept_ready
def calendar() -> Response:
    """Feed of every dated event."""
    return _events_response(Scope(), _("all events"), url_for("public.home"))


@bp.get("/project/<slug>/calendar.ics")
@right("public")
@kept_ready
def project_calendar(slug: str) -> Response:
    """Feed of one project's events."""
    found = queries.find_project(slug) or abort(404)
    page = url_for("public.project", slug=slug)
    return _events_response(Scope(project_id=found.id), local(found.title), page)


@bp.get("/organisations/<slug>/calendar.ics")
@right("public")
@kept_ready
def organisation_calendar(slug: str) -> Response:
    """Feed of one organisation's events."""
    found = find_organisation(slug) or abort(404)
    page = url_for("public.follow_organisation", slug=slug)
    return _events_response(Scope(organisation_id=found.id), found.name, page)


@bp.get("/activities/<slug>/calendar.ics")
@right("public")
@kept_ready
def activity_calendar(slug: str) -> Response:
    """Feed of one activity's events."""
    found = queries.find_activity(slug) or abort(404)
    page = url_for("public.follow_activity", slug=slug)
    return _events_response(Scope(activity_id=found.id), local(found.title), page)


@bp.get("/events/<slug>.ics")
@right("public")
@kept_ready
def event_calendar_file(slug: str) -> Response:
    """One event as a calendar file; empty until its date is fixed."""
    found = queries.find_event(slug) or abort(404)
    response = feed_response(
        Feed(
            name=local(found.title),
            state=(found.id, found.version, found.revised_at, found.when.is_fixed),
            changed=found.revised_at,
            entries=lambda: public_entries([found] if found.when.is_fixed else []),
            page=absolute(url_for("public.event", slug=slug)),
        )
    )
    name = url_for("public.event_calendar_file", slug=found.slug).rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
