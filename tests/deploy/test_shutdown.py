"""Told to end or to start anew under load, the service loses no request and doubles no letter."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from benchmarks.load import Browser
from benchmarks.rush import FORM
from benchmarks.server import ROOT, Server
from benchmarks.stage import set_stage
from koostoo import worker
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.when import When
from koostoo.mail.models import OutboxMessage
from tests.mail.servers import BusyServer, UseServer
from tests.mail.world import make_event, make_registration, post
from tests.registration.test_killed import rows_of
from tests.registration.visitors import address, form_of

pytestmark = pytest.mark.once

CLIENTS = 6
PATIENCE = 120
LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
words = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
os.execv(sys.executable, words)
"""
"""Hands a socket over as systemd does: as number 3, to a named process (sd_listen_fds(3))."""


class Rush:
    """People who each sign up over a connection of their own, one after the other."""

    def __init__(self, server: Server) -> None:
        self.answered: list[int] = []
        self.lost: list[str] = []
        self._over = threading.Event()
        self._server, self._numbers, self._cookies = server, iter(range(10_000)), dict[str, str]()
        browser = Browser(server, self._cookies)
        self._page = browser.get(FORM).text
        browser.close()
        self._threads = [threading.Thread(target=self._come, daemon=True) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int) -> None:
        """Return once so many more were answered."""
        wanted, latest = len(self.answered) + more, time.monotonic() + PATIENCE
        while len(self.answered) < wanted:
            assert time.monotonic() < latest, self.lost
            time.sleep(0.01)

    def end(self) -> None:
        """Let everybody finish."""
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _come(self) -> None:
        while not self._over.is_set():
            number = next(self._numbers)
            browser = Browser(self._server, dict(self._cookies))
            try:
                answer = browser.post(FORM, form_of(self._page, number))
            except (OSError, HTTPException) as error:
                self.lost.append(repr(error))
            else:
                if answer.status == 303:
                    self.answered.append(number)
                else:
                    self.lost.append(str(answer.status))
            finally:
                browser.close()


@contextmanager
def web(
    env: dict[str, str], listener: socket.socket, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the web on a socket that is not its own, as under systemd."""
    number = listener.fileno()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(number)],
            cwd=ROOT, env={**os.environ, **env}, pass_fds=[number], stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def check_log(log: Path) -> None:
    """Every request is one JSON object with the number by which the service's own lines tell it."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    posts = [line for line in lines if line.get("method") == "POST"]
    assert len({line["request"] for line in posts}) == len(posts) >= 30
    assert {(line["path"], line["status"]) for line in posts} == {(FORM, 303)}
    assert all(line["bytes"] > 0 and line["ms"] >= 0 for line in posts)


@pytest.mark.slow
def test_a_web_that_starts_anew_in_a_rush_answers_everybody(
    env: dict[str, str], tmp_path: Path
) -> None:
    set_stage(env, people=10)
    env["GUNICORN_CMD_ARGS"] = "--preload"
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        port = listener.getsockname()[1]
        env["BASE_URL"] = f"http://127.0.0.1:{port}"
        with web(env, listener, tmp_path / "log") as first:
            rush = Rush(Server(port, first.pid, 0))
            rush.wait_for(15)
        # Nobody is there, and people come.
        with web(env, listener, tmp_path / "log"):
            rush.wait_for(15)
            rush.end()
    assert rush.lost == []
    check_log(tmp_path / "log")
    rows = rows_of(env["DATABASE_URL"])
    assert sorted(row[0] for row in rows) == sorted(address(n) for n in rush.answered)
    assert {letters for _, _, letters in rows} == {1}


class SlowServer(BusyServer):
    """Takes its time over each letter until it is told to go on."""

    def __init__(self) -> None:
        super().__init__(0)
        self.go_on = threading.Event()

    def _take(self, content: bytes, name: str, address: str) -> bool:
        super()._take(content, name, address)
        self.is_held.set()
        self.go_on.wait(PATIENCE)
        return False


def test_a_worker_that_is_told_to_end_finishes_the_letter_in_its_hands(
    app: Flask, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_CONNECTIONS", 1)
    event = make_event(when=When.days(now().date() + timedelta(days=30)))
    for number in range(3):
        post("confirmed", make_registration(event, email=f"p{number}@example.com"))
    stop = threading.Event()

    def work() -> None:
        with app.app_context():
            worker.run(stop)

    server = SlowServer()
    with server:
        use_server(server.port)
        hand = threading.Thread(target=work)
        hand.start()
        assert server.is_held.wait(PATIENCE)
        stop.set()
        server.go_on.set()
        hand.join(PATIENCE)
    assert not hand.is_alive()
    assert len(server.contents) == 1
    db.session.rollback()
    states = Counter(db.session.scalars(select(OutboxMessage.state)))
    assert states == {"sent": 1, "queued": 2}
