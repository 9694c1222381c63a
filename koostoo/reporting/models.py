"""Tables of reports: figures as they were when somebody answered for them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime


class EventTally(Base):
    """What was added up of an event (`reporting.tallies`): numbers alone, made anew at any time."""

    __tablename__ = "event_tally"

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=keep.STRUCTURE,
    )
    cells: Mapped[str] = mapped_column(Text, info=keep.STRUCTURE)


class TalliedProject(Base):
    """When the events of a project were last looked at for changes."""

    __tablename__ = "tallied_project"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=keep.STRUCTURE,
    )
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)


class FrozenReport(Base):
    """The figures of a period, as they were; numbers and public words, nothing of a person.

    `figures` is the canonical JSON of `reporting.frozen`, `digest` its SHA-256. A trigger refuses
    every change of what was frozen, and nothing deletes a report: it may only be withdrawn.
    """

    __tablename__ = "frozen_report"
    __table_args__ = (
        CheckConstraint("first <= last", name="period"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn"),
        Index("ix_frozen_report_project_id", "project_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), info=keep.STRUCTURE)
    title: Mapped[str] = mapped_column(String(150), info=keep.STRUCTURE)
    """Such as the number of the payment claim."""
    first: Mapped[date | None] = mapped_column(info=keep.STRUCTURE)
    last: Mapped[date | None] = mapped_column(info=keep.STRUCTURE)
    activity_id: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """Of one activity only; no foreign key, for a report outlives the plan."""
    organisation_id: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    figures: Mapped[str] = mapped_column(Text, info=keep.STRUCTURE)
    digest: Mapped[str] = mapped_column(String(64), info=keep.STRUCTURE)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    frozen_by: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.STRUCTURE
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    withdrawn_by: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.STRUCTURE
    )
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="", info=keep.STRUCTURE)

    author: Mapped[Organiser | None] = relationship(foreign_keys=[frozen_by])
    withdrawer: Mapped[Organiser | None] = relationship(foreign_keys=[withdrawn_by])
