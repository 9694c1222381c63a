"""Coming events as news feeds (Atom): of everything, of a project, of an organisation."""

from flask import Response, abort, url_for
from flask_babel import gettext as _

from koostoo.base import dates
from koostoo.base.clock import local_day, now
from koostoo.documents.atom import MIMETYPE, AtomEntry, AtomFeed, tag_uri, write_atom
from koostoo.events import queries
from koostoo.events.feeds import Scope, coming_events, coming_state
from koostoo.events.models import Event
from koostoo.programme.queries import find_organisation
from koostoo.web.feeds import made_if_new
from koostoo.web.language import current_lang
from koostoo.web.links import absolute, this_address
from koostoo.web.public import bp
from koostoo.web.ready import kept_ready
from koostoo.web.rights import right
from koostoo.web.view import local

FORM = 1
"""To be raised whenever the same rows are written otherwise."""
MOST = 100
"""Events in one feed at most."""


@bp.get("/events.atom")
@right("public")
@kept_ready
def news() -> Response:
    """News feed of all coming events."""
    return _news(Scope(), _("Coming events"), url_for("public.home"))


@bp.get("/project/<slug>/events.atom")
@right("public")
@kept_ready
def project_news(slug: str) -> Response:
    """News feed of a project's coming events."""
    found = queries.find_project(slug) or abort(404)
    page = url_for("public.project", slug=slug)
    return _news(Scope(project_id=found.id), local(found.title), page)


@bp.get("/organisations/<slug>/events.atom")
@right("public")
@kept_ready
def organisation_news(slug: str) -> Response:
    """News feed of the coming events an organisation holds."""
    found = find_organisation(slug) or abort(404)
    page = url_for("public.follow_organisation", slug=slug)
    return _news(Scope(organisation_id=found.id), found.name, page)


def _news(scope: Scope, name: str, page: str) -> Response:
    today, title = local_day(now()), _("Koostöö: %(name)s", name=name)
    state = coming_state(scope, today)
    about = (FORM, current_lang(), this_address(), title, page, state)

    def make() -> bytes:
        feed = AtomFeed(
            title, this_address(), absolute(page), state.changed, current_lang(), "Koostöö"
        )
        return write_atom(feed, map(_entry, coming_events(scope, today, MOST)))

    return made_if_new(MIMETYPE, about, state.changed, make)


def _entry(event: Event) -> AtomEntry:
    lang = current_lang()
    off = event.state == "called_off"
    title = local(event.title)
    told = (
        local(event.why_called_off) if off else "",
        dates.in_full(event.when, lang),
        local(event.place),
        local(event.summary),
    )
    # Only what stands on the event itself: a title of its activity may change without it.
    categories = [(event.activity.slug, "")]
    if off:
        categories.append(("called-off", _("Called off")))
    return AtomEntry(
        number=tag_uri(event.uid, event.created_at),
        title=_("CALLED OFF: %(title)s", title=title) if off else title,
        page=absolute(url_for("public.event", slug=event.slug)),
        changed=event.revised_at,
        summary="\n".join(filter(None, told)),
        categories=tuple(categories),
    )
