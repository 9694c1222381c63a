"""What is behind a secret link from a letter: a participant's own page, and the end of letters."""

from flask import Blueprint

bp = Blueprint("mine", __name__, url_prefix="/my")

from koostoo.web.mine import (  # noqa: E402 - they add routes to bp
    calendar,  # noqa: F401
    calendar_reply,  # noqa: F401
    correcting,  # noqa: F401
    erasing,  # noqa: F401
    feedback,  # noqa: F401
    group,  # noqa: F401
    new_link,  # noqa: F401
    own_data,  # noqa: F401
    pages,  # noqa: F401
    stopping,  # noqa: F401
)
