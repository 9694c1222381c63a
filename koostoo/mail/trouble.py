"""Trouble with our server or with a domain: noted, paused for, and forgotten once it is over.

Every function takes the session of the caller's transaction. Whoever holds a letter's row may
lock these, never the other way round.
"""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session

from koostoo.base.database import UtcDateTime
from koostoo.mail.answers import Failure
from koostoo.mail.models import MailTrouble, OutboxMessage
from koostoo.mail.rules import EVERYTHING, GIVE_UP_AFTER, PROBE, Trouble, worsen

TABLE = cast(Table, MailTrouble.__table__)
IS_SPARED: ColumnElement[bool] = and_(
    TABLE.c.until > bindparam("now", type_=UtcDateTime),
    or_(
        TABLE.c.scope == EVERYTHING,
        TABLE.c.since > bindparam("given_up_since", type_=UtcDateTime),
    ),
)
"""That nothing is tried in a scope; takes `moments`.

A domain in trouble for longer than a letter is kept is spared no more: each letter gets its one
try and is given up.
"""
# Built once: putting a statement together costs more than running it.
_IN_THE_WAY = (
    select(MailTrouble, IS_SPARED)
    .where(MailTrouble.scope.in_((EVERYTHING, bindparam("domain"))), MailTrouble.until.is_not(None))
    .order_by(MailTrouble.scope)
    .with_for_update()
)
_OVER = delete(TABLE).where(TABLE.c.scope.in_((EVERYTHING, bindparam("domain"))))


def moments(now: datetime) -> dict[str, datetime]:
    """Return what IS_SPARED asks for."""
    return {"now": now, "given_up_since": now - GIVE_UP_AFTER}


def let_through(session: Session, letter_id: int, domain: str, now: datetime) -> bool:
    """Say whether this letter may be tried; after a pause it is the one that finds out.

    False when another worker's letter finds out already.
    """
    rows = session.execute(_IN_THE_WAY, moments(now) | {"domain": domain}).all()
    if any(spared for _row, spared in rows):
        return False
    for row, _spared in rows:
        row.until, row.last_id = now + PROBE, letter_id
    return True


def note(
    session: Session, message: OutboxMessage, failure: Failure, now: datetime
) -> MailTrouble | None:
    """Note that a letter had trouble; return the row about all whom it concerns besides.

    A server that answered about a letter is there and lets us in; about one mailbox, its domain is
    there too: what was noted of them goes.
    """
    if failure.reach.scope == "letter":
        if failure.answered:
            is_over(session, message.recipient_domain)
        return None
    if failure.reach.scope == "server":
        return _worsen(session, EVERYTHING, message, failure, now)
    if failure.answered:
        lift(session)
    return _worsen(session, message.recipient_domain, message, failure, now)


def is_known(session: Session, scopes: Collection[str]) -> bool:
    """Tell whether there is trouble with any of these."""
    return bool(session.scalar(select(exists().where(MailTrouble.scope.in_(scopes)))))


def is_over(session: Session, domain: str) -> None:
    """A letter was taken: nothing is in the way there any more."""
    session.execute(_OVER, {"domain": domain})


def lift(session: Session, *domains: str) -> bool:
    """Forget the trouble with our server and these domains, so that they are tried at once.

    Return whether there was any.
    """
    scopes = (EVERYTHING, *domains)
    done = session.execute(delete(MailTrouble).where(MailTrouble.scope.in_(scopes)))
    return isinstance(done, CursorResult) and done.rowcount > 0


def _worsen(
    session: Session, scope: str, message: OutboxMessage, failure: Failure, now: datetime
) -> MailTrouble:
    row = session.get(MailTrouble, scope, with_for_update=True, populate_existing=True)
    known = None if row is None else Trouble(row.since, row.failures, row.until, row.last_id)
    new = worsen(known, message.id, failure.reach, now)
    if row is None:
        row = MailTrouble(scope=scope, since=now)
        session.add(row)
    if new != known:
        row.failures, row.until, row.last_id = new.failures, new.until, new.last_id
        row.last_at, row.reason, row.answer = now, failure.kind, failure.answer
    return row
