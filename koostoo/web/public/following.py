"""How to have a calendar in one's own: a page for each feed, with all ways to subscribe."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from koostoo.base.clock import local_day, now
from koostoo.events import queries
from koostoo.events.feeds import Scope, next_events
from koostoo.programme.queries import find_organisation
from koostoo.web.feeds import subscription
from koostoo.web.public import bp
from koostoo.web.ready import kept_ready
from koostoo.web.rights import right
from koostoo.web.view import kind_label, local

SHOWN = 5
"""Events named on a page as examples of what the calendar brings."""


@bp.get("/calendar")
@right("public")
@kept_ready
def follow() -> str:
    """Show how to subscribe to all events, and which calendars there are besides."""
    projects = queries.all_projects()
    return _page(
        Scope(),
        "public.calendar",
        title=_("All events"),
        projects=[queries.find_project(project.slug) for project in projects],
    )


@bp.get("/project/<slug>/calendar")
@right("public")
@kept_ready
def follow_project(slug: str) -> str:
    """Show how to subscribe to a project's events."""
    found = queries.find_project(slug) or abort(404)
    return _page(
        Scope(project_id=found.id),
        "public.project_calendar",
        slug,
        title=local(found.title),
        back=(url_for("public.project", slug=slug), local(found.title)),
        projects=[found],
    )


@bp.get("/organisations/<slug>/calendar")
@right("public")
@kept_ready
def follow_organisation(slug: str) -> str:
    """Show how to subscribe to the events an organisation holds."""
    found = find_organisation(slug) or abort(404)
    return _page(
        Scope(organisation_id=found.id), "public.organisation_calendar", slug, title=found.name
    )


@bp.get("/activities/<slug>/calendar")
@right("public")
@kept_ready
def follow_activity(slug: str) -> str:
    """Show how to subscribe to the events of an activity."""
    found = queries.find_activity(slug) or abort(404)
    project = found.project
    return _page(
        Scope(activity_id=found.id),
        "public.activity_calendar",
        slug,
        title=local(found.title),
        kind=kind_label(found),
        back=(url_for("public.project", slug=project.slug), local(project.title)),
    )


def _page(scope: Scope, feed: str, slug: str | None = None, **more: Any) -> str:
    everything = request.args.get("all") == "1"
    coming, number = next_events(scope, local_day(now()), SHOWN)
    values: dict[str, Any] = {"kind": "", "back": None, "projects": []} | more
    address: dict[str, Any] = {} if slug is None else {"slug": slug}
    if everything:
        address["all"] = 1
    return render_template(
        "public/follow.html",
        news=_news(feed, slug),
        links=subscription(url_for(feed, **address)),
        everything=everything,
        coming=coming,
        beyond=number - len(coming),
        **values,
    )


_NEWS = {
    "public.calendar": "public.news",
    "public.project_calendar": "public.project_news",
    "public.organisation_calendar": "public.organisation_news",
}


def _news(feed: str, slug: str | None) -> str | None:
    """Return the news feed of the same events as a calendar; None where there is none."""
    if feed not in _NEWS:
        return None
    return url_for(_NEWS[feed]) if slug is None else url_for(_NEWS[feed], slug=slug)
