"""What was acknowledged is kept, once, though web processes are killed in the rush."""

import os
import random
import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from benchmarks import visits
from benchmarks.server import serve
from benchmarks.stage import RUSH, RUSH_SEATS, set_stage
from tests.registration.crowd import Crowd
from tests.registration.visitors import address

KILLS = 20


def rows_of(database: str) -> list[tuple[str, str, int]]:
    """Return address, state and number of letters that tell it, of everybody in the rush."""
    engine = create_engine(database)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT r.email, r.state, count(m.id) FROM registration r "
                "JOIN event e ON e.id = r.event_id "
                "LEFT JOIN outbox_message m ON m.registration_id = r.id AND m.kind = r.state "
                "WHERE e.slug = :slug GROUP BY r.id, r.email, r.state"
            ),
            {"slug": RUSH},
        )
        rows = [(str(email), str(state), int(letters)) for email, state, letters in found]
    engine.dispose()
    return rows


@pytest.mark.slow
def test_twenty_killed_processes_lose_nobody_and_double_nobody(
    env: dict[str, str], tmp_path: Path
) -> None:
    set_stage(env, people=10)
    port = urlsplit(env["BASE_URL"]).port or 0
    # Loaded before the fork, the next process is there at once: the time goes into sign-ups.
    env["GUNICORN_CMD_ARGS"] = "--preload"
    chance = random.Random(7)  # noqa: S311 - which process is hit
    with serve("app:app", env, tmp_path / "log", port, visits.EVENT_PAGE) as server:
        crowd = Crowd(server)
        try:
            for _ in range(KILLS):
                crowd.wait_for(5)
                os.kill(chance.choice(server.workers()), signal.SIGKILL)
            crowd.wait_for(5)
        finally:
            crowd.end()
    rows = rows_of(env["DATABASE_URL"])
    assert sorted(row[0] for row in rows) == sorted(address(n) for n in crowd.acknowledged)
    assert [letters for _, _, letters in rows] == [1] * len(rows)
    confirmed = sum(state == "confirmed" for _, state, _ in rows)
    assert confirmed == min(RUSH_SEATS, len(rows))
