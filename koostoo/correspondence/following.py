"""An organiser decides what they are told about an event, at the desk or by a link in a letter."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from koostoo.accounts.following import NOTICES, begin
from koostoo.accounts.models import Follow
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.correspondence.organiser_news import troubled
from koostoo.events.models import Event
from koostoo.registration.queries import seats_of


@retried
def follow_event(
    event_id: int, organiser_id: int, wanted: Collection[str], language: str, now: datetime
) -> None:
    """Set what an organiser is told about an event; `wanted` are of `NOTICES`, perhaps none.

    What is newly wanted is told from now on: not what stands already. Raises LookupError.
    """
    with transaction() as session:
        event = session.get(Event, event_id)
        if event is None:
            raise LookupError(event_id)
        follow = begin(session, organiser_id, event_id, now)
        new = {name for name in NOTICES if name in wanted and not getattr(follow, name)}
        for name in NOTICES:
            setattr(follow, name, name in wanted)
        follow.language = language
        if "digest" in new:
            follow.digest_until = now
        if "moved" in new:
            follow.moved_until = now
        if "full" in new:
            follow.is_full_told = seats_of([event], now)[event_id].is_full
        if "failing" in new:
            follow.failures_told = troubled([event_id], now)[event_id]


@retried
def unfollow(link_id: str) -> bool:
    """Tell the organiser behind a genuine link nothing more about its event.

    The row stays: nobody follows again by themselves. False when there is no such row.
    """
    with transaction() as session:
        follow = session.scalar(
            select(Follow).where(Follow.link_id == link_id).with_for_update(of=Follow)
        )
        if follow is None:
            return False
        for name in NOTICES:
            setattr(follow, name, False)
        return True


def find_followed(link_id: str) -> tuple[Follow, Event] | None:
    """Return what a genuine link is about, or None."""
    row = db.session.execute(
        select(Follow, Event)
        .join(Event, Event.id == Follow.event_id)
        .where(Follow.link_id == link_id)
    ).first()
    return None if row is None else (row[0], row[1])


def wanted_by(organiser_id: int, event_id: int) -> frozenset[str]:
    """Return what an organiser is told about an event; names of `NOTICES`."""
    follow = db.session.scalar(
        select(Follow).where(Follow.organiser_id == organiser_id, Follow.event_id == event_id)
    )
    return frozenset(name for name in NOTICES if follow is not None and getattr(follow, name))
