"""Which language a page speaks: `/en/…` is the same page in English.

The prefix is moved into SCRIPT_NAME before routing, so each route is written once and
`url_for` keeps the reader's language by itself.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Lang = Literal["et", "en"]


class LanguagePrefix:
    """WSGI layer that turns `/en/events` into `/events` with SCRIPT_NAME `/en`."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Hand on the request, its language moved out of the path."""
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        return self.app(environ, start)


def current_lang() -> Lang:
    """Return the language of the page, or of the letter, being written now."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "et"


def other_lang_url() -> str | None:
    """Return the address of this page in the other language; None after a POST."""
    if not has_request_context() or request.method != "GET":
        return None
    query = request.query_string.decode("latin-1")
    path = request.path if request.script_root else "/en" + request.path
    return path + (f"?{query}" if query else "")


def _select() -> str:
    return "en" if has_request_context() and request.script_root.endswith("/en") else "et"


def set_up(app: Flask) -> None:
    """Choose the language from the address; Estonian is the default."""
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[assignment,method-assign]
    app.config["BABEL_DEFAULT_LOCALE"] = "et"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Tallinn"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(app.root_path) / "translations")
    Babel(app, locale_selector=_select)
    helpers: dict[str, Any] = {"other_lang_url": None}
    app.jinja_env.globals.update(helpers)

    @app.context_processor
    def words() -> dict[str, Any]:
        return {"lang": current_lang(), "other_lang_url": other_lang_url()}
