"""Which letters about an event an organiser gets: as the one who created it, and as they wish."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.models import Follow
from koostoo.base.tokens import new_link_id

NOTICES = ("digest", "full", "moved", "failing", "evidence")
"""What an organiser may be told about an event; names of the columns of `Follow`."""
AT_FIRST = ("digest", "failing", "evidence")
"""What whoever created an event is told unless they wish otherwise."""
UNFOLLOW_PURPOSE = "unfollow"
"""What the tokens of the links that end these letters are made for, see `base.tokens`."""


def begin(session: Session, organiser_id: int, event_id: int, now: datetime) -> Follow:
    """Return the organiser's row about an event, added where there is none; nothing is told yet.

    Part of the caller's transaction. What happened before `now` need not be told.
    """
    follow = session.scalar(
        select(Follow)
        .where(Follow.organiser_id == organiser_id, Follow.event_id == event_id)
        .with_for_update(of=Follow)
    )
    if follow is None:
        follow = Follow(
            organiser_id=organiser_id,
            event_id=event_id,
            link_id=new_link_id(),
            digest_until=now,
            moved_until=now,
        )
        session.add(follow)
    return follow


def follow_own(session: Session, organiser_id: int, event_id: int, now: datetime) -> None:
    """Let whoever created an event be told of it; part of the caller's transaction."""
    follow = begin(session, organiser_id, event_id, now)
    for name in AT_FIRST:
        setattr(follow, name, True)
