"""What went wrong with a letter, and whom it concerns: the letter, a domain, or everything. Pure.

RFC 5321, 4.2.1: 4yz asks to try again, 5yz not to. RFC 3463 puts a second code into the answer,
class.subject.detail, which tells better than the first what it is about; servers do not always
give it, so the moment (`Stage`) at which the answer came counts too.
"""

import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Stage = Literal["write", "connect", "secure", "sign_in", "sender", "recipient", "content"]
"""What was being done; "content" from the DATA command on."""
Kind = Literal[
    "no_connection",
    "no_answer",
    "no_tls",
    "certificate",
    "sign_in",
    "sender",
    "relay",
    "server_busy",
    "crowded",
    "later",
    "put_off",
    "mailbox_full",
    "deferred",
    "unknown",
    "no_mailbox",
    "refused",
    "message_refused",
    "too_large",
    "unwritable",
    "broken",
]
Scope = Literal["letter", "domain", "server"]
ANSWER_LENGTH = 500
TEMPORARY, PERMANENT = 400, 500
SIGN_IN_CODES = frozenset({530, 534, 535, 538})
ENCRYPT_FIRST = 538
SLOW_DOWN = 432
"""Exchange: too many connections of this sender at once."""
CLOSING = 421

_STATUS = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
_GREYLISTED = re.compile(r"gr[ae]y-?list", re.IGNORECASE)
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_STARTTLS = re.compile(r"\bSTARTTLS\b", re.IGNORECASE)
_ABOUT_US = re.compile(
    r"(?:\d\.\d+\.\d+ )?<[^>]*>: (sender address|client host|helo command) rejected", re.IGNORECASE
)
"""Postfix waits with what it has against us or our sender until it hears the first recipient."""
_TOO_FAST = re.compile(
    r"too (?:many|fast)|rate.?limit|throttl|concurren|unusual rate", re.IGNORECASE
)
_TOO_LARGE = re.compile(r"too (?:large|big)|size (?:limit|exceed)|exceeds .*size", re.IGNORECASE)


class Reach(NamedTuple):
    """Whom trouble of a kind concerns, and whether one letter is enough to be sure of it."""

    scope: Scope
    at_once: bool = False


REACH: Mapping[Kind, Reach] = {
    # The connection, the settings, our account: no letter is to blame.
    "no_connection": Reach("server", at_once=True),
    "no_answer": Reach("server", at_once=True),
    "no_tls": Reach("server", at_once=True),
    "certificate": Reach("server", at_once=True),
    "sign_in": Reach("server", at_once=True),
    "sender": Reach("server", at_once=True),
    "relay": Reach("server", at_once=True),
    "server_busy": Reach("server", at_once=True),
    # It may be this letter alone: only several of them show that it is not.
    "deferred": Reach("server"),
    "unknown": Reach("server"),
    "crowded": Reach("domain", at_once=True),
    "later": Reach("domain"),
    # One mailbox, one letter.
    "put_off": Reach("letter"),
    "mailbox_full": Reach("letter"),
    "no_mailbox": Reach("letter"),
    "refused": Reach("letter"),
    "message_refused": Reach("letter"),
    "too_large": Reach("letter"),
    "unwritable": Reach("letter"),
    "broken": Reach("letter"),
}

OURS = frozenset(kind for kind, reach in REACH.items() if reach.scope == "server")
"""Kinds of trouble that are not the recipient's."""

_UNSUPPORTED: Mapping[Stage, Kind] = {"secure": "no_tls", "sign_in": "sign_in"}
# In this order: a certificate that is not valid is an SSLError, an OSError and a ValueError too.
_ERRORS: tuple[tuple[type[Exception], Kind], ...] = (
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "no_tls"),
    (TimeoutError, "no_answer"),
    (smtplib.SMTPServerDisconnected, "no_answer"),
    (OSError, "no_connection"),
    (ValueError, "unwritable"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a letter did not leave: a kind to be put into words, and the server's own words.

    `permanent`: trying this letter again would not help.
    """

    kind: Kind
    answer: str
    permanent: bool = False
    answered: bool = False
    """Whether a server said so: then it is there, and talks to us."""

    @property
    def reach(self) -> Reach:
        """Whom it concerns; what is permanent concerns this letter alone."""
        return Reach("letter") if self.permanent else REACH[self.kind]


def refusal(stage: Stage, code: int, answer: bytes | str) -> Failure:
    """Tell what a server's answer means that is not the one hoped for."""
    words = plain(answer)
    if code < TEMPORARY:
        return mishap(stage, smtplib.SMTPException(f"{code} {words}"))
    found = _STATUS.match(words)
    status = (int(found[1]), int(found[2])) if found else (0, 0)
    if stage in ("connect", "secure", "sign_in", "sender"):
        kind = _about_us(stage, code, status, words)
    else:
        kind = _about_letter(stage, code, status, words)
    permanent = code >= PERMANENT and REACH[kind].scope == "letter"
    return Failure(kind, f"{code} {words}"[:ANSWER_LENGTH], permanent, answered=True)


def mishap(stage: Stage, error: Exception) -> Failure:
    """Tell what an error means that is no server's answer to a command of ours."""
    if isinstance(error, smtplib.SMTPResponseException):
        return refusal(stage, error.smtp_code, error.smtp_error)
    kind = _broken_off(stage, error)
    said = f"{type(error).__name__}: {plain(str(error))}"[:ANSWER_LENGTH]
    return Failure(kind, said, permanent=kind == "unwritable")


def plain(answer: bytes | str) -> str:
    """Return an answer as one line of text."""
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(words.split())


def _broken_off(stage: Stage, error: Exception) -> Kind:
    if stage == "content":
        return "unknown"
    if stage == "recipient":
        return "later"
    is_ours = isinstance(error, smtplib.SMTPException)
    if is_ours and not isinstance(error, smtplib.SMTPServerDisconnected):
        return _UNSUPPORTED.get(stage, "no_answer")
    return next((kind for what, kind in _ERRORS if isinstance(error, what)), "broken")


def _about_us(stage: Stage, code: int, status: tuple[int, int], words: str) -> Kind:
    if code in SIGN_IN_CODES or (stage == "sign_in" and code >= PERMANENT):
        return _sign_in(code, words)
    if stage == "sender" and _is_too_large(code, status, words):
        return "too_large"
    return "sender" if stage == "sender" and code >= PERMANENT else "server_busy"


def _about_letter(stage: Stage, code: int, status: tuple[int, int], words: str) -> Kind:
    if code in SIGN_IN_CODES:
        return _sign_in(code, words)
    if code < PERMANENT:
        return _temporary(stage, code, status, words)
    if stage == "recipient" and (late := _ABOUT_US.match(words)):
        return _about_sender(words) if late[1].lower() == "sender address" else "relay"
    if stage == "recipient" and _RELAY.search(words):
        return "relay"
    return _permanent(stage, code, status, words)


def _about_sender(words: str) -> Kind:
    """Tell who has not signed in from who may not write as this sender."""
    return "sign_in" if "not logged in" in words.lower() else "sender"


def _sign_in(code: int, words: str) -> Kind:
    """Tell a server that wants encryption before anything else from one that wants a password."""
    return "no_tls" if code == ENCRYPT_FIRST or _STARTTLS.search(words) else "sign_in"


def _permanent(stage: Stage, code: int, status: tuple[int, int], words: str) -> Kind:
    if status == (2, 2) or (stage == "recipient" and code == 552 and not _TOO_LARGE.search(words)):
        return "mailbox_full"
    if _is_too_large(code, status, words):
        return "too_large"
    if stage == "content":
        return "message_refused"
    subject, _detail = status
    return "no_mailbox" if subject == 1 or (subject == 0 and code in (550, 551, 553)) else "refused"


def _temporary(stage: Stage, code: int, status: tuple[int, int], words: str) -> Kind:
    if code == SLOW_DOWN:
        return "server_busy"
    if _GREYLISTED.search(words):
        return "put_off"
    if code == CLOSING or status == (3, 2) or _TOO_FAST.search(words):
        return "crowded"
    if status == (2, 2) or "quota" in words.casefold():
        return "mailbox_full"
    if stage == "content":
        return "deferred"
    subject, _detail = status
    # About an address, a mailbox or a policy; what is about systems and lines concerns all there.
    return "put_off" if subject in (1, 2, 7) else "later"


def _is_too_large(code: int, status: tuple[int, int], words: str) -> bool:
    return (
        status in ((3, 4), (2, 3))
        or bool(_TOO_LARGE.search(words))
        or (code == 552 and status == (0, 0))
    )
