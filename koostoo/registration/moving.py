"""An event changes its time or place: who is told, who is asked whether they still come.

Every function takes the session of the caller's transaction, with the event locked.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Move
from koostoo.events.moves import Told
from koostoo.events.rules import NO_WORDS
from koostoo.registration import rules
from koostoo.registration.letters import notify_all
from koostoo.registration.models import ACTIVE, Registration

ASKED = ("confirmed", "pending")
"""States of those who are asked. Who waits, or has a seat offered, is asked by that offer."""


@dataclass(frozen=True, slots=True)
class MoveNotice:
    """What an organiser says beside the facts; `answer_until`: please say whether you still come.

    It lies ahead, and before the event's new beginning.
    """

    words: LocalText = NO_WORDS
    answer_until: datetime | None = None


class PeopleToTell(Exception):
    """People are signed up, and the organiser has not seen yet who will be told what."""


def check_notice(
    session: Session, event: Event, notice: MoveNotice | None, begins_at: datetime, now: datetime
) -> None:
    """Raise PeopleToTell where there is no notice for the people of the event.

    Raises ValueError for a time to answer that `rules.answer_fault` finds fault with.
    """
    if notice is None:
        if _count_people(session, event):
            raise PeopleToTell
    elif notice.answer_until and rules.answer_fault(notice.answer_until, begins_at, now):
        raise ValueError("nobody could answer until then")


def tell_of_move(
    session: Session, event: Event, before: Told, notice: MoveNotice, now: datetime
) -> int:
    """Write to everybody what changed, and ask who has a seat where the notice asks.

    Whoever was asked before is asked afresh. An offer waits at the latest until the new beginning.
    Returns how many are told.
    """
    move = Move(
        event_id=event.id,
        at=now,
        before=before,
        words=notice.words,
        answer_until=notice.answer_until,
    )
    session.add(move)
    session.flush()
    if notice.answer_until is not None:
        session.execute(
            update(Registration)
            .where(Registration.event_id == event.id, Registration.state.in_(ASKED))
            .values(move_id=move.id, still_comes_at=None)
        )
    begins_at = event.when.begins_at
    if begins_at > now:
        session.execute(
            update(Registration)
            .where(Registration.event_id == event.id, Registration.offer_until > begins_at)
            .values(offer_until=begins_at)
        )
    return notify_all(session, event, "event_changed", now, {"move": move.id})


def _count_people(session: Session, event: Event) -> int:
    people = select(func.count()).where(
        Registration.event_id == event.id, Registration.state.in_(ACTIVE)
    )
    return session.scalar(people) or 0
