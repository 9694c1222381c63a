"""The thread beside the letters: what becomes of work that fails, is stopped, or is put back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from threading import Event as Flag
from typing import BinaryIO

import pytest
from flask import Flask

from koostoo import workroom
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.work.claiming import Claim, Made
from koostoo.work.models import CHUNK_BYTES, Job
from koostoo.work.queries import read
from koostoo.work.service import Wish, ask_for, stop
from tests.correspondence.post import organiser

DATA = b"0123456789" * (CHUNK_BYTES // 10) * workroom.PIECES_AT_ONCE + b"end"
Maker = Callable[[Claim, BinaryIO, workroom.Tell, datetime], Made]


@pytest.fixture
def number(make_event: Callable[..., Event]) -> int:
    """Work that was asked for."""
    event = make_event()
    wish = Wish("made-up", "et", "state", event.id, event.activity.project_id)
    return ask_for(wish, now(), organiser())


@pytest.fixture
def made_by(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Maker], None]:
    """Say how work of this kind is done."""

    def say(maker: Maker) -> None:
        makers: Mapping[str, Maker] = {"made-up": maker}
        monkeypatch.setattr(workroom, "MAKERS", makers)

    return say


def write(_taken: Claim, into: BinaryIO, tell: workroom.Tell, _at: datetime) -> Made:
    tell(0, 1)
    into.write(DATA)
    return Made("pakett.zip", len(DATA), sha256(DATA).hexdigest(), "state", 0)


def state(number: int) -> tuple[str, str, int]:
    db.session.rollback()
    job = db.session.get_one(Job, number)
    return job.state, job.reason, job.attempts


def test_a_result_larger_than_what_is_handed_in_at_once_is_whole(
    number: int, made_by: Callable[[Maker], None]
) -> None:
    made_by(write)
    assert workroom.work_off(now) == 1
    assert state(number) == ("done", "", 1)
    assert b"".join(read(number)) == DATA
    assert workroom.work_off(now) == 0


def test_an_error_fails_the_work_and_leaves_nothing_of_it(
    number: int, made_by: Callable[[Maker], None]
) -> None:
    def break_off(*_given: object) -> Made:
        raise RuntimeError("no paper")

    made_by(break_off)
    assert workroom.work_off(now) == 1
    assert state(number) == ("failed", "broken", 1)
    assert list(read(number)) == []


def test_work_that_is_stopped_ends_and_a_worker_told_to_end_puts_it_back(
    number: int, made_by: Callable[[Maker], None]
) -> None:
    ending = Flag()

    def hear_of_the_end(*given: object) -> Made:
        ending.set()
        return write(*given)  # type: ignore[arg-type]  # handed on as they came

    made_by(hear_of_the_end)
    assert workroom.work_off(now, ending) == 1
    assert state(number) == ("queued", "", 0)

    def be_stopped(*given: object) -> Made:
        stop(number, now())
        return write(*given)  # type: ignore[arg-type]  # handed on as they came

    made_by(be_stopped)
    assert workroom.work_off(now) == 1
    assert state(number) == ("cancelled", "", 1)
    assert list(read(number)) == []
