"""After a clock that ran ahead was put back: letters written meanwhile wait for hours to come.

An offer must reach its reader long before it lapses, so they are not left to wait a day.
"""

from datetime import datetime, timedelta

from sqlalchemy import case, select, update

from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.mail.models import IS_UNSENT, MailTrouble, OutboxMessage
from koostoo.mail.rules import LEASE, LONGEST_GAP

FARTHEST = LONGEST_GAP + timedelta(hours=1)
"""No letter, and no domain, is put off for longer."""


def free_letters(now: datetime) -> int:
    """Let letters leave that only a clock put back keeps; return how many.

    Looks first, without a lock: clocks are seldom put back.
    """
    late = now + FARTHEST
    kept = select(OutboxMessage.id).where(IS_UNSENT, OutboxMessage.next_try_at > late).limit(1)
    paused = select(MailTrouble.scope).where(MailTrouble.until > late).limit(1)
    if db.session.scalar(kept) is None and db.session.scalar(paused) is None:
        return 0
    return make_due(now)


@retried
def make_due(now: datetime) -> int:
    """Make letters due that wait for longer than any should; one in hand keeps a claim's time."""
    with transaction() as session:
        session.execute(
            update(MailTrouble).where(MailTrouble.until > now + FARTHEST).values(until=now)
        )
        freed = session.scalars(
            update(OutboxMessage)
            .where(IS_UNSENT, OutboxMessage.next_try_at > now + FARTHEST)
            .values(next_try_at=case((OutboxMessage.state == "sending", now + LEASE), else_=now))
            .returning(OutboxMessage.id)
            .execution_options(synchronize_session=False)
        )
        return len(freed.all())
