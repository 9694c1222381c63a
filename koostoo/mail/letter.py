"""A letter as a value, and its MIME form: pure."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal

# 7bit: what is not ASCII travels as base64 or quoted-printable (RFC 6047, 2.5).
POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What a calendar program reads: RFC 5546 method, SEQUENCE, and the object with CRLF ends.

    `registration_id` says whose calendar it is, so that what has left can be written down.
    """

    method: Literal["REQUEST", "CANCEL"]
    sequence: int
    content: bytes
    registration_id: int


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that leaves; addresses are bare, names are words without line ends."""

    message_id: str
    sender_name: str
    sender: str
    recipient: str
    reply_to: str
    """Empty where there is none."""
    subject: str
    text: str
    html: str
    language: str
    calendar: CalendarPart | None = None


def to_mime(letter: Letter, date: datetime) -> EmailMessage:
    """Return the message as it leaves; raise ValueError where a header cannot be written.

    multipart/alternative of plain, HTML and, last, text/calendar with its method and without a
    disposition (RFC 6047, 2.4); a REQUEST also carries a copy as application/ics for those whose
    program shows no calendar part, which makes multipart/mixed the outermost.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(letter.sender_name, addr_spec=_ascii(letter.sender))
    message["To"] = Address(addr_spec=_ascii(letter.recipient))
    if letter.reply_to:
        message["Reply-To"] = Address(addr_spec=_ascii(letter.reply_to))
    message["Subject"] = letter.subject
    message["Date"] = date
    message["Message-ID"] = letter.message_id
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.calendar is not None:
        _add_calendar(message, letter.calendar)
    return message


def _add_calendar(message: EmailMessage, part: CalendarPart) -> None:
    # As bytes: the library would wrap a text with bare LF.
    message.add_alternative(
        part.content,
        maintype="text",
        subtype="calendar",
        params={"method": part.method, "charset": "utf-8"},
    )
    if part.method == "REQUEST":
        message.add_attachment(
            part.content, maintype="application", subtype="ics", filename="invite.ics"
        )


def _ascii(address: str) -> str:
    """Write a domain with letters outside ASCII as mail servers know it."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.encode('idna').decode('ascii')}"
