"""Whether the mailbox is read, and what lies in it for a person to look at, in plain words."""

import imaplib
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from koostoo.mail import inbox, settings
from koostoo.mail.bounces import refused_since
from koostoo.mail.check import Finding
from koostoo.mail.imap import MailboxError, open_mailbox
from koostoo.registration.incoming import DONE

RECENT = timedelta(days=14)
LEFT = {
    "letter": "written by people",
    "counter_left": "proposing another time that were handed to nobody",
    "forged": "answers with a forged sender",
    "other_sender": "answers sent by somebody else than was invited",
    "other_attendee": "answers for somebody else than was invited",
    "unknown": "answers to an invitation that is not ours",
    "other_calendar": "calendar objects that are no answer",
    "bounce_unknown": "reports about letters that are not ours",
    "unreadable": "that cannot be read",
}
"""What is left for somebody to look at, by outcome, as the end of a sentence about letters."""

WRONG: Mapping[type[Exception], tuple[str, str]] = {
    ssl.SSLCertVerificationError: (
        "its certificate is not valid",
        (
            "Write INBOUND_IMAP_HOST exactly as your provider does: the certificate is for that "
            "name. An authority of your own has to be made known to this machine (README.md, Mail)."
        ),
    ),
    ssl.SSLError: (
        "no encrypted connection",
        "INBOUND_IMAP_PORT is usually 993; the port must encrypt from the first byte.",
    ),
    TimeoutError: (
        "no answer",
        "Check INBOUND_IMAP_HOST and _PORT; a firewall may be in between.",
    ),
    MailboxError: ("it does not open the folder", "Check INBOUND_IMAP_FOLDER."),
    imaplib.IMAP4.abort: ("the server broke off", "Try again in some minutes."),
    imaplib.IMAP4.error: (
        "it refuses user name or password",
        (
            "Check INBOUND_IMAP_USERNAME and INBOUND_IMAP_PASSWORD. With two-step sign-in the "
            "provider gives an own password for programs (app password); some want IMAP switched "
            "on for the mailbox."
        ),
    ),
}
"""What an error means and what to do, the special before the general."""


def of_mailbox(now: datetime) -> Iterator[Finding]:
    """Say whether answers and letters that came back are read, and which were not acted on."""
    yield _opened()
    if settings.reads_answers():
        yield from _came(now)


def _opened() -> Finding:
    if not settings.reads_answers():
        return Finding(
            False,
            "Nobody reads the mailbox: answers of calendars and letters that come back are lost",
            "INBOUND_IMAP_… or INBOUND_PIPE: see “What comes back” in README.md.",
            is_serious=False,
        )
    if not current_app.config["INBOUND_IMAP_HOST"]:
        return Finding(True, "Letters that come in are handed over by a mail server of ours")
    try:
        with open_mailbox(settings.account()):
            return Finding(True, "The mailbox can be opened and read")
    except (OSError, imaplib.IMAP4.error) as error:
        return _explained(error)


def _explained(error: OSError | imaplib.IMAP4.error) -> Finding:
    """Say what went wrong, and what to change; not in the server's words: they may hold an address.

    What is not in the list is told by the name of its kind.
    """
    words, advice = next(
        (said for kind, said in WRONG.items() if isinstance(error, kind)),
        (type(error).__name__, "Check INBOUND_IMAP_HOST and _PORT."),
    )
    return Finding(False, f"The mailbox cannot be read ({words})", advice)


def _came(now: datetime) -> Iterator[Finding]:
    try:
        yield _left(inbox.outcomes_since(now - RECENT))
        refused = refused_since(now - RECENT)
    except SQLAlchemyError as error:
        yield Finding(False, f"The database does not tell ({type(error).__name__})")
        return
    if refused:
        yield Finding(
            False,
            f"Letters that servers of recipients refused as unwanted within two weeks: {refused}",
            "Usual reasons are SPF, DKIM and DMARC of the sender's domain (deploy/README.md), or a "
            "block list. The servers' words stand with each letter at the desk.",
            is_serious=False,
        )


def _left(came: Mapping[str, int]) -> Finding:
    """Count what came in and was left; which letters they are shows the mailbox itself: unread."""
    total, done = sum(came.values()), sum(came.get(word, 0) for word in DONE)
    words = f"Letters that came in within two weeks: {total}, acted on: {done}"
    left = [f"{came[word]} {said}" for word, said in LEFT.items() if came.get(word)]
    if left:
        words += "; left for somebody to look at: " + ", ".join(left)
    return Finding(True, words)
