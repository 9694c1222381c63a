"""Organisers are reminded of evidence: before the list of a web meeting is due, and of what lacks.

Once each, by the wish `evidence` of who follows the event, at eight in the morning like the daily
letter. What is missing is found in the rows when the letter is written, and again when it leaves.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from koostoo.accounts.models import Follow
from koostoo.base.clock import local_day
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.correspondence.organiser_news import may_be_told, room_for, write_to
from koostoo.correspondence.rules import (
    MISSING_UNTIL,
    EvidenceNews,
    Lacks,
    evidence_news,
    morning,
)
from koostoo.events.evidence import StillMissing, still_missing
from koostoo.events.models import Event


def remind_of_evidence(now: datetime) -> int:
    """Write what is due at `now`; return how many letters. Looks before locking."""
    session = db.session()
    session.rollback()
    due = [follow.id for follow, _event, _news in _look(session, now)]
    session.rollback()
    return sum(_tell_of_evidence(follow_id, now) for follow_id in due)


def lacks_of(last_day: date, missing: tuple[StillMissing, ...]) -> Lacks:
    """Return what is missing as the rule takes it."""
    due = next((one.due_on for one in missing if one.due_on is not None), None)
    return Lacks(last_day, due, bool(missing))


def _look(
    session: Session, now: datetime, follow_id: int | None = None
) -> list[tuple[Follow, Event, EvidenceNews]]:
    """Return who is to be told what, in three queries however many follow."""
    today = local_day(morning(now))
    wanted = (
        select(Follow, Event)
        .join(Event, Event.id == Follow.event_id)
        .where(
            Follow.evidence,
            Event.state == "published",
            Event.date_kind.in_(("timed", "days")),
            Event.ends_on < today,
            Event.ends_on >= today - MISSING_UNTIL,
        )
        .options(joinedload(Follow.organiser))
    )
    if follow_id is not None:
        wanted = wanted.where(Follow.id == follow_id).with_for_update(of=Follow)
    rows = [(follow, event) for follow, event in session.execute(wanted)]
    if not rows:
        return []
    missing = still_missing({event.id for _follow, event in rows}, today)
    found = []
    for follow, event in rows:
        lacks = lacks_of(event.ends_on, missing[event.id])
        news = evidence_news(lacks, follow.list_told_of, follow.evidence_told_of, today)
        if news is not None:
            found.append((follow, event, news))
    return found


@retried
def _tell_of_evidence(follow_id: int, now: datetime) -> int:
    with transaction() as session:
        found = _look(session, now, follow_id)
        if not found:
            return 0
        [(follow, event, news)] = found
        if not may_be_told(follow, event):
            follow.evidence = False
            return 0
        if room_for(session, follow, now) <= 0:
            return 0
        write_to(session, follow, "evidence_due", now, {"about": news})
        if news == "list":
            follow.list_told_of = event.ends_on
        else:
            follow.evidence_told_of = event.ends_on
        return 1
