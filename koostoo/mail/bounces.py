"""Letters of ours that came back: which one a report is about, marked in the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from koostoo.base.database import db
from koostoo.mail import outbox
from koostoo.mail.causes import Cause
from koostoo.mail.models import MailAttempt, OutboxMessage
from koostoo.mail.reports import Report

Marked = Literal["bounced", "bounce_idle", "bounce_unknown"]
CODES: Mapping[Cause, str] = {
    "address": outbox.BOUNCED,
    "later": outbox.BOUNCED_SOFT,
    "refused": outbox.BOUNCED_REFUSED,
}


def mark_bounced(session: Session, report: Report, now: datetime) -> Marked:
    """Write down that a letter came back, in the caller's transaction.

    Only one that had left: one that waits for another try speaks for itself when that is over.
    """
    number = _told_of(session, report.message_ids)
    if number is None:
        return "bounce_unknown"
    address = _tried(session, number, report)
    why = CODES[report.cause]
    marked = outbox.mark_bounced(session, number, report.reason, now, address, why=why)
    return "bounce_idle" if marked is None else "bounced"


def _told_of(session: Session, message_ids: Sequence[str]) -> int | None:
    """Return the letter of ours that is named first, which is the surest."""
    rows = session.execute(
        select(OutboxMessage.message_id, OutboxMessage.id).where(
            OutboxMessage.message_id.in_(message_ids)
        )
    )
    ours = {message_id: number for message_id, number in rows}  # noqa: C416 - typed pairs
    return next((ours[message_id] for message_id in message_ids if message_id in ours), None)


def refused_since(since: datetime) -> int:
    """Return how many letters came back since then because a server took offence at us."""
    wanted = select(func.count()).where(
        MailAttempt.outcome == outbox.BOUNCED_REFUSED, MailAttempt.at >= since
    )
    return db.session.scalar(wanted) or 0


def _tried(session: Session, number: int, report: Report) -> str | None:
    """Return which of the addresses we wrote to the report names.

    None where it names another: a server passes letters on under names we do not know.
    """
    named = {address.casefold() for address in report.recipients}
    tried = session.scalars(
        select(MailAttempt.recipient).where(MailAttempt.outbox_id == number).distinct()
    )
    return next((address for address in tried if address.casefold() in named), None)
