"""Tables of organisers: who may sign in, with which link, in which session."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime


class Organiser(Base):
    """A person who runs events at the desk; known only by invitation."""

    __tablename__ = "organiser"
    __table_args__ = (Index("uq_organiser_feed_link_id", "feed_link_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    email: Mapped[str] = mapped_column(String(254), info=keep.ACCOUNT)
    email_key: Mapped[str] = mapped_column(String(600), unique=True, info=keep.ACCOUNT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)
    feed_link_id: Mapped[str | None] = mapped_column(String(12), info=keep.ACCOUNT)
    """Public part of the address of their calendar; None: they have none."""


class SignInLink(Base):
    """A link that signs an organiser in: ten minutes, once, in the browser that asked."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), index=True, info=keep.SECURITY
    )
    link_id: Mapped[str] = mapped_column(String(12), unique=True, info=keep.SECURITY)
    browser_hash: Mapped[str | None] = mapped_column(String(64), info=keep.SECURITY)
    """SHA-256 of the asking browser's cookie; None for a link made on the server itself."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.SECURITY)

    organiser: Mapped[Organiser] = relationship()


class DeskSession(Base):
    """A signed-in browser; signing out ends the row, so a kept cookie is worthless."""

    __tablename__ = "desk_session"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), index=True, info=keep.SECURITY
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=keep.SECURITY)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.SECURITY)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)

    organiser: Mapped[Organiser] = relationship()


class Attempt(Base):
    """Counted tries of one kind from one source in one window; shared by all processes."""

    __tablename__ = "attempt"

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True, info=keep.SECURITY)
    """Kind and a keyed hash of address or account, with the window's start: no address."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)
    count: Mapped[int] = mapped_column(default=0, info=keep.SECURITY)


class AuditEntry(Base):
    """What an organiser did to an event or a registration, and why; written with the act itself.

    `detail` holds numbers and codes, never what a person typed; `reason` is the organiser's own.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_event_id_id", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )
    action: Mapped[str] = mapped_column(String(40), info=keep.EVIDENCE)
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), info=keep.EVIDENCE
    )
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )
    reason: Mapped[str] = mapped_column(String(500), default="", info=keep.CONTACT)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.EVIDENCE)

    organiser: Mapped[Organiser | None] = relationship()
