"""The box answers are put into: shaken each time, like one of ballot papers.

Who may answer, and that they have, is the business of the caller; here only answers arrive.
Whoever reads the database, or its files and backups, should not find out which came together or
in which order: so all answers of the form are written anew, in random order and under new random
keys, whenever some are added. Rows of one transaction could otherwise be known by it (PostgreSQL
keeps its number with every row), and rows that lie side by side by their place.
"""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from koostoo.feedback.models import FeedbackAnswer, FeedbackForm

_RANDOM_BYTES = 16


def put_in(session: Session, form: FeedbackForm, answers: Mapping[int, Any]) -> None:
    """Add one person's answers, by question; part of the caller's transaction.

    The form's row must be locked.
    """
    numbers = [question.id for question in form.questions]
    ours = FeedbackAnswer.question_id.in_(numbers)
    known = session.execute(select(FeedbackAnswer.question_id, FeedbackAnswer.value).where(ours))
    pairs = [*((row.question_id, row.value) for row in known), *answers.items()]
    session.execute(delete(FeedbackAnswer).where(ours))
    rows = [
        {"id": token_urlsafe(_RANDOM_BYTES), "question_id": number, "value": value}
        for number, value in pairs
    ]
    session.execute(insert(FeedbackAnswer), sorted(rows, key=lambda row: str(row["id"])))
    form.answered += 1
