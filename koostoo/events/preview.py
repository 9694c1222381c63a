"""An event as it would be, made of what was typed and kept nowhere."""

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.events.rules import EventDraft
from koostoo.events.service import write_draft
from koostoo.programme.models import Activity, Organisation


def event_as_drafted(draft: EventDraft) -> Event:
    """Return an event of these values that no session knows, so that nothing of it is stored.

    It has no number; its questions and options have some below zero, so that a form can name them.
    Raises NoResultFound where the activity or the organiser is gone.
    """
    event = Event(slug="preview", state="draft", uid="preview", version=0, is_sample=False)
    write_draft(db.session(), event, draft)
    event.activity = db.session.get_one(Activity, draft.activity_id)
    event.organiser = db.session.get_one(Organisation, draft.organiser_id)
    numbers = iter(range(-1, -10_000, -1))
    for question in event.questions:
        question.id = next(numbers)
        for option in question.options:
            option.id = next(numbers)
    for question in event.questions:
        if (condition := question.condition) is not None:
            condition.on_id = condition.on.id
            condition.option_id = condition.option.id if condition.option else None
    return event
