"""What programs read: JSON with an organiser's token, nothing to write."""

from flask import Blueprint

bp = Blueprint("api", __name__, url_prefix="/api/v1")

from koostoo.web.api import (  # noqa: E402 - they add routes to bp
    description,  # noqa: F401
    events,  # noqa: F401
    people,  # noqa: F401
    projects,  # noqa: F401
)
