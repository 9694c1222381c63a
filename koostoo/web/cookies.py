"""The cookies of signing in: the session at the desk, and the one by which a browser is known."""

from datetime import timedelta
from secrets import token_urlsafe

from flask import current_app, request
from werkzeug.wrappers import Response

from koostoo.accounts.account_news import Occasion
from koostoo.accounts.browsers import kind_of
from koostoo.accounts.guarding import KNOWN_LIFE, Source
from koostoo.accounts.rules import WHOLE_LIFE, network_of
from koostoo.accounts.sessions import Device
from koostoo.base.clock import now
from koostoo.web.language import current_lang


def desk_token() -> str:
    """Return what the browser shows as its session; empty where it shows nothing."""
    return request.cookies.get(_name("desk"), "")


def this_device() -> Device:
    """Return the browser that asks; one without a secret of its own gets one with the answer."""
    secret = request.cookies.get(_name("browser"), "") or token_urlsafe(32)
    return Device(secret, kind_of(request.user_agent.string), desk_token())


def this_source() -> Source:
    """Return where the request comes from, for counting tries."""
    return Source(network_of(request.remote_addr or ""), request.cookies.get(_name("browser"), ""))


def this_occasion() -> Occasion:
    """Return when, in which language and by which kind of browser something is done."""
    return Occasion(now(), current_lang(), kind_of(request.user_agent.string))


def keep_browser(response: Response, device: Device) -> None:
    """Let the browser keep its secret: for links it asked for, and to be known next time."""
    _set(response, "browser", device.secret, KNOWN_LIFE)


def keep_session(response: Response, token: str, device: Device) -> None:
    """Let the browser keep its session, in place of any other, and its secret."""
    _set(response, "desk", token, WHOLE_LIFE)
    keep_browser(response, device)


def drop_session(response: Response) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(
        _name("desk"), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True
    )


def _name(what: str) -> str:
    """Return a cookie's full name; `__Host-` needs https."""
    prefix = "__Host-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    return f"{prefix}koostoo_{what}"


def _set(response: Response, what: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        _name(what),
        value,
        max_age=life,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
