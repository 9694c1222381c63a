"""Letters as other programs write them, filled in from the files in `letters`.

The files were written for this project after what mail programs and servers are known to send;
people and hosts are made up. `{word}` is filled in; lines between `%base64` and `%end` travel so.
"""

import base64
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

LETTERS = Path(__file__).parent / "letters"
MX = "mx.example.ee"
"""The receiving server whose word is believed."""


@dataclass(frozen=True)
class Guest:
    """Who answers; `message_id` is that of the letter the invitation was in."""

    registration: int
    name: str
    email: str
    uid: str
    message_id: str


def fill(file: str, /, **values: Any) -> bytes:
    """Return a letter of `letters`, lines ended by CRLF."""
    text = (LETTERS / file).read_text(encoding="utf-8")
    text = re.sub(r"\{(\w+)\}", lambda found: str(values[found[1]]), text)
    text = re.sub(r"%base64\n(.*?)%end\n", _base64, text, flags=re.DOTALL)
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _base64(found: re.Match[str]) -> str:
    return base64.encodebytes(found[1].replace("\n", "\r\n").encode()).decode()


def letter(file: str, guest: Guest, at: datetime, /, **values: Any) -> bytes:
    """Return the letter this person's program writes at `at`: an accepted invitation by default."""
    stamp = values.pop("written", at)
    return fill(
        file,
        **{
            "name": guest.name,
            "who": guest.email,
            "domain": guest.email.partition("@")[2],
            "uid": guest.uid,
            "mid": guest.message_id,
            "mark": f"{at:%d%H%M%S}{guest.registration}",
            "date": format_datetime(at),
            "stamp": f"{stamp:%Y%m%dT%H%M%SZ}",
            "partstat": "ACCEPTED",
            "sequence": 0,
            "method": "REPLY",
            "subject": "Study trip",
            "comment": "",
            "start": "20260908T093000",
            "end": "20260908T160000",
            "action": "failed",
            "status": "5.1.1",
            "said": "550 5.1.1 User unknown",
            **values,
        },
    )


def plain(guest: Guest, at: datetime, **values: Any) -> bytes:
    """Return a bare reply in which everything can be other than it should.

    `top`: headers above all others; `sender`: From; `calendar`: the object itself; any word of it
    by its name.
    """
    top, sender = values.pop("top", ""), values.pop("sender", f"{guest.name} <{guest.email}>")
    charset = values.pop("charset", "utf-8")
    calendar = values.pop("calendar", None)
    if calendar is None:
        calendar = letter("calendar.ics", guest, at, **values).decode()
    return letter(
        "plain.eml",
        guest,
        at,
        top=top,
        from_=sender,
        charset=charset,
        calendar=calendar,
        method=values.get("method", "REPLY"),
    )


def vouched(guest: Guest) -> str:
    """Return the header by which the receiving server vouches for this person's letter."""
    domain = guest.email.partition("@")[2]
    return f"Authentication-Results: {MX}; dmarc=pass header.from={domain}\n"


def nested(inner: bytes, depth: int) -> bytes:
    """Return a letter whose part is a part of a part …, `depth` times."""
    body = b"Content-Type: text/plain\r\n\r\nat the bottom"
    for level in range(depth):
        mark = f"b{level}".encode()
        body = (
            b'Content-Type: multipart/mixed; boundary="'
            + mark
            + b'"\r\n\r\n--'
            + mark
            + b"\r\n"
            + body
            + b"\r\n--"
            + mark
            + b"--\r\n"
        )
    head, _, _ = inner.partition(b"Content-Type:")
    return head + body


def with_attachment(guest: Guest, at: datetime, content: bytes) -> bytes:
    """Return a reply that brings a file along."""
    reply = plain(guest, at)
    head, _, rest = reply.partition(b"Content-Type: text/calendar")
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return (
        head
        + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n'
        + b'Content-Type: application/zip; name="big.zip"\r\n'
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + encoded
        + b"\r\n--x\r\nContent-Type: text/calendar"
        + rest
        + b"\r\n--x--\r\n"
    )


DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
