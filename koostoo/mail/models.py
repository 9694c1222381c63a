"""The outbox, with what became of each try to send a letter; and what came in was read."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime

UNSENT = ("queued", "retry", "sending")
"""States of letters that may still leave by themselves."""
MISSED = ("failed", "bounced")
"""States of letters the person never got."""
MAIL_STATES = (*UNSENT, "sent", *MISSED, "skipped")
IS_UNSENT = text("outbox_message.state IN ('queued', 'retry', 'sending')")
"""In the words of the index of what is due, so that both databases use it."""
ANSWER_LENGTH = 500
SERVER_LENGTH = 253


class OutboxMessage(Base):
    """Written in the transaction of what it tells about; rendered when it leaves.

    `queue` keeps order: a message leaves only when every earlier one of its queue is done.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint(f"state IN {MAIL_STATES}", name="state"),
        Index(
            "ix_outbox_message_due",
            "next_try_at",
            "id",
            sqlite_where=text("state IN ('queued', 'retry', 'sending')"),
            postgresql_where=text("state IN ('queued', 'retry', 'sending')"),
        ),
        Index("ix_outbox_message_state_id", "state", "id"),
        Index("ix_outbox_message_queue", "queue", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(30), info=keep.CONTACT)
    queue: Mapped[str] = mapped_column(String(60), info=keep.CONTACT)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.CONTACT
    )
    recipient: Mapped[str] = mapped_column(String(254), info=keep.CONTACT)
    recipient_domain: Mapped[str] = mapped_column(
        String(253), default="", server_default="", info=keep.CONTACT
    )
    """What stands after the @, in small letters: servers are paced by it."""
    language: Mapped[str] = mapped_column(String(2), info=keep.CONTACT)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.CONTACT)
    message_id: Mapped[str] = mapped_column(String(200), unique=True, info=keep.CONTACT)
    state: Mapped[str] = mapped_column(String(8), default="queued", info=keep.CONTACT)
    reason: Mapped[str] = mapped_column(
        String(16), default="", server_default="", info=keep.CONTACT
    )
    """Why it waits, failed, came back or was not sent: a code, see `answers.Kind` and `outbox`."""
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="", info=keep.CONTACT)
    """The last words of a mail server, or of an error."""
    attempts: Mapped[int] = mapped_column(default=0, info=keep.CONTACT)
    """How many times it was taken; the number tells a live claim from one that ran out."""
    put_offs: Mapped[int] = mapped_column(default=0, server_default="0", info=keep.CONTACT)
    """Tries put off that count towards the gap before the next one."""
    put_off_since: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.CONTACT)
    """From when the three days until giving up are counted; None while nothing was put off."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
    """When it may be taken next; of one being sent, when the claim runs out."""
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.CONTACT)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.CONTACT)
    server: Mapped[str] = mapped_column(
        String(SERVER_LENGTH), default="", server_default="", info=keep.CONTACT
    )
    """Which server took it."""

    tries: Mapped[list["MailAttempt"]] = relationship(order_by="MailAttempt.id", viewonly=True)


class MailAttempt(Base):
    """What became of one try to send a letter, or what came back after it was sent."""

    __tablename__ = "mail_attempt"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    outbox_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_message.id", ondelete="CASCADE"), index=True, info=keep.CONTACT
    )
    number: Mapped[int] = mapped_column(info=keep.CONTACT)
    """Which try, counted from 1."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
    outcome: Mapped[str] = mapped_column(String(16), info=keep.CONTACT)
    """What became of it: accepted, bounced, lost (its worker died), or why not (`answers.Kind`)."""
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="", info=keep.CONTACT)
    recipient: Mapped[str] = mapped_column(String(254), info=keep.CONTACT)
    """Where to: an organiser may have corrected the address since."""


class MailTrouble(Base):
    """What stands in the way of all letters to a domain, or of all letters at all.

    The row comes with the first trouble and goes with the first letter that is taken. While it
    says `until`, one letter after another is let through to see whether the trouble is over.
    """

    __tablename__ = "mail_trouble"

    scope: Mapped[str] = mapped_column(String(253), primary_key=True, info=keep.SECURITY)
    """A domain of recipients, or `rules.EVERYTHING`."""
    since: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.SECURITY)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)
    failures: Mapped[int] = mapped_column(info=keep.SECURITY)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.SECURITY)
    """Until when nothing is tried; None while only single letters have had trouble."""
    last_id: Mapped[int] = mapped_column(info=keep.SECURITY)
    """The letter that had trouble last, or the one let through to see whether it is over."""
    reason: Mapped[str] = mapped_column(String(16), info=keep.SECURITY)
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="", info=keep.SECURITY)


class InboundMessage(Base):
    """A letter that was read, so that it never counts twice; nothing of what stood in it."""

    __tablename__ = "inbound_message"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    digest: Mapped[str] = mapped_column(String(64), unique=True, info=keep.SECURITY)
    outcome: Mapped[str] = mapped_column(String(20), info=keep.SECURITY)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)


class InboundFolder(Base):
    """How far a folder of a mailbox was read (RFC 3501, 2.3.1.1: UIDs hold for one UIDVALIDITY)."""

    __tablename__ = "inbound_folder"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    name: Mapped[str] = mapped_column(String(64), unique=True, info=keep.STRUCTURE)
    """SHA-256 of server, user and folder."""
    uid_validity: Mapped[int] = mapped_column(BigInteger, info=keep.STRUCTURE)
    last_uid: Mapped[int] = mapped_column(BigInteger, info=keep.STRUCTURE)
