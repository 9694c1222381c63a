"""Errors as programs read them: problem details (RFC 9457), in English."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

PREFIX = "/api/"
MIMETYPE = "application/problem+json"


def is_for_programs() -> bool:
    """Tell whether this address is one of those that programs read."""
    return request.path.startswith(PREFIX)


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Return an error: its status, what is wrong, and perhaps more that programs can read."""
    about = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body = json.dumps({**about, "detail": detail, **more}, ensure_ascii=False)
    response = Response(body, status, headers=dict(headers or {}), content_type=MIMETYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
