"""What was acknowledged is kept, once, though web processes are killed in the rush."""

import os
import random
import signal
import threading
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from benchmarks import visits
from benchmarks.load import Answer, Browser
from benchmarks.rush import FORM
from benchmarks.server import Server, serve
from benchmarks.stage import RUSH, RUSH_SEATS, set_stage
from tests.registration.visitors import address, form_of

KILLS, CLIENTS, MOST = 20, 8, 2000
TRIES = 200


class Visitor:
    """Somebody who presses the button again until the service has answered."""

    def __init__(self, server: Server) -> None:
        self._server, self._cookies = server, dict[str, str]()
        self._browser = Browser(server, self._cookies)

    def ask(self, fields: dict[str, str] | None = None) -> Answer:
        """Open the form, or send it, until there is an answer that is no fault of the server."""
        for _ in range(TRIES):
            try:
                answer = self._browser.post(FORM, fields) if fields else self._browser.get(FORM)
            except (OSError, HTTPException):
                self._browser.close()
                self._browser = Browser(self._server, self._cookies)
            else:
                if answer.status < 500:
                    return answer
        raise AssertionError("the service never answered")

    def close(self) -> None:
        """Go home."""
        self._browser.close()


class Crowd:
    """People who sign up one after the other, several at once, until it is over."""

    def __init__(self, server: Server) -> None:
        self.acknowledged: list[int] = []
        self.failures: list[BaseException] = []
        self._server, self._numbers = server, iter(range(MOST))
        self._over, self._progress = threading.Event(), threading.Condition()
        self._threads = [threading.Thread(target=self._sign_up_people) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int) -> None:
        """Return once so many more were acknowledged, so that sign-ups are under way."""
        with self._progress:
            wanted = len(self.acknowledged) + more
            while len(self.acknowledged) < wanted and not self.failures:
                assert self._progress.wait(30), "nobody gets through any more"

    def end(self) -> None:
        """Let everybody finish; raise what went wrong first."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _sign_up_people(self) -> None:
        visitor = Visitor(self._server)
        try:
            page = visitor.ask().text
            while not self._over.is_set() and (number := next(self._numbers, None)) is not None:
                answer = visitor.ask(form_of(page, number))
                assert answer.status == 303, answer.text[:500]
                assert "/my/" in answer.location, answer.location
                self._note(self.acknowledged, number)
        except BaseException as error:  # noqa: BLE001 - raised again by the main thread
            self._note(self.failures, error)
        finally:
            visitor.close()

    def _note(self, book: list[Any], what: Any) -> None:
        with self._progress:
            book.append(what)
            self._progress.notify_all()


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
