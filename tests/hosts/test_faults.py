"""Two web servers and two workers on hosts of their own: each fails in turn, nothing is lost."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from math import inf
from pathlib import Path

import pytest

from benchmarks.load import Answer
from koostoo.base.connecting import SILENCE_SECONDS
from tests.hosts import holder
from tests.hosts.conftest import Scene
from tests.hosts.crowd import AWAY, Book, Patient, crowd, kinds, longest_wait
from tests.hosts.servers import end, wait_until
from tests.hosts.stage import ask, outbox
from tests.mail.servers import message_ids
from tests.registration.checker import violations
from tests.registration.ending import look_at_the_end
from tests.registration.history import History, read

pytestmark = pytest.mark.hosts

AHEAD = 7
"""Seconds the clock of host B is ahead."""
CUT = 15.0
PAUSE = 0.8
AFTERMATH = 15.0
"""So long after a fault was mended it may still be felt."""
FEWEST = 150
MOST_IN_HAND = 8
"""Two letters each: of the killed worker, the one cut off, and both as the database dies."""
FREE = """
    SELECT count(*) FROM outbox_message m WHERE m.state IN ('queued', 'retry') AND NOT EXISTS (
        SELECT 1 FROM outbox_message held WHERE held.queue = m.queue AND held.state = 'sending'
    )
"""
"""How many letters are still to leave and do not stand behind one in a lost hand."""


@dataclass
class Faults:
    """When each fault began and was mended."""

    times: dict[str, tuple[float, float]] = field(default_factory=dict)

    def play(self, name: str, fault: Callable[[], None], then: float) -> None:
        """Let something fail, and let some seconds pass."""
        began = time.monotonic()
        fault()
        self.times[name] = began, time.monotonic()
        time.sleep(then)

    def felt(self) -> Iterator[tuple[str, float, float, float]]:
        """Give out each fault: when it began, was mended, and how long it alone may be felt."""
        begins = [*(began for began, _ended in self.times.values()), inf][1:]
        for (name, (began, ended)), following in zip(self.times.items(), begins, strict=True):
            yield name, began, ended, min(ended + AFTERMATH, following)

    def covers(self, began: float, ended: float) -> bool:
        """Say whether something was going on at that time."""
        return any(b <= ended and began <= e + AFTERMATH for b, e in self.times.values())


class Several:
    """Several patient browsers that take turns: none asks more often than the front allows."""

    def __init__(self, scene: Scene) -> None:
        self._all = [Patient(scene.hosts.front, source, Book()) for source in scene.sources]
        self._turns: Iterator[Patient] = cycle(self._all)

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return next(self._turns).get(path)

    def post(self, path: str, fields: object) -> Answer:
        """Nothing is sent in the end."""
        raise NotImplementedError

    def close(self) -> None:
        """Go home."""
        for one in self._all:
            one.close()


def kill_web(scene: Scene) -> None:
    scene.a.kill_web()
    time.sleep(4)
    scene.a.start_web()


def kill_worker(scene: Scene) -> None:
    scene.mail.hold_from = scene.a.address
    assert scene.mail.is_held.wait(60), f"A hands over no letter: {scene.a.log('worker')}"
    scene.a.kill_worker()
    time.sleep(2)
    scene.a.start_worker()


def cut_off(scene: Scene) -> None:
    scene.hosts.lan.pull_cable("b")
    time.sleep(CUT)
    scene.hosts.lan.plug_in("b")


def kill_database(scene: Scene) -> None:
    scene.hosts.postgres.kill()
    time.sleep(1)
    scene.hosts.postgres.start()


def let_all_letters_leave(scene: Scene) -> int:
    """Wait until all have left; return how many were in the hands of who did not come back.

    Their claims last ten minutes: these are let pass by changing the rows.
    """

    def is_quiet() -> bool:
        before = outbox(scene.url)
        time.sleep(4)
        return outbox(scene.url) == before and ask(scene.url, FREE) == [(0,)]

    wait_until(is_quiet, f"letters do not leave: {outbox(scene.url)}", 240)
    held = outbox(scene.url).get("sending", 0)
    ask(scene.url, "UPDATE outbox_message SET next_try_at = claimed_at WHERE state = 'sending'")
    wait_until(
        lambda: not outbox(scene.url).keys() - {"sent", "skipped"},
        f"letters are stuck: {outbox(scene.url)}",
        60,
    )
    return held


def check_letters(scene: Scene, most_twice: int) -> Counter[str]:
    """Every letter that was to leave did; twice only what was in a hand that failed."""
    seen = message_ids(scene.mail.contents)
    rows = ask(scene.url, "SELECT message_id FROM outbox_message WHERE state = 'sent'")
    sent = {str(row[0]) for row in rows}
    assert sent - seen.keys() == set()
    twice = {one for one, times in seen.items() if times > 1}
    assert len(twice) <= most_twice, twice
    assert max(seen.values()) <= 2
    in_hand = {
        str(row[0])
        for row in ask(
            scene.url,
            "SELECT m.message_id FROM outbox_message m JOIN mail_attempt a ON a.outbox_id = m.id "
            "WHERE a.outcome IN ('lost', 'unknown')",
        )
    }
    assert twice <= in_hand
    return seen


def test_each_host_fails_under_load_and_nothing_is_lost_or_doubled(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.b.ahead = AHEAD
    for machine in (scene.a, scene.b):
        machine.start_web()
        machine.start_worker()
    logs = tmp_path / "visitors"
    logs.mkdir()
    faults = Faults()
    with crowd(scene.hosts.front, scene.sources, scene.board, logs, PAUSE) as book:
        time.sleep(10)
        faults.play("web of A killed", lambda: kill_web(scene), 8)
        faults.play("worker of A killed", lambda: kill_worker(scene), 5)
        faults.play("B cut off", lambda: cut_off(scene), 20)
        faults.play("database killed", lambda: kill_database(scene), 15)
    held = let_all_letters_leave(scene)
    several = Several(scene)
    end = look_at_the_end(several, scene.env, scene.board)
    several.close()
    entries = read(sorted(logs.iterdir()))
    history = History(scene.board.plan, entries)
    seen = check_letters(scene, most_twice=MOST_IN_HAND)
    with capsys.disabled():
        states = Counter(row.state for row in end.rows)
        print(
            f"\n{book.requests} requests; told: {dict(Counter((e.kind, e.told) for e in entries))}"
        )
        print(f"accepted {len(history.signed_up)}, in the database {len(end.rows)}: {dict(states)}")
        print(f"met: {kinds(book.met)}; elsewhere longest wait {quiet_wait(book, faults):.1f} s")
        for name, began, ended, until in faults.felt():
            there = [one for one in book.met if began <= one.ended <= until]
            print(
                f"  {name}: mended after {ended - began:.1f} s, met {kinds(there)}, "
                f"longest wait {longest_wait(book, began, until):.1f} s"
            )
        print(
            f"{len(scene.mail.contents)} letters of {len(seen)} Message-IDs, "
            f"{sum(times > 1 for times in seen.values())} twice, {held} were in a lost hand"
        )
    assert violations(history, end) == []
    assert len(history.signed_up) >= FEWEST
    assert {row.state for row in end.rows} == {"confirmed", "waiting", "cancelled"}
    for one in book.met:
        assert one.kind[:3] in map(str, AWAY), one
        assert faults.covers(one.began, one.ended), one


def quiet_wait(book: Book, faults: Faults) -> float:
    """Return the longest wait while nothing failed."""
    return max((e - b for b, e in book.waits if not faults.covers(b, e)), default=0.0)


def test_a_host_that_vanishes_in_the_middle_of_a_transaction_locks_nobody_out_for_long(
    scene: Scene, tmp_path: Path
) -> None:
    log = tmp_path / "holder.log"
    lan, machine = scene.hosts.lan, scene.b
    process = lan.start("b", machine.python("tests.hosts.holder"), log, folder=machine.code,
                        env={**machine.env, "SILENT": "2"})  # fmt: skip
    try:
        wait_until(lambda: holder.LOCKED in log.read_text(), "nothing was locked")
        lan.pull_cable("b")
        began = time.monotonic()
        wait_until(lambda: is_free(scene), "the lock of a vanished host stays")
        freed = time.monotonic() - began
        wait_until(lambda: holder.GAVE_UP in log.read_text(), f"B waits on: {log.read_text()}")
        gave_up = float(log.read_text().rpartition(holder.GAVE_UP)[2])
    finally:
        lan.plug_in("b")
        end(process)
    print(f"freed after {freed:.1f} s; the host itself gave up after {gave_up:.1f} s")
    assert freed < 2 * SILENCE_SECONDS
    assert gave_up < 2 * SILENCE_SECONDS


def is_free(scene: Scene) -> bool:
    """Say whether the locks of all events can be had."""
    rows = ask(scene.url, "SELECT count(*) FROM event")
    return len(ask(scene.url, "SELECT id FROM event FOR UPDATE SKIP LOCKED")) == rows[0][0]
