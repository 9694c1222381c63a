"""What the tests of correspondence share: organisers, and the letters that left."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from koostoo.accounts.models import Organiser
from koostoo.accounts.service import invite_organiser
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.when import ZONE
from koostoo.mail.models import OutboxMessage


def local(text: str) -> datetime:
    """An instant told by the clock in Tallinn."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def organiser(email: str = "kai@example.org") -> int:
    """The number of an invited organiser."""
    invite_organiser(email, now())
    db.session.rollback()
    found = db.session.scalars(select(Organiser.id).where(Organiser.email == email)).one()
    return int(found)


def delivered(to: str = "") -> list[EmailMessage]:
    """The letters that left so far, in order; only those to one address where one is given."""
    folder = Path(current_app.config["INSTANCE_PATH"]) / "mailbox"
    letters = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]
    return [letter for letter in letters if to in ("", letter["To"])]


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def kinds(registration_id: int | None = None) -> list[str]:
    """The kinds of letters written, in order; of one person where one is given."""
    db.session.rollback()
    rows = select(OutboxMessage.kind).order_by(OutboxMessage.id)
    if registration_id is not None:
        rows = rows.where(OutboxMessage.registration_id == registration_id)
    return list(db.session.scalars(rows))
