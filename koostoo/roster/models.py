"""Tables of what organisers add to the list of people: tags, notes, choices of columns."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime
from koostoo.programme.models import Project, SortKey
from koostoo.roster.rules import COLOURS, PRESET_LENGTH, TAG_LENGTH


class Tag(Base):
    """A word organisers put on people of a project's events; gone when nobody has it any more."""

    __tablename__ = "tag"
    __table_args__ = (
        UniqueConstraint("project_id", "name_key"),
        CheckConstraint(f"colour IN {COLOURS}", name="colour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    name: Mapped[str] = mapped_column(String(TAG_LENGTH), info=keep.CONTACT)
    name_key: Mapped[str] = mapped_column(String(400), info=keep.CONTACT)
    sort_key: Mapped[str] = mapped_column(SortKey, info=keep.CONTACT)
    colour: Mapped[str] = mapped_column(String(8), info=keep.CONTACT)

    project: Mapped[Project] = relationship()


class RegistrationTag(Base):
    """That a person of an event has a tag."""

    __tablename__ = "registration_tag"
    __table_args__ = (
        UniqueConstraint("registration_id", "tag_id"),
        Index("ix_registration_tag_tag_id", "tag_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), info=keep.CONTACT
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), info=keep.CONTACT)


class Note(Base):
    """What organisers wrote down about a person of an event, for organisers alone; no row: nothing.

    It may hold what somebody eats or why they are ill, so it goes as soon as answers do.
    """

    __tablename__ = "registration_note"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, info=keep.STRUCTURE
    )
    text: Mapped[str] = mapped_column(Text, info=keep.SENSITIVE)
    version: Mapped[int] = mapped_column(info=keep.SENSITIVE)
    """Grows with each change, so that two who write at once do not overwrite each other."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.SENSITIVE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.SENSITIVE
    )

    organiser: Mapped[Organiser | None] = relationship()


class ColumnPreset(Base):
    """A named choice of columns, shared by all who look at lists of the project's events."""

    __tablename__ = "column_preset"
    __table_args__ = (UniqueConstraint("project_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    name: Mapped[str] = mapped_column(String(PRESET_LENGTH), info=keep.STRUCTURE)
    name_key: Mapped[str] = mapped_column(String(400), info=keep.STRUCTURE)
    columns: Mapped[list[str]] = mapped_column(JSON, info=keep.STRUCTURE)
    """Keys of columns, see `rules`: the same question keeps its key in a copy of the event."""
    is_default: Mapped[bool] = mapped_column(default=False, info=keep.STRUCTURE)
    """Whether lists look like this to whoever chooses nothing; at most one of a project."""
