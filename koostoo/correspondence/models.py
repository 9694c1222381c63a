"""Tables of letters that fall due by time, and of what organisers write to people."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.base import keep
from koostoo.base.database import Base, LocalTextType, UtcDateTime
from koostoo.base.localtext import LocalText
from koostoo.mail.models import OutboxMessage

SUBJECT_LENGTH = 200
TEXT_LENGTH = 10_000


class TimedLetter(Base):
    """A reminder or the thanks of an event, done for one start: it is not written for it again."""

    __tablename__ = "timed_letter"
    __table_args__ = (UniqueConstraint("event_id", "code", "begins_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    code: Mapped[str] = mapped_column(String(8), info=keep.STRUCTURE)
    """How long before the start, such as "7d" or "2h"; or one of `rules.AFTER`."""
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    """The start it belongs to: an event that is moved gets its reminders anew."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    letters: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """To how many it was written; None: to nobody, for its moment had passed."""


class Mailing(Base):
    """A letter an organiser wrote to people of an event; each gets their own copy of it."""

    __tablename__ = "mailing"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )
    """The event on whose page it was written."""
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    is_news: Mapped[bool] = mapped_column(info=keep.EVIDENCE)
    """Not about their registration: who wants no news does not get it."""
    event_state: Mapped[str] = mapped_column(String(12), info=keep.EVIDENCE)
    """What the event was when it was written; once it is something else, it is not sent on."""
    subject: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.CONTACT)
    text: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.CONTACT)
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.SENSITIVE)
    """Whom it was meant for (`recipients.Whom`): an answer may tell what people eat."""
    letters: Mapped[int] = mapped_column(info=keep.EVIDENCE)
    key: Mapped[str] = mapped_column(String(64), unique=True, info=keep.EVIDENCE)
    """Digest of form, words and people (`mailing.Draft`): what comes twice is sent once."""

    organiser: Mapped[Organiser | None] = relationship()


class MailingLetter(Base):
    """One copy of a mailing, so that it can be told how many have left."""

    __tablename__ = "mailing_letter"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    mailing_id: Mapped[int] = mapped_column(
        ForeignKey("mailing.id", ondelete="CASCADE"), index=True, info=keep.CONTACT
    )
    outbox_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_message.id", ondelete="CASCADE"), unique=True, info=keep.CONTACT
    )

    message: Mapped[OutboxMessage] = relationship()


class NewsRefusal(Base):
    """A mailbox that wants no news of a project."""

    __tablename__ = "news_refusal"
    __table_args__ = (UniqueConstraint("project_id", "mailbox"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.CONTACT
    )
    mailbox: Mapped[str] = mapped_column(String(64), info=keep.CONTACT)
    """SHA-256 of the address' key: enough to know it again, too little to write to it."""
    refused_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
