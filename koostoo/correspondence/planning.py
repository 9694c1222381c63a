"""When an event writes to its people by itself: reminders, thanks, where feedback is asked."""

from datetime import datetime

from koostoo.accounts.audit import record
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.correspondence.due import done_for, mark, plan_of
from koostoo.correspondence.rules import Plan, passed
from koostoo.registration.seating import lock_event


@retried
def plan_letters(
    event_id: int, plan: Plan, feedback_url: str, now: datetime, by: int | None = None
) -> None:
    """Set when the event reminds and thanks; raise EventNotFound.

    A reminder that is new and whose moment has passed is not sent: only what lies ahead is. Thanks
    whose moment has passed are, unless it was long ago (`rules.due_now`).
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        known = {one.code for one in plan_of(event).reminders}
        event.reminders, event.thanks_after = plan.codes, plan.thanks_after
        event.feedback_url = feedback_url
        done = done_for(session, [event])[event_id]
        too_late = [c for c in passed(plan, event.when, now) if c not in known | done]
        mark(session, event, too_late, None, now)
        record(session, by, "letters_planned", now, event_id=event_id)
