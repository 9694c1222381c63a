"""Addresses that carry a secret, the keys of these; where a page may lead back to."""

import re
from typing import Any

from flask import abort, current_app, make_response, render_template, request, session, url_for

from koostoo.base.tokens import make_code, make_token, read_token
from koostoo.privacy.erasing import find_erasure
from koostoo.registration.models import Group, Registration
from koostoo.registration.queries import find_by_link, find_group_by_link

_WANTED = "wanted"
_DESK_PATH = re.compile(r"(/en)?/desk(/[A-Za-z0-9][A-Za-z0-9._~-]*)*/?", re.ASCII)


def keys() -> list[str]:
    """Return the signing key and the earlier ones that still open links."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]


def own_page(link_id: str, endpoint: str = "mine.show") -> str:
    """Return the path of a participant's own page (`my` token)."""
    return url_for(endpoint, token=make_token(keys(), "my", link_id))


def check_in_codes(link_id: str) -> list[str]:
    """Return the codes by which somebody is checked in, the one given out now first.

    They open nothing: only who is signed in at the desk can do anything with them.
    """
    return [make_code(key, "checkin", link_id) for key in keys()]


def own_feed(link_id: str) -> str:
    """Return the path of the own feed: its token opens nothing else."""
    return url_for("mine.feed", token=make_token(keys(), "feed", link_id))


def group_page(link_id: str, endpoint: str = "mine.group", **values: Any) -> str:
    """Return the path of the page about the people a contact signed up (`group` token)."""
    return url_for(endpoint, token=make_token(keys(), "group", link_id), **values)


def find_group(token: str) -> Group | None:
    """Return the group a token opens; None for every kind of wrong token alike.

    The link ends with the address it was sent to: once that is forgotten it opens nothing.
    """
    link_id = read_token(keys(), "group", token)
    found = None if link_id is None else find_group_by_link(link_id)
    return found if found is not None and found.email else None


def find_registration(purpose: str, token: str) -> Registration | None:
    """Return the registration a token opens; None for every kind of wrong token alike.

    An own page ends with the address it was sent to: once that is forgotten nothing opens it. Where
    it was erased at the person's wish, it says so, with status 410.
    """
    link_id = read_token(keys(), purpose, token)
    found = None if link_id is None else find_by_link(link_id)
    if found is None or purpose != "my" or found.email:
        return found
    erasure = find_erasure(found.id)
    if erasure is not None:
        page = render_template("mine/erased.html", erasure=erasure, event=found.event)
        abort(make_response(page, 410))
    return None


def link_id_of(purpose: str, token: str) -> str:
    """Return what names the row behind a token; answer 404 to one that was never given.

    So a genuine one whose row is gone was ours once and was taken back: that is a 410.
    """
    return read_token(keys(), purpose, token) or abort(404)


def token_path(endpoint: str, purpose: str, link_id: str) -> str:
    """Return the path of a view whose address holds a token."""
    return url_for(endpoint, token=make_token(keys(), purpose, link_id))


def absolute(path: str) -> str:
    """Return the full address of a path of ours; only BASE_URL decides the origin."""
    return str(current_app.config["BASE_URL"]) + path


def this_address() -> str:
    """Return the full address of the page being shown, without its query."""
    return absolute(request.script_root + request.path)


def desk_path(wanted: str) -> str | None:
    """Return a path of the desk that a request asks to be led back to; None for anything else.

    Only plain paths: no other host, no scheme, nothing escaped, no query.
    """
    return wanted if _DESK_PATH.fullmatch(wanted) else None


def keep_wanted() -> None:
    """Let the browser remember which page of the desk it was asked for before signing in.

    Pages alone: files, what scripts fetch and what a form sends are not opened afterwards.
    """
    path = request.script_root + request.path
    is_page = request.method == "GET" and "." not in path
    if is_page and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
        session[_WANTED] = path


def wanted_page() -> str:
    """Return where signing in leads: to the page asked for before, else to the home of the desk."""
    return desk_path(session.get(_WANTED, "")) or url_for("desk.home")


def forget_wanted() -> None:
    """Forget that page: it is open, or another one is."""
    if _WANTED in session:
        del session[_WANTED]
