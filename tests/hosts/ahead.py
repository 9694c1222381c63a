"""The application on a host whose clock is ahead: CLOCK_AHEAD seconds.

Namespaces share the clock of the machine, and everything asks for the time in one place.
"""

import os
import sys
from datetime import datetime, timedelta

from app import app
from koostoo.base import clock

__all__ = ["app"]

_AHEAD = timedelta(seconds=int(os.environ["CLOCK_AHEAD"]))
_now = clock.now


def now() -> datetime:
    """Return what this host believes the present instant to be."""
    return _now() + _AHEAD


for _module in list(sys.modules.values()):
    if _module.__name__.startswith("koostoo") and vars(_module).get("now") is _now:
        vars(_module)["now"] = now
