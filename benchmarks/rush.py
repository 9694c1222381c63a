"""The rush: many people for few seats at once, and what stands in the database afterwards."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from itertools import count
from pathlib import Path
from secrets import token_hex
from statistics import mean
from urllib.parse import urlsplit

from sqlalchemy import create_engine, make_url, text

from benchmarks import visits
from benchmarks.load import Browser, hammer
from benchmarks.server import Server, serve
from benchmarks.stage import RUSH, RUSH_SEATS, set_stage
from benchmarks.table import Row

PEOPLE = 300
AT_ONCE = 32
FORM = f"/events/{RUSH}/register"
_STATES = """
    SELECT r.state, count(*) FROM registration r JOIN event e ON e.id = r.event_id
    WHERE e.slug = :slug GROUP BY r.state
"""
_LETTERS = """
    SELECT count(*) FROM outbox_message m JOIN registration r ON r.id = m.registration_id
    JOIN event e ON e.id = r.event_id WHERE e.slug = :slug
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How long it took, what went wrong, and how many ended in each state."""

    seconds: float
    last_seat: float
    errors: tuple[str, ...]
    states: Mapping[str, int]
    letters: int

    @property
    def per_second(self) -> float:
        """Sign-ups in a second, each with a look at its own page."""
        return PEOPLE / self.seconds

    @property
    def is_exact(self) -> bool:
        """Whether every seat went to one person and everybody else waits, all written to."""
        wanted = {"confirmed": RUSH_SEATS, "waiting": PEOPLE - RUSH_SEATS}
        return not self.errors and self.states == wanted and self.letters == PEOPLE


def rush(server: Server, database: str) -> Outcome:
    """Let PEOPLE sign up, AT_ONCE at a time, and read the rows back."""
    numbers, errors, seated = count(), list[str](), list[float]()
    gate = threading.Barrier(AT_ONCE + 1)

    def run() -> None:
        browser = Browser(server)
        try:
            page = visits.expect(browser.get(FORM), 200).text
            gate.wait()
            while next(numbers) < PEOPLE:
                path = visits.send_form(browser, page, FORM)
                if "ootenimekirjas" not in visits.expect(browser.get(path), 200).text:
                    seated.append(time.perf_counter())
        except (AssertionError, OSError, HTTPException, threading.BrokenBarrierError) as error:
            errors.append(repr(error))
            gate.abort()
        finally:
            browser.close()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):
        gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    states, letters = _rows(database)
    last = max(seated, default=started) - started
    return Outcome(seconds, last, tuple(errors), states, letters)


def rush_rows(
    name: str, env: Mapping[str, str], log: Path, floor: Server, seconds: float
) -> Iterator[Row]:
    """Fill a fresh database, take it by storm with two processes, and give out the lines.

    The floor writes rows for as many clients, half of `seconds` before and half after.
    """
    set_stage(env, people=10)
    port = urlsplit(env["BASE_URL"]).port or 0
    inserts = [hammer(floor, visits.floor_insert, seconds / 2, AT_ONCE)]
    with serve("app:app", env, log, port, visits.EVENT_PAGE) as server:
        outcome = rush(server, env["DATABASE_URL"])
    inserts.append(hammer(floor, visits.floor_insert, seconds / 2, AT_ONCE))
    at_floor = mean(rate.per_second for rate in inserts)
    told = ", ".join(f"{number} {state}" for state, number in sorted(outcome.states.items()))
    label = f"rush on {name}: {PEOPLE} people for {RUSH_SEATS} seats"
    yield Row(
        label,
        f"{told}, {len(outcome.errors)} errors",
        aim="exact, no errors",
        met=outcome.is_exact,
    )
    yield Row(
        f"rush on {name}: time",
        f"last seat {outcome.last_seat:.2f} s, all {outcome.seconds:.2f} s",
    )
    yield Row(
        f"rush on {name}: sign-ups",
        f"{outcome.per_second:.0f}/s",
        f"{at_floor:.0f}/s",
        f"{outcome.per_second / at_floor:.2f}",
    )


_SHOWN = ("server_version", "fsync")


@contextmanager
def postgresql_database() -> Iterator[str | None]:
    """Lend a database of its own on the server of TEST_DATABASE_URL; None where there is none."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield None
        return
    name = f"koostoo_bench_{token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def server_version() -> str:
    """Return which PostgreSQL is measured, in words."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        return "no PostgreSQL"
    engine = create_engine(server)
    with engine.connect() as connection:
        version, syncs = (connection.scalar(text(f"SHOW {name}")) for name in _SHOWN)
    engine.dispose()
    return f"PostgreSQL {str(version).split()[0]}, fsync {syncs}"


def _rows(database: str) -> tuple[dict[str, int], int]:
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(text(_STATES), {"slug": RUSH})
        states = {str(state): int(number) for state, number in rows}
        letters = connection.scalar(text(_LETTERS), {"slug": RUSH}) or 0
    engine.dispose()
    return states, letters
