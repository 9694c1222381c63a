"""Workers share long work: each piece is done once, and none is lost with its worker."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.work import claiming
from koostoo.work.claiming import Claim, Lost, Made
from koostoo.work.models import Job, JobChunk
from koostoo.work.queries import find_job, read
from koostoo.work.rules import KEPT, LEASE, MOST_LOST
from koostoo.work.service import Wish, ask_for, stop
from tests.correspondence.post import organiser

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MADE = Made("pakett.zip", 6, "digest", "state", 3)


@pytest.fixture
def wish(make_event: Callable[..., Event]) -> Wish:
    event = make_event()
    return Wish("evidence", "et", "state", event.id, event.activity.project_id)


@pytest.fixture
def who(app: Flask) -> int:
    return organiser()


def job(number: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, number)


def taken_at(moment: datetime) -> Claim:
    found = claiming.claim(moment)
    assert found is not None
    return found


def test_two_workers_at_once_take_a_piece_of_work_once(app: Flask, wish: Wish, who: int) -> None:
    number, ready = ask_for(wish, NOW, who), threading.Barrier(4)

    def take() -> Claim | None:
        with app.app_context():
            ready.wait()
            return claiming.claim(NOW)

    with ThreadPoolExecutor(4) as pool:
        claims = [one.result() for one in [pool.submit(take) for _ in range(4)]]
    assert [one.id for one in claims if one is not None] == [number]


def test_two_clicks_at_once_ask_once(app: Flask, wish: Wish, who: int) -> None:
    ready = threading.Barrier(3)

    def ask() -> int:
        with app.app_context():
            ready.wait()
            return ask_for(wish, NOW, who)

    with ThreadPoolExecutor(3) as pool:
        numbers = {one.result() for one in [pool.submit(ask) for _ in range(3)]}
    assert len(numbers) == 1


def test_what_was_made_serves_again_until_something_changes_or_a_week_is_over(
    wish: Wish, who: int
) -> None:
    number = ask_for(wish, NOW, who)
    taken = taken_at(NOW)
    claiming.hand_in(taken, 0, [b"abc"], NOW)
    claiming.hand_in(taken, 1, [b"def"], NOW)
    claiming.finish(taken, MADE, NOW)
    assert b"".join(read(number)) == b"abcdef"
    assert ask_for(wish, NOW + KEPT - SECOND, who) == number
    assert ask_for(wish, NOW, organiser("teine@example.org")) != number
    changed = Wish("evidence", "et", "changed", wish.event_id, wish.project_id)
    assert ask_for(changed, NOW, who) != number
    assert find_job(number, who) is not None
    assert find_job(number, organiser("teine@example.org")) is None


def test_the_work_of_a_worker_that_died_is_begun_anew_by_another(wish: Wish, who: int) -> None:
    number = ask_for(wish, NOW, who)
    first = taken_at(NOW)
    claiming.report(first, 3, 10, NOW + SECOND)
    claiming.hand_in(first, 0, [b"half"], NOW + SECOND)
    assert claiming.claim(NOW + LEASE) is None
    assert not claiming.is_due(NOW + LEASE)
    again = NOW + SECOND + LEASE
    second = taken_at(again)
    assert (second.id, second.attempt, job(number).done) == (number, 2, 0)
    assert db.session.scalars(select(JobChunk)).all() == []
    with pytest.raises(Lost):
        claiming.report(first, 4, 10, again)
    with pytest.raises(Lost):
        claiming.finish(first, MADE, again)
    claiming.finish(second, MADE, again)
    assert job(number).state == "done"


def test_work_that_kills_its_workers_fails_and_says_so(wish: Wish, who: int) -> None:
    number, moment = ask_for(wish, NOW, who), NOW
    for _death in range(MOST_LOST):
        taken_at(moment)
        moment += LEASE
    assert claiming.claim(moment) is None
    assert (job(number).state, job(number).reason) == ("failed", "lost")
    assert ask_for(wish, moment, who) != number


def test_what_is_stopped_is_told_to_its_worker_and_what_is_put_back_waits_again(
    wish: Wish, who: int
) -> None:
    number = ask_for(wish, NOW, who)
    taken = taken_at(NOW)
    claiming.put_back(taken)
    assert (job(number).state, job(number).attempts) == ("queued", 0)
    taken = taken_at(NOW)
    stop(number, NOW)
    with pytest.raises(Lost):
        claiming.hand_in(taken, 0, [b"late"], NOW)
    assert job(number).state == "cancelled"
    assert claiming.claim(NOW + LEASE) is None
