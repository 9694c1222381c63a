"""Tables of files: what each is, and apart from it its bytes, so that no list ever reads them."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.base import keep
from koostoo.base.database import Base, LocalTextType, UtcDateTime
from koostoo.base.localtext import LocalText
from koostoo.files.rules import KINDS, LINK_LENGTH

CHUNK_BYTES = 500_000
VARIANTS = ("full", "small")


class StoredFile(Base):
    """A file of an event, or a logo of a project; its bytes never change.

    What a row holds is evidence, kept to the project's keep-until date and then deleted with its
    bytes (`rules.EVIDENCE_KINDS`). Rows of public kinds hold nothing of anybody and stay with
    the event or project.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("(kind = 'logo') = (project_id IS NOT NULL)", name="logo_of_project"),
        CheckConstraint("(kind = 'logo') = (event_id IS NULL)", name="file_of_event"),
        CheckConstraint("size > 0", name="size"),
        # The same file twice is told, not kept twice.
        UniqueConstraint("event_id", "kind", "source_digest"),
        UniqueConstraint("project_id", "source_digest"),
        Index(
            "uq_stored_file_cover",
            "event_id",
            unique=True,
            sqlite_where=text("kind = 'cover'"),
            postgresql_where=text("kind = 'cover'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    kind: Mapped[str] = mapped_column(String(12), info=keep.STRUCTURE)
    position: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    """The order of logos."""
    title: Mapped[str] = mapped_column(String(150), info=keep.EVIDENCE)
    """What people call it, without an ending; empty for a cover picture or a logo."""
    alt: Mapped[LocalText] = mapped_column(LocalTextType, default=LocalText, info=keep.STRUCTURE)
    """What a cover picture or logo shows, for those who do not see it; empty: an ornament."""
    type: Mapped[str] = mapped_column(String(8), info=keep.STRUCTURE)
    """See `documents.file_types.FileType`."""
    size: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    digest: Mapped[str] = mapped_column(String(64), info=keep.EVIDENCE)
    """SHA-256 of the bytes that are kept."""
    source_digest: Mapped[str] = mapped_column(String(64), info=keep.EVIDENCE)
    """SHA-256 of the bytes that were sent: a picture is made anew."""
    width: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    height: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    has_small: Mapped[bool] = mapped_column(info=keep.STRUCTURE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    created_by: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )

    organiser: Mapped[Organiser | None] = relationship()


class FileChunk(Base):
    """A piece of a file's bytes, so that a large one is never in memory as a whole."""

    __tablename__ = "file_chunk"
    __table_args__ = (
        CheckConstraint(f"variant IN {VARIANTS}", name="variant"),
        UniqueConstraint("file_id", "variant", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    file_id: Mapped[int] = mapped_column(
        ForeignKey("stored_file.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    variant: Mapped[str] = mapped_column(String(5), info=keep.STRUCTURE)
    """`full`, or `small`: the picture for pages."""
    position: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    data: Mapped[bytes] = mapped_column(LargeBinary, info=keep.EVIDENCE)


class NewsLink(Base):
    """The address of a news story about an event: it proves the event as an uploaded copy does."""

    __tablename__ = "news_link"
    __table_args__ = (UniqueConstraint("event_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    url: Mapped[str] = mapped_column(String(LINK_LENGTH), info=keep.EVIDENCE)
    """http or https; what it leads to was published by somebody else."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.EVIDENCE)
    created_by: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.EVIDENCE
    )

    organiser: Mapped[Organiser | None] = relationship()
