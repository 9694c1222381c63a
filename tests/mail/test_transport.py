"""How letters are carried: one connection for many, encrypted where asked, never for ever."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from koostoo.mail import transport
from koostoo.mail.answers import Failure
from koostoo.mail.letter import to_mime
from koostoo.mail.transport import Carrier, NotDelivered
from koostoo.mail.verp import bounce_address
from tests.mail.servers import (
    ScriptedServer,
    UseServer,
    free_port,
    make_certificate,
    server_context,
    working_server,
)
from tests.mail.test_letter import INVITED
from tests.mail.world import NOW

MESSAGE = to_mime(INVITED, NOW)


def deliver() -> tuple[str, str]:
    with Carrier() as carrier:
        return carrier.deliver(MESSAGE, NOW)


def failure() -> Failure:
    with pytest.raises(NotDelivered) as raised:
        deliver()
    return raised.value.failure


def test_a_letter_arrives_over_smtp_byte_for_byte(use_server: UseServer) -> None:
    with working_server() as server:
        use_server(server.port)
        assert deliver() == ("127.0.0.1", "250 OK")
    assert server.recipients == ["juta@example.com"]
    assert server.contents == [MESSAGE.as_bytes()]


def test_a_line_that_is_one_dot_does_not_end_the_letter(use_server: UseServer) -> None:
    message = to_mime(replace(INVITED, text="before\n.\nafter\n"), NOW)
    assert b"\r\n.\r\n" in message.as_bytes()
    with working_server() as server:
        use_server(server.port)
        with Carrier() as carrier:
            carrier.deliver(message, NOW)
    assert server.contents == [message.as_bytes()]


def test_a_server_with_a_valid_certificate_gets_the_letter_encrypted(
    use_server: UseServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with working_server(server_context(certificate)) as server:
        use_server(server.port, use_tls=True)
        deliver()
    assert server.secured == [True]


def test_a_server_with_an_unknown_certificate_gets_nothing(
    use_server: UseServer, certificate: Path
) -> None:
    with working_server(server_context(certificate)) as server:
        use_server(server.port, use_tls=True)
        assert failure().kind == "certificate"
        assert server.contents == []


def test_a_server_with_anothers_certificate_gets_nothing(
    use_server: UseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, "DNS:other.example.org")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with working_server(server_context(certificate)) as server:
        use_server(server.port, use_tls=True)
        found = failure()
    assert found.kind == "certificate"
    assert "127.0.0.1" in found.answer


def test_a_server_that_does_not_encrypt_gets_nothing_where_tls_is_asked(
    use_server: UseServer,
) -> None:
    with working_server() as server:
        use_server(server.port, use_tls=True)
        assert failure().kind == "no_tls"
        assert server.contents == []


def test_a_plain_server_gets_nothing_where_encryption_from_the_first_byte_is_asked(
    use_server: UseServer,
) -> None:
    with ScriptedServer() as server:
        use_server(server.port, use_ssl=True)
        assert failure().kind == "no_tls"
        assert server.contents == []


def test_a_silent_server_is_left_after_the_timeout(
    use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert transport.TIMEOUT_SECONDS <= 30
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.2)
    with ScriptedServer(["silence"]) as server:
        use_server(server.port)
        assert failure().kind == "no_answer"


@pytest.mark.parametrize("act", ["cut", "drop"])
def test_a_connection_lost_while_the_letter_goes_is_an_unknown_outcome(
    use_server: UseServer, act: str
) -> None:
    with ScriptedServer([act]) as server:
        use_server(server.port)
        assert failure().kind == "unknown"


def test_nobody_listening_is_no_unknown_outcome(use_server: UseServer) -> None:
    use_server(free_port())
    assert failure().kind == "no_connection"


def test_many_letters_go_over_one_connection_but_not_too_many(
    use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LETTERS_A_CONNECTION", 3)
    with ScriptedServer() as server:
        use_server(server.port)
        with Carrier() as carrier:
            for _ in range(7):
                carrier.deliver(MESSAGE, NOW)
    assert (len(server.contents), server.connections) == (7, 3)


def test_a_refused_letter_leaves_the_connection_to_the_next(use_server: UseServer) -> None:
    script = ["take", "rcpt 550 5.1.1 no such user", "data 554 5.7.1 no", "take"]
    with ScriptedServer(script) as server:
        use_server(server.port)
        with Carrier() as carrier:
            carrier.deliver(MESSAGE, NOW)
            for _ in range(2):
                with pytest.raises(NotDelivered):
                    carrier.deliver(MESSAGE, NOW)
            carrier.deliver(MESSAGE, NOW)
    assert server.connections == 1
    assert len(server.contents) == 3


def test_a_connection_the_server_ended_between_two_letters_is_no_trouble(
    use_server: UseServer,
) -> None:
    with ScriptedServer(["take", "mail 421 4.4.2 idle for too long", "take"]) as server:
        use_server(server.port)
        with Carrier() as carrier:
            carrier.deliver(MESSAGE, NOW)
            carrier.deliver(MESSAGE, NOW)
    assert (len(server.contents), server.connections) == (2, 2)


def test_after_a_lost_connection_the_next_letter_has_a_new_one(use_server: UseServer) -> None:
    with ScriptedServer(["drop", "take"]) as server:
        use_server(server.port)
        with Carrier() as carrier:
            with pytest.raises(NotDelivered):
                carrier.deliver(MESSAGE, NOW)
            carrier.deliver(MESSAGE, NOW)
    assert (len(server.contents), server.connections) == (2, 2)


def test_in_development_a_letter_becomes_a_private_file(app: Flask, tmp_path: Path) -> None:
    deliver()
    (path,) = (tmp_path / "mailbox").iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == MESSAGE.as_bytes()


def test_a_letter_comes_back_to_the_sender_or_to_an_address_with_its_number(
    app: Flask, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered = to_mime(replace(INVITED, message_id=f"<{'a' * 21}A@koostoo.example.org>"), NOW)
    with working_server() as server:
        use_server(server.port)
        with Carrier() as carrier:
            carrier.deliver(numbered, NOW)
            monkeypatch.setitem(app.config, "MAIL_BOUNCE_TO", "koostoo+{}@example.org")
            carrier.deliver(numbered, NOW)
            carrier.deliver(MESSAGE, NOW)
    plain, mark, foreign = server.senders
    assert plain == foreign == INVITED.sender
    assert mark == bounce_address("koostoo+{}@example.org", numbered["Message-ID"])
