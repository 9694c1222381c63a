"""Tables of feedback. Nothing in them ties an answer to who gave it; `box` says how."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, LocalTextType
from koostoo.base.localtext import LocalText
from koostoo.feedback.rules import FIRST_CLOSES, KINDS, MOST_CLOSES

ID_LENGTH = 22


class FeedbackForm(Base):
    """An event's own feedback form; one that is switched off asks nobody and keeps its answers."""

    __tablename__ = "feedback_form"
    __table_args__ = (
        CheckConstraint(f"closes_after BETWEEN 1 AND {MOST_CLOSES}", name="closes_after"),
        CheckConstraint("remind_after > 0", name="remind_after"),
        CheckConstraint("answered >= 0", name="answered"),
    )

    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, info=keep.STRUCTURE
    )
    is_on: Mapped[bool] = mapped_column(info=keep.STRUCTURE)
    closes_after: Mapped[int] = mapped_column(default=FIRST_CLOSES, info=keep.STRUCTURE)
    """How many days after the event answers are taken."""
    remind_after: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """How many days after they were asked people are reminded; None: they are not."""
    answered: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    """How many have answered; those rows are forgotten sooner than the answers."""

    questions: Mapped[list["FeedbackQuestion"]] = relationship(
        order_by="FeedbackQuestion.position", cascade="all, delete-orphan"
    )


class FeedbackQuestion(Base):
    """One question of a form: a ready-made one, or an organiser's own."""

    __tablename__ = "feedback_question"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        UniqueConstraint("event_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("feedback_form.event_id", ondelete="CASCADE"), info=keep.STRUCTURE
    )
    code: Mapped[str] = mapped_column(String(20), info=keep.STRUCTURE)
    """Which of the ready-made questions (`ready`) it is, or which own one (`rules.OWN_CODES`)."""
    position: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(5), info=keep.STRUCTURE)
    label: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)


class FeedbackAnswer(Base):
    """One answer to one question: no person, no time, nothing that binds it to the next one.

    The key is random and the table lies in its order, so no row tells when it came.
    """

    __tablename__ = "feedback_answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, info=keep.STRUCTURE)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("feedback_question.id", ondelete="CASCADE"), index=True, info=keep.STRUCTURE
    )
    value: Mapped[Any] = mapped_column(JSON, info=keep.EVIDENCE)
    """1 to 5, true or false, or words. Words may name somebody: they go with the names."""


class FeedbackGiven(Base):
    """That somebody has answered, so that they answer once and nobody reminds them."""

    __tablename__ = "feedback_given"

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, info=keep.SENSITIVE
    )
