"""Tables of the programme: what was planned, by whom, for how long."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, LocalTextType, UtcDateTime
from koostoo.base.localtext import LocalText
from koostoo.programme.rules import COUNTS

# Compared byte by byte in both databases: the key itself carries the Estonian order.
SortKey = String(800).with_variant(String(800, collation="C"), "postgresql")


class Organisation(Base):
    """A local action group: partner or host."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    slug: Mapped[str] = mapped_column(String(80), unique=True, info=keep.STRUCTURE)
    name: Mapped[str] = mapped_column(String(200), info=keep.STRUCTURE)
    short_name: Mapped[str] = mapped_column(String(40), default="", info=keep.STRUCTURE)
    register_version: Mapped[int] = mapped_column(
        default=0, server_default="0", info=keep.STRUCTURE
    )
    """Grows with every change of the register of members, its removal too."""
    register_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    """When the register was last imported; None: this organisation keeps none here."""


class Project(Base):
    """A cooperation project."""

    __tablename__ = "project"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="period"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    slug: Mapped[str] = mapped_column(String(80), unique=True, info=keep.STRUCTURE)
    title: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    starts_on: Mapped[date] = mapped_column(info=keep.STRUCTURE)
    ends_on: Mapped[date] = mapped_column(info=keep.STRUCTURE)
    contact_name: Mapped[str] = mapped_column(String(200), default="", info=keep.STRUCTURE)
    contact_email: Mapped[str] = mapped_column(String(254), default="", info=keep.STRUCTURE)
    contact_phone: Mapped[str] = mapped_column(String(40), default="", info=keep.STRUCTURE)
    support_text: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    keep_until: Mapped[date | None] = mapped_column(info=keep.STRUCTURE)
    version: Mapped[int] = mapped_column(default=1, server_default="1", info=keep.STRUCTURE)
    """Grows with each change at the desk, so that two who edit do not overwrite each other."""

    partners: Mapped[list["Partner"]] = relationship(
        order_by="Partner.position", cascade="all, delete-orphan"
    )
    outcomes: Mapped[list["Outcome"]] = relationship(
        order_by="Outcome.position", cascade="all, delete-orphan"
    )
    activities: Mapped[list["Activity"]] = relationship(
        order_by="Activity.position", back_populates="project"
    )
    media: Mapped[list["MediaMention"]] = relationship(
        order_by="MediaMention.day.desc(), MediaMention.id", cascade="all, delete-orphan"
    )

    @property
    def host(self) -> Organisation | None:
        """The organisation that hosts the project, when one is named."""
        return next((p.organisation for p in self.partners if p.role == "host"), None)

    @property
    def lead(self) -> Organisation | None:
        """The lead partner, when one is named; it may be the host."""
        return next((p.organisation for p in self.partners if p.is_lead), None)


class Partner(Base):
    """An organisation's part in a project."""

    __tablename__ = "partner"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id"),
        CheckConstraint("role IN ('host', 'partner')", name="role"),
        Index(
            "uq_partner_lead",
            "project_id",
            unique=True,
            sqlite_where=text("is_lead"),
            postgresql_where=text("is_lead"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), info=keep.STRUCTURE)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )
    role: Mapped[str] = mapped_column(String(10), info=keep.STRUCTURE)
    is_lead: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=keep.STRUCTURE
    )
    """Whether it is the lead partner, who answers to the funder; one of a project at most."""
    position: Mapped[int] = mapped_column(info=keep.STRUCTURE)

    organisation: Mapped[Organisation] = relationship()


class Outcome(Base):
    """An expected result of a project."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id"), index=True, info=keep.STRUCTURE
    )
    position: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    text: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)


activity_outcome = Table(
    "activity_outcome",
    Base.metadata,
    Column("id", primary_key=True, type_=Integer, info=keep.STRUCTURE),
    Column(
        "activity_id",
        ForeignKey("activity.id", ondelete="CASCADE"),
        nullable=False,
        info=keep.STRUCTURE,
    ),
    Column(
        "outcome_id",
        ForeignKey("outcome.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=keep.STRUCTURE,
    ),
    UniqueConstraint("activity_id", "outcome_id"),
)
"""Which outcomes an activity serves."""


class Activity(Base):
    """A planned activity: joint, or additional of one organisation."""

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("kind IN ('joint', 'additional')", name="kind"),
        CheckConstraint(
            "(kind = 'additional') = (organisation_id IS NOT NULL)", name="additional_has_owner"
        ),
        CheckConstraint("target >= 1", name="target"),
        CheckConstraint(f"counts IN {COUNTS}", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id"), index=True, info=keep.STRUCTURE
    )
    slug: Mapped[str] = mapped_column(String(80), unique=True, info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(12), info=keep.STRUCTURE)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )
    position: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    title: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    description: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    target: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    counts: Mapped[str] = mapped_column(
        String(12), default="events", server_default="events", info=keep.STRUCTURE
    )
    """What is counted against the target: events, different regions of them, participants."""
    only_physical: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=keep.STRUCTURE
    )
    """Whether events held only on the web do not count."""

    outcomes: Mapped[list[Outcome]] = relationship(
        secondary=activity_outcome, order_by=Outcome.position
    )
    project: Mapped[Project] = relationship(back_populates="activities")
    organisation: Mapped[Organisation | None] = relationship()


class MediaMention(Base):
    """A piece of news about the project."""

    __tablename__ = "media_mention"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id"), index=True, info=keep.STRUCTURE
    )
    day: Mapped[date] = mapped_column(info=keep.STRUCTURE)
    title: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    url: Mapped[str] = mapped_column(String(500), default="", info=keep.STRUCTURE)


class MemberOrganisation(Base):
    """An association, company or municipality in the register of an organisation."""

    __tablename__ = "member_organisation"
    __table_args__ = (
        CheckConstraint("sector IN ('', 'public', 'business', 'ngo')", name="sector"),
        UniqueConstraint("organisation_id", "name_key"),
        Index("ix_member_organisation_bare", "organisation_id", "bare_name_key"),
        Index("ix_member_organisation_sort", "organisation_id", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), info=keep.STRUCTURE)
    name: Mapped[str] = mapped_column(String(200), info=keep.REGISTER)
    name_key: Mapped[str] = mapped_column(String(400), info=keep.REGISTER)
    bare_name_key: Mapped[str] = mapped_column(String(400), info=keep.REGISTER)
    """The name without its legal form: so people write it."""
    sort_key: Mapped[str] = mapped_column(SortKey, info=keep.REGISTER)
    registry_code: Mapped[str] = mapped_column(String(20), default="", info=keep.REGISTER)
    sector: Mapped[str] = mapped_column(String(8), default="", info=keep.REGISTER)

    people: Mapped[list["MemberPerson"]] = relationship(
        order_by="MemberPerson.id", cascade="all, delete-orphan", passive_deletes=True
    )


class MemberPerson(Base):
    """Somebody of a member organisation; the address may be unknown."""

    __tablename__ = "member_person"
    __table_args__ = (
        UniqueConstraint("member_organisation_id", "person_key"),
        Index("ix_member_person_email_key", "email_key", "person_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    member_organisation_id: Mapped[int] = mapped_column(
        ForeignKey("member_organisation.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    first_name: Mapped[str] = mapped_column(String(100), info=keep.REGISTER)
    last_name: Mapped[str] = mapped_column(String(100), info=keep.REGISTER)
    person_key: Mapped[str] = mapped_column(String(400), info=keep.REGISTER)
    sort_key: Mapped[str] = mapped_column(SortKey, info=keep.REGISTER)
    email: Mapped[str] = mapped_column(String(254), default="", info=keep.REGISTER)
    email_key: Mapped[str] = mapped_column(String(600), default="", info=keep.REGISTER)


class RegisterImport(Base):
    """A file that was read and is looked at before it is applied; one of an organisation at most.

    It lies in the database, not in the form or in a process: a list may be long, and any host may
    answer next. `key` is random, so that no number is ever taken for that of an earlier file.
    """

    __tablename__ = "register_import"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), unique=True, info=keep.STRUCTURE
    )
    key: Mapped[str] = mapped_column(String(32), unique=True, info=keep.REGISTER)
    replaces: Mapped[bool] = mapped_column(info=keep.REGISTER)
    rows: Mapped[int] = mapped_column(info=keep.REGISTER)
    source: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.REGISTER)
    """How the file was read: its kind, encoding, sheet, columns nobody needs."""
    members: Mapped[list[Any]] = mapped_column(JSON, info=keep.REGISTER)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.REGISTER)
