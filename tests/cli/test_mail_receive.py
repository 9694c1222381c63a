"""A mail server hands letters over: `flask mail receive`."""

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.database import db
from koostoo.cli import TEMPORARY
from koostoo.mail.models import InboundMessage, OutboxMessage
from koostoo.mail.verp import bounce_address
from tests.inbound.post import DAY, Guest, fill, letter
from tests.mail.world import NOW, change, make_event, make_registration, message, post, registration
from tests.trouble import lock_held


@pytest.fixture
def guest(app: Flask) -> Guest:
    number = make_registration(make_event(), invited_sequence=0)
    row = post("confirmed", number)
    change(OutboxMessage, row, state="sent", attempts=1)
    return Guest(
        number, "Juta Jogi", "juta@example.com", registration(number).uid, message(row).message_id
    )


def hand_over(app: Flask, raw: bytes, *words: str) -> int:
    """Run the command with a letter on its standard input; return how it ended."""
    done = app.test_cli_runner().invoke(args=["mail", "receive", *words], input=raw)
    return done.exit_code


def outcomes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(InboundMessage.outcome).order_by(InboundMessage.id)))


def test_a_letter_taken_ends_with_zero(app: Flask, guest: Guest) -> None:
    raw = letter("person.eml", guest, NOW + DAY)
    assert hand_over(app, raw) == 0
    assert hand_over(app, raw) == 0
    assert outcomes() == ["letter"]


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\n", b"x" * 3_000_000, b"\r\n\r\n.\r\n"])
def test_whatever_comes_is_taken(app: Flask, raw: bytes) -> None:
    assert hand_over(app, raw) == 0
    assert len(outcomes()) == 1


def test_the_address_it_came_back_to_tells_which_letter_it_was(
    app: Flask, guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_BOUNCE_TO", "koostoo+{}@example.ee")
    monkeypatch.setitem(app.config, "BASE_HOST", "koostoo.example.org")
    raw = fill("bounce_bare.eml", bounce_to="koostoo@example.ee", date="", who=guest.email)
    address = bounce_address("koostoo+{}@example.ee", guest.message_id)
    assert hand_over(app, raw, "--recipient", str(address)) == 0
    assert outcomes() == ["bounced"]


@pytest.mark.usefixtures("impatient")
def test_when_the_database_is_busy_the_mail_server_keeps_the_letter(
    app: Flask, guest: Guest
) -> None:
    raw = letter("gmail.eml", guest, NOW + DAY, partstat="DECLINED")
    with lock_held():
        assert hand_over(app, raw) == TEMPORARY
    assert outcomes() == []
    assert hand_over(app, raw) == 0
    assert len(outcomes()) == 1
