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
from koostoo.events.models import Event, Move
from koostoo.programme.models import Organisation, SortKey

STATES = ("pending", "confirmed", "waiting", "offered", "cancelled", "rejected")
ROLES = ("member", "board", "staff", "leader", "entrepreneur", "partner", "other")
ACTIVE = ("pending", "confirmed", "waiting", "offered")
"""States of people who have a seat or may still get one."""
MEMBERSHIPS = ("member", "stranger", "unchecked")
"""What the register of their organisation said when they signed up; unchecked: it keeps none."""
SEATED = ("confirmed", "offered")
"""States that occupy a seat; `pending` does too where the event says so (`seating.held_state`)."""
HAS_PLACE = text("state NOT IN ('cancelled', 'rejected')")
"""Whose address and name must be unique in an event; a query in these words may use that index."""
SOURCES = ("form", "desk", "import")
"""Who wrote them down: they themselves, an organiser by hand, or from a list of old."""
ENDED_BY = ("participant", "organiser", "lapse")
GROUP_MODES = ("together", "fitting")
"""All or nobody; or as many as there are seats for."""


class Group(Base):
    """Several persons signed up in one form; each is a registration of its own.

    The contact filled the form in, gets a summary, and need not be one of the persons.
    """

    __tablename__ = "registration_group"
    __table_args__ = (
        CheckConstraint(f"mode IN {GROUP_MODES}", name="mode"),
        CheckConstraint("language IN ('et', 'en')", name="language"),
        UniqueConstraint("event_id", "form_nonce"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), info=keep.STRUCTURE)
    mode: Mapped[str] = mapped_column(String(8), info=keep.EVIDENCE)
    name: Mapped[str] = mapped_column(String(201), info=keep.CONTACT)
    email: Mapped[str] = mapped_column(String(254), info=keep.CONTACT)
    language: Mapped[str] = mapped_column(String(2), info=keep.CONTACT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    link_id: Mapped[str] = mapped_column(String(12), unique=True, info=keep.CONTACT)
    form_nonce: Mapped[str] = mapped_column(String(40), info=keep.CONTACT)

    event: Mapped[Event] = relationship()
    members: Mapped[list["Registration"]] = relationship(
        order_by="Registration.id", back_populates="group"
    )


class Registration(Base):
    """One person, one seat (or place in the queue), one event."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("language IN ('et', 'en')", name="language"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        CheckConstraint(f"membership IN {MEMBERSHIPS}", name="membership"),
        Index(
            "uq_registration_person",
            "event_id",
            "email_key",
            "person_key",
            unique=True,
            sqlite_where=HAS_PLACE,
            postgresql_where=HAS_PLACE,
        ),
        UniqueConstraint("event_id", "form_nonce"),
        CheckConstraint(f"ended_by IN {ENDED_BY}", name="ended_by"),
        Index("ix_registration_event_state_queue", "event_id", "state", "rank", "queued_at", "id"),
        Index("ix_registration_offer_until", "offer_until"),
        Index("ix_registration_event_sort", "event_id", "sort_key", "id"),
        Index("ix_registration_event_created", "event_id", "created_at", "id"),
        Index("ix_registration_event_state_sort", "event_id", "state", "sort_key", "id"),
        Index("ix_registration_event_state_organisation", "event_id", "state", "organisation_id"),
        Index(
            "ix_registration_event_state_organisation_sort",
            *("event_id", "state", "organisation_id", "sort_key", "id"),
        ),
        Index(
            "ix_registration_event_organisation_sort",
            *("event_id", "organisation_id", "origin_key", "sort_key", "id"),
        ),
        Index("ix_registration_event_revised", "event_id", "revised_at"),
        Index("ix_registration_email_key", "email_key"),
        Index("ix_registration_revised_at", "revised_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), info=keep.STRUCTURE)
    state: Mapped[str] = mapped_column(String(10), info=keep.EVIDENCE)
    first_name: Mapped[str] = mapped_column(String(100), info=keep.EVIDENCE)
    last_name: Mapped[str] = mapped_column(String(100), info=keep.EVIDENCE)
    person_key: Mapped[str] = mapped_column(String(400), info=keep.EVIDENCE)
    sort_key: Mapped[str] = mapped_column(SortKey, info=keep.EVIDENCE)
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
    origin_key: Mapped[str] = mapped_column(
        SortKey, default="", server_default="", info=keep.EVIDENCE
    )
    """Orders by the two above in Estonian; the action group's name comes from its own row."""
    membership: Mapped[str | None] = mapped_column(String(10), info=keep.EVIDENCE)
    """As decided when they signed up; None: the event did not ask."""
    role: Mapped[str] = mapped_column(String(12), info=keep.EVIDENCE)
    language: Mapped[str] = mapped_column(String(2), info=keep.CONTACT)
    privacy_accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    photo_consent: Mapped[bool | None] = mapped_column(info=keep.EVIDENCE)
    source: Mapped[str] = mapped_column(String(6), info=keep.EVIDENCE)

    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration_group.id"), index=True, info=keep.STRUCTURE
    )
    """Who signed up with them in one form; None: alone."""
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    rank: Mapped[int] = mapped_column(default=0, server_default="0", info=keep.EVIDENCE)
    """Place in the queue before all time: below 0 where an organiser moved somebody ahead."""
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    """When an organiser agreed to this person; only where the event asks for it."""
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    """Until when a seat offered waits for an answer; None in every other state."""
    ended_by: Mapped[str | None] = mapped_column(String(12), info=keep.EVIDENCE)
    """Who ended it: the participant, an organiser, or an offer that lapsed."""
    decision_reason: Mapped[str] = mapped_column(
        String(500), default="", server_default="", info=keep.CONTACT
    )
    """Why an organiser could not confirm them, in words they read."""
    move_id: Mapped[int | None] = mapped_column(
        ForeignKey("event_move.id"), index=True, info=keep.STRUCTURE
    )
    """The last change of the event after which they were asked whether they still come."""
    still_comes_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    """When they said so; None: no answer yet, or never asked."""
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
    move: Mapped[Move | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    group: Mapped[Group | None] = relationship(back_populates="members")
    answers: Mapped[list["Answer"]] = relationship(cascade="all, delete-orphan")

    @property
    def is_asked(self) -> bool:
        """Whether they were asked if they still come and have not answered."""
        return self.move_id is not None and self.still_comes_at is None

    @property
    def name(self) -> str:
        """First and last name as typed."""
        return f"{self.first_name} {self.last_name}".strip()


class MailboxCalendar(Base):
    """The calendar of all registrations made with one address; only letters to it lead there."""

    __tablename__ = "mailbox_calendar"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    email_key: Mapped[str] = mapped_column(String(600), unique=True, info=keep.CONTACT)
    link_id: Mapped[str] = mapped_column(String(12), unique=True, info=keep.CONTACT)


class CalendarReply(Base):
    """The last word of a participant's calendar about the invitation, or theirs about it.

    Stands in a table of its own: most registrations never have one.
    """

    __tablename__ = "calendar_reply"
    __table_args__ = (
        CheckConstraint("partstat IN ('ACCEPTED', 'TENTATIVE', 'DECLINED')", name="partstat"),
        CheckConstraint("source IN ('calendar', 'page')", name="source"),
    )

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, info=keep.STRUCTURE
    )
    partstat: Mapped[str] = mapped_column(String(9), info=keep.CONTACT)
    sequence: Mapped[int] = mapped_column(info=keep.CONTACT)
    """Of the invitation it answers."""
    stamp: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
    """DTSTAMP: when the calendar wrote it; an earlier one that arrives later counts no more."""
    comment: Mapped[str] = mapped_column(String(500), default="", info=keep.CONTACT)
    source: Mapped[str] = mapped_column(String(8), default="calendar", info=keep.CONTACT)
    """page: pressed on the own page instead."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.CONTACT)
    """When the participant was last asked whether to give the seat back."""
    freed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.CONTACT)
    """When the seat was given back at once; it can be asked for again for a day."""


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
