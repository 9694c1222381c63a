"""Reads about feedback."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from koostoo.base.database import db
from koostoo.feedback.models import FeedbackAnswer, FeedbackForm, FeedbackQuestion
from koostoo.feedback.rules import Asked, Result, summarise


def find_form(event_id: int) -> FeedbackForm | None:
    """Return the event's own form with its questions; None where it never had one."""
    return db.session.scalar(
        select(FeedbackForm)
        .where(FeedbackForm.event_id == event_id)
        .options(selectinload(FeedbackForm.questions))
    )


def forms_of(event_ids: Collection[int]) -> dict[int, FeedbackForm]:
    """Return the own forms of those of these events that had one, with their questions."""
    forms = db.session.scalars(
        select(FeedbackForm)
        .where(FeedbackForm.event_id.in_(event_ids))
        .options(selectinload(FeedbackForm.questions))
    )
    return {form.event_id: form for form in forms}


def results_of(form: FeedbackForm) -> list[Result]:
    """Return what was answered to each question of the form, in one query."""
    answers = db.session.execute(
        select(FeedbackAnswer.question_id, FeedbackAnswer.value)
        .join(FeedbackQuestion, FeedbackQuestion.id == FeedbackAnswer.question_id)
        .where(FeedbackQuestion.event_id == form.event_id)
    )
    asked = [Asked(one.id, one.kind, one.label) for one in form.questions]
    return summarise(asked, [(row.question_id, row.value) for row in answers])
