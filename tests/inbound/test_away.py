"""Calendars that decline by themselves, where the event frees a seat at once, and one pressed."""

import base64

import pytest

from koostoo.registration.incoming import receive
from tests.inbound.conftest import Invite, state_of
from tests.inbound.post import DAY, Guest, letter, plain, vouched
from tests.mail.world import NOW, make_event

AT = NOW + DAY
EXCHANGE = "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
GOOGLE = (
    "Sender: Google Calendar <calendar-notification@google.example>\n"
    "Auto-Submitted: auto-generated\n"
)


@pytest.fixture
def guest(invite: Invite) -> Guest:
    """Somebody whose event frees a seat as soon as a calendar declines."""
    return invite(to=make_event(on_decline="free"))


def declined(guest: Guest, headers: str = "", comment: str = "") -> bytes:
    calendar = letter("calendar.ics", guest, AT, partstat="DECLINED").decode()
    if comment:
        calendar = calendar.replace("END:VEVENT", f"COMMENT:{comment}\r\nEND:VEVENT")
    return plain(guest, AT, top=vouched(guest) + headers, calendar=calendar)


@pytest.mark.parametrize(
    ("headers", "comment", "outcome"),
    [
        ("", "", "freed"),
        (GOOGLE, "", "freed"),
        (GOOGLE, "Olen haige", "freed"),
        (GOOGLE, "Declined because I am out of office", "asked"),
        (GOOGLE, "Keeldun\\, olen kontorist väljas", "asked"),
        ("", "Olen puhkusel kuni 18. augustini", "asked"),
        ("", "Olen lomalla", "asked"),
        (EXCHANGE, "", "asked"),
    ],
)
def test_a_calendar_of_who_is_away_only_lets_them_be_asked(
    guest: Guest, headers: str, comment: str, outcome: str
) -> None:
    assert receive(declined(guest, headers, comment), AT).word == outcome
    assert state_of(guest.registration) == ("cancelled" if outcome == "freed" else "confirmed")


def test_words_in_the_letter_beside_the_answer_count_too(guest: Guest) -> None:
    said = "Olen kontorist väljas kuni 18. augustini."
    reply = declined(guest)
    head, mark, rest = reply.partition(b"Content-Type: text/calendar")
    whole = (
        head
        + b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n"
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(said.encode())
        + b"--x\r\n"
        + mark
        + rest
        + b"\r\n--x--\r\n"
    )
    assert receive(whole, AT).word == "asked"


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/plain"])
def test_a_calendar_that_only_its_name_tells_is_read(guest: Guest, content_type: str) -> None:
    calendar = letter("calendar.ics", guest, AT, partstat="DECLINED")
    raw = (
        f"{vouched(guest)}From: {guest.email}\r\n"
        f'Content-Type: {content_type}; name="reply.ics"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(calendar).decode()}"
    )
    assert receive(raw.encode(), AT).word == "freed"
