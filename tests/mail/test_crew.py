"""Eight workers share two hundred letters; one is killed with letters in its hands."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.mail.rules import LEASE
from koostoo.registration.letters import notify_all
from koostoo.worker import run_once
from tests.conftest import KEY
from tests.mail.servers import BusyServer, UseServer, message_ids
from tests.mail.world import make_event, make_registration

ROOT = Path(__file__).resolve().parents[2]
WORKERS, LETTERS, HELD = 8, 200, 60
HANDS = 2
"""Letters one worker has under way at most: MAIL_CONNECTIONS as it is when nobody sets it."""
PATIENCE = 120
LAUNCH = """
import os, sys
from flask.cli import main
import koostoo
crew = []
for name in sys.argv[1:]:
    if not (number := os.fork()):
        log = os.open(name + ".log", os.O_CREAT | os.O_WRONLY)
        os.dup2(log, 1), os.dup2(log, 2)
        os.chdir(os.environ["ROOT"])
        os.environ["BASE_URL"] = "http://" + name
        sys.argv = ["flask", "worker"]
        main()
    crew.append(number)
print(*crew, flush=True)
for number in crew:
    os.waitpid(number, 0)
"""
"""Starts `flask worker` for each name. The code is loaded once; settings, application and
connections are each worker's own."""


def wait_until(done: object, what: str) -> None:
    latest = time.monotonic() + PATIENCE
    while not done():  # type: ignore[operator]  # a function without arguments
        assert time.monotonic() < latest, what
        time.sleep(0.1)


@contextmanager
def crew(app: Flask, folder: Path, port: int) -> Iterator[dict[str, int]]:
    """Run workers, each known by the name it greets with; end them in any case."""
    names = [f"worker{number}.example.org" for number in range(WORKERS)]
    env = {
        "ROOT": str(ROOT),
        "PYTHONPATH": str(ROOT),
        "KOOSTOO_ENV": "development",
        "SECRET_KEY": KEY,
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSTANCE_PATH": str(folder),
        "MAIL_TRANSPORT": "smtp",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
    }
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, *names],
        cwd=folder, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert launcher.stdout is not None
    workers = dict(zip(names, map(int, launcher.stdout.readline().split()), strict=True))
    try:
        # The first thing a worker tells is what it forgot today.
        wait_until(
            lambda: (
                sum("retention" in path.read_text() for path in folder.glob("*.log")) == WORKERS
            ),
            "the workers do not start",
        )
        yield workers
    finally:
        for worker in workers.values():
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGTERM)
        launcher.stdout.close()
        assert launcher.wait(PATIENCE) == 0


def states() -> Counter[str]:
    """How many letters there are in each state."""
    db.session.rollback()
    return Counter(db.session.scalars(select(OutboxMessage.state)).all())


def held() -> set[str]:
    """Return the Message-IDs of letters that are in somebody's hands."""
    db.session.rollback()
    return set(
        db.session.scalars(select(OutboxMessage.message_id).where(OutboxMessage.state == "sending"))
    )


@pytest.mark.slow
def test_every_letter_leaves_once_and_those_of_the_killed_worker_when_their_claim_is_over(
    app: Flask, tmp_path: Path, use_server: UseServer
) -> None:
    event = make_event(when=When.days(now().date() + timedelta(days=30)))
    for number in range(LETTERS):
        make_registration(event, email=f"p{number}@d{number % 40}.example")
    with BusyServer(hold_at=HELD) as server:
        with crew(app, tmp_path, server.port) as workers:
            with transaction() as session:
                told = notify_all(session, session.get_one(Event, event), "confirmed", now())
            assert told == LETTERS
            assert server.is_held.wait(PATIENCE)
            os.kill(workers[server.held_by], signal.SIGKILL)
            # It had one letter in each hand; the server read one of them at least.
            wait_until(lambda: states()["queued"] == 0 and len(held()) <= HANDS, "stuck")
        # The others have finished what they had.
        left = len(held())
        assert 1 <= left <= HANDS
        assert states() == {"sent": LETTERS - left, "sending": left}
        assert LETTERS - left < len(server.contents) <= LETTERS
        assert set(message_ids(server.contents).values()) == {1}
        assert len(set(server.names)) > 1
        lost = held()

        use_server(server.port)
        assert run_once(now()) == 0
        assert run_once(now() + LEASE) == left
        assert states() == {"sent": LETTERS}
        seen = message_ids(server.contents)
        assert len(seen) == LETTERS
        # Whatever left twice was in a hand of the one that was killed.
        assert {one for one, times in seen.items() if times > 1} <= lost
        assert max(seen.values()) == 2
