"""When an event writes to its people by itself: reminders, thanks, where feedback is asked."""

from datetime import datetime

from koostoo.accounts.audit import record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.correspondence.due import done_for, mark, plan_of
from koostoo.correspondence.rules import Plan, passed
from koostoo.feedback.forms import switch_off, write_form
from koostoo.feedback.rules import FormDraft
from koostoo.registration.seating import lock_event


@retried
def plan_letters(event_id: int, plan: Plan, now: datetime, by: int | None = None) -> None:
    """Set when the event reminds and thanks; raise EventNotFound.

    A reminder that is new and whose moment has passed is not sent: only what lies ahead is. Thanks
    whose moment has passed are, unless it was long ago (`rules.due_now`).
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        known = {one.code for one in plan_of(event).reminders}
        event.reminders, event.thanks_after = plan.codes, plan.thanks_after
        done = done_for(session, [event])[event_id]
        too_late = [c for c in passed(plan, event.when, now) if c not in known | done]
        mark(session, event, too_late, None, now)
        record(session, by, "letters_planned", now, event_id=event_id)


@retried
def plan_feedback(
    event_id: int, form: FormDraft | None, url: str, now: datetime, by: int | None = None
) -> None:
    """Set by what people are asked how it was: our own form, a page elsewhere, or nothing.

    Raises EventNotFound, AlreadyAnswered.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        event.feedback_url = "" if form else url
        if form:
            write_form(session, event_id, form)
        else:
            switch_off(session, event_id)
        detail = {"by": "own" if form else "elsewhere" if url else "none"}
        record(session, by, "feedback_planned", now, event_id=event_id, detail=detail)
