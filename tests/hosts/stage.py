"""The stage on which several hosts play: one event, rows filled in by whichever release runs.

Tables are named here and not asked of the models: these are of this release.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from benchmarks.stage import RUSH
from tests.registration.history import Plan
from tests.registration.operations import Board

FILL = "import os; from benchmarks.stage import set_stage; set_stage(os.environ, people=1)"
CAPACITY, PROMISED, STOP_SEATS = 120, 10, 40


def fill(code: Path, env: Mapping[str, str]) -> Board:
    """Make the tables and the event as the release in this folder does; give it few seats."""
    subprocess.run(
        [sys.executable, "-c", FILL], cwd=code, env={**os.environ, **env}, check=True,
        capture_output=True,
    )  # fmt: skip
    engine = create_engine(env["DATABASE_URL"])
    with engine.begin() as connection:
        board = _share_out(connection)
    engine.dispose()
    return board


def outbox(url: str) -> dict[str, int]:
    """Return how many letters there are in each state."""
    rows = ask(url, "SELECT state, count(*) FROM outbox_message GROUP BY state")
    return {str(state): int(str(number)) for state, number in rows}


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """Return the rows of a query, or change something and return none."""
    engine = create_engine(url)
    with engine.begin() as connection:
        done = connection.execute(text(statement))
        rows = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return rows


def _share_out(connection: Connection) -> Board:
    """Promise some seats to one organisation, and give one stop only a few."""
    event, activity = connection.execute(
        text("SELECT id, activity_id FROM event WHERE slug = :slug"), {"slug": RUSH}
    ).one()
    first, second = connection.scalars(
        text(
            "SELECT p.organisation_id FROM partner p JOIN activity a USING (project_id) "
            "WHERE a.id = :activity ORDER BY p.id LIMIT 2"
        ),
        {"activity": activity},
    )
    question = connection.scalar(
        text("SELECT id FROM question WHERE event_id = :event ORDER BY position LIMIT 1"),
        {"event": event},
    )
    few, many = connection.scalars(
        text("SELECT id FROM option WHERE question_id = :question ORDER BY position"),
        {"question": question},
    )
    for statement in (
        "UPDATE event SET capacity = :capacity, allows_others = true WHERE id = :event",
        "UPDATE option SET seats = :stop_seats WHERE id = :few",
        "INSERT INTO quota (event_id, organisation_id, seats) VALUES (:event, :first, :promised)",
    ):
        connection.execute(
            text(statement),
            {
                "event": event, "first": first, "few": few, "capacity": CAPACITY,
                "promised": PROMISED, "stop_seats": STOP_SEATS,
            },
        )  # fmt: skip
    plan = Plan(CAPACITY, str(first), PROMISED, few, STOP_SEATS)
    return Board(plan, (str(first), str(second), "other"), question or 0, (few, many))
