"""The WSGI entry: `gunicorn app:app`; the `flask` command finds it here too."""

import gc
import os

# What is loaded at the start stays: looking for garbage in it takes a fifth of the time until a
# command begins. Gunicorn looks again after the fork (`deploy/gunicorn.conf.py`).
_WAS_LOOKING = gc.isenabled()
gc.disable()

from config import settings  # noqa: E402 - what is loaded here is what stays
from koostoo import create_app  # noqa: E402 - what is loaded here is what stays

app = create_app(settings(os.environ))

if _WAS_LOOKING:
    gc.freeze()
    gc.enable()
