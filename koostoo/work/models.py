"""Tables of long work: what was asked for and how it goes; apart, the bytes of its result."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime
from koostoo.work.rules import STATES

CHUNK_BYTES = 500_000
IS_OPEN = text("state IN ('queued', 'running')")
"""In the words of the indexes, so that both databases use them."""


class Job(Base):
    """Something that takes longer than anybody waits for a page, asked for by one organiser.

    `about` says in codes what it is: whoever asks for the same while it is open gets this row. The
    one who asked finds it by its number; what it is about (event or project) decides whether they
    still may.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("done >= 0 AND total >= 0", name="progress"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        Index(
            "uq_job_open",
            "asked_by",
            "about",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index("ix_job_due", "id", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_job_asked_by_id", "asked_by", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(20), info=keep.WORK)
    about: Mapped[str] = mapped_column(String(120), info=keep.WORK)
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), index=True, info=keep.WORK
    )
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True, info=keep.WORK
    )
    first_day: Mapped[date | None] = mapped_column(info=keep.WORK)
    last_day: Mapped[date | None] = mapped_column(info=keep.WORK)
    language: Mapped[str] = mapped_column(String(2), info=keep.WORK)
    asked_by: Mapped[int] = mapped_column(
        ForeignKey("organiser.id", ondelete="CASCADE"), info=keep.WORK
    )

    state: Mapped[str] = mapped_column(String(10), default="queued", info=keep.WORK)
    done: Mapped[int] = mapped_column(default=0, info=keep.WORK)
    total: Mapped[int] = mapped_column(default=0, info=keep.WORK)
    """Pieces to be done; 0: not known yet."""
    reason: Mapped[str] = mapped_column(String(16), default="", info=keep.WORK)
    """Why it failed, a code the page has words for."""
    attempts: Mapped[int] = mapped_column(default=0, info=keep.WORK)
    """How many times it was taken; the number tells a live claim from one that ran out."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.WORK)
    """Until when a worker that has it need not say anything; None: nobody has it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, info=keep.WORK)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.WORK)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.WORK)

    fingerprint: Mapped[str] = mapped_column(String(64), default="", info=keep.WORK)
    """Of the state the result was made of; the same state, the same result."""
    name: Mapped[str] = mapped_column(String(120), default="", info=keep.WORK)
    size: Mapped[int] = mapped_column(default=0, info=keep.WORK)
    digest: Mapped[str] = mapped_column(String(64), default="", info=keep.WORK)
    """SHA-256 of the result."""
    rows: Mapped[int] = mapped_column(default=0, info=keep.WORK)
    """How many people are in the result, for the record of downloads."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.WORK)
    """Until when the result may be fetched; None: there is none."""


class JobChunk(Base):
    """A piece of a result, in the database so that any host may hand it out."""

    __tablename__ = "job_chunk"
    __table_args__ = (UniqueConstraint("job_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), info=keep.WORK)
    position: Mapped[int] = mapped_column(info=keep.WORK)
    data: Mapped[bytes] = mapped_column(LargeBinary, info=keep.WORK)
