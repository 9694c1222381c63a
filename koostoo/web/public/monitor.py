"""What monitoring programs read: liveness, the outbox, readiness."""

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy import text

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.mail import health
from koostoo.upkeep import readiness
from koostoo.web.public import bp
from koostoo.web.rights import right


@bp.get("/healthz")
@right("public")
def healthz() -> Response:
    """Say that the process lives and reaches its database."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")


@bp.get("/healthz/detail")
@right("monitor")
def healthz_detail() -> tuple[dict[str, Any], int]:
    """Tell a monitor how the outbox is doing: 200 when letters leave, 503 when they do not.

    Ages in seconds, nobody's name or address, no words of a server.
    """
    moment = now()
    found = health.look(moment)
    return {
        "outbox": {
            "late": found.is_late,
            "unsent": found.unsent,
            "oldest_unsent_seconds": _seconds(found.due_since, moment),
            "trouble": found.trouble.reason if found.trouble else None,
            "trouble_seconds": _seconds(found.trouble.since if found.trouble else None, moment),
        }
    }, 503 if found.is_late else 200


@bp.get("/readyz")
@right("monitor")
def readyz() -> tuple[dict[str, Any], int]:
    """Tell a monitor whether everything the service needs is there: 200, or 503 and what is not.

    Words about machines alone. `/healthz` decides whether a process is restarted and stays apart:
    no restart mends a full disk.
    """
    checks = readiness.look(now())
    ready = all(check.fine for check in checks)
    told = {check.name: {"ok": check.fine, "words": check.words} for check in checks}
    return {"ready": ready, "checks": told}, 200 if ready else 503


def _seconds(since: datetime | None, moment: datetime) -> int | None:
    return None if since is None else int((moment - since).total_seconds())
