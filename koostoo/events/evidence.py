"""What evidence of events is still to be gathered."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, select

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.feedback.models import FeedbackForm
from koostoo.files.queries import kinds_of
from koostoo.files.rules import Evidence, due_on, missing_evidence


class StillMissing(NamedTuple):
    """A piece of evidence an event that is over does not have yet, and until when it is due."""

    what: Evidence
    due_on: date | None

    def is_late(self, today: date) -> bool:
        """Say whether its day has passed."""
        return self.due_on is not None and self.due_on < today


def still_missing(event_ids: Collection[int], today: date) -> dict[int, tuple[StillMissing, ...]]:
    """Return what each of these events lacks, in two queries however many they are.

    Only events that took place and are over owe any: others have an empty tuple. `today` is the
    local day.
    """
    rows = db.session.execute(
        select(Event.id, Event.mode, Event.ends_on, Event.programme, FeedbackForm.answered)
        .outerjoin(FeedbackForm, and_(FeedbackForm.event_id == Event.id, FeedbackForm.is_on))
        .where(Event.id.in_(event_ids), Event.state == "published", Event.ends_on < today)
    ).all()
    kinds = kinds_of([row.id for row in rows])
    found: dict[int, tuple[StillMissing, ...]] = dict.fromkeys(event_ids, ())
    for number, mode, last_day, programme, answered in rows:
        lacks = missing_evidence(
            mode, kinds[number], has_programme=bool(programme), feedback=answered
        )
        found[number] = tuple(StillMissing(what, due_on(what, mode, last_day)) for what in lacks)
    return found
