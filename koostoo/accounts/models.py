"""Tables of organisers: who may sign in, what they did, which events they follow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime


class Organiser(Base):
    """A person who runs events at the desk; known only by invitation."""

    __tablename__ = "organiser"
    __table_args__ = (
        Index("uq_organiser_feed_link_id", "feed_link_id", unique=True),
        Index("uq_organiser_passkey_handle", "passkey_handle", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    email: Mapped[str] = mapped_column(String(254), info=keep.ACCOUNT)
    email_key: Mapped[str] = mapped_column(String(600), unique=True, info=keep.ACCOUNT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)
    feed_link_id: Mapped[str | None] = mapped_column(String(12), info=keep.ACCOUNT)
    """Public part of the address of their calendar; None: they have none."""
    passkey_handle: Mapped[str | None] = mapped_column(String(22), info=keep.ACCOUNT)
    """By what their devices know the account (user handle of WebAuthn); None: no device does."""


class RoleGrant(Base):
    """A role of an organiser; see `accounts.roles.Grant` for what it is about."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('manager', 'coordinator', 'helper', 'viewer')", name="role"),
        CheckConstraint(
            "(role = 'coordinator') = (organisation_id IS NOT NULL) AND "
            "(role = 'helper') = (event_id IS NOT NULL) AND "
            "(role IN ('manager', 'viewer') OR project_id IS NULL)",
            name="about",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), index=True, info=keep.ACCOUNT
    )
    role: Mapped[str] = mapped_column(String(12), info=keep.ACCOUNT)
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True, info=keep.ACCOUNT
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True, info=keep.ACCOUNT
    )
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True, info=keep.ACCOUNT
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)


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
    __table_args__ = (
        CheckConstraint("method IN ('link', 'totp', 'recovery', 'passkey')", name="method"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), index=True, info=keep.SECURITY
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=keep.SECURITY)
    method: Mapped[str] = mapped_column(String(8), info=keep.SECURITY)
    """By what somebody signed in: the link alone, link and app, link and recovery code, passkey."""
    browser: Mapped[str] = mapped_column(String(24), default="", info=keep.SECURITY)
    """Which kind of browser on which system, see `accounts.browsers`; nothing finer."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.SECURITY)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.SECURITY)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.SECURITY)
    """When it was last proved who it is, because an act asked for it; None: at sign-in."""
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.SECURITY)
    """When the second factor was given; None: only the link was."""

    organiser: Mapped[Organiser] = relationship()


class ApiToken(Base):
    """What a program shows to read, as its organiser, what that organiser may see."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), index=True, info=keep.SECURITY
    )
    name: Mapped[str] = mapped_column(String(80), info=keep.SECURITY)
    """What the organiser calls it: which program has it."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=keep.SECURITY)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.SECURITY)
    expires_on: Mapped[date | None] = mapped_column(index=True, info=keep.SECURITY)
    """The last day in Tallinn on which it works; None: until it is taken back."""
    last_used_on: Mapped[date | None] = mapped_column(info=keep.SECURITY)

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
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True, info=keep.EVIDENCE
    )
    """What the act was about where it was no event of the project."""
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True, info=keep.EVIDENCE
    )
    reason: Mapped[str] = mapped_column(String(500), default="", info=keep.CONTACT)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.EVIDENCE)

    organiser: Mapped[Organiser | None] = relationship()


class Download(Base):
    """That an organiser took data along: who, what, when, how many rows.

    Written before the file leaves. `detail` holds the names of its columns and by what it was
    filtered, in codes; never what a participant typed, nor what was searched for.
    """

    __tablename__ = "download"
    __table_args__ = (
        CheckConstraint("format IN ('csv', 'xlsx', 'pdf', 'zip', 'file', 'json')", name="format"),
        CheckConstraint("rows >= 0", name="rows"),
        Index("ix_download_event_id_id", "event_id", "id"),
        Index("ix_download_project_id_id", "project_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )
    what: Mapped[str] = mapped_column(String(20), info=keep.EVIDENCE)
    """Which file: see `accounts.downloads.What`."""
    format: Mapped[str] = mapped_column(String(4), info=keep.EVIDENCE)
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.EVIDENCE
    )
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), info=keep.EVIDENCE
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True, info=keep.EVIDENCE
    )
    """Whose people or members they are, where the file holds those of one organisation."""
    rows: Mapped[int] = mapped_column(info=keep.EVIDENCE)
    once: Mapped[str | None] = mapped_column(String(80), unique=True, info=keep.EVIDENCE)
    """What is noted once, however often it is read; None: each time is noted."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.EVIDENCE)

    organiser: Mapped[Organiser | None] = relationship()


class Follow(Base):
    """Which letters about an event an organiser gets, and what they were told already."""

    __tablename__ = "follow"
    __table_args__ = (
        UniqueConstraint("organiser_id", "event_id"),
        CheckConstraint("language IN ('et', 'en')", name="language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), info=keep.ACCOUNT
    )
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True, info=keep.ACCOUNT
    )
    language: Mapped[str] = mapped_column(String(2), default="et", info=keep.ACCOUNT)
    link_id: Mapped[str] = mapped_column(String(12), unique=True, info=keep.ACCOUNT)
    """Public part of the link that ends these letters."""
    digest: Mapped[bool] = mapped_column(default=False, info=keep.ACCOUNT)
    """Once a day who signed up, when anybody did."""
    full: Mapped[bool] = mapped_column(default=False, info=keep.ACCOUNT)
    """When no seat is left."""
    moved: Mapped[bool] = mapped_column(default=False, info=keep.ACCOUNT)
    """When somebody who waited got a seat, or was offered one."""
    failing: Mapped[bool] = mapped_column(default=False, info=keep.ACCOUNT)
    """When letters to people of the event do not arrive."""
    evidence: Mapped[bool] = mapped_column(default=False, server_default=false(), info=keep.ACCOUNT)
    """When evidence of the event is due soon, or still missing afterwards."""
    digest_until: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)
    """Who signed up until then was told of, or need not be."""
    moved_until: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.ACCOUNT)
    """Who moved up until then was told of, or need not be."""
    is_full_told: Mapped[bool] = mapped_column(default=False, info=keep.ACCOUNT)
    failures_told: Mapped[int] = mapped_column(default=0, info=keep.ACCOUNT)
    """How many letters were in trouble when it was last told."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.ACCOUNT)
    """When the last letter was written, the daily one apart."""
    list_told_of: Mapped[date | None] = mapped_column(info=keep.ACCOUNT)
    """The last day of the event as it was told that its list is due: a moved one is told anew."""
    evidence_told_of: Mapped[date | None] = mapped_column(info=keep.ACCOUNT)
    """The same of evidence that was still missing."""

    organiser: Mapped[Organiser] = relationship()
