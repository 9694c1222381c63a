"""News of a project: who wants none. A mailbox says so by the link in a letter, and may relent."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.correspondence.models import NewsRefusal
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.registration.models import Registration

NEWS_PURPOSE = "news"
"""What the tokens of the links that end news are made for, of a registration's `link_id`."""


def mailbox_of(email_key: str) -> str:
    """Return by what a mailbox is known here: not to be written to, not to be read back."""
    return sha256(email_key.encode()).hexdigest()


def refusing(session: Session, project_id: int) -> frozenset[str]:
    """Return the mailboxes that want no news of a project."""
    wanted = select(NewsRefusal.mailbox).where(NewsRefusal.project_id == project_id)
    return frozenset(session.scalars(wanted))


def is_refusing(registration: Registration) -> bool:
    """Tell whether this registration's mailbox wants no news of its project."""
    found = select(NewsRefusal.id).where(
        NewsRefusal.project_id == registration.event.activity.project_id,
        NewsRefusal.mailbox == mailbox_of(registration.email_key),
    )
    return db.session.scalar(found) is not None


@retried
def refuse_news(registration_id: int, now: datetime) -> None:
    """Send no more news of its project to this registration's mailbox; again changes nothing."""
    with transaction() as session:
        mailbox, project_id = _whose(session, registration_id)
        known = session.scalar(
            select(NewsRefusal.id).where(
                NewsRefusal.project_id == project_id, NewsRefusal.mailbox == mailbox
            )
        )
        if known is None:
            session.add(NewsRefusal(project_id=project_id, mailbox=mailbox, refused_at=now))


@retried
def want_news(registration_id: int) -> None:
    """Take a refusal back."""
    with transaction() as session:
        mailbox, project_id = _whose(session, registration_id)
        session.execute(
            delete(NewsRefusal).where(
                NewsRefusal.project_id == project_id, NewsRefusal.mailbox == mailbox
            )
        )


def _whose(session: Session, registration_id: int) -> tuple[str, int]:
    """Return a registration's mailbox and project; raise LookupError."""
    row = session.execute(
        select(Registration.email_key, Activity.project_id)
        .join(Registration.event)
        .join(Event.activity)
        .where(Registration.id == registration_id, Registration.email != "")
    ).first()
    if row is None:
        raise LookupError(registration_id)
    return mailbox_of(row[0]), row[1]
