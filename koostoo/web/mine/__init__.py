"""A participant's own page behind the secret link."""

from flask import Blueprint

bp = Blueprint("mine", __name__, url_prefix="/my")

from koostoo.web.mine import calendar, group, pages  # noqa: E402, F401 - they add routes to bp
