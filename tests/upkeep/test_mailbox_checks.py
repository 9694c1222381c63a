"""Why the mailbox cannot be read is said in words, asked of a real IMAP server."""

from collections.abc import Iterator

import pytest
from flask import Flask

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.mail.bounces import mark_bounced
from koostoo.mail.models import OutboxMessage
from koostoo.mail.reports import Report
from koostoo.upkeep.mailbox_checks import of_mailbox
from tests.mail.dovecot import Server, running
from tests.mail.world import NOW, change, make_event, make_registration, message, post


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture
def mailbox(app: Flask, server: Server, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A mailbox that can be read; returns what changes the settings."""
    account = server.account()
    for name in ("host", "port", "tls", "username", "password", "folder"):
        monkeypatch.setitem(app.config, f"INBOUND_IMAP_{name.upper()}", getattr(account, name))
    assert next(of_mailbox(now())).fine
    return monkeypatch


@pytest.mark.parametrize(
    ("name", "value", "words", "advice"),
    [
        ("PASSWORD", "mistyped", "it refuses user name or password", "INBOUND_IMAP_PASSWORD"),
        ("FOLDER", "Elsewhere", "it does not open the folder", "INBOUND_IMAP_FOLDER"),
        ("TLS", True, "no encrypted connection", "993"),
    ],
)
def test_it_is_told_which_setting_is_wrong(
    app: Flask, mailbox: pytest.MonkeyPatch, name: str, value: object, words: str, advice: str
) -> None:
    mailbox.setitem(app.config, f"INBOUND_IMAP_{name}", value)
    found = next(of_mailbox(now()))
    assert found.words == f"The mailbox cannot be read ({words})"
    assert advice in found.advice


def test_a_certificate_nobody_knows_is_told_from_a_wrong_password(
    app: Flask, server: Server, mailbox: pytest.MonkeyPatch
) -> None:
    mailbox.setitem(app.config, "INBOUND_IMAP_TLS", True)
    mailbox.setitem(app.config, "INBOUND_IMAP_PORT", server.tls_port)
    found = next(of_mailbox(now()))
    assert found.words == "The mailbox cannot be read (its certificate is not valid)"
    assert "README.md" in found.advice


def test_letters_refused_as_unwanted_are_told_to_whoever_keeps_the_server(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "INBOUND_PIPE", True)
    number = post("confirmed", make_registration(make_event()))
    change(OutboxMessage, number, state="sent", attempts=1)
    assert len(list(of_mailbox(NOW))) == 2
    said = Report("failed", (message(number).message_id,), "refused", "550 5.7.26 DMARC")
    with transaction() as session:
        assert mark_bounced(session, said, NOW) == "bounced"
    found = list(of_mailbox(NOW))[-1]
    assert (found.mark, found.words[-3:]) == ("hm", ": 1")
    assert "SPF" in found.advice
