"""Measure the service beside a floor and print a table; `make bench` runs this.

Load comes from this process over loopback, in turn to the floor and to us, so that whatever else
the machine does strikes both alike. A missed aim is said in the table and fails nothing.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from benchmarks import floor, visits
from benchmarks.load import Browser, Step, hammer
from benchmarks.rush import postgresql_database, rush_rows
from benchmarks.server import ROOT, Server, free_port, serve
from benchmarks.stage import FULL, PEOPLE, set_stage
from benchmarks.table import Row, limit_row, rate_row, render

DOWNLOADS = 3
Start = Callable[[], AbstractContextManager[Server]]
RATES: tuple[
    tuple[str, Callable[[Browser], Step], Callable[[Browser], Step], float | None], ...
] = (
    ("event page", visits.event_page, visits.floor_page, 0.5),
    ("event page, made anew", visits.new_event_page, visits.floor_page, None),
    ("sign-up form", visits.form, visits.floor_page, None),
    ("complete sign-up", visits.sign_up, visits.floor_sign_up, None),
    ("sign-up POST", visits.post, visits.floor_insert, 1 / 3),
    ("feed", visits.feed, visits.floor_page, None),
    ("feed, 304", visits.unchanged_feed, visits.floor_page, 0.7),
)


def main() -> None:
    """Build the stage, measure, print, and leave nothing running or lying around."""
    options = _options()
    # Beside the service's own database: /tmp may be memory, where a commit costs nothing.
    (ROOT / "instance").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=ROOT / "instance") as folder:
        here = Path(folder)
        env = server_settings(here)
        _say(f"filling a database: the project, the samples, {PEOPLE} registrations")
        set_stage(env)

        def start() -> AbstractContextManager[Server]:
            port = urlsplit(env["BASE_URL"]).port or 0
            return serve("app:app", env, here / "server.log", port, visits.EVENT_PAGE)

        rows: list[Row] = []
        with start() as ours, _floor(here, ours) as beside:
            for name, visit, floor_visit, aim in RATES:
                _say(name)
                pairs = [
                    (
                        hammer(ours, visit, options.seconds),
                        hammer(beside, floor_visit, options.seconds),
                    )
                    for _ in range(options.rounds)
                ]
                rows.append(rate_row(name, pairs, aim))
            rows.append(limit_row("memory of a worker after that", _largest(ours), "MB"))
        rows += _rushes(here)
        rows += _downloads(start, _invite(env))
        _say("start-up")
        rows += _start_up(start)
    busy = f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the end"
    print(f"\n{render(rows)}\n\n{busy}; in brackets the workers' processor time")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each kind")
    return parser.parse_args()


def server_settings(folder: Path) -> dict[str, str]:
    """Return the settings of a server in production, on the loopback address, without mail."""
    return {
        "KOOSTOO_ENV": "production",
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/koostoo.db",
        "SECRET_KEY": "only for measuring, and long enough for that",
        "BASE_URL": f"http://127.0.0.1:{free_port()}",
        "MAIL_TRANSPORT": "file",
        "WEB_CONCURRENCY": "2",
    }


@contextmanager
def _floor(folder: Path, ours: Server) -> Iterator[Server]:
    """Run the floor, its ready page as long as our event page."""
    browser = Browser(ours)
    length = len(visits.expect(browser.get(visits.EVENT_PAGE), 200).body)
    browser.close()
    database = str(folder / "floor.db")
    floor.create_table(database)
    env = {
        "FLOOR_DATABASE": database,
        "FLOOR_PAGE_BYTES": str(length),
        "WEB_CONCURRENCY": "2",
    }
    log = folder / "floor.log"
    with serve("benchmarks.floor:app", env, log, free_port(), "/page") as server:
        yield server


def _rushes(folder: Path) -> Iterator[Row]:
    """Take a fresh database by storm on each engine there is."""
    (folder / "rush").mkdir()
    env = server_settings(folder / "rush")
    _say("rush on SQLite")
    yield from rush_rows("SQLite", env, folder / "rush.log")
    with postgresql_database() as database:
        if database is None:
            _say("no rush on PostgreSQL: TEST_DATABASE_URL names no server")
            return
        _say("rush on PostgreSQL")
        env = server_settings(folder / "rush") | {"DATABASE_URL": database}
        yield from rush_rows("PostgreSQL", env, folder / "rush.log")


def _downloads(start: Start, link: str) -> Iterator[Row]:
    """Fetch the list of PEOPLE rows in both forms, each from a server just started."""
    cookies: dict[str, str] = {}
    for kind, seconds, megabytes in (("csv", None, None), ("xlsx", 2.0, 60.0)):
        _say(f"list of {PEOPLE} rows as {kind.upper()}")
        with start() as server:
            browser = Browser(server, cookies)
            if not cookies:
                _sign_in(browser, urlsplit(link).path)
            path = f"/desk/events/{FULL}/registrations"
            visits.expect(browser.get(path), 200)
            # The other worker may still be importing.
            time.sleep(1)
            idle, used, durations = server.memory(), server.cpu_seconds(), []
            for _ in range(DOWNLOADS):
                began = time.perf_counter()
                content = visits.expect(browser.get(f"{path}.{kind}"), 200).body
                durations.append(time.perf_counter() - began)
                assert len(content) > PEOPLE, "the list is too short to be whole"
            cpu = (server.cpu_seconds() - used) / DOWNLOADS
            above = max(peak - idle[pid].now for pid, (_, peak) in server.memory().items())
            browser.close()
        name = f"list of {PEOPLE} rows, {kind.upper()}"
        yield limit_row(name, median(durations), "s", seconds, cpu)
        yield limit_row(f"{name}: peak above idle", above, "MB", megabytes)


def _start_up(start: Start) -> Iterator[Row]:
    times, idle = [], []
    for _ in range(3):
        with start() as server:
            times.append(server.first_page)
            idle.append(_largest(server))
    yield limit_row("first page after start", median(times), "s", 1.5)
    yield limit_row("memory of an idle worker", median(idle), "MB")


def _invite(env: Mapping[str, str]) -> str:
    """Return a sign-in link of a made-up organiser."""
    command = [sys.executable, "-m", "flask", "organiser", "invite", "bench@example.org"]
    done = subprocess.run(
        [*command, "--print-link"],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _sign_in(browser: Browser, path: str) -> None:
    page = visits.expect(browser.get(path), 200).text
    visits.expect(browser.post(path, {"csrf_token": visits.field_value(page, "csrf_token")}), 303)


def _largest(server: Server) -> float:
    return max(memory.now for memory in server.memory().values())


def _say(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
