from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from koostoo.base.database import db
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from tests.inbound.post import MX, Guest
from tests.mail.world import NOW, change, make_event, make_registration, message, post, registration

Invite = Callable[..., Guest]


@pytest.fixture(autouse=True)
def mailbox_is_read(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody reads what comes back, and believes one receiving server."""
    monkeypatch.setitem(app.config, "INBOUND_PIPE", True)
    monkeypatch.setitem(app.config, "INBOUND_AUTHSERV_ID", MX)
    monkeypatch.setitem(app.config, "MAIL_DEFAULT_SENDER", "koostoo@example.ee")


@pytest.fixture
def event(app: Flask) -> int:
    """A study trip a month ahead."""
    return make_event()


@pytest.fixture
def invite(event: int) -> Invite:
    """A factory of people with a seat and an invitation that has left."""

    def make(name: str = "Juta Jogi", email: str = "juta@example.com", to: int = event) -> Guest:
        first, _, last = name.partition(" ")
        number = make_registration(
            to, first_name=first, last_name=last, email=email, invited_sequence=0
        )
        row = post("confirmed", number, recipient=email)
        change(OutboxMessage, row, state="sent", attempts=1, sent_at=NOW + timedelta(minutes=1))
        return Guest(number, name, email, registration(number).uid, message(row).message_id)

    return make


def waiter(event_id: int, name: str = "Olev Ootaja", email: str = "olev@example.org") -> int:
    """Somebody on the waiting list; returns the registration."""
    first, _, last = name.partition(" ")
    return make_registration(
        event_id, first_name=first, last_name=last, email=email, state="waiting"
    )


def state_of(number: int) -> str:
    """The state of a registration as it stands now."""
    db.session.rollback()
    return db.session.get_one(Registration, number, populate_existing=True).state
