"""The whole way: the invitation leaves by SMTP, the calendar declines, IMAP, the button."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.mailroom import visit
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.worker import run_once
from tests.inbound.post import Guest, letter
from tests.mail.dovecot import Server, running
from tests.mail.servers import Received, UseServer, working_server
from tests.registration.people import states
from tests.web.desk_pages import open_form, text_of


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def sink(app: Flask, use_server: UseServer) -> Iterator[Received]:
    """Where letters arrive."""
    with working_server() as server:
        use_server(server.port)
        yield server


@pytest.fixture
def mailbox(app: Flask, dovecot: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Where letters come back to."""
    dovecot.clear()
    account = dovecot.account()
    for name in ("host", "port", "tls", "username", "password", "folder", "done"):
        monkeypatch.setitem(app.config, f"INBOUND_IMAP_{name.upper()}", getattr(account, name))
    return dovecot


def invitation_in(message: EmailMessage) -> Guest:
    """Read the invitation as a calendar program does."""
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(part.get_content()).events
    attendee = event["ATTENDEE"]
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
    assert str(event["ORGANIZER"]) == f"mailto:{message['From'].addresses[0].addr_spec}"
    return Guest(
        1,
        "Mari Maasikas",
        str(attendee)[len("mailto:") :],
        str(event["UID"]),
        message["Message-ID"],
    )


@pytest.mark.parametrize(
    "program",
    ["gmail.eml", "outlook_com.eml", "exchange.eml", "thunderbird.eml", "apple.eml"],
)
def test_a_seat_declined_in_a_calendar_is_given_back_with_one_button(
    client: FlaskClient,
    sink: Received,
    mailbox: Server,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    program: str,
) -> None:
    event = make_event(capacity=1)
    for _ in range(2):
        sign_up(event.id, entry(), now())
    run_once(now())
    guest = invitation_in(sink.letters[0])

    written = (datetime.now(UTC) + timedelta(seconds=1)).replace(microsecond=0)
    mailbox.put(letter(program, guest, written, partstat="DECLINED"))
    assert visit(now()) == 1
    assert (mailbox.count("INBOX"), mailbox.count("Done")) == (0, 1)
    assert states(event.id) == ["confirmed", "waiting"]

    run_once(now())
    question = sink.letters[-1]
    assert question["To"] == guest.email
    body = question.get_body(("plain",))
    assert body is not None
    link = re.search(r"http://localhost(/my/\S+)", body.get_content())
    assert link is not None
    page = urlsplit(link[1]).path
    assert "Sinu kalender keeldus kutsest." in text_of(client, page)
    client.post(f"{page}/calendar", data={**open_form(client, page), "answer": "give"})
    assert states(event.id) == ["cancelled", "confirmed"]

    run_once(now())
    cancel, seat = sink.letters[-2:]
    assert 'method="CANCEL"' in cancel.as_string()
    assert seat["To"] != guest.email
