"""`flask mail check` tries the settings step by step and says what to change."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from koostoo.base.database import db
from koostoo.mail import transport
from koostoo.mail.models import OutboxMessage
from koostoo.mail.verp import message_id_in
from tests.mail.servers import (
    ScriptedServer,
    UseServer,
    free_port,
    make_certificate,
    server_context,
    working_server,
)


@pytest.fixture(autouse=True)
def _own_sender(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_DEFAULT_SENDER", "koostoo@naidis.example")


def check(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["mail", "check", *arguments])


def failing(app: Flask, *arguments: str) -> str:
    result = check(app, *arguments)
    assert result.exit_code == 1, result.output
    return result.output


def test_fine_settings_are_told_step_by_step_and_nothing_is_sent(
    app: Flask, use_server: UseServer
) -> None:
    with ScriptedServer() as server:
        use_server(server.port)
        result = check(app)
    assert result.exit_code == 0, result.output
    for words in (
        f"ok  127.0.0.1 is 127.0.0.1, port {server.port}",
        "ok  It answers",
        "ok  Not encrypted, as the settings say",
        "ok  No sign-in, as the settings say",
        "ok  It lets us write as koostoo@naidis.example",
    ):
        assert words in result.output
    assert server.contents == []


def test_a_test_letter_goes_to_the_address_given_and_leaves_no_trace_in_the_outbox(
    app: Flask, use_server: UseServer
) -> None:
    with working_server() as server:
        use_server(server.port)
        result = check(app, "kai@example.ee")
    assert result.exit_code == 0, result.output
    assert "The test letter to kai@example.ee was taken: 250 OK" in result.output
    (letter,) = server.letters
    assert server.recipients == ["kai@example.ee"]
    assert letter["From"].addresses[0].addr_spec == "koostoo@naidis.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert db.session.query(OutboxMessage).count() == 0


def test_it_writes_as_the_address_to_which_letters_come_back(
    app: Flask, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_BOUNCE_TO", "koostoo+{}@naidis.example")
    with working_server() as server:
        use_server(server.port)
        told = check(app, "kai@example.ee").output
    (letter,) = server.letters
    (sender,) = server.senders
    domain = letter["Message-ID"].strip("<>").partition("@")[2]
    number = message_id_in("koostoo+{}@naidis.example", sender, domain)
    assert number == letter["Message-ID"]
    assert f"coming back to {sender}" in told


def test_an_encrypted_connection_with_a_valid_certificate_is_told(
    app: Flask, use_server: UseServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with working_server(server_context(certificate)) as server:
        use_server(server.port, use_tls=True)
        result = check(app)
    assert "and the certificate is valid" in result.output
    assert result.exit_code == 0, result.output


def test_a_name_nobody_knows_is_explained(app: Flask, use_server: UseServer) -> None:
    use_server(25, server="mail.invalid")
    assert "Check MAIL_SERVER and MAIL_PORT" in failing(app)


def test_a_closed_port_is_explained(app: Flask, use_server: UseServer) -> None:
    use_server(free_port())
    assert "Check MAIL_SERVER and MAIL_PORT" in failing(app)


def test_silence_is_explained(
    app: Flask, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.2)
    with ScriptedServer(["silence"]) as server:
        use_server(server.port)
        assert "Port 465 needs MAIL_USE_SSL" in failing(app)


def test_a_server_that_does_not_encrypt_is_explained(app: Flask, use_server: UseServer) -> None:
    with ScriptedServer() as server:
        use_server(server.port, use_tls=True)
        assert "Port and encryption do not fit" in failing(app)


def test_anothers_certificate_is_explained(
    app: Flask, use_server: UseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, "DNS:other.example.org")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with working_server(server_context(certificate)) as server:
        use_server(server.port, use_tls=True)
        assert "the certificate is for that name" in failing(app)


def test_a_wrong_password_is_explained_and_not_repeated(app: Flask, use_server: UseServer) -> None:
    with ScriptedServer() as server:
        use_server(server.port, username="koostoo", password="vale-parool")
        told = failing(app)
    assert "Check MAIL_USERNAME and MAIL_PASSWORD" in told
    assert "vale-parool" not in told


@pytest.mark.parametrize(
    ("act", "advice"),
    [
        ("greet 554 5.7.1 you are blocked", "show its words to the provider"),
        ("mail 550 5.7.60 not your address", "Set MAIL_DEFAULT_SENDER"),
        ("rcpt 554 5.7.1 Relay access denied", "The server takes letters only for its own people"),
        ("mail 530 5.7.0 Must issue a STARTTLS command first", "Port and encryption do not fit"),
        ("rcpt 554 5.7.1 <k@e.ee>: Recipient address rejected: Access denied", "MAIL_USERNAME"),
        ("rcpt 553 5.7.1 <k@e.ee>: Sender address rejected: not owned", "MAIL_BOUNCE_TO"),
        ("rcpt 550 5.1.1 no such user", "Look whether the address is right"),
        ("rcpt 450 4.2.0 greylisted", "the worker does that"),
        ("data 554 5.7.1 spam", "SPF and DKIM"),
        ("data 552 5.3.4 too big", "The server's words tell more"),
        ("drop", "Look whether the letter came"),
    ],
)
def test_each_refusal_is_shown_and_explained(
    app: Flask, use_server: UseServer, act: str, advice: str
) -> None:
    with ScriptedServer([act]) as server:
        use_server(server.port)
        told = failing(app, "kai@example.ee")
    assert advice in told
    assert act.partition(" ")[2] in told


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"username": "koostoo"}, "one is missing"),
        ({"use_tls": True, "use_ssl": True}, "both on"),
        ({"server": "127.0.0.2"}, "not encrypted"),
    ],
)
def test_settings_that_cannot_be_meant_are_named(
    app: Flask, use_server: UseServer, settings: dict[str, object], words: str
) -> None:
    with ScriptedServer() as server:
        use_server(server.port, **settings)
        assert words in failing(app)


def test_a_sender_that_is_no_address_is_named(
    app: Flask, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_server(free_port())
    for sender, words in (
        ("nobody", "is no e-mail address"),
        ("jüri@naidis.example", "letters such as õ or ü before the @"),
        ("koostoo@-õ.example", "is no e-mail address"),
        ("a@example.org", "made-up"),
    ):
        monkeypatch.setitem(app.config, "MAIL_DEFAULT_SENDER", sender)
        assert words in failing(app)


def test_a_sender_at_a_domain_with_letters_is_written_as_mail_servers_know_it(
    app: Flask, use_server: UseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_DEFAULT_SENDER", "koostoo@õun.example")
    with working_server() as server:
        use_server(server.port)
        result = check(app, "mari@example.org")
    assert result.exit_code == 0, result.output
    assert server.senders == ["koostoo@xn--un-bka.example"]


def test_where_letters_become_files_nobody_is_asked(app: Flask) -> None:
    assert "letters become files" in failing(app)


def test_what_is_no_address_gets_no_letter(app: Flask) -> None:
    assert "is not an e-mail address" in failing(app, "kai")
