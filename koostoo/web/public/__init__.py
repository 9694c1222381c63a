"""Pages for everybody: programme, events, sign-up, feeds."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from koostoo.web.public import feeds, group, pages, signup  # noqa: E402, F401 - they add routes to bp
