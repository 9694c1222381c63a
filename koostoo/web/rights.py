"""Who may open a page: every view declares it, and one that does not is refused.

What a page is about stands in its address: the event `slug`, a person `number` of it, a letter, an
organisation. What each right asks for stands in `right_checks`.
"""

import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Literal, TypeVar, cast, get_args

from flask import Flask, abort, current_app, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from koostoo.accounts.roles import Access, EventFacts
from koostoo.accounts.rules import Standing
from koostoo.accounts.sessions import SessionEnded, SignedIn, find_session
from koostoo.base.clock import now
from koostoo.events.access import load_access
from koostoo.web.bearer import token_owner
from koostoo.web.cookies import desk_token
from koostoo.web.links import forget_wanted, keep_wanted
from koostoo.web.right_checks import CHECKS
from koostoo.web.unsaved import unsaved_page

Right = Literal[
    "public",
    "secret_link",
    "monitor",
    "signing_in",
    "setting_up",
    "organiser",
    "manager",
    "manager_of_all",
    "event_creator",
    "event_check_in",
    "event_look",
    "event_fill",
    "event_run",
    "event_files",
    "person_run",
    "letter_run",
    "partner_list",
    "register",
    "project_look",
    "project_manage",
    "job",
    "api",
    "api_project",
    "api_figures",
    "api_event",
    "api_people",
]
"""Anybody; who holds a secret link; who shows MONITOR_TOKEN as a bearer token (for others the page
is not there); who has begun to sign in; who may besides set up a second factor; any organiser who
is signed in altogether. The rest ask for roles, see `Access`. Those of the API ask for an
organiser's token instead of the session: any; one whose owner has to do with the project, finds the
event, may look at its people."""
RIGHTS: tuple[Right, ...] = get_args(Right)
_STANDINGS: Mapping[str, tuple[Standing, ...]] = {
    "signing_in": ("full", "ask", "set_up"),
    "setting_up": ("full", "set_up"),
}
"""What a session must be good for; for all other rights of the desk: everything."""
API_RIGHTS = frozenset(name for name in RIGHTS if name.startswith("api"))
View = TypeVar("View", bound=Callable[..., Any])


def right(name: Right) -> Callable[[View], View]:
    """Declare who may open the view."""

    def declare(view: View) -> View:
        view.right = name  # type: ignore[attr-defined]  # read back by `right_of`
        return view

    return declare


def right_of(app: Flask, endpoint: str) -> Right | None:
    """Return what the endpoint declares; None for one that forgot."""
    if endpoint == "static":
        return "public"
    return getattr(app.view_functions[endpoint], "right", None)


def asks_afresh(view: View) -> View:
    """Let a view open only for who proved just now who they are; others do so and come back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if signed_in().is_fresh(now()):
            return view(*args, **kwargs)
        return redirect(url_for("signin.second", next=request.script_root + request.path), 303)

    return cast(View, guarded)


def signed_in() -> SignedIn:
    """Return the session in which this page is asked for; only at the desk."""
    found: SignedIn = g.signed_in
    return found


def organiser_id() -> int:
    """Return the number of the organiser whose page this is; only at the desk."""
    return int(g.organiser.id)


def access() -> Access:
    """Return what the organiser whose page this is may do; only at the desk."""
    found: Access = g.access
    return found


def event_facts() -> EventFacts:
    """Return what decides about the event of this page; only behind a right about events."""
    found: EventFacts = g.event_facts
    return found


def project_id() -> int:
    """Return the number of the project of this page; only behind a right about projects."""
    return int(g.project_id)


def shows_contacts(organisation_id: int | None) -> bool:
    """Say whether contacts and answers of this organisation's people in the event may be seen."""
    return access().sees_contacts(event_facts(), organisation_id)


def _check() -> Response | None:
    if request.endpoint is None:
        return None
    declared = right_of(current_app, request.endpoint)
    if declared is None:
        abort(404)
    if declared == "monitor" and not _is_monitor():
        abort(404)
    if declared in ("public", "secret_link", "monitor"):
        return None
    if declared in API_RIGHTS:
        g.api_token, g.organiser = token_owner()
        g.access = load_access(g.organiser.id)
        CHECKS[declared](g.access, request.view_args or {})
        return None
    token = desk_token()
    found = find_session(token, now()) if token else None
    if found is None:
        return _ask_who_it_is(declared)
    if found.standing not in _STANDINGS.get(declared, ("full",)):
        step = "signin.second" if found.standing == "ask" else "desk.account"
        return redirect(url_for(step), 303)
    if found.standing == "full":
        forget_wanted()
    g.signed_in, g.organiser = found, found.organiser
    g.access = load_access(g.organiser.id)
    CHECKS[declared](g.access, request.view_args or {})
    return None


def _ask_who_it_is(declared: Right) -> Response:
    """Lead to signing in; who comes with a filled-in form gets it back, to send afterwards."""
    if declared != "signing_in":
        unsaved = unsaved_page()
        if unsaved is not None:
            return make_response(unsaved)
        keep_wanted()
    return redirect(url_for("signin.ask"), 303)


def _is_monitor() -> bool:
    token = current_app.config["MONITOR_TOKEN"]
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(shown.encode(), token.encode())


def _session_ended(_error: SessionEnded) -> Response:
    return redirect(url_for("signin.ask"), 303)


def set_up(app: Flask) -> None:
    """Check the declared right before every view."""
    app.before_request(_check)
    app.register_error_handler(SessionEnded, _session_ended)
