"""Pages of something that goes on: a script looks again; without it, one may ask for that.

Nobody's page is loaded again unasked: it would pull whoever reads or hears it back to its top.
"""

from flask import request

REFRESH_SECONDS = 5


def is_auto() -> bool:
    """Say whether the reader asked for the page to be loaded again by itself."""
    return bool(request.args.get("auto"))


def refreshed(*, is_open: bool) -> dict[str, str]:
    """Return the header that has the page loaded again, while it goes on and was asked for."""
    return {"Refresh": str(REFRESH_SECONDS)} if is_open and is_auto() else {}
