"""Error pages in the reader's language; none tells more than a reader needs."""

from flask import Flask, current_app, g, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from koostoo.base.retry import Busy
from koostoo.documents.typesetting import TakesTooLong
from koostoo.web.problems import is_for_programs, problem

CODES = (400, 403, 404, 405, 410, 413, 429, 500, 503)
SOON = {"Retry-After": "5"}
"""Beside a 503: when to come again, in seconds."""
PROBLEMS = {
    401: "Show a token that works: Authorization: Bearer koostoo_…",
    403: "The roles of the token's owner do not allow this.",
    404: "There is nothing at this address, or nothing the token's owner may know of.",
    405: "This address can only be read: GET or HEAD.",
    429: "Too many requests with this token; wait as long as Retry-After says.",
    500: "Something went wrong on our side.",
    503: "The database is very busy; ask again soon.",
}
"""What programs are told, in English: who reads it writes programs."""


def _words(code: int) -> tuple[str, str]:
    known = {
        400: (_("This request was not understood"), _("Please go back and try again.")),
        403: (_("This is not allowed from here"), _("Open the page again and send it from there.")),
        404: (
            _("There is nothing at this address"),
            _(
                "The link may be incomplete, old or already used. Check it in the letter, "
                "or start from the home page."
            ),
        ),
        405: (_("This page cannot do that"), _("Open it again from the home page.")),
        410: (
            _("This address is no longer in use"),
            _("It was replaced or taken back. Remove the calendar from your program."),
        ),
        413: (
            _("That is too much to send at once"),
            _(
                "At most %(size)s MB can be sent. Please shorten the text or choose a smaller "
                "file.",
                size=(request.max_content_length or 0) // 1_000_000,
            ),
        ),
        429: (_("Too many tries"), _("Please wait a little and try again.")),
        503: (
            _("Very busy right now"),
            _("Nothing was saved. Please go back and send it again in a moment."),
        ),
    }
    return known.get(
        code,
        (_("Something went wrong on our side"), _("Please try again in a moment.")),
    )


def error_page(code: int, words: tuple[str, str] | None = None) -> tuple[str, int]:
    """Return the page for an HTTP status in the reader's language; `words`: title and advice."""
    title, advice = words or _words(code)
    return (
        render_template(
            "errors/page.html",
            code=code,
            title=title,
            advice=advice,
            request_id=getattr(g, "request_id", ""),
        ),
        code,
    )


def _http_error(error: HTTPException) -> tuple[str, int] | HTTPException | Response:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        # Asked under a foreign name: no page of ours may be shown, not even its links.
        return Response("This is not the address of the service.\n", 400, mimetype="text/plain")
    if is_for_programs():
        kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return problem(error.code, PROBLEMS.get(error.code, error.description or ""), kept)
    if error.code == 405:
        page = current_app.make_response(error_page(405))
        page.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
        return page
    return error_page(error.code)


def _busy(error: Busy | OperationalError) -> tuple[str, int, dict[str, str]] | Response:
    what = error if isinstance(error, Busy) else type(error.orig).__name__
    current_app.logger.warning("database busy or away: %s", what)
    if is_for_programs():
        return problem(503, PROBLEMS[503], SOON)
    return *error_page(503), SOON


def _too_long(error: TakesTooLong) -> tuple[str, int]:
    current_app.logger.warning("a document was not made: %s", error)
    return error_page(
        503,
        (
            _("This document took too long to make"),
            _("Choose fewer people, or try again later. As CSV or Excel a long list is quick."),
        ),
    )


def _crash(error: Exception) -> tuple[str, int] | Response:
    current_app.logger.error("unexpected error", exc_info=error)
    if is_for_programs():
        return problem(500, PROBLEMS[500])
    return error_page(500)


def set_up(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(TakesTooLong, _too_long)
    if not app.testing:
        app.register_error_handler(Exception, _crash)
