"""Trying the mail settings step by step, with what each answer means and what to change."""

import secrets
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from koostoo.mail.answers import Failure, Kind
from koostoo.mail.letter import Letter, to_mime
from koostoo.mail.settings import NoSender, sender_address
from koostoo.mail.transport import (
    Host,
    NotDelivered,
    announce,
    at,
    connect,
    hand_over,
    secure,
    sign_in,
    take_leave,
)
from koostoo.mail.verp import bounce_address

ADVICE: Mapping[Kind, str] = {
    "no_connection": (
        "Check MAIL_SERVER and MAIL_PORT (587 with MAIL_USE_TLS, 465 with MAIL_USE_SSL). A "
        "firewall, or the provider of this server, may close the port: many close 25."
    ),
    "no_answer": (
        "The server is there but says nothing, or not what a server says that takes letters. Port "
        "465 needs MAIL_USE_SSL instead of MAIL_USE_TLS; 143 and 993 are for reading mail; "
        "otherwise a firewall may be in between."
    ),
    "no_tls": (
        "Port and encryption do not fit: 587 goes with MAIL_USE_TLS, 465 with MAIL_USE_SSL. Only a "
        "mail server on this very machine may do without both."
    ),
    "certificate": (
        "Write MAIL_SERVER exactly as your provider does: the certificate is for that name. If the "
        "name is right, the certificate has lapsed or is signed by nobody known: tell the "
        "provider; an authority of your own has to be made known to this machine (README.md, "
        "Mail). Nothing is sent without a valid certificate."
    ),
    "sign_in": (
        "Check MAIL_USERNAME and MAIL_PASSWORD; the user name is often the whole address. With "
        "two-step sign-in the provider gives an own password for programs (app password). "
        "Microsoft 365 needs SMTP AUTH switched on for the mailbox. A mail server that does not "
        "ask for a password wants both settings empty. One that offers no sign-in may do so once "
        "encrypted: MAIL_USE_TLS."
    ),
    "sender": (
        "Set MAIL_DEFAULT_SENDER to an address this account may write from, usually the account's "
        "own; others have to be allowed at the provider. So has that of MAIL_BOUNCE_TO: without "
        "leave for it, leave that setting out."
    ),
    "relay": (
        "The server takes letters only for its own people. Sign in with MAIL_USERNAME and "
        "MAIL_PASSWORD, or let its keeper allow this machine to send."
    ),
    "server_busy": (
        "The server does not want letters from us just now. Try again in some minutes; if it stays "
        "so, show its words to the provider: it may have blocked this machine or the account."
    ),
    "refused": (
        "If all addresses are refused, the server may take letters only from who signs in: "
        "MAIL_USERNAME and MAIL_PASSWORD. If it is this one alone, the server's words tell why."
    ),
    "no_mailbox": "Look whether the address is right. The settings themselves work.",
    "put_off": "The recipient's server wants to see the letter again later; the worker does that.",
    "unknown": (
        "The connection broke at the last moment. Look whether the letter came; if not, try again."
    ),
    "message_refused": (
        "The server took the address but not the letter, perhaps as unwanted mail. Its words tell "
        "why; SPF and DKIM of the sender's domain are the usual reason (deploy/README.md)."
    ),
}
OTHERWISE = "The server's words tell more; your provider understands them."
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one step found; `advice` says what to change where it is not fine."""

    fine: bool
    words: str
    advice: str = ""
    is_serious: bool = True
    """False: it works all the same, but somebody should look at it."""

    @property
    def mark(self) -> str:
        """How a command shows it: ok, hm (look at it), NO."""
        return "ok" if self.fine else "NO" if self.is_serious else "hm"


def check(recipient: str, now: datetime) -> Iterator[Finding]:
    """Try one step after the other, up to the first that fails.

    `recipient` is an address that gets a test letter; empty: nothing is sent.
    """
    try:
        sender, wrong = sender_address(), ""
    except NoSender as error:
        sender, wrong = "", str(error)
    yield from _settings(sender, wrong)
    if wrong or current_app.config["MAIL_TRANSPORT"] == "file":
        return
    host: Host | None = None
    message_id = f"<{secrets.token_urlsafe(16)}@{current_app.config['BASE_HOST']}>"
    # As letters do it: a provider may let us write as the one address and not as the other.
    returns_to = bounce_address(current_app.config["MAIL_BOUNCE_TO"], message_id) or sender
    try:
        yield _name()
        host = connect()
        yield Finding(True, f"It answers: {_greeting(host)}")
        secure(host)
        yield _encryption(host)
        sign_in(host)
        yield _signed_in()
        announce(host, returns_to, 2000)
        yield Finding(True, f"It lets us write as {sender}{_returning(returns_to, sender)}")
        if recipient:
            yield _send(host, message_id, sender, recipient, now)
    except NotDelivered as error:
        yield _explained(error.failure)
    finally:
        if host is not None:
            take_leave(host)


def _settings(sender: str, wrong: str) -> Iterator[Finding]:
    """Look for settings that cannot be meant, before anybody is asked."""
    settings = current_app.extensions["mail"]
    if current_app.config["MAIL_TRANSPORT"] == "file":
        yield Finding(
            False,
            "MAIL_TRANSPORT is “file”: letters become files in the instance folder's mailbox",
            "Set MAIL_TRANSPORT=smtp to try a mail server.",
        )
        return
    if wrong:
        yield Finding(False, wrong, "Set it to the address all letters shall come from.")
        return
    if sender.endswith("@example.org"):
        yield Finding(
            False,
            f"MAIL_DEFAULT_SENDER is still the made-up {sender}",
            "Set it to an address of your own domain.",
        )
    if settings.use_tls and settings.use_ssl:
        yield Finding(
            False,
            "MAIL_USE_TLS and MAIL_USE_SSL are both on; only the second counts",
            "Leave one of them: 587 goes with MAIL_USE_TLS, 465 with MAIL_USE_SSL.",
        )
    if bool(settings.username) != bool(settings.password):
        yield Finding(
            False,
            "Of MAIL_USERNAME and MAIL_PASSWORD one is missing, so nobody signs in",
            "Set both, or neither.",
        )
    if not (settings.use_tls or settings.use_ssl) and settings.server not in LOCAL:
        yield Finding(
            False,
            "The connection is not encrypted: letters and password can be read on their way",
            "Set MAIL_USE_TLS or MAIL_USE_SSL.",
        )


def _name() -> Finding:
    settings = current_app.extensions["mail"]
    with at("connect"):
        found = socket.getaddrinfo(settings.server, settings.port, type=socket.SOCK_STREAM)
    addresses = ", ".join(dict.fromkeys(str(address[0]) for *_rest, address in found))
    return Finding(True, f"{settings.server} is {addresses}, port {settings.port}")


def _greeting(host: Host) -> str:
    with at("connect"):
        host.ehlo_or_helo_if_needed()
    words = (host.ehlo_resp or host.helo_resp or b"").decode("utf-8", "replace")
    return words.split("\n")[0]


def _encryption(host: Host) -> Finding:
    settings = current_app.extensions["mail"]
    if not (settings.use_tls or settings.use_ssl):
        return Finding(True, "Not encrypted, as the settings say")
    version = getattr(host.sock, "version", lambda: "")()
    return Finding(True, f"Encrypted ({version}), and the certificate is valid")


def _signed_in() -> Finding:
    name = current_app.extensions["mail"].username
    return Finding(True, f"Signed in as {name}" if name else "No sign-in, as the settings say")


def _returning(returns_to: str, sender: str) -> str:
    return "" if returns_to == sender else f", coming back to {returns_to}"


def _send(host: Host, message_id: str, sender: str, recipient: str, now: datetime) -> Finding:
    words = (
        "Tere! See on Koostöö proovikiri: meiliseaded töötavad.\n\n"
        "Hello! This is a test letter of Koostöö: the mail settings work.\n"
    )
    letter = Letter(
        message_id=message_id,
        sender_name="Koostöö",
        sender=sender,
        recipient=recipient,
        reply_to="",
        subject="Koostöö: proovikiri / test letter",
        text=words,
        html="".join(f"<p>{line}</p>\n" for line in words.split("\n\n")),
        language="et",
    )
    with at("write"):
        content = to_mime(letter, now).as_bytes()
    answer = hand_over(host, recipient, content)
    return Finding(
        True,
        f"The test letter to {recipient} was taken: {answer}",
        "Look where it landed. In the spam folder? Then SPF or DKIM of the sender's domain are "
        "missing: deploy/README.md.",
    )


def _explained(failure: Failure) -> Finding:
    return Finding(False, failure.answer, ADVICE.get(failure.kind, OTHERWISE))
