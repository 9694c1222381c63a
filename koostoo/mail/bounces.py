"""Letters of ours that came back: which one a report is about, marked in the outbox."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.mail import outbox
from koostoo.mail.models import MailAttempt, OutboxMessage
from koostoo.mail.reports import Report

Marked = Literal["bounced", "bounce_idle", "bounce_unknown"]


def mark_bounced(session: Session, report: Report, now: datetime) -> Marked:
    """Write down that a letter came back, in the caller's transaction.

    Only one that had left: one that waits for another try speaks for itself when that is over.
    """
    number = session.scalar(
        select(OutboxMessage.id)
        .where(OutboxMessage.message_id.in_(report.message_ids))
        .order_by(OutboxMessage.id)
        .limit(1)
    )
    if number is None:
        return "bounce_unknown"
    address = _tried(session, number, report)
    marked = outbox.mark_bounced(
        session, number, report.reason, now, address, is_hard=report.is_hard
    )
    return "bounce_idle" if marked is None else "bounced"


def _tried(session: Session, number: int, report: Report) -> str | None:
    """Return which of the addresses we wrote to the report names.

    None where it names another: a server passes letters on under names we do not know.
    """
    named = {address.casefold() for address in report.recipients}
    tried = session.scalars(
        select(MailAttempt.recipient).where(MailAttempt.outbox_id == number).distinct()
    )
    return next((address for address in tried if address.casefold() in named), None)
