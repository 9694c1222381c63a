"""Tables of forgetting: what was forgotten when, in numbers; whose wish was to be erased."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.accounts.models import Organiser
from koostoo.base import keep
from koostoo.base.database import Base, UtcDateTime
from koostoo.events.models import Event
from koostoo.privacy.rules import HOWS, KINDS, How, Kind
from koostoo.registration.models import Registration

WORDS_LENGTH = 500


class Forgetting(Base):
    """What one run of `service.forget` took away of one event (or of none): numbers alone."""

    __tablename__ = "forgetting"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_forgetting_project_id", "project_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    kind: Mapped[Kind] = mapped_column(String(8), info=keep.STRUCTURE)
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    """None: what belongs to no project, such as lapsed sign-in links."""
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("event.id", ondelete="SET NULL"), index=True, info=keep.STRUCTURE
    )
    number: Mapped[int] = mapped_column(info=keep.STRUCTURE)

    event: Mapped[Event | None] = relationship()


class Erasure(Base):
    """That a person's data was erased at their wish; nothing of what it was.

    Stands as long as the registration's row, so that its link says so.
    """

    __tablename__ = "erasure"
    __table_args__ = (CheckConstraint(f"how IN {HOWS}", name="how"),)

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=keep.STRUCTURE,
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    how: Mapped[How] = mapped_column(String(8), info=keep.STRUCTURE)
    """How the wish reached us: by the own page, or how it was told an organiser."""
    organiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("organiser.id", ondelete="SET NULL"), index=True, info=keep.STRUCTURE
    )
    keeps_name: Mapped[bool] = mapped_column(info=keep.STRUCTURE)
    """Whether name, organisation and attendance stay as evidence."""
    swept_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True, info=keep.STRUCTURE)
    """When it was written to the list outside the database and the storage was cleaned."""

    registration: Mapped[Registration] = relationship()
    organiser: Mapped[Organiser | None] = relationship()


class Correction(Base):
    """What somebody asked on their own page to have corrected; gone once it is decided.

    A name is evidence of who took part, and of whose seat it is: an organiser looks at it first.
    """

    __tablename__ = "correction"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info=keep.STRUCTURE,
    )
    first_name: Mapped[str] = mapped_column(String(100), info=keep.CONTACT)
    last_name: Mapped[str] = mapped_column(String(100), info=keep.CONTACT)
    email: Mapped[str] = mapped_column(String(254), info=keep.CONTACT)
    words: Mapped[str] = mapped_column(
        String(WORDS_LENGTH), default="", server_default="", info=keep.CONTACT
    )
    """What else is wrong, such as the organisation or the attendance."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.CONTACT)

    registration: Mapped[Registration] = relationship()
