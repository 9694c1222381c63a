"""Tables of the programme: what was planned, by whom, for how long."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, LocalTextType
from koostoo.base.localtext import LocalText


class Organisation(Base):
    """A local action group: partner or host."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    slug: Mapped[str] = mapped_column(String(80), unique=True, info=keep.STRUCTURE)
    name: Mapped[str] = mapped_column(String(200), info=keep.STRUCTURE)
    short_name: Mapped[str] = mapped_column(String(40), default="", info=keep.STRUCTURE)


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
        order_by="MediaMention.day.desc()", cascade="all, delete-orphan"
    )

    @property
    def host(self) -> Organisation | None:
        """The organisation that hosts the project, when one is named."""
        return next((p.organisation for p in self.partners if p.role == "host"), None)


class Partner(Base):
    """An organisation's part in a project."""

    __tablename__ = "partner"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id"),
        CheckConstraint("role IN ('host', 'partner')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), info=keep.STRUCTURE)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )
    role: Mapped[str] = mapped_column(String(10), info=keep.STRUCTURE)
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


class Activity(Base):
    """A planned activity: joint, or additional of one organisation."""

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("kind IN ('joint', 'additional')", name="kind"),
        CheckConstraint(
            "(kind = 'additional') = (organisation_id IS NOT NULL)", name="additional_has_owner"
        ),
        CheckConstraint("target >= 1", name="target"),
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
