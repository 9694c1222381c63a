"""Days the clocks change, and clocks that are wrong: nothing twice, nothing lost, no hour off."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo import worker
from koostoo.base import clock
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.base.when import When, parse_local
from koostoo.events.models import Event
from koostoo.mail import put_back
from koostoo.mail.models import MailTrouble, OutboxMessage
from koostoo.mail.rules import LEASE
from koostoo.registration.rules import SignUp
from koostoo.registration.service import accept, cancel, serve_due, sign_up
from tests.mail.servers import UseServer, working_server
from tests.mail.world import change, message, post
from tests.registration.people import letters, letters_leave, person, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
DAY, HOUR, MOMENT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
READY = {"contact_email": "info@example.org", "summary": LocalText("Läheme külla.")}


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        # On 29 March three o'clock is left out, on 25 October it comes twice.
        ("29.03.2026", "2.59", "2026-03-29 00:59"),
        ("29.03.2026", "4.00", "2026-03-29 01:00"),
        ("25.10.2026", "3.30", "2026-10-25 00:30"),
        ("25.10.2026", "4.00", "2026-10-25 02:00"),
    ],
)
def test_registration_closes_at_the_hour_that_was_typed_on_days_the_clocks_change(
    client: FlaskClient,
    make_event: MakeEvent,
    fill_in: Callable[..., dict[str, str]],
    day: str,
    hour: str,
    instant: str,
) -> None:
    closes = parse_local(day, hour)
    assert closes == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    start = closes + 7 * DAY
    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        event = make_event(closes_at=closes, when=When.timed(start, start + HOUR), **READY)
        path = f"/events/{event.slug}/register"
        typed, late = fill_in(event), fill_in(event, last_name="Hiline")
        assert client.post(path, data=typed).status_code == 303
    with time_machine.travel(closes, tick=False):
        assert client.post(path, data=late).status_code != 303
    assert states(event.id) == ["confirmed"]


@pytest.mark.parametrize("evening", ["28.03.2026", "24.10.2026"])
def test_an_offer_for_a_day_lasts_24_hours_over_a_change_of_clocks(
    make_event: MakeEvent, entry: Entry, evening: str
) -> None:
    freed = parse_local(evening, "18.00")
    start = freed + 20 * DAY
    event = make_event(capacity=1, offer_hours=24, when=When.timed(start, start + HOUR)).id
    people = [sign_up(event, entry(), freed - HOUR).registration_id for _ in range(3)]
    cancel(people[0], freed)
    assert person(people[1]).offer_until == freed + 24 * HOUR
    letters_leave()
    assert serve_due(freed + 24 * HOUR - MOMENT) == 0
    assert serve_due(freed + 24 * HOUR) == 1
    assert states(event) == ["cancelled", "cancelled", "offered"]


def wait_until(done: Callable[[], bool], what: str) -> None:
    latest = time.monotonic() + 60
    while not done():
        assert time.monotonic() < latest, what
        time.sleep(0.02)
        db.session.rollback()


class Looks:
    """Counts how often the worker has looked for what is due."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._count = 0
        patch.setattr(worker, "serve_due", self._counted)

    def _counted(self, moment: datetime) -> int:
        self._count += 1
        return serve_due(moment)

    def go_round(self) -> None:
        """Wait until a round that began from now on is over: the next but one begins."""
        wanted = self._count + 2
        wait_until(lambda: self._count >= wanted, "the worker's round")


def unsent() -> int:
    found = db.session.scalars(select(OutboxMessage.state)).all()
    return sum(state in ("queued", "sending", "retry") for state in found)


@pytest.mark.slow
def test_a_clock_that_jumps_a_day_under_a_worker_sends_nothing_twice_and_loses_no_offer(
    app: Flask,
    make_event: MakeEvent,
    entry: Entry,
    use_server: UseServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ahead, stop = [timedelta()], threading.Event()
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + ahead[0])
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.02)
    looks = Looks(monkeypatch)
    event = make_event(capacity=1, offer_hours=12, **READY).id
    first, second, third = (sign_up(event, entry(), now()).registration_id for _ in range(3))

    def work() -> None:
        with app.app_context():
            worker.run(stop)

    with working_server() as server:
        use_server(server.port)
        hand = threading.Thread(target=work)
        hand.start()
        try:
            wait_until(lambda: unsent() == 0, "first letters")
            cancel(first, now())
            wait_until(lambda: letters(second)[-1] == "offered" and unsent() == 0, "the offer")
            ahead[0] = DAY
            wait_until(lambda: letters(third)[-1] == "offered" and unsent() == 0, "the next one")
            for jump in (timedelta(), -DAY):
                ahead[0] = jump
                looks.go_round()
            ahead[0] = timedelta()
            assert accept(third, now()) == "accepted"
            wait_until(lambda: unsent() == 0, "the last letter")
        finally:
            stop.set()
            hand.join(30)
    assert states(event) == ["cancelled", "cancelled", "confirmed"]
    assert letters(second) == ["waiting", "offered", "offer_lapsed"]
    assert letters(third) == ["waiting", "offered", "confirmed"]
    sent = Counter(letter["Message-ID"] for letter in server.letters)
    assert {*sent.values()} == {1}
    assert len(sent) == len(db.session.scalars(select(OutboxMessage.id)).all())


@pytest.mark.usefixtures("app")
def test_a_letter_written_while_the_clock_ran_ahead_leaves_once_it_is_put_back() -> None:
    moment = now()
    early, usual = post("confirmed", queue="a"), post("confirmed", queue="b")
    in_hand = post("confirmed", queue="c")
    change(OutboxMessage, early, next_try_at=moment + DAY)
    change(OutboxMessage, usual, state="retry", next_try_at=moment + 4 * HOUR)
    change(OutboxMessage, in_hand, state="sending", next_try_at=moment + DAY)
    assert put_back.free_letters(moment) == 2
    assert message(early).next_try_at == moment
    assert message(usual).next_try_at == moment + 4 * HOUR
    # Perhaps it is leaving just now.
    assert message(in_hand).next_try_at == moment + LEASE
    assert put_back.free_letters(moment) == 0
    assert db.session.scalars(select(MailTrouble)).all() == []
