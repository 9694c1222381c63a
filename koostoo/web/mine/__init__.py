"""A participant's own page behind the secret link."""

from flask import Blueprint

bp = Blueprint("mine", __name__, url_prefix="/my")

from koostoo.web.mine import pages  # noqa: E402, F401 - it adds routes to bp
