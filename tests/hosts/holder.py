"""Holds the locks of all events, on the connection the service would use, until it may not."""

import os
import time

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from config import settings
from koostoo import create_app
from koostoo.base.database import db

LOCKED, GAVE_UP = "locked", "gave up after"


def hold(seconds: float) -> None:
    """Lock, be silent for so long, then ask once more and tell when that failed."""
    app = create_app(settings(os.environ))
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SELECT id FROM event FOR UPDATE"))
        print(LOCKED, flush=True)
        time.sleep(seconds)
        began = time.monotonic()
        try:
            connection.execute(text("SELECT 1"))
        except OperationalError:
            print(f"{GAVE_UP} {time.monotonic() - began:.1f}", flush=True)


if __name__ == "__main__":
    hold(float(os.environ["SILENT"]))
