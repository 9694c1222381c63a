"""Coming events for a frame in another web site: no session, no form, no script."""

from typing import NamedTuple
from urllib.parse import urlencode

from flask import Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from koostoo.base.clock import local_day, now
from koostoo.events.feeds import Scope, coming_events
from koostoo.programme.queries import find_organisation, find_project_id
from koostoo.web.language import current_lang
from koostoo.web.public import bp
from koostoo.web.public.cards import cards
from koostoo.web.ready import kept_ready_by
from koostoo.web.rights import right

SHOWN = 10
"""Events shown unless the address asks for another number."""
MOST = 50


class _Wanted(NamedTuple):
    """Whose events (None: of something that is not there), and the page that shows more of them."""

    scope: Scope | None
    more: str


@bp.get("/embed/events")
@right("public")
@kept_ready_by("organisation", "project", "lang", "max")
def embedded_events() -> AnyResponse:
    """Show coming events: all, or of an `organisation` or a `project`, at most `max`.

    `lang` leads to the page in that language, so that its links do too. A number that makes no
    sense is passed over: nobody sees the address of a frame.
    """
    lang = request.args.get("lang", current_lang())
    if lang != current_lang() and lang in ("et", "en"):
        rest = urlencode({name: value for name, value in request.args.items() if name != "lang"})
        path = ("/en" if lang == "en" else "") + request.path
        return redirect(f"{path}?{rest}" if rest else path)
    wanted, moment = _wanted(), now()
    events = coming_events(wanted.scope, local_day(moment), _number()) if wanted.scope else []
    page = render_template(
        "public/embed.html",
        cards=cards(events, moment),
        more=wanted.more,
        is_there=wanted.scope is not None,
    )
    return _framed(Response(page, 200 if wanted.scope else 404))


def _framed(response: Response) -> Response:
    """Let the sites of EMBED_ANCESTORS, and our own pages, show this page in a frame."""
    sources = " ".join(["'self'", *current_app.config["EMBED_ANCESTORS"]])
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {sources}"
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _wanted() -> _Wanted:
    organisation, project = request.args.get("organisation"), request.args.get("project")
    if organisation:
        found = find_organisation(organisation)
        if found is None:
            return _Wanted(None, url_for("public.home"))
        more = url_for("public.follow_organisation", slug=organisation)
        return _Wanted(Scope(organisation_id=found.id), more)
    if project:
        number = find_project_id(project)
        if number is None:
            return _Wanted(None, url_for("public.home"))
        return _Wanted(Scope(project_id=number), url_for("public.project", slug=project))
    return _Wanted(Scope(), url_for("public.home"))


def _number() -> int:
    typed = request.args.get("max", "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < 4
    return min(max(int(typed), 1), MOST) if is_number else SHOWN
