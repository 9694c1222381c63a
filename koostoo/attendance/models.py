"""Tables of attendance: what counts for each person and day, and every act that led there."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.attendance.rules import METHODS, STATUSES
from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime
from koostoo.programme.models import Organisation
from koostoo.registration.models import Registration

OPERATION_LENGTH = 36


class Attendance(Base):
    """What counts for one person on one day of the event: the latest act of any helper.

    No row: nobody has marked them. `day` is a day in Tallinn.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        UniqueConstraint("registration_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    day: Mapped[date] = mapped_column(info=keep.EVIDENCE)
    status: Mapped[str] = mapped_column(String(8), info=keep.EVIDENCE)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    """When the helper did it, by our clock; later than that it may have reached us."""
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )
    operation: Mapped[str] = mapped_column(String(OPERATION_LENGTH), info=keep.EVIDENCE)

    registration: Mapped[Registration] = relationship()
    organiser: Mapped[Organiser | None] = relationship()


class AttendanceMark(Base):
    """One act of a helper as it reached us, also where a later one counted already.

    Its `operation` is unique: the same act sent again changes nothing.
    """

    __tablename__ = "attendance_mark"
    __table_args__ = (CheckConstraint(f"status IN {STATUSES}", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    operation: Mapped[str] = mapped_column(
        String(OPERATION_LENGTH), unique=True, info=keep.EVIDENCE
    )
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )
    day: Mapped[date] = mapped_column(info=keep.EVIDENCE)
    status: Mapped[str] = mapped_column(String(8), info=keep.EVIDENCE)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.EVIDENCE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )


class WalkInEntry(Base):
    """That a helper added somebody at the door; two helpers may have added the same person."""

    __tablename__ = "walk_in"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    operation: Mapped[str] = mapped_column(
        String(OPERATION_LENGTH), unique=True, info=keep.EVIDENCE
    )
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )
    is_new: Mapped[bool] = mapped_column(info=keep.EVIDENCE)
    """Whether they had no registration before."""
    note: Mapped[str] = mapped_column(String(500), default="", info=keep.CONTACT)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )


class Contribution(Base):
    """That somebody paid their own contribution, how, and how much; no row: not paid."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint(f"method IN {METHODS}", name="method"),
        CheckConstraint("cents > 0", name="cents"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), unique=True, info=keep.STRUCTURE
    )
    method: Mapped[str] = mapped_column(String(8), info=keep.EVIDENCE)
    cents: Mapped[int] = mapped_column(info=keep.EVIDENCE)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )

    registration: Mapped[Registration] = relationship()


class AttendeeImport(Base):
    """A list of people that was uploaded and is looked at before it is taken; one of an event.

    It lies in the database, not in the form or in a process, like a list of members that is looked
    at. `key` is random, so that no number is ever taken for that of an earlier list.
    """

    __tablename__ = "attendee_import"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), unique=True, info=keep.STRUCTURE
    )
    key: Mapped[str] = mapped_column(String(32), unique=True, info=keep.REGISTER)
    source: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.REGISTER)
    """How the file was read: its kind, encoding, sheet."""
    rows: Mapped[list[Any]] = mapped_column(JSON, info=keep.REGISTER)
    """Each row as its line number and its cells."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.REGISTER)


class EventFigures(Base):
    """How many people were at an event of which there is no list, as somebody wrote it down.

    They are never added to people counted from rows: where there is a list, it alone counts.
    """

    __tablename__ = "event_figures"
    __table_args__ = (CheckConstraint("total >= 0", name="total"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), unique=True, info=keep.STRUCTURE
    )
    total: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    source: Mapped[str] = mapped_column(String(500), info=keep.EVIDENCE)
    """Where the number comes from, such as a list on paper."""
    version: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    """Grows with each change, so that two who write at once do not overwrite each other."""
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )

    organiser: Mapped[Organiser | None] = relationship()
    parts: Mapped[list["FiguresPart"]] = relationship(
        order_by="FiguresPart.organisation_id", cascade="all, delete-orphan", passive_deletes=True
    )


class FiguresPart(Base):
    """How many of these people came from one organisation; what is not known has no row."""

    __tablename__ = "event_figures_part"
    __table_args__ = (
        CheckConstraint("people >= 0", name="people"),
        UniqueConstraint("figures_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    figures_id: Mapped[int] = mapped_column(
        ForeignKey("event_figures.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )
    people: Mapped[int] = mapped_column(info=keep.STRUCTURE)

    organisation: Mapped[Organisation] = relationship()
