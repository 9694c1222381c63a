"""The outbox: one row is the intention to send one letter."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime

MAIL_STATES = ("queued", "sending", "sent", "failed", "dropped")


class OutboxMessage(Base):
    """Written in the transaction of what it tells about; rendered when it leaves.

    `queue` keeps order: a message leaves only when every earlier one of its queue is done.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint(f"state IN {MAIL_STATES}", name="state"),
        Index("ix_outbox_message_state_next_try_at", "state", "next_try_at", "id"),
        Index("ix_outbox_message_queue", "queue", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(30), info=keep.CONTACT)
    queue: Mapped[str] = mapped_column(String(60), info=keep.CONTACT)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.CONTACT
    )
    recipient: Mapped[str] = mapped_column(String(254), info=keep.CONTACT)
    language: Mapped[str] = mapped_column(String(2), info=keep.CONTACT)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.CONTACT)
    message_id: Mapped[str] = mapped_column(String(200), unique=True, info=keep.CONTACT)
    state: Mapped[str] = mapped_column(String(8), default="queued", info=keep.CONTACT)
    attempts: Mapped[int] = mapped_column(default=0, info=keep.CONTACT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.CONTACT)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.CONTACT)
    last_error: Mapped[str] = mapped_column(String(500), default="", info=keep.CONTACT)
