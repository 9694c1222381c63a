"""Moving an event as the desk does, for tests."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.when import When
from koostoo.events.models import Event, Move
from koostoo.events.service import draft_of
from koostoo.registration.event_changes import edit_event
from koostoo.registration.moving import MoveNotice

DAY = timedelta(days=1)
SILENT = MoveNotice()


def move(event: Event, notice: MoveNotice | None = SILENT, **changes: Any) -> int:
    """Save the event with these changes, by default a day later; return how many are told."""
    db.session.rollback()
    fresh = db.session.get_one(Event, event.id, populate_existing=True)
    draft, version = draft_of(fresh), fresh.version
    if not changes:
        assert draft.when.starts_at is not None
        assert draft.when.ends_at is not None
        changes = {"when": When.timed(draft.when.starts_at + DAY, draft.when.ends_at + DAY)}
    return edit_event(event.id, replace(draft, **changes), version, now(), notice=notice)


def ask(event: Event, until: datetime | None = None, **changes: Any) -> int:
    """Move the event and ask who has a seat, by default until three days later."""
    return move(event, MoveNotice(answer_until=until or now() + 3 * DAY), **changes)


def last_move(event: Event) -> Move:
    """The newest move of the event."""
    found = db.session.scalars(
        select(Move).where(Move.event_id == event.id).order_by(Move.id.desc())
    )
    move = found.first()
    assert move is not None
    return move
