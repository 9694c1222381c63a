"""A worker says that it lives; one that ends takes its word along, one that died is noticed."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo import worker
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.upkeep.models import WorkerBeat
from koostoo.upkeep.rules import BEAT_EVERY, FORGOTTEN_AFTER, SILENT_AFTER, is_alive, is_beat_due
from koostoo.upkeep.service import Pulse
from tests.mail.world import NOW
from tests.trouble import lock_held

DAY = timedelta(days=1)


def rows() -> list[WorkerBeat]:
    db.session.rollback()
    return list(db.session.scalars(select(WorkerBeat).order_by(WorkerBeat.started_at)))


def test_a_worker_at_work_is_seen_and_gone_once_it_was_told_to_end(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, seen = threading.Event(), list[datetime]()

    def look(_moment: object) -> int:
        seen.extend(row.beat_at for row in rows())
        stop.set()
        return 0

    monkeypatch.setattr(worker, "serve_due", look)
    worker.run(stop)
    assert len(seen) == 1
    assert is_alive(seen, now())
    assert rows() == []


@pytest.mark.usefixtures("app")
def test_two_workers_have_a_row_each_and_one_long_silent_is_forgotten() -> None:
    first, second = Pulse(NOW), Pulse(NOW + timedelta(seconds=1))
    first.beat(NOW)
    second.beat(NOW)
    assert len(rows()) == 2
    second.beat(NOW + FORGOTTEN_AFTER + BEAT_EVERY)
    [row] = rows()
    assert row.beat_at == NOW + FORGOTTEN_AFTER + BEAT_EVERY
    second.end()
    assert rows() == []


@pytest.mark.usefixtures("app", "impatient")
def test_a_busy_database_costs_a_sign_of_life_and_nothing_else() -> None:
    pulse = Pulse(NOW)
    pulse.beat(NOW)
    if db.engine.dialect.name == "sqlite":
        with lock_held():
            pulse.beat(NOW + BEAT_EVERY)
        assert rows()[0].beat_at == NOW
    pulse.beat(NOW + BEAT_EVERY)
    assert rows()[0].beat_at == NOW + BEAT_EVERY


@pytest.mark.parametrize("jump", [-DAY, DAY])
def test_a_clock_that_jumps_neither_silences_a_worker_nor_lets_a_dead_one_live(
    jump: timedelta,
) -> None:
    assert not is_beat_due(NOW, NOW + BEAT_EVERY / 2)
    assert is_beat_due(NOW, NOW + jump)
    assert not is_alive([NOW], NOW + jump)
    assert is_alive([NOW + jump, NOW], NOW)
    assert not is_alive([NOW], NOW + SILENT_AFTER)
