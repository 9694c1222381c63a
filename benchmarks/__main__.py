"""Measure the service beside a floor and print a table; `make bench` runs this.

Load comes from this process over loopback, in turn to the floor and to us, so that whatever else
the machine does strikes both alike. A missed aim is said in the table and fails nothing.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import feeds, floor, visits
from benchmarks.desk import invite, sign_in
from benchmarks.desk_pages import desk_rows
from benchmarks.downloads import download_rows
from benchmarks.growth import FEW, MANY, growth_rows
from benchmarks.indicators import EVENTS, REGISTRATIONS, indicator_rows
from benchmarks.load import Browser, Step, hammer
from benchmarks.post import post_rows
from benchmarks.results import keep
from benchmarks.running import Stage
from benchmarks.rush import postgresql_database, rush_rows, server_version
from benchmarks.server import ROOT, Server, free_port, serve, server_settings
from benchmarks.stage import PEOPLE, set_stage
from benchmarks.table import Row, limit_row, rate_row, render

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


PARTS = ("web", "rush", "growth", "feeds", "post", "desk", "downloads", "indicators", "start")


def main() -> None:
    """Build the stage, measure, print and keep the results; leave nothing running."""
    options = _options()
    # Beside the service's own database: /tmp may be memory, where a commit costs nothing.
    (ROOT / "instance").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=ROOT / "instance") as folder:
        here = Path(folder)
        is_needed = bool({"web", "desk", "downloads", "start"} & {*options.only})
        with _stages(here, fill=is_needed) as stages:
            measure: dict[str, Callable[[], Iterable[Row]]] = {
                "web": lambda: _web(here, stages, options.seconds, options.rounds),
                "rush": lambda: _rushes(here, options.seconds),
                "growth": lambda: _growth(here, options.seconds, options.rounds),
                "feeds": lambda: _feeds(here, options.seconds, options.rounds),
                "post": lambda: _post(here, options.rounds),
                "desk": lambda: _desk(stages),
                "downloads": lambda: download_rows(stages, _say),
                "indicators": lambda: _indicators(here),
                "start": lambda: _start_up(stages[0]),
            }
            measured = {part: list(measure[part]()) for part in PARTS if part in options.only}
            keep(measured, PARTS, server_version())
    busy = f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the end"
    rows = [row for part in measured.values() for row in part]
    print(f"\n{render(rows)}\n\n{busy}; in brackets the workers' processor time")


@contextmanager
def _stages(here: Path, *, fill: bool) -> Iterator[list[Stage]]:
    """Lend a stage on each engine there is, SQLite first."""
    with postgresql_database() as database:
        envs = {"SQLite": server_settings(here)}
        if database is not None:
            envs["PostgreSQL"] = server_settings(here) | {"DATABASE_URL": database}
        for engine, env in envs.items() if fill else ():
            _say(f"filling {engine}: the project, the samples, {PEOPLE} registrations")
            set_stage(env)
        yield [Stage(engine, env, here / "server.log") for engine, env in envs.items()]


def _web(folder: Path, stages: Sequence[Stage], seconds: float, rounds: int) -> Iterator[Row]:
    """Load what members and calendars ask for, in turn with the floor."""
    for stage in stages:
        here = folder / f"web {stage.engine}"
        here.mkdir()
        with stage.start() as ours, _floor(here, _length_of_page(ours)) as beside:
            for name, visit, floor_visit, aim in RATES:
                _say(f"{name}, {stage.engine}")
                pairs = [
                    (hammer(ours, visit, seconds), hammer(beside, floor_visit, seconds))
                    for _ in range(rounds)
                ]
                yield rate_row(f"{name}, {stage.engine}", pairs, aim)
            memory = _largest(ours)
        yield limit_row(f"memory of a worker after that, {stage.engine}", memory, "MB")


def _desk(stages: Sequence[Stage]) -> Iterator[Row]:
    """Visit the pages of the desk."""
    for stage in stages:
        _say(f"pages of the desk with {PEOPLE} people, {stage.engine}")
        with stage.start() as server:
            browser = Browser(server, {})
            sign_in(browser, invite(stage.env))
            yield from desk_rows(browser, stage.engine, stage.env)
            browser.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each kind")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts, not all")
    return parser.parse_args()


def _length_of_page(ours: Server) -> int:
    browser = Browser(ours)
    length = len(visits.expect(browser.get(visits.EVENT_PAGE), 200).body)
    browser.close()
    return length


@contextmanager
def _floor(folder: Path, length: int = 1) -> Iterator[Server]:
    """Run the floor, its ready page of this length."""
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


def _rushes(folder: Path, seconds: float) -> Iterator[Row]:
    """Take a fresh database by storm on each engine there is."""
    here = folder / "rush"
    here.mkdir()
    with _floor(here) as floor, postgresql_database() as database:
        _say("rush on SQLite")
        yield from rush_rows("SQLite", server_settings(here), here / "log", floor, seconds)
        if database is None:
            _say("no rush on PostgreSQL: TEST_DATABASE_URL names no server")
            return
        _say("rush on PostgreSQL")
        env = server_settings(here) | {"DATABASE_URL": database}
        yield from rush_rows("PostgreSQL", env, here / "log", floor, seconds)


def _growth(folder: Path, seconds: float, rounds: int) -> Iterator[Row]:
    """Sign up among few and among many registrations on each engine there is."""
    log = folder / "growth.log"
    envs = []
    for number in (FEW, MANY):
        (folder / str(number)).mkdir()
        envs.append(server_settings(folder / str(number)))
    _say(f"sign-up among {FEW} and among {MANY} registrations on SQLite")
    yield from growth_rows("SQLite", envs, log, seconds, rounds)
    with postgresql_database() as few, postgresql_database() as many:
        if few is None or many is None:
            return
        _say("the same on PostgreSQL")
        envs = [env | {"DATABASE_URL": url} for env, url in zip(envs, (few, many), strict=True)]
        yield from growth_rows("PostgreSQL", envs, log, seconds, rounds)


def _feeds(folder: Path, seconds: float, rounds: int) -> Iterator[Row]:
    """Fetch feeds of few and of many events on each engine there is."""
    log, here = folder / "feeds.log", folder / "feeds"
    envs = []
    for number in (feeds.FEW, feeds.MANY):
        (here / str(number)).mkdir(parents=True)
        envs.append(server_settings(here / str(number)))
    _say(f"feeds of {feeds.FEW} and of {feeds.MANY} events on SQLite")
    yield from feeds.feed_rows("SQLite", envs, log, seconds, rounds)
    with postgresql_database() as few, postgresql_database() as many:
        if few is None or many is None:
            return
        _say("the same on PostgreSQL")
        envs = [env | {"DATABASE_URL": url} for env, url in zip(envs, (few, many), strict=True)]
        yield from feeds.feed_rows("PostgreSQL", envs, log, seconds, rounds)


def _post(folder: Path, rounds: int) -> Iterator[Row]:
    """Let a worker deliver letters to a local mail server on each engine there is."""
    log, here = folder / "post.log", folder / "post"
    here.mkdir()
    _say("letters on SQLite")
    yield from post_rows("SQLite", server_settings(here), log, rounds)
    with postgresql_database() as database:
        if database is not None:
            _say("the same on PostgreSQL")
            yield from post_rows(
                "PostgreSQL", server_settings(here) | {"DATABASE_URL": database}, log, rounds
            )


def _indicators(folder: Path) -> Iterator[Row]:
    """Look at the figures of a large project on each engine there is."""
    log, here = folder / "indicators.log", folder / "indicators"
    here.mkdir()
    _say(f"indicators of {EVENTS} events and {REGISTRATIONS} registrations on SQLite")
    yield from indicator_rows("SQLite", server_settings(here), log)
    with postgresql_database() as database:
        if database is not None:
            _say("the same on PostgreSQL")
            env = server_settings(here) | {"DATABASE_URL": database}
            yield from indicator_rows("PostgreSQL", env, log)


def _start_up(stage: Stage) -> Iterator[Row]:
    _say("start-up")
    times, idle = [], []
    for _ in range(3):
        with stage.start() as server:
            times.append(server.first_page)
            idle.append(_largest(server))
    yield limit_row("first page after start", median(times), "s", 1.5)
    yield limit_row("memory of an idle worker", median(idle), "MB")


def _largest(server: Server) -> float:
    return max(memory.now for memory in server.memory().values())


def _say(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
