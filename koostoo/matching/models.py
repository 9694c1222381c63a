"""Tables of matching: who counts as whom, in numbers alone; what was decided by hand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime
from koostoo.registration.models import Registration

STANDS = text("undone_at IS NULL")


class CountedRegistration(Base):
    """As which person, and for which organisation, a registration counts in its project.

    Made from the registrations and the decisions by `matching.rules`; a group is the smallest
    number of a registration in it. It holds no name, so it stays when names are forgotten.
    """

    __tablename__ = "counted_registration"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=keep.STRUCTURE,
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), info=keep.STRUCTURE)
    person_id: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    member_id: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """The organisation they represent; None: nobody."""
    sector: Mapped[str] = mapped_column(String(8), default="", info=keep.STRUCTURE)
    """Of that organisation, as the registers of the partners say; "": they do not."""
    revised_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    """Which version of the registration was looked at."""
    matched_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.STRUCTURE)
    """When this was written down."""


class MatchedProject(Base):
    """How far the registrations of a project are matched."""

    __tablename__ = "matched_project"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=keep.STRUCTURE,
    )
    version: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    """Grows with every match and every decision: what was worked out before counts no more."""
    matched_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    last_id: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    """The greatest number of a registration looked at."""
    registers: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    """The versions of the partners' registers, added up, when sectors were looked up."""
    doubtful_people: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    doubtful_companies: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)


class MatchPair(Base):
    """Two registrations for somebody to look at, as the last match found them; see `doubts.Pair`.

    Kept so that the page of doubtful matches need not read all registrations of a project.
    """

    __tablename__ = "match_pair"
    __table_args__ = (
        CheckConstraint("subject IN ('person', 'organisation')", name="subject"),
        CheckConstraint(
            "doubt IN ('name', 'address', 'company', 'spelling', 'joined')", name="doubt"
        ),
        Index("ix_match_pair_project_id", "project_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    subject: Mapped[str] = mapped_column(String(12), info=keep.STRUCTURE)
    doubt: Mapped[str] = mapped_column(String(8), info=keep.STRUCTURE)
    first_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )


class MatchDecision(Base):
    """That two registrations are of one person (or organisation), or of two, decided by hand.

    It holds for their groups, whoever joins these later. Undone it stays as history.
    """

    __tablename__ = "match_decision"
    __table_args__ = (
        CheckConstraint("subject IN ('person', 'organisation')", name="subject"),
        CheckConstraint("verdict IN ('same', 'apart')", name="verdict"),
        CheckConstraint("first_id < second_id", name="order"),
        Index(
            "uq_match_decision_pair",
            "subject",
            "first_id",
            "second_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_match_decision_project_id", "project_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    subject: Mapped[str] = mapped_column(String(12), info=keep.EVIDENCE)
    verdict: Mapped[str] = mapped_column(String(5), info=keep.EVIDENCE)
    first_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.EVIDENCE)

    first: Mapped[Registration] = relationship(foreign_keys=[first_id])
    second: Mapped[Registration] = relationship(foreign_keys=[second_id])
    organiser: Mapped[Organiser | None] = relationship()
