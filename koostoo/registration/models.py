"""Tables of registrations and their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime
from koostoo.events.models import Event
from koostoo.programme.models import Organisation

STATES = ("pending", "confirmed", "waiting", "offered", "cancelled", "rejected")
ROLES = ("member", "board", "staff", "leader", "entrepreneur", "partner", "other")
ACTIVE = ("pending", "confirmed", "waiting", "offered")
"""States of people who have a seat or may still get one."""
SEATED = ("confirmed", "offered")
"""States that occupy a seat."""


class Registration(Base):
    """One person, one seat (or place in the queue), one event."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("language IN ('et', 'en')", name="language"),
        CheckConstraint("source IN ('form', 'desk')", name="source"),
        Index(
            "uq_registration_person",
            "event_id",
            "email_key",
            "person_key",
            unique=True,
            sqlite_where=text("state NOT IN ('cancelled', 'rejected')"),
            postgresql_where=text("state NOT IN ('cancelled', 'rejected')"),
        ),
        UniqueConstraint("event_id", "form_nonce"),
        Index("ix_registration_event_state_queue", "event_id", "state", "queued_at", "id"),
        Index("ix_registration_event_sort", "event_id", "sort_key", "id"),
        Index("ix_registration_email_key", "email_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), info=keep.STRUCTURE)
    state: Mapped[str] = mapped_column(String(10), info=keep.EVIDENCE)
    first_name: Mapped[str] = mapped_column(String(100), info=keep.EVIDENCE)
    last_name: Mapped[str] = mapped_column(String(100), info=keep.EVIDENCE)
    person_key: Mapped[str] = mapped_column(String(400), info=keep.EVIDENCE)
    sort_key: Mapped[str] = mapped_column(
        # Compared byte by byte in both databases: the key itself carries the Estonian order.
        String(800).with_variant(String(800, collation="C"), "postgresql"),
        info=keep.EVIDENCE,
    )
    search_key: Mapped[str] = mapped_column(Text, default="", info=keep.CONTACT)
    """Names, address and organisations folded, so that a search knows no capitals."""
    email: Mapped[str] = mapped_column(String(254), info=keep.CONTACT)
    email_key: Mapped[str] = mapped_column(String(600), info=keep.CONTACT)
    phone: Mapped[str] = mapped_column(String(20), default="", info=keep.CONTACT)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.EVIDENCE
    )
    other_organisation: Mapped[str] = mapped_column(String(200), default="", info=keep.EVIDENCE)
    member_organisation: Mapped[str] = mapped_column(String(200), default="", info=keep.EVIDENCE)
    role: Mapped[str] = mapped_column(String(12), info=keep.EVIDENCE)
    language: Mapped[str] = mapped_column(String(2), info=keep.CONTACT)
    privacy_accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    photo_consent: Mapped[bool | None] = mapped_column(info=keep.EVIDENCE)
    source: Mapped[str] = mapped_column(String(4), info=keep.EVIDENCE)

    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    revised_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    cancelled_late: Mapped[bool] = mapped_column(default=False, info=keep.EVIDENCE)

    link_id: Mapped[str] = mapped_column(String(12), unique=True, info=keep.CONTACT)
    form_nonce: Mapped[str] = mapped_column(String(40), info=keep.CONTACT)
    uid: Mapped[str] = mapped_column(String(120), unique=True, info=keep.CONTACT)
    sequence: Mapped[int] = mapped_column(default=0, info=keep.CONTACT)
    invited_sequence: Mapped[int | None] = mapped_column(info=keep.CONTACT)
    """SEQUENCE of the last REQUEST that left; None: no calendar knows of it."""

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    answers: Mapped[list["Answer"]] = relationship(cascade="all, delete-orphan")

    @property
    def name(self) -> str:
        """First and last name as typed."""
        return f"{self.first_name} {self.last_name}".strip()


class Answer(Base):
    """The answer to one question: text, number as text, ISO date, bool, or option ids."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id"), index=True, info=keep.STRUCTURE
    )
    value: Mapped[Any] = mapped_column(JSON, info=keep.SENSITIVE)
