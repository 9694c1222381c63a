"""A letter as a value, and its MIME form: pure."""

import re
from base64 import encodebytes
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, AddressHeader, BaseHeader, HeaderRegistry
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from koostoo.base.text import clean_line, truncate

NAME_LENGTH = 75
LINE = 76
"""The longest line of a header that holds encoded words (RFC 2047, 2)."""
_NAME_BREAKS = re.compile(r"[\"<>()\[\]\\@,;:]+")


class _Headers(HeaderRegistry):
    """The library's headers: what is the same in every letter is read once, as its class is."""

    def __init__(self) -> None:
        super().__init__()
        self._classes = lru_cache(64)(super().__getitem__)
        self._known = lru_cache(256)(super().__call__)

    def __getitem__(self, name: str) -> type[BaseHeader]:
        return self._classes(name.lower())

    def __call__(self, name: str, value: Any) -> BaseHeader:
        # A date is read as such, not from its words.
        return self._known(name, value) if isinstance(value, str) else super().__call__(name, value)


# 7bit: what is not ASCII travels as base64 or quoted-printable (RFC 6047, 2.5).
_PLAIN_POLICY = SMTP.clone(cte_type="7bit", header_factory=_Headers())


@lru_cache(256)
def _folded(name: str, value: str) -> bytes:
    if name == "Subject":
        return _in_words(name, value, "")
    if value.isascii() and len(value.split()) == 1:
        # An address or an id: alone on a second line, as the library would put a long one, not
        # every program finds it.
        return f"{name}: {value}\r\n".encode("ascii")
    if isinstance(value, AddressHeader) and value.addresses[0].display_name:
        return _in_words(name, value.addresses[0].display_name, f"<{value.addresses[0].addr_spec}>")
    return _PLAIN_POLICY.fold_binary(name, value)


def _in_words(name: str, text: str, address: str) -> bytes:
    """Return a header whose text the library would not bring through whole (RFC 2047, 5).

    It encodes word by word, and so loses the blank between two of them ("Külapäev:käsitöö") or puts
    one into a long word. Here the whole text is encoded, or left alone where it fits on one line.
    """
    shown = str(Address(text, addr_spec=address[1:-1])) if address else text
    if shown.isascii() and len(name) + len(shown) + 2 <= LINE:
        return f"{name}: {shown}\r\n".encode("ascii")
    words = Header(text, "utf-8", LINE, name).encode(linesep="\r\n")
    end = f"\r\n {address}" if address else ""
    return f"{name}: {words}{end}\r\n".encode("ascii")


class _Policy(EmailPolicy):
    """The library's policy; most headers are the same in every letter and are folded once."""

    def fold_binary(self, name: str, value: str) -> bytes:
        return _folded(name, value)


POLICY = _Policy(linesep="\r\n", cte_type="7bit", header_factory=_PLAIN_POLICY.header_factory)


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
    unsubscribe_url: str = ""
    """Where a POST ends letters of this sort; empty for one about the recipient's own business."""


def to_mime(letter: Letter, date: datetime) -> EmailMessage:
    """Return the message as it leaves; raise ValueError where a header cannot be written.

    multipart/alternative of plain, HTML and, last, text/calendar with its method and without a
    disposition (RFC 6047, 2.4); a REQUEST also carries a copy as application/ics for those whose
    program shows no calendar part, which makes multipart/mixed the outermost.
    """
    # Ours, for the library's are made anew at each try: so a letter is the same at all of them.
    mark = sha256(letter.message_id.encode()).hexdigest()[:32]
    alternatives = [_part(letter.text), _part(letter.html, subtype="html")]
    copies = []
    if letter.calendar is not None:
        alternatives.append(_calendar(letter.calendar))
        if letter.calendar.method == "REQUEST":
            copies.append(_copy(letter.calendar))
    message = EmailMessage(policy=POLICY)
    _set_head(message, letter, date)
    if copies:
        inner = MIMEPart(policy=POLICY)
        _hold(inner, "alternative", mark, alternatives)
        _hold(message, "mixed", mark, [inner, *copies])
    else:
        _hold(message, "alternative", mark, alternatives)
    message["MIME-Version"] = "1.0"
    message["Content-Language"] = letter.language
    return message


def _set_head(message: EmailMessage, letter: Letter, date: datetime) -> None:
    message["From"] = _address(letter.sender, display_name(letter.sender_name))
    message["To"] = _address(letter.recipient)
    if letter.reply_to:
        message["Reply-To"] = _address(letter.reply_to)
    message["Subject"] = _as_typed(letter.subject)
    message["Date"] = date
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if letter.unsubscribe_url:
        # RFC 2369, 3.2; RFC 8058, 3.1: the mail program posts the second to the first.
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _part(text: str, subtype: str = "plain") -> MIMEPart:
    part = MIMEPart(policy=POLICY)
    part.set_content(text, subtype=subtype)
    return part


def _calendar(calendar: CalendarPart) -> MIMEPart:
    # As bytes: the library would wrap a text with bare LF.
    part = MIMEPart(policy=POLICY)
    part["Content-Type"] = f"text/calendar; method={calendar.method}; charset=utf-8"
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(calendar.content).decode("ascii"))
    return part


def _hold(part: MIMEPart, subtype: str, mark: str, parts: Iterable[MIMEPart]) -> None:
    """Make `part` a multipart of these, put together at once.

    Step by step, as the library offers it, every step moves and reads the headers anew.
    """
    part["Content-Type"] = f'multipart/{subtype}; boundary="=_{subtype}_{mark}"'
    for one in parts:
        part.attach(one)


def _copy(calendar: CalendarPart) -> MIMEPart:
    part = MIMEPart(policy=POLICY)
    part.set_content(
        calendar.content,
        maintype="application",
        subtype="ics",
        disposition="attachment",
        filename="invite.ics",
    )
    return part


def _address(address: str, name: str = "") -> str:
    """Return one address as a header holds it; raise ValueError for what is not just one.

    Letters outside ASCII in a domain are written as mail servers know them.
    """
    local, at, domain = address.rpartition("@")
    spec = f"{local}{at}{domain.encode('idna').decode('ascii')}"
    return str(Address(name, addr_spec=spec))


def display_name(name: str) -> str:
    """Return a name as it may stand before an address in any mail program.

    One line without marks of writing direction; no quotes, brackets, commas or colons, which some
    programs read as the end of the name, and no @: a name that looks like an address is what
    impostors write.
    """
    return truncate(clean_line(_NAME_BREAKS.sub(" ", clean_line(_as_typed(name)))), NAME_LENGTH)


def _as_typed(text: str) -> str:
    """Break what would be read as an encoded word (RFC 2047) and could hold what was cleaned."""
    return text.replace("=?", "= ?")
