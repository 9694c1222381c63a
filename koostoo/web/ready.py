"""Public pages kept ready: while nothing changes, one rendering a second serves everybody.

A kept answer is given out only within the second of the clock it was made in, and only as long
as nobody has committed anything, in whatever process: it is never older than what a reader would
get otherwise. It is for views that show everybody the same.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, make_response, request, session

from koostoo.base.clock import now
from koostoo.base.database import db, state_of_data
from koostoo.web.compression import gzip_wanted, pack

MOST = 200
"""Answers kept by one process; beyond them each is made afresh."""


class Kept(NamedTuple):
    """An answer without its connection to a request."""

    body: bytes
    status: int
    headers: list[tuple[str, str]]


class Shelf:
    """Answers that share one label; another label starts an empty shelf."""

    def __init__(self) -> None:
        # One pair, replaced as a whole, so that threads never see half of it.
        self._shelf: tuple[Hashable, dict[Hashable, Kept]] = (None, {})

    def find(self, label: Hashable, key: Hashable) -> Response | None:
        """Return a new response made of the kept one, None when there is none."""
        kept_label, answers = self._shelf
        kept = answers.get(key) if kept_label == label else None
        return None if kept is None else Response(kept.body, kept.status, kept.headers)

    def keep(self, label: Hashable, key: Hashable, answer: Response) -> None:
        """Keep an answer, and nothing of another label."""
        kept_label, answers = self._shelf
        if kept_label != label:
            answers = {}
            self._shelf = (label, answers)
        if len(answers) < MOST:
            answers[key] = Kept(answer.get_data(), answer.status_code, list(answer.headers))


def kept_ready(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the answers of a view that depend on nothing but address, data and time."""
    return kept_ready_by()(view)


def kept_ready_by(*asked: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep the answers of a view that depends on these parts of the query too, and on no other."""

    def keep(view: Callable[..., Any]) -> Callable[..., Any]:
        return _kept(view, asked)

    return keep


def _kept(view: Callable[..., Any], asked: tuple[str, ...]) -> Callable[..., Any]:
    @wraps(view)
    def answer(**values: Any) -> Any:
        if _is_personal() or set(request.args) - {*asked} or db.session().in_transaction():
            # Rows read before the state is asked for would be older than it says.
            return view(**values)
        shelf: Shelf = current_app.extensions["koostoo_shelf"]
        label = (state_of_data(), int(now().timestamp()))
        key = (
            request.script_root,
            request.path,
            tuple(request.args.get(name) for name in asked),
            request.headers.get("If-None-Match"),
            request.headers.get("If-Modified-Since"),
            gzip_wanted(),
        )
        found = shelf.find(label, key)
        if found is None:
            found = make_response(view(**values))
            if found.mimetype == "text/html" and found.status_code == 200:
                # Once for all who take it so. There is no secret in it that its length could tell.
                pack(found)
            if found.status_code in (200, 304) and not _changes_session(found):
                shelf.keep(label, key, found)
        return found

    return answer


def _is_personal() -> bool:
    """Tell whether a message of this reader's last step waits to be shown."""
    cookie = current_app.config["SESSION_COOKIE_NAME"]
    return cookie in request.cookies and "_flashes" in session


def _changes_session(answer: Response) -> bool:
    """Tell whether a page left something with its reader; note it where it only looked.

    A feed has nothing to do with sessions, and even asking would make it differ by cookie.
    """
    if answer.mimetype != "text/html":
        return False
    if session.accessed:
        answer.vary.add("Cookie")
    return session.modified


def set_up(app: Flask) -> None:
    """Give the application its shelf."""
    app.extensions["koostoo_shelf"] = Shelf()
