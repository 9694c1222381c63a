"""Everything a mail server can do to a letter: what becomes of it, when, and how often it left."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from koostoo.mail import transport
from koostoo.mail.models import UNSENT
from koostoo.mail.rules import GIVE_UP_AFTER
from koostoo.worker import run_once
from tests.mail.servers import ScriptedServer, UseServer, free_port, server_context, working_server
from tests.mail.world import NOW, make_event, make_registration, message, post, tries, trouble

MINUTE = timedelta(minutes=1)


@pytest.fixture
def letter(app: Flask) -> int:
    """A confirmation that waits to leave."""
    return post("confirmed", make_registration(make_event()))


def live_through(letter: int) -> list[float]:
    """Let the worker do its work until the letter is done; return when it tried, in minutes."""
    at, moments = NOW, []
    while message(letter).state in UNSENT:
        assert run_once(at) == 1
        moments.append((at - NOW) / MINUTE)
        if message(letter).state in UNSENT:
            at = message(letter).next_try_at
            assert run_once(at - timedelta(seconds=1)) == 0
    return moments


@pytest.mark.parametrize(
    ("script", "state", "minutes", "reason", "seen"),
    [
        (["take"], "sent", [0], "", 1),
        (["rcpt 450 4.2.0 greylisted"] * 2, "sent", [0, 5, 20], "", 1),
        (["data 451 4.3.0 local error"], "sent", [0, 1], "", 2),
        (["data 451 4.3.0 local error"] * 3, "sent", [0, 1, 4, 13], "", 4),
        (["rcpt 550 5.1.1 no such user"], "failed", [0], "no_mailbox", 0),
        (["rcpt 452 4.2.2 over quota"], "sent", [0, 5], "", 1),
        (["data 554 5.7.1 spam"], "failed", [0], "message_refused", 1),
        (["data 552 5.3.4 too big"], "failed", [0], "too_large", 1),
        (["mail 552 5.3.4 size exceeds limit"], "failed", [0], "too_large", 0),
        (["cut"], "sent", [0, 1], "", 1),
        (["drop"], "sent", [0, 1], "", 2),
        (["greet 554 go away"], "sent", [0, 1], "", 1),
        (["greet 421 4.3.2 busy"] * 3, "sent", [0, 1, 3, 7], "", 1),
        (["mail 550 5.7.60 not your address"], "sent", [0, 1], "", 1),
        (["mail 432 4.3.2 concurrency limit"], "sent", [0, 1], "", 1),
        (["leave", "leave"], "sent", [0, 1, 3], "", 1),
        (["rcpt 554 5.7.1 Relay access denied"], "sent", [0, 1], "", 1),
        (["rcpt 421 4.7.0 too many connections"], "sent", [0, 5], "", 1),
    ],
)
def test_each_fault_has_its_own_end(
    letter: int,
    use_server: UseServer,
    script: Sequence[str],
    state: str,
    minutes: Sequence[float],
    reason: str,
    seen: int,
) -> None:
    with ScriptedServer(script) as server:
        use_server(server.port)
        assert live_through(letter) == minutes
    found = message(letter)
    assert (found.state, found.reason, found.attempts) == (state, reason, len(minutes))
    assert len(server.contents) == seen
    assert all(f"Message-ID: {found.message_id}".encode() in text for text in server.contents)
    if seen > 1:
        assert_same(server.contents)
    assert [number for number, *_ in tries(letter)] == [*range(1, len(minutes) + 1)]
    if state == "sent":
        assert (found.server, trouble()) == ("127.0.0.1", None)


def assert_same(contents: Sequence[bytes]) -> None:
    """The same letter but for the moment it left."""
    first, *others = (
        [line for line in text.split(b"\r\n") if not line.startswith(b"Date:")] for text in contents
    )
    assert all(other == first for other in others)


def test_a_server_nobody_listens_at_is_tried_again_and_no_letter_is_lost(
    letter: int, use_server: UseServer
) -> None:
    use_server(free_port())
    run_once(NOW)
    run_once(NOW + MINUTE)
    found = message(letter)
    assert (found.state, found.reason, found.put_offs) == ("retry", "no_connection", 0)
    assert found.next_try_at == NOW + 3 * MINUTE
    assert "ConnectionRefusedError" in found.answer


def test_a_silent_server_is_left_and_tried_again(
    letter: int, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.2)
    with ScriptedServer(["silence"]) as server:
        use_server(server.port)
        run_once(NOW)
        assert (message(letter).state, message(letter).reason) == ("retry", "no_answer")
        run_once(NOW + MINUTE)
    assert message(letter).state == "sent"


def test_a_wrong_certificate_keeps_the_letter_until_it_is_mended(
    letter: int, use_server: UseServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with working_server(server_context(certificate)) as server:
        use_server(server.port, use_tls=True)
        run_once(NOW)
        assert (message(letter).state, message(letter).reason) == ("retry", "certificate")
        assert server.contents == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        run_once(NOW + MINUTE)
    assert (message(letter).state, server.secured) == ("sent", [True])


def test_a_wrong_password_keeps_the_letter_until_it_is_mended(
    letter: int, use_server: UseServer
) -> None:
    with ScriptedServer() as server:
        use_server(server.port, username="koostoo", password="wrong")
        run_once(NOW)
        assert (message(letter).state, message(letter).reason) == ("retry", "sign_in")
        use_server(server.port)
        run_once(NOW + MINUTE)
    assert message(letter).state == "sent"


def test_a_letter_put_off_every_time_is_given_up_after_three_days(
    letter: int, use_server: UseServer
) -> None:
    with ScriptedServer(["rcpt 450 4.7.1 come back later"] * 40) as server:
        use_server(server.port)
        minutes = live_through(letter)
    found = message(letter)
    assert (found.state, found.reason) == ("failed", "put_off")
    assert found.answer == "450 4.7.1 come back later"
    assert minutes[:6] == [0, 5, 20, 65, 200, 440]
    assert GIVE_UP_AFTER <= minutes[-1] * MINUTE < GIVE_UP_AFTER + timedelta(hours=4)
    assert len(minutes) == found.attempts == 23


def test_thirty_letters_to_a_domain_that_is_down_cost_few_tries(
    app: Flask, use_server: UseServer
) -> None:
    event = make_event()
    rows = [
        post(
            "confirmed",
            make_registration(event, email=f"p{number}@down.example"),
            recipient=f"p{number}@down.example",
        )
        for number in range(30)
    ]
    other = post("confirmed", make_registration(event))
    down = "rcpt 451 4.4.1 no answer from host"
    with ScriptedServer([down, down, down, "take", down, down]) as server:
        use_server(server.port)
        run_once(NOW)
        assert message(other).state == "sent"
        run_once(NOW + MINUTE)
        run_once(NOW + 3 * MINUTE)
        assert sum(message(row).attempts for row in rows) == 5
        run_once(NOW + timedelta(hours=4))
    assert {message(row).state for row in rows} == {"sent"}
