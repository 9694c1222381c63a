"""The mailbox letters come back to, read over IMAP (RFC 3501) a letter at a time."""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from koostoo.mail.reading import MAX_BYTES

TIMEOUT_SECONDS = 30
MOST_AT_ONCE = 200
"""Letters of one visit; the rest waits for the next."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True, slots=True)
class Account:
    """Where the mailbox is. `done`, made if need be, takes letters put away; empty: they stay."""

    host: str
    port: int
    tls: bool
    username: str
    password: str
    folder: str
    done: str

    @property
    def name(self) -> str:
        """What tells this folder from every other one."""
        return f"{self.username}@{self.host}:{self.port}/{self.folder}"


class MailboxError(OSError):
    """The server refused, or said what makes no sense; its words may hold addresses, so none."""


class Mailbox:
    """An open folder."""

    def __init__(self, imap: imaplib.IMAP4, account: Account) -> None:
        self._imap, self._done = imap, account.done
        _check(imap.login(_quoted(account.username), account.password))
        if account.done:
            # Refused where it is there already.
            imap.create(_quoted(account.done))
        _check(imap.select(_quoted(account.folder)))
        validity = _words(imap.response("UIDVALIDITY")[1])
        if len(validity) != 1 or not validity[0].isdigit():
            raise MailboxError("no UIDVALIDITY")
        self.uid_validity = int(validity[0])
        # Asked again: signing in may have changed what the server can do.
        self._can = {word.upper() for word in _words(_check(imap.capability()))}

    def newer_than(self, uid: int, since: date) -> Sequence[int]:
        """Return the UIDs above this one of letters that came since that day, in their order."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        found = self._uid("SEARCH", "UID", f"{uid + 1}:*", "SINCE", day)
        numbers = sorted(int(word) for word in _words(found) if word.isdigit())
        # "n:*" always holds the last letter, even when its UID is below n.
        return [number for number in numbers if number > uid][:MOST_AT_ONCE]

    def fetch(self, uid: int) -> bytes | None:
        """Return a letter, at most one byte more than MAX_BYTES; None when it is gone.

        It stays unread as long as nobody puts it away.
        """
        found = self._uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_BYTES + 1}>)")
        return next((part[1] for part in found if isinstance(part, tuple)), None)

    def put_away(self, uid: int) -> None:
        """Mark a letter as read, and move it to the folder for that if there is one.

        Raises MailboxError where the server refuses, for instance because it is gone.
        """
        self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if not self._done:
            return
        if "MOVE" in self._can:
            self._uid("MOVE", str(uid), _quoted(self._done))
            return
        self._uid("COPY", str(uid), _quoted(self._done))
        self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._can:
            self._uid("EXPUNGE", str(uid))

    def _uid(self, command: str, *words: str) -> list[Any]:
        return _check(self._imap.uid(command, *words))


@contextmanager
def open_mailbox(account: Account) -> Iterator[Mailbox]:
    """Sign in and open the folder; raises OSError or imaplib.IMAP4.error."""
    imap: imaplib.IMAP4
    if account.tls:
        context = ssl.create_default_context()
        imap = imaplib.IMAP4_SSL(
            account.host, account.port, ssl_context=context, timeout=TIMEOUT_SECONDS
        )
    else:
        imap = imaplib.IMAP4(account.host, account.port, timeout=TIMEOUT_SECONDS)
    try:
        yield Mailbox(imap, account)
    finally:
        # All is done or lost by now; taking leave may fail.
        with suppress(OSError, imaplib.IMAP4.error):
            imap.logout()
        with suppress(OSError):
            imap.shutdown()


def _check(answer: tuple[str, list[Any]]) -> list[Any]:
    """Return what a server answered; raise MailboxError where it is no OK."""
    status, data = answer
    if status != "OK":
        raise MailboxError("refused")
    return data


def _words(data: list[Any]) -> list[str]:
    """Return the words of an answer's untagged lines."""
    lines = [line for line in data if isinstance(line, bytes)]
    return b" ".join(lines).decode("ascii", "replace").split()


def _quoted(name: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{escaped}"'
