"""Who may open a page: every view declares it, and one that does not is refused."""

import hmac
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from koostoo.accounts.service import find_organiser
from koostoo.base.clock import now

Right = Literal["public", "secret_link", "organiser", "monitor"]
View = TypeVar("View", bound=Callable[..., Any])


def right(name: Right) -> Callable[[View], View]:
    """Declare who may open the view: anybody, who holds a secret link, an organiser, a monitor.

    A monitor shows MONITOR_TOKEN as a bearer token; for everybody else the page is not there.
    """

    def declare(view: View) -> View:
        view.right = name  # type: ignore[attr-defined]  # read back by `right_of`
        return view

    return declare


def right_of(app: Flask, endpoint: str) -> Right | None:
    """Return what the endpoint declares; None for one that forgot."""
    if endpoint == "static":
        return "public"
    return getattr(app.view_functions[endpoint], "right", None)


def desk_cookie_name() -> str:
    """Return the name of the organisers' session cookie; `__Host-` needs https."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    return "__Host-koostoo_desk" if secure else "koostoo_desk"


def organiser_id() -> int:
    """Return the number of the organiser whose page this is; only behind the right "organiser"."""
    return int(g.organiser.id)


def _check() -> Response | None:
    if request.endpoint is None:
        return None
    declared = right_of(current_app, request.endpoint)
    if declared is None:
        abort(404)
    if declared == "monitor" and not _is_monitor():
        abort(404)
    if declared == "organiser":
        token = request.cookies.get(desk_cookie_name(), "")
        organiser = find_organiser(token, now()) if token else None
        if organiser is None:
            return redirect(url_for("signin.ask"), 303)
        g.organiser = organiser
    return None


def _is_monitor() -> bool:
    token = current_app.config["MONITOR_TOKEN"]
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(shown.encode(), token.encode())


def set_up(app: Flask) -> None:
    """Check the declared right before every view."""
    app.before_request(_check)
