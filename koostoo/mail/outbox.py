"""The outbox: written beside what it tells about, claimed by one worker, marked when done.

Every function takes the session of the caller's transaction. A message is claimed in one
transaction, sent outside any, and marked in another: a worker that dies in between leaves a
lease that lapses, and the same Message-ID goes out again.
"""

import secrets
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from koostoo.mail.models import OutboxMessage
from koostoo.mail.rules import LEASE, Failure, next_try


class Claim(NamedTuple):
    """The right to send one message: its id and which attempt this is, counted from 1."""

    id: int
    attempt: int


def enqueue(
    session: Session,
    *,
    kind: str,
    queue: str,
    recipient: str,
    language: str,
    now: datetime,
    domain: str,
    registration_id: int | None = None,
    payload: dict[str, Any] | None = None,
) -> OutboxMessage:
    """Add the intention to send one letter to the caller's transaction.

    `queue` names what keeps order (letters of one registration leave in the order written);
    `domain` is the right side of the Message-ID, made here once for all attempts.
    """
    message = OutboxMessage(
        kind=kind,
        queue=queue,
        registration_id=registration_id,
        recipient=recipient,
        language=language,
        payload=payload or {},
        message_id=f"<{secrets.token_urlsafe(16)}@{domain}>",
        state="queued",
        attempts=0,
        created_at=now,
        next_try_at=now,
        last_error="",
    )
    session.add(message)
    return message


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether there is anything to claim, without taking a lock."""
    return session.scalar(_due(now)) is not None


def claim(session: Session, now: datetime) -> Claim | None:
    """Take the next message that is due, None when there is none.

    Due: waiting and its time has come, or under way for longer than the lease; and nothing
    earlier in its queue is still to be sent. PostgreSQL: rows other workers hold are skipped.
    """
    message = session.scalar(_due(now).with_for_update(skip_locked=True, of=OutboxMessage))
    if message is None:
        return None
    message.state, message.claimed_at = "sending", now
    message.attempts += 1
    return Claim(message.id, message.attempts)


def mark_sent(session: Session, taken: Claim, now: datetime) -> None:
    """The server has taken the letter; true even when the lease had lapsed meanwhile."""
    message = session.get(OutboxMessage, taken.id, with_for_update=True)
    if message is not None:
        message.state, message.sent_at, message.claimed_at = "sent", now, None
        message.last_error = ""


def mark_dropped(session: Session, taken: Claim) -> None:
    """What the letter would have said is no longer true: it is not sent."""
    message = _held(session, taken)
    if message is not None:
        message.state, message.claimed_at = "dropped", None


def mark_failure(session: Session, taken: Claim, failure: Failure, now: datetime) -> None:
    """Plan the next try, or give up: at a permanent failure, or when the letter is too old."""
    message = _held(session, taken)
    if message is None:
        return
    message.last_error, message.claimed_at = failure.reason, None
    again = None if failure.permanent else next_try(message.created_at, taken.attempt, now)
    if again is None:
        message.state = "failed"
    else:
        message.state, message.next_try_at = "queued", again


def try_again(session: Session, registration_id: int, now: datetime) -> int:
    """Put the failed letters of a registration back in line; return how many.

    Message-ID and place in the queue stay, so a server that knows the letter knows it again. One
    written longer ago than `GIVE_UP_AFTER` gets a single try.
    """
    failed = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.registration_id == registration_id, OutboxMessage.state == "failed")
        .with_for_update()
    ).all()
    for message in failed:
        message.state, message.next_try_at = "queued", now
    return len(failed)


def _due(now: datetime) -> Select[OutboxMessage]:
    earlier = aliased(OutboxMessage)
    in_line = exists().where(
        earlier.queue == OutboxMessage.queue,
        earlier.id < OutboxMessage.id,
        earlier.state.in_(("queued", "sending")),
    )
    ready = or_(
        and_(OutboxMessage.state == "queued", OutboxMessage.next_try_at <= now),
        and_(OutboxMessage.state == "sending", OutboxMessage.claimed_at <= now - LEASE),
    )
    return (
        select(OutboxMessage)
        .where(ready, ~in_line)
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(1)
    )


def _held(session: Session, taken: Claim) -> OutboxMessage | None:
    """Return the message if this claim still holds it; a later one speaks for itself."""
    message = session.get(OutboxMessage, taken.id, with_for_update=True)
    if message is None or (message.state, message.attempts) != ("sending", taken.attempt):
        return None
    return message
