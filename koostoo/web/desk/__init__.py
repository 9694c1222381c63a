"""The organisers' desk: events and the people who signed up."""

from typing import Any

from flask import Blueprint, g
from flask_wtf.csrf import generate_csrf

bp = Blueprint("desk", __name__, url_prefix="/desk")

from koostoo.web.desk import attendance, downloads, events, people  # noqa: E402, F401 - they add routes to bp


@bp.context_processor
def _who() -> dict[str, Any]:
    organiser = g.get("organiser")
    return {
        "organiser_name": organiser.email if organiser else "",
        "csrf_token": generate_csrf,
    }
