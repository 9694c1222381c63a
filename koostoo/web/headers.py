"""Response headers: a strict content policy, no referrer, nothing private in a cache."""

from secrets import token_hex
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from koostoo.web.rights import right_of

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def _start() -> None:
    g.request_id = token_hex(6)
    # The query is as it came, still encoded.
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        abort(404)  # PostgreSQL cannot even be asked about it.
    # A second wall behind the form token: a browser tells where a POST comes from.
    if request.method not in ("GET", "HEAD", "OPTIONS") and not _from_own_page():
        abort(403)


def _from_own_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = urlsplit(current_app.config["BASE_URL"]).netloc
    try:
        return urlsplit(origin).netloc in (own, request.host)
    except ValueError:
        return False  # "https://[x" is no address at all.


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    # The number under which the logs tell of this request; an error page shows it too.
    headers["X-Request-Id"] = getattr(g, "request_id", "")
    headers["X-Content-Type-Options"] = "nosniff"
    if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
        headers.setdefault("X-Frame-Options", "DENY")
    # Not "no-referrer": under it browsers name "null" as the origin of our own forms.
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    # Only the page that scans codes opens the camera.
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    is_file = request.endpoint == "static" and response.status_code < 400
    if not is_file and "Cache-Control" not in headers:
        declared = right_of(current_app, request.endpoint) if request.endpoint else None
        headers["Cache-Control"] = "no-cache" if declared == "public" else "no-store"
    return response


class _Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie; an answer that sets a cookie, whichever, is stored nowhere.

    Flask sets this one last, after all functions that finish a response.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie where something changed."""
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers:
            response.headers["Cache-Control"] = "no-store"


def set_up(app: Flask) -> None:
    """Put the headers on every response, errors and downloads included."""
    app.session_interface = _Sessions()
    app.before_request(_start)
    app.after_request(_finish)
