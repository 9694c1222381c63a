"""Reads the mailbox beside the worker: what calendars answer, letters that came back.

In a thread of its own, so that a slow mailbox holds up no letter. Several workers may read the same
mailbox: each letter counts once.
"""

import imaplib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event as Flag
from threading import Thread

from flask import Flask

from koostoo.base import clock
from koostoo.base.database import let_go
from koostoo.mail import settings
from koostoo.mail.imap import Mailbox, MailboxError, open_mailbox
from koostoo.mail.inbox import last_uid, remember_place
from koostoo.registration.incoming import receive

READ_BACK = timedelta(days=14)
"""Older letters are left alone, also in a mailbox read for the first time."""
LONGEST_PAUSE = 3600
FAREWELL_SECONDS = 5

logger = logging.getLogger(__name__)


@contextmanager
def mailbox_read(app: Flask, stop: Flag) -> Iterator[None]:
    """Have the mailbox read, where one is set, until the block ends; `stop` is set then."""
    if not app.config["INBOUND_IMAP_HOST"]:
        yield
        return
    # Nothing is lost when it is broken off: a letter is put away after it was acted on.
    reader = Thread(target=_read_on, args=(app, stop), name="mailroom", daemon=True)
    reader.start()
    try:
        yield
    finally:
        stop.set()
        reader.join(FAREWELL_SECONDS)


def visit(now: datetime) -> int:
    """Read the letters that came since the last visit; return how many.

    Raises OSError or imaplib.IMAP4.error when the mailbox cannot be read on, and what the database
    does; every letter up to there is done.
    """
    account = settings.account()
    count = 0
    with open_mailbox(account) as mailbox:
        place = last_uid(account.name, mailbox.uid_validity)
        for uid in mailbox.newer_than(place, clock.local_day(now - READ_BACK)):
            _handle(mailbox, uid, now)
            remember_place(account.name, mailbox.uid_validity, uid)
            count += 1
    return count


def _handle(mailbox: Mailbox, uid: int, now: datetime) -> None:
    """Act on a letter, then put it away: broken off in between, it is only put away next time."""
    raw = mailbox.fetch(uid)
    if raw is None or not receive(raw, now).is_done:
        return
    try:
        mailbox.put_away(uid)
    except MailboxError:
        # Another reader was quicker, or there is no such folder: the others are read all the same.
        logger.warning("a letter could not be put away")


def _read_on(app: Flask, stop: Flag) -> None:
    pause = seconds = app.config["INBOUND_SECONDS"]
    while not stop.is_set():
        with app.app_context():
            try:
                visit(clock.now())
                pause = seconds
            except (OSError, imaplib.IMAP4.error) as error:
                # The words of the error may hold an address. A wrong password tried each minute
                # would lock the account.
                pause = min(pause * 2, LONGEST_PAUSE)
                logger.warning(
                    "the mailbox could not be read: %s; next try in %s s",
                    type(error).__name__,
                    pause,
                )
            except Exception:
                logger.exception("the mailbox could not be read on")
            finally:
                let_go()
        stop.wait(pause)
