"""The outbox: letters written beside what they tell about, and what people do about them since.

Every function takes the session of the caller's transaction. How letters leave is the business of
`delivery`.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from koostoo.mail import trouble
from koostoo.mail.answers import OURS
from koostoo.mail.models import ANSWER_LENGTH, MISSED, UNSENT, MailAttempt, OutboxMessage

UNTRUE, STOPPED = "untrue", "stopped"
"""Why a letter was skipped: what it would say was no longer true, or somebody stopped it."""
BOUNCED, BOUNCED_SOFT, BOUNCED_REFUSED = "bounced", "bounced_soft", "bounced_refused"
"""Why a letter came back: the address will not take it; it may later; the server took offence at
the letter or at us, and the address may be right."""
_TRY = insert(MailAttempt.__table__)  # type: ignore[arg-type]  # a Table, typed wider


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
        language=language,
        payload=payload or {},
        message_id=f"<{secrets.token_urlsafe(16)}@{domain}>",
        state="queued",
        reason="",
        answer="",
        attempts=0,
        put_offs=0,
        created_at=now,
        next_try_at=now,
        server="",
    )
    readdress(message, recipient)
    session.add(message)
    return message


def readdress(message: OutboxMessage, recipient: str) -> None:
    """Send the letter to this address from now on."""
    message.recipient = recipient
    message.recipient_domain = domain_of(recipient)


def domain_of(address: str) -> str:
    """Return what stands after the @, in small letters."""
    return address.rpartition("@")[2].lower()[:253]


def mark_bounced(
    session: Session,
    which: str | int,
    reason: str,
    now: datetime,
    recipient: str | None = None,
    *,
    why: str = BOUNCED,
) -> OutboxMessage | None:
    """A letter came back: note it and return the row; None when there is nothing to note.

    `which` is the Message-ID, with or without its angle brackets, or the row's id; `reason` the
    words of the report. `recipient` is the address the report names: one about an address that
    was corrected since changes nothing. `why` is one of the codes of letters that came back.
    Only what left can come back (or may have left, its outcome being unknown); a second report
    changes nothing.
    """
    message = session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.id == which
            if isinstance(which, int)
            else OutboxMessage.message_id == f"<{which.strip().strip('<>')}>"
        )
        .with_for_update()
    )
    if message is None or message.attempts == 0:
        return None
    if message.state != "sent" and (message.state, message.reason) != ("retry", "unknown"):
        return None
    if recipient is not None and recipient.casefold() != message.recipient.casefold():
        return None
    answer = " ".join(reason.split())[:ANSWER_LENGTH]
    message.state, message.reason, message.answer = "bounced", why, answer
    log_try(session, message.id, message.attempts, why, answer, now, message.recipient)
    return message


def try_again(
    session: Session, messages: Iterable[OutboxMessage], now: datetime
) -> list[OutboxMessage]:
    """Put letters back in line as if they were new, where that makes sense; return them.

    Message-ID and place in the queue stay, so a server that knows the letter knows it again. What
    stands in the way of their domains and of our server is tried at once.
    """
    again = [message for message in messages if may_try_again(message)]
    for message in again:
        queue_afresh(message, now)
    if again:
        trouble.lift(session, *{message.recipient_domain for message in again})
    return again


def may_try_again(message: OutboxMessage) -> bool:
    """Tell whether trying once more makes sense: it waits, was missed, or was stopped."""
    return message.state in ("retry", *MISSED) or (
        (message.state, message.reason) == ("skipped", STOPPED)
    )


def stop(message: OutboxMessage) -> bool:
    """Keep a letter from leaving; False for one that left, failed, or is just being sent."""
    if not may_stop(message):
        return False
    message.state, message.reason, message.answer = "skipped", STOPPED, ""
    return True


def may_stop(message: OutboxMessage) -> bool:
    """Tell whether a letter can still be kept from leaving."""
    return message.state in ("queued", "retry")


def is_with_us(session: Session, registration_id: int, kind: str) -> bool:
    """Tell whether a letter of this kind to somebody has not left yet, and not because of them.

    No worker came round, or our server takes none. What their own side puts off is none of ours.
    """
    waiting = session.execute(
        select(
            OutboxMessage.kind,
            OutboxMessage.state,
            OutboxMessage.reason,
            OutboxMessage.recipient_domain,
        ).where(OutboxMessage.registration_id == registration_id, OutboxMessage.state.in_(UNSENT))
    ).all()
    if not any(letter.kind == kind for letter in waiting):
        return False
    if any(letter.state == "retry" and letter.reason not in OURS for letter in waiting):
        return False
    return not trouble.is_known(session, {letter.recipient_domain for letter in waiting})


def queue_afresh(message: OutboxMessage, now: datetime) -> None:
    """Put a letter in line as if it had just been written."""
    message.state, message.next_try_at = "queued", now
    message.reason, message.answer = "", ""
    message.put_offs, message.put_off_since = 0, None


def log_try(
    session: Session,
    letter_id: int,
    attempt: int,
    outcome: str,
    answer: str,
    now: datetime,
    recipient: str,
) -> None:
    """Write down what became of one try to send a letter to this address."""
    values = {
        "outbox_id": letter_id,
        "number": attempt,
        "at": now,
        "outcome": outcome,
        "answer": answer[:ANSWER_LENGTH],
        "recipient": recipient,
    }
    session.execute(_TRY, values)
