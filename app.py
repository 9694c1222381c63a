"""The WSGI entry: `gunicorn app:app`; the `flask` command finds it here too."""

import os

from config import settings
from koostoo import create_app

app = create_app(settings(os.environ))
