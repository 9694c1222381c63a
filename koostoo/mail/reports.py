"""Letters that came back: what delivery reports say, those of RFC 3464 and others; pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from html import unescape
from typing import Literal

from koostoo.base.text import clean_line, truncate
from koostoo.mail.causes import CODE, STATUS, Cause, cause_of, status_of
from koostoo.mail.reading import Incoming, fields_in, headers_of

REASON_LENGTH = 300
MOST_IDS = 20
LONGEST_ADDRESS = 320
LONGEST_TEXT = 50_000
"""Characters of a report's words that are looked at."""

_MAILER = re.compile(r"mailer-?daemon@", re.IGNORECASE)
_DAEMON = re.compile(r"(mailer-?daemon|mail-?daemon|postmaster|mdaemon)@", re.IGNORECASE)
_SUBJECT = re.compile(
    "undeliver|delivery (status|failure|has failed|failed|report)|delivery.* fail|returned mail"
    "|failure notice|returned to sender|could not be delivered|kättetoimetamatu|kohaletoimetamatu"
    "|kohale toimetada|edastamine ebaõnnestus|toimittama|nav piegād|nepristatyt|unzustellbar"
    "|nicht (zugestellt|zustellbar)|недостав|не доставлен",
    re.IGNORECASE,
)
_LATE = re.compile(
    "delayed|could not send message for past"
    "|still (being|trying|undelivered)|will (keep|continue|be) (on )?(trying|retr|to)"
    "|not yet been delivered|viibi",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]{3,190}>)", re.IGNORECASE | re.MULTILINE)
_ANY_ID = re.compile(r"<[^<>\s]{3,190}>")
_REPEATED = re.compile(r"([245]\d\d)-([245]\.\d{1,3}\.\d{1,3} )?")
_NAMES = (
    "Message-ID",
    "X-Original-Message-ID",
    "X-Google-Original-Message-ID",
    "X-Microsoft-Original-Message-ID",
)
"""Where a Message-ID stands: servers that give a letter another keep ours beside it."""
_TO = re.compile(r"^[> \t]*to:(.{1,2000})", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"'@]{1,64}@[^\s<>()\[\]\\,;:\"'@]{1,255}")
_BELOW_ADDRESS = re.compile(
    r"^[ \t]*<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?:?[ \t]*\n[ \t]*(\S[^\n]*)", re.MULTILINE
)
_TAG = re.compile(r"<[^<>]*>")
# Below one of these stands the letter that came back, not what became of it.
_COPY = re.compile(
    r"^-+ ?(below this line|this is a copy|original message|included is a copy|the header of)"
    r"|^[> \t]*(return-path|received|message-id):",
    re.IGNORECASE | re.MULTILINE,
)

Fate = Literal["failed", "delayed", "delivered"]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a letter.

    `cause`: why it failed. `message_ids` are those it may be about. `reason` are the server's
    words, on one line. `recipients` are the addresses it names, which need
    not be the ones we wrote to.
    """

    fate: Fate
    message_ids: tuple[str, ...]
    cause: Cause = "later"
    reason: str = ""
    recipients: tuple[str, ...] = ()


def read_report(letter: Incoming) -> Report | None:
    """Return what a delivery report says; None for every other letter."""
    groups = [group for group in _groups(letter) if group["Action"] or group["Status"]]
    if groups:
        return _standard(letter, groups)
    return _other(letter) if _looks_like_one(letter) else None


def _standard(letter: Incoming, groups: Sequence[Message]) -> Report:
    """Read the fields of RFC 3464, section 2.3; each of our letters has one recipient."""
    ids = _ids(letter)
    failed = next((group for group in groups if _action(group) == "failed"), None)
    if failed is None:
        late = any(_action(group) == "delayed" for group in groups)
        return Report("delayed" if late else "delivered", ids)
    status = _field(failed, "Status")
    kind, semicolon, words = _field(failed, "Diagnostic-Code").partition(";")
    reason = _once(words.strip() if semicolon else kind) or _telling_line(_words(letter)) or status
    named = [_field(failed, name) for name in ("Original-Recipient", "Final-Recipient")]
    return Report(
        "failed",
        ids,
        cause_of(status_of(status, reason), reason, reason),
        truncate(reason, REASON_LENGTH),
        _addresses([*(value.partition(";")[2] for value in named), *_written_to(letter)]),
    )


def _other(letter: Incoming) -> Report:
    """Read a report that only people were meant to understand."""
    ids, text = _ids(letter), _words(letter)
    reason = _telling_line(text)
    if not reason and _LATE.search(f"{letter.subject}\n{text}"):
        return Report("delayed", ids)
    reason = reason or _line_below_address(text) or letter.subject
    found = STATUS.search(reason) or CODE.search(reason)
    if found and found[1][0] == "4" and _LATE.search(f"{letter.subject}\n{text}"):
        return Report("delayed", ids)
    return Report(
        "failed",
        ids,
        cause_of(found, reason, text),
        truncate(reason, REASON_LENGTH),
        _addresses(
            [
                *letter.header("X-Failed-Recipients").split(","),
                *_ADDRESS.findall(text),
                *_written_to(letter),
            ]
        ),
    )


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    """Return the bare addresses among what a report says of recipients, not endlessly many."""
    bare = (clean_line(value[:LONGEST_ADDRESS]).strip("<> .") for value in values)
    return tuple(dict.fromkeys(address for address in bare if "@" in address))[:MOST_IDS]


def _looks_like_one(letter: Incoming) -> bool:
    """Say whether a server wrote this about a letter; a person on holiday did not."""
    if letter.header("X-Failed-Recipients"):
        return True
    if _MAILER.match(letter.sender) and _telling_line(_words(letter)):
        return True
    from_daemon = bool(_DAEMON.match(letter.sender))
    return (from_daemon or letter.header("Return-Path") == "<>") and bool(
        _SUBJECT.search(letter.subject) or _LATE.search(letter.subject)
    )


def _action(group: Message) -> str:
    written = _field(group, "Action").partition(" ")[0].lower()
    if written:
        return written
    return "failed" if _field(group, "Status")[:1] in ("4", "5") else "delivered"


def _field(group: Message, name: str) -> str:
    return next(iter(headers_of(group, name)), "")


def _groups(letter: Incoming) -> Iterator[Message]:
    """Give out the groups of fields of a machine-readable report, the first one included."""
    for part in letter.parts:
        if part.content_type.endswith("delivery-status"):
            yield from fields_in(part)


def _ids(letter: Incoming) -> tuple[str, ...]:
    """Return the Message-IDs of letters that may have come back, surest first."""
    found: dict[str, None] = {}
    for part in letter.parts:
        if part.source.get_content_maintype() == "message":
            for source in fields_in(part):
                for name in _NAMES:
                    found |= dict.fromkeys(headers_of(source, name))
        elif part.content_type in ("text/rfc822-headers", "text/plain", "text/html"):
            found |= dict.fromkeys(_MESSAGE_ID.findall(part.text()[:LONGEST_TEXT]))
    for name in ("In-Reply-To", "References"):
        found |= dict.fromkeys(_ANY_ID.findall(letter.header(name)))
    return tuple(found)[:MOST_IDS]


def _written_to(letter: Incoming) -> Iterator[str]:
    """Give out to whom the letter that came back was written, by its own header."""
    for part in letter.parts:
        if part.content_type.endswith("delivery-status"):
            continue
        if part.source.get_content_maintype() == "message":
            lines = [line for source in fields_in(part) for line in headers_of(source, "To")]
        elif part.source.get_content_maintype() == "text":
            lines = _TO.findall(part.text()[:LONGEST_TEXT])
        else:
            lines = []
        for line in lines:
            yield from _ADDRESS.findall(line)


def _words(letter: Incoming) -> str:
    """Return what the server wrote for people, without the letter that came back."""
    text = next(letter.texts("text/plain"), "")[:LONGEST_TEXT]
    if not text:
        marked_up = next(letter.texts("text/html"), "")[:LONGEST_TEXT]
        text = unescape(_TAG.sub("\n", marked_up))
    text = text.replace("\r\n", "\n")
    copy = _COPY.search(text)
    return text[: copy.start()] if copy else text


def _telling_line(text: str) -> str:
    """Return the line that names a status or code, permanent ones first; empty without any."""
    lines = [clean_line(line) for line in text.splitlines()]
    telling = [line for line in lines if STATUS.search(line) or CODE.search(line)]
    return min(telling, key=_temporary, default="")


def _line_below_address(text: str) -> str:
    """Return the line below an address that has a line of its own, as Exim and qmail write."""
    found = _BELOW_ADDRESS.search(text)
    return clean_line(found[1]) if found else ""


def _once(words: str) -> str:
    """Return an answer of several lines (RFC 5321, 4.2.1) with its code at the first one only."""
    found = _REPEATED.match(words)
    if found is None:
        return words
    more = re.compile(
        rf" {found[1]}[- ]({re.escape(found[2])})?" if found[2] else f" {found[1]}[- ]"
    )
    return words[: found.end()] + more.sub(" ", words[found.end() :])


def _temporary(line: str) -> bool:
    found = STATUS.search(line) or CODE.search(line)
    return found is not None and found[1][0] != "5"
