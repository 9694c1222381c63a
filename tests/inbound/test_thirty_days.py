"""Thirty days of a mailbox: each letter with what it did, and that nothing else changed."""

import io
import tomllib
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.mail.verp import bounce_address
from koostoo.registration.incoming import receive
from koostoo.registration.models import CalendarReply
from tests.inbound.conftest import Invite, state_of, waiter
from tests.inbound.post import DAY, MX, Guest, letter, nested, plain, with_attachment
from tests.inbound.rows import all_rows, difference
from tests.mail.world import NOW, make_event

LETTERS = tomllib.loads((Path(__file__).parent / "month.toml").read_text(encoding="utf-8"))
VERP = "koostoo+{}@example.ee"


@pytest.fixture
def cast(app: Flask, invite: Invite, monkeypatch: pytest.MonkeyPatch) -> dict[str, Guest]:
    monkeypatch.setitem(app.config, "MAIL_BOUNCE_TO", VERP)
    monkeypatch.setitem(app.config, "BASE_HOST", "koostoo.example.org")
    frees = make_event(on_decline="free", capacity=2)
    return {
        "mari": invite("Mari Kask", "mari@example.com"),
        "jaan": invite("Jaan Tamm", "jaan@example.net"),
        "kai": invite("Kai Kuusk", "kai@vald.example.org"),
        "tiit": invite("Tiit Saar", "tiit@example.org"),
        "anu": invite("Anu Meri", "anu@icloud.example.com"),
        "ivo": invite("Ivo Rand", "ivo@example.com", to=frees),
        "eda": invite("Eda Rand", "eda@example.com", to=frees),
        "heir": Guest(waiter(frees), "Olev Ootaja", "olev@example.org", "", ""),
    }


def test_thirty_days_of_letters_do_what_each_says_and_nothing_else(cast: dict[str, Guest]) -> None:
    raw = b""
    for number, step in enumerate(LETTERS["letter"]):
        at = NOW + step["day"] * DAY + timedelta(minutes=number)
        if "moved" in step:
            move_the_trip()
        raw = raw if "again" in step else write(step, cast, at)
        expected = changes(step, cast)
        before = all_rows()
        assert receive(raw, at).word == step["outcome"], step["says"]
        assert difference(before, all_rows()) == expected, step["says"]
    assert {step["day"] for step in LETTERS["letter"]} == set(range(1, 31))
    answers_are_as_last_said(cast)
    letters_came_back()
    assert (state_of(cast["ivo"].registration), state_of(cast["heir"].registration)) == (
        "cancelled",
        "confirmed",
    )


def answers_are_as_last_said(cast: Mapping[str, Guest]) -> None:
    names = {guest.registration: name for name, guest in cast.items()}
    kept = {
        names[reply.registration_id]: (reply.partstat, reply.comment)
        for reply in db.session.scalars(select(CalendarReply))
    }
    assert kept == {
        "mari": ("ACCEPTED", ""),
        "jaan": ("ACCEPTED", "Näeme seal!"),
        "kai": ("TENTATIVE", "Neljapäeval saaksin"),
        "tiit": ("ACCEPTED", ""),
        "anu": ("ACCEPTED", ""),
        "eda": ("DECLINED", ""),
        "ivo": ("DECLINED", ""),
    }


def letters_came_back() -> None:
    wanted = select(OutboxMessage).where(OutboxMessage.state == "bounced")
    reasons = {row.recipient: (row.reason, row.answer) for row in db.session.scalars(wanted)}
    assert reasons == {
        "anu@icloud.example.com": ("bounced", "550 5.1.1 User unknown"),
        "kai@vald.example.org": (
            "bounced_soft",
            "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
        ),
        "tiit@example.org": ("bounced", "Sorry, no mailbox here by that name. (#5.1.1)"),
        "jaan@example.net": ("bounced", "550 No such user here"),
        "mari@example.com": ("bounced", "Kirja ei saanud kohale toimetada"),
    }


def write(step: Mapping[str, Any], cast: Mapping[str, Guest], at: datetime) -> bytes:
    """Return the letter of one step as it arrives."""
    guest, shape = cast[step["who"]], step.get("shape")
    values = {
        name: value.format(mx=MX, **cast) if isinstance(value, str) else value
        for name, value in step.get("with", {}).items()
    }
    values["written"] = at - step.get("days_late", 0) * DAY
    if "file" in step:
        values["bounce_to"] = bounce_address(VERP, guest.message_id)
        return letter(step["file"], guest, at, **values)
    if shape == "bomb":
        return with_attachment(guest, at, zip_bomb())
    raw = plain(guest, at, **values)
    if shape == "huge":
        return raw + b"x" * 1_200_000
    if shape == "nested":
        return nested(raw, step["depth"])
    return raw.replace("Õ".encode(), "Õ".encode("windows-1257")) if shape == "baltic" else raw


def changes(step: Mapping[str, Any], cast: Mapping[str, Guest]) -> list[str]:
    """Return what a step says of rows in the words of `difference`."""
    if "again" in step:
        return []
    guest = cast[step["who"]]
    rows = {
        "reply": f"calendar_reply {guest.registration}",
        "seat": f"registration {guest.registration}",
        "heir": f"registration {cast['heir'].registration}",
        "letter": f"outbox_message {row_of(guest)}",
    }
    said = ["+inbound_message"]
    for change in step.get("changes", []):
        row, colon, columns = change.partition(": ")
        said.append(f"{rows[row]}: {columns}" if colon else row)
    return sorted(said)


def row_of(guest: Guest) -> int | None:
    """Return the outbox row of the letter the invitation was in."""
    db.session.rollback()
    wanted = select(OutboxMessage.id).where(OutboxMessage.message_id == guest.message_id)
    return db.session.scalar(wanted)


def move_the_trip() -> None:
    """Let the invitations of the first event have SEQUENCE 1."""
    with transaction() as session:
        session.scalars(select(Event).order_by(Event.id)).all()[0].sequence = 1


def zip_bomb() -> bytes:
    """A small file that unpacks to fifty megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        for number in range(2):
            bomb.writestr(f"{number}.ics", bytes(25_000_000))
    return packed.getvalue()
