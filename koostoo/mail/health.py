"""Whether letters leave: what the desk and a monitor are told. Numbers only, nobody's address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from koostoo.base.database import db
from koostoo.mail import delivery
from koostoo.mail.models import IS_UNSENT, MailTrouble, OutboxMessage
from koostoo.mail.rules import EVERYTHING, is_late


@dataclass(frozen=True, slots=True)
class Health:
    """How the outbox is doing; times are instants in UTC."""

    unsent: int
    """Letters that may still leave."""
    due_since: datetime | None
    """Since when the oldest letter could have left; None when none is due."""
    trouble: MailTrouble | None
    """What stands in the way of all letters."""
    is_late: bool
    """Whether nothing has been leaving for `rules.LATE_AFTER`."""

    @property
    def since(self) -> datetime | None:
        """Since when letters have been waiting that should have left."""
        moments = [self.due_since, self.trouble.since if self.trouble else None]
        return min((moment for moment in moments if moment is not None), default=None)


def look(now: datetime) -> Health:
    """Look at the outbox; a domain that is being spared is its own affair, and no delay of ours."""
    session = db.session
    unsent = session.scalar(select(func.count()).select_from(OutboxMessage).where(IS_UNSENT)) or 0
    if not unsent:
        return Health(0, None, None, is_late=False)
    due_since = delivery.due_since(session(), now)
    trouble = session.scalar(
        select(MailTrouble).where(MailTrouble.scope == EVERYTHING, MailTrouble.until.is_not(None))
    )
    late = is_late(due_since, trouble.since if trouble else None, now)
    return Health(unsent, due_since, trouble, is_late=late)
