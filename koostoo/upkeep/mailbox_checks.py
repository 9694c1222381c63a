"""Whether the mailbox is read, and what lies in it for a person to look at, in plain words."""

import imaplib
from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from koostoo.mail import inbox, settings
from koostoo.mail.check import Finding
from koostoo.mail.imap import open_mailbox
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


def of_mailbox(now: datetime) -> Iterator[Finding]:
    """Say whether answers and letters that came back are read, and which were not acted on."""
    yield _opened()
    if settings.reads_answers():
        yield _left(now)


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
        # The server's words may hold an address.
        return Finding(
            False,
            f"The mailbox cannot be read ({type(error).__name__})",
            "Check INBOUND_IMAP_HOST, _PORT, _USERNAME, _PASSWORD and _FOLDER.",
        )


def _left(now: datetime) -> Finding:
    """Count what came in and was left; which letters they are shows the mailbox itself: unread."""
    try:
        came = inbox.outcomes_since(now - RECENT)
    except SQLAlchemyError as error:
        return Finding(False, f"The database does not tell ({type(error).__name__})")
    total, done = came.total(), sum(came[word] for word in DONE)
    words = f"Letters that came in within two weeks: {total}, acted on: {done}"
    left = [f"{came[word]} {said}" for word, said in LEFT.items() if came[word]]
    if left:
        words += "; left for somebody to look at: " + ", ".join(left)
    return Finding(True, words)
