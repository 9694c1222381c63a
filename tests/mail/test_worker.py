import logging
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread
from threading import Event as Flag
from typing import Any

import pytest
from flask import Flask

from koostoo import postroom
from koostoo.base.clock import now
from koostoo.base.retry import Busy
from koostoo.base.when import When
from koostoo.postroom import deliver_due
from koostoo.registration.models import Registration
from koostoo.worker import run, run_once
from tests.mail.servers import BusyServer, ScriptedServer, UseServer, working_server
from tests.mail.world import (
    DAYS,
    NOW,
    change,
    make_event,
    make_registration,
    message,
    post,
    registration,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def seat(app: Flask) -> int:
    return make_registration(make_event())


def test_a_confirmation_arrives_with_an_invitation(seat: int, use_server: UseServer) -> None:
    row = post("confirmed", seat)
    with working_server() as server:
        use_server(server.port)
        assert run_once(NOW) == 1
    (letter,) = server.letters
    assert letter["Message-ID"] == message(row).message_id
    assert letter["Reply-To"] == "mari@example.ee"
    assert (message(row).state, message(row).sent_at) == ("sent", NOW)
    (part,) = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert registration(seat).invited_sequence == 0


def test_a_seat_given_up_after_an_unknown_outcome_is_taken_out_of_the_calendar(
    seat: int, use_server: UseServer
) -> None:
    lost = post("confirmed", seat)
    with ScriptedServer(["drop"]) as server:
        use_server(server.port)
        run_once(NOW)
    assert registration(seat).invited_sequence == 0
    change(Registration, seat, state="cancelled", sequence=1)
    post("cancelled", seat)
    with working_server() as mended:
        use_server(mended.port)
        run_once(NOW + MINUTE)
    assert message(lost).state == "skipped"
    (letter,) = mended.letters
    assert 'method="CANCEL"' in letter.as_string()


def test_a_cancellation_follows_an_invitation_that_left(seat: int, use_server: UseServer) -> None:
    with working_server() as server:
        use_server(server.port)
        post("confirmed", seat)
        run_once(NOW)
        change(Registration, seat, state="cancelled", sequence=1)
        post("cancelled", seat)
        run_once(NOW)
    methods = [
        part.get_param("method")
        for letter in server.letters
        for part in letter.walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert methods == ["REQUEST", "CANCEL"]
    assert registration(seat).invited_sequence is None


def test_nothing_is_taken_out_of_a_calendar_that_never_knew(
    seat: int, use_server: UseServer
) -> None:
    early = post("confirmed", seat)
    change(Registration, seat, state="cancelled", sequence=1)
    post("cancelled", seat)
    with working_server() as server:
        use_server(server.port)
        assert run_once(NOW) == 2
    assert message(early).state == "skipped"
    (letter,) = server.letters
    assert all(part.get_content_type() != "text/calendar" for part in letter.walk())


def test_one_poisoned_letter_does_not_stop_the_others(app: Flask, use_server: UseServer) -> None:
    event = make_event(when=DAYS)
    poisoned = post("confirmed", make_registration(event), recipient="a@example.com, b@example.com")
    unknown = post("no-such-kind", queue="x")
    good = [
        post("confirmed", make_registration(event, email=f"p{number}@example.com"))
        for number in range(99)
    ]
    with working_server() as server:
        use_server(server.port)
        assert run_once(NOW) == 101
    assert (message(poisoned).state, message(poisoned).reason) == ("failed", "unwritable")
    assert (message(unknown).state, message(unknown).reason) == ("retry", "broken")
    assert {message(row).state for row in good} == {"sent"}
    assert len(server.letters) == 99


@pytest.mark.parametrize("sender", ["nobody", "jüri@example.org"])
def test_a_wrong_sender_setting_costs_no_letter(
    app: Flask, seat: int, use_server: UseServer, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    row = post("confirmed", seat)
    with working_server() as server:
        use_server(server.port)
        with monkeypatch.context() as mistake:
            mistake.setitem(app.config, "MAIL_DEFAULT_SENDER", sender)
            run_once(NOW)
        assert (message(row).state, message(row).reason) == ("retry", "sender")
        run_once(NOW + MINUTE)
    assert message(row).state == "sent"


def test_the_log_names_no_person(
    seat: int, use_server: UseServer, caplog: pytest.LogCaptureFixture, app: Flask
) -> None:
    post("confirmed", seat)
    app.logger.addHandler(caplog.handler)
    try:
        script = ["rcpt 550 5.1.1 juta@example.com does not exist"]
        with ScriptedServer(script) as server, caplog.at_level(logging.INFO, "koostoo"):
            use_server(server.port)
            run_once(NOW)
    finally:
        app.logger.removeHandler(caplog.handler)
    assert "no_mailbox, for good" in caplog.text
    assert "juta" not in caplog.text.lower()


def test_what_became_of_a_letter_is_written_down_however_busy_the_database(
    seat: int, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = post("confirmed", seat)
    settle, left = postroom._settle, ["first", "second"]

    def busy_twice(*args: Any, **kwargs: Any) -> Any:
        if left:
            raise Busy(left.pop())
        return settle(*args, **kwargs)

    monkeypatch.setattr(postroom, "_settle", busy_twice)
    monkeypatch.setattr(postroom, "POLL_SECONDS", 0)
    with ScriptedServer() as server:
        use_server(server.port)
        run_once(NOW)
    assert len(server.contents) == 1
    assert message(row).state == "sent"


def several(number: int) -> list[int]:
    """Confirmations of so many people that wait to leave."""
    event = make_event()
    return [
        post("confirmed", make_registration(event, email=f"p{one}@example.com"))
        for one in range(number)
    ]


@pytest.fixture
def two_hands(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker use two connections, as it does when nobody sets how many."""
    monkeypatch.setitem(app.config, "MAIL_CONNECTIONS", 2)


class ToldMeanwhile(Flag):
    """Somebody says stop as soon as the first letter is under way."""

    def is_set(self) -> bool:
        was_set = super().is_set()
        self.set()
        return was_set


@pytest.mark.usefixtures("two_hands")
def test_a_worker_told_to_stop_finishes_the_letter_under_way_and_takes_no_other(
    app: Flask, use_server: UseServer
) -> None:
    rows = several(3)
    with ScriptedServer() as server:
        use_server(server.port)
        assert deliver_due(lambda: NOW, stop=ToldMeanwhile()) == 1
    assert sorted(message(row).state for row in rows) == ["queued", "queued", "sent"]


class PairingServer(BusyServer):
    """Answers a letter only when another one has come over another connection."""

    def __init__(self) -> None:
        super().__init__(hold_at=0)
        self._pair = Barrier(2, timeout=60)

    def _take(self, content: bytes, name: str, address: str) -> bool:
        self._pair.wait()
        return super()._take(content, name, address)


@pytest.mark.usefixtures("two_hands")
def test_a_worker_has_several_letters_under_way_at_once_and_counts_all(
    app: Flask, use_server: UseServer
) -> None:
    rows = several(6)
    with PairingServer() as server:
        use_server(server.port)
        assert deliver_due(lambda: NOW, most=4) == 4
        assert Counter(message(row).state for row in rows) == {"sent": 4, "queued": 2}
        assert deliver_due(lambda: NOW) == 2
    assert {message(row).state for row in rows} == {"sent"}
    assert len(server.contents) == 6


@pytest.mark.usefixtures("two_hands")
def test_what_fails_while_letters_are_carried_is_told_when_all_hands_have_ended(
    app: Flask, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(3)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(postroom, "note_calendar", broken)
    with working_server() as server:
        use_server(server.port)
        with pytest.raises(RuntimeError, match="broken"):
            deliver_due(lambda: NOW)
    # One in each hand, whose claims will run out.
    assert 1 <= len(server.letters) <= 2


def test_the_loop_delivers_and_stops_when_told(
    app: Flask, seat: int, use_server: UseServer
) -> None:
    change(
        Registration, seat, event_id=make_event(when=When.days(now().date() + timedelta(days=30)))
    )
    row = post("confirmed", seat, after=now() - NOW)
    stop = Flag()

    def work() -> None:
        with app.app_context():
            run(stop)

    with working_server() as server:
        use_server(server.port)
        worker = Thread(target=work)
        worker.start()
        try:
            for _ in range(600):
                if server.contents and message(row).state == "sent":
                    break
                stop.wait(0.1)
        finally:
            stop.set()
            worker.join(60)
    assert not worker.is_alive()
    assert message(row).state == "sent"
