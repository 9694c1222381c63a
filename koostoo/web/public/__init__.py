"""Pages for everybody: programme, events, sign-up, feeds."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from koostoo.web.public import (  # noqa: E402 - they add routes to bp
    embed,  # noqa: F401
    feeds,  # noqa: F401
    files,  # noqa: F401
    following,  # noqa: F401
    group,  # noqa: F401
    monitor,  # noqa: F401
    news,  # noqa: F401
    notice,  # noqa: F401
    pages,  # noqa: F401
    signup,  # noqa: F401
    sitemap,  # noqa: F401
)
