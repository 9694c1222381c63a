"""A letter shown in a frame of a page: it keeps its own styles, and nothing in it can run."""

from typing import Literal

from flask import Response

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "frame-ancestors 'self'; sandbox allow-popups "
)
_LINKS = {
    "_top": "allow-top-navigation-by-user-activation",
    "_blank": "allow-popups-to-escape-sandbox",
}


def with_frame(page: str, status: int = 200) -> Response:
    """Return a page that may hold a frame with a page of ours."""
    response = Response(page, status)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def letter_frame(html: str, links: Literal["_top", "_blank"]) -> Response:
    """Return a letter for such a frame.

    A link leaves the frame, as it leaves a mail program: our pages refuse to be framed. `links`
    says whether it takes the place of the page around or opens beside it.
    """
    response = Response(html.replace("<head>", f'<head><base target="{links}">', 1))
    return _framed(response, _LINKS[links])


def text_frame(text: str, status: int = 200) -> Response:
    """Return plain text for such a frame."""
    return _framed(Response(text, status, mimetype="text/plain"), "")


def _framed(response: Response, more: str) -> Response:
    response.headers["Content-Security-Policy"] = (_LETTER_POLICY + more).strip()
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
