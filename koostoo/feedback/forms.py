"""Writing an event's feedback form, as part of a use case that holds the event's lock."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.feedback.models import FeedbackForm, FeedbackQuestion
from koostoo.feedback.rules import FormDraft, QuestionDraft


class AlreadyAnswered(Exception):
    """Somebody has answered: what was asked cannot be changed any more."""


def lock_form(session: Session, event_id: int) -> FeedbackForm | None:
    """Return the event's form, locked: nobody answers or changes it meanwhile."""
    return session.scalar(
        select(FeedbackForm).where(FeedbackForm.event_id == event_id).with_for_update()
    )


def write_form(session: Session, event_id: int, draft: FormDraft) -> None:
    """Switch the event's form on, as the draft says; raise AlreadyAnswered.

    Once somebody has answered, the questions stay: an answer must not come to mean something else.
    """
    form = lock_form(session, event_id)
    if form is None:
        form = FeedbackForm(event_id=event_id, answered=0)
        session.add(form)
    form.is_on, form.closes_after, form.remind_after = True, draft.closes_after, draft.remind_after
    if draft.questions is None or list(draft.questions) == drafts_of(form):
        return
    if form.answered:
        raise AlreadyAnswered
    _write_questions(form, draft.questions)


def switch_off(session: Session, event_id: int) -> None:
    """Ask nobody any more; the form and its answers stay."""
    form = lock_form(session, event_id)
    if form is not None:
        form.is_on = False


def copy_form(session: Session, from_event: int, to_event: int) -> None:
    """Give another event this one's form, without answers; part of the caller's transaction."""
    form = session.get(FeedbackForm, from_event)
    if form is None:
        return
    copied = FeedbackForm(
        event_id=to_event,
        is_on=form.is_on,
        closes_after=form.closes_after,
        remind_after=form.remind_after,
        answered=0,
    )
    _write_questions(copied, drafts_of(form))
    session.add(copied)


def drafts_of(form: FeedbackForm) -> list[QuestionDraft]:
    """Return the form's questions as an organiser decided on them."""
    return [
        QuestionDraft(question.code, question.kind, question.label)  # type: ignore[arg-type]  # the CHECK keeps it
        for question in form.questions
    ]


def _write_questions(form: FeedbackForm, wanted: Sequence[QuestionDraft]) -> None:
    """Write the questions; one that continues keeps its number, so that an open page still fits."""
    known = {question.code: question for question in form.questions}
    form.questions = [known.get(one.code) or FeedbackQuestion(code=one.code) for one in wanted]
    for place, (question, one) in enumerate(zip(form.questions, wanted, strict=True), 1):
        question.position, question.kind, question.label = place, one.kind, one.label
