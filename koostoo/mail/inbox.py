"""What was read of the mailbox: each letter counts once, and each folder is read on from its end.

`find_outcome` and `note` take the session of the caller's transaction.
"""

from collections import Counter
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.mail.models import InboundFolder, InboundMessage

TRACES = (
    b"received:",
    b"return-path:",
    b"delivered-to:",
    b"x-original-to:",
    b"envelope-to:",
    b"x-received:",
)
"""Headers servers on the way add, other ones each time a letter is handed over."""


def digest_of(raw: bytes) -> str:
    """Return what tells a letter from every other, however often it is handed over.

    Not its Message-ID alone: anybody may write any into a letter.
    """
    head, separator, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines, keeps = [], True
    for line in head.split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            keeps = not line.lower().startswith(TRACES)
        if keeps:
            lines.append(line)
    return sha256(b"\n".join(lines) + separator + body.rstrip()).hexdigest()


def find_outcome(session: Session, digest: str) -> str | None:
    """Return what became of a letter that was read already."""
    return session.scalar(select(InboundMessage.outcome).where(InboundMessage.digest == digest))


def note(session: Session, digest: str, outcome: str, now: datetime) -> None:
    """Write down that a letter was read; unique, so that of two readers one begins anew."""
    session.add(InboundMessage(digest=digest, outcome=outcome, received_at=now))


def outcomes_since(since: datetime) -> Counter[str]:
    """Return how many letters came in since then, by what became of them."""
    session = db.session()
    try:
        rows = session.execute(
            select(InboundMessage.outcome, func.count())
            .where(InboundMessage.received_at >= since)
            .group_by(InboundMessage.outcome)
        )
        return Counter(dict(rows.all()))
    finally:
        session.rollback()


def last_uid(name: str, uid_validity: int) -> int:
    """Return how far a folder was read: the UID of its last letter, 0 for one never read.

    A UIDVALIDITY other than the one remembered means that its UIDs tell nothing any more.
    """
    session = db.session()
    session.rollback()
    try:
        folder = session.scalar(select(InboundFolder).where(InboundFolder.name == _key(name)))
        known = folder is not None and folder.uid_validity == uid_validity
        return folder.last_uid if folder is not None and known else 0
    finally:
        session.rollback()


@retried
def remember_place(name: str, uid_validity: int, uid: int) -> None:
    """Write down that a folder was read up to this letter; another reader may be further."""
    with transaction() as session:
        folder = session.scalar(
            select(InboundFolder).where(InboundFolder.name == _key(name)).with_for_update()
        )
        if folder is None:
            folder = InboundFolder(name=_key(name), uid_validity=uid_validity, last_uid=0)
            session.add(folder)
        if folder.uid_validity != uid_validity:
            folder.uid_validity, folder.last_uid = uid_validity, 0
        folder.last_uid = max(folder.last_uid, uid)


def _key(name: str) -> str:
    return sha256(name.encode()).hexdigest()
