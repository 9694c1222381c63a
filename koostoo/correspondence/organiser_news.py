"""What organisers are told about events they follow: who signed up, full, moved up, mail failing.

What is told is found in the rows, so nothing that happens has to think of it. One letter an hour
about one event at the most, MOST_AN_HOUR to one organiser; what does not fit waits.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from koostoo.accounts.following import NOTICES
from koostoo.accounts.models import Follow
from koostoo.base.clock import local_day
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.correspondence.rules import (
    MOST_AN_HOUR,
    STUCK_AFTER,
    Happenings,
    News,
    Wishes,
    is_eased,
    morning,
    news_for,
)
from koostoo.events.access import facts_of, load_access
from koostoo.events.models import Event
from koostoo.mail.models import MISSED, UNSENT, OutboxMessage
from koostoo.mail.outbox import enqueue
from koostoo.registration.letters import mail_domain
from koostoo.registration.models import Registration
from koostoo.registration.queries import seats_of

MOVED_UP = ("promoted", "offered")
"""Letters to who waited: a seat came free for them."""
AFTERWARDS = timedelta(days=14)
"""How long after an event letters may still be in trouble."""


class Pending(NamedTuple):
    """What an organiser may be told of an event they follow, and how it stands."""

    follow: Follow
    event: Event
    found: Happenings
    signed_up: bool
    """Whether anybody signed up until this morning of whom they were not told."""


def tell_organisers(now: datetime) -> int:
    """Write to organisers what is due at `now`; return how many letters. Looks before locking."""
    session = db.session()
    session.rollback()
    due = [one.follow.id for one in _look(session, now) if _is_due(one, now)]
    session.rollback()
    return sum(_tell_of(follow_id, now) for follow_id in due)


def troubled(event_ids: Iterable[int], now: datetime) -> Counter[int]:
    """Return, by event, how many letters to its people did not arrive or wait for too long."""
    rows = db.session.execute(
        select(Registration.event_id, func.count())
        .join(OutboxMessage, OutboxMessage.registration_id == Registration.id)
        .where(Registration.event_id.in_(list(event_ids)), is_in_trouble(now))
        .group_by(Registration.event_id)
    )
    return Counter({event_id: number for event_id, number in rows})  # noqa: C416 - typed pairs


def is_in_trouble(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a letter was given up, or is unsent for STUCK_AFTER."""
    return or_(
        OutboxMessage.state.in_(MISSED),
        and_(OutboxMessage.state.in_(UNSENT), OutboxMessage.created_at <= now - STUCK_AFTER),
    )


def may_be_told(follow: Follow, event: Event) -> bool:
    """Say whether the organiser's roles still let them run the event: the letters hold names."""
    return load_access(follow.organiser_id).may_run(facts_of(event))


def wishes_of(follow: Follow) -> Wishes:
    """Return an organiser's wishes about an event as plain values."""
    return Wishes(
        digest=follow.digest,
        full=follow.full,
        moved=follow.moved,
        failing=follow.failing,
        is_full_told=follow.is_full_told,
        failures_told=follow.failures_told,
        told_at=follow.told_at,
    )


def room_for(session: Session, follow: Follow, now: datetime) -> int:
    """Return how many more letters of this sort the organiser may get within the hour."""
    written = session.scalar(
        select(func.count()).where(
            OutboxMessage.queue == _queue(follow),
            OutboxMessage.created_at > now - timedelta(hours=1),
        )
    )
    return MOST_AN_HOUR - (written or 0)


def write_to(
    session: Session, follow: Follow, kind: str, now: datetime, payload: dict[str, object]
) -> None:
    """Put a letter of this kind to whoever follows into the outbox."""
    enqueue(
        session,
        kind=kind,
        queue=_queue(follow),
        recipient=follow.organiser.email,
        language=follow.language,
        now=now,
        domain=mail_domain(),
        payload={"follow_id": follow.id, **payload},
    )


def _look(session: Session, now: datetime, follow_id: int | None = None) -> list[Pending]:
    """Return what there may be to tell, in a fixed number of queries however many follow."""
    wanted = (
        select(Follow, Event)
        .join(Event, Event.id == Follow.event_id)
        .where(
            Event.state.in_(("published", "called_off")),
            Event.ends_on >= local_day(now) - AFTERWARDS,
            or_(Follow.digest, Follow.full, Follow.moved, Follow.failing),
        )
        .options(joinedload(Follow.organiser))
    )
    if follow_id is not None:
        wanted = wanted.where(Follow.id == follow_id).with_for_update(of=Follow)
    rows = [(follow, event) for follow, event in session.execute(wanted)]
    if not rows:
        return []
    events = {event.id: event for _follow, event in rows}
    full = {
        number
        for number, seats in seats_of(events.values(), now).items()
        if seats.is_full and not events[number].when.is_over(now)
    }
    failures = troubled(events, now)
    follows = [follow for follow, _event in rows]
    moved, signed_up = _moved_up(session, follows), _signed_up(session, follows, morning(now))
    return [
        Pending(
            follow,
            event,
            Happenings(event.id in full, moved[follow.id], failures[event.id]),
            follow.id in signed_up,
        )
        for follow, event in rows
    ]


def _moved_up(session: Session, follows: Sequence[Follow]) -> Counter[int]:
    """Return, by follow, how many letters about a seat that came free were not told of."""
    rows = session.execute(
        select(Follow.id, func.count())
        .join(Registration, Registration.event_id == Follow.event_id)
        .join(OutboxMessage, OutboxMessage.registration_id == Registration.id)
        .where(
            Follow.id.in_([follow.id for follow in follows]),
            Follow.moved,
            OutboxMessage.kind.in_(MOVED_UP),
            OutboxMessage.created_at > Follow.moved_until,
        )
        .group_by(Follow.id)
    )
    return Counter({number: count for number, count in rows})  # noqa: C416 - typed pairs


def _signed_up(session: Session, follows: Sequence[Follow], until: datetime) -> set[int]:
    """Return the follows for which somebody signed up of whom they were not told."""
    someone = exists().where(
        Registration.event_id == Follow.event_id,
        Registration.created_at > Follow.digest_until,
        Registration.created_at <= until,
        # Whoever brought a list in knows of it.
        Registration.source != "import",
    )
    wanted = select(Follow.id).where(
        Follow.id.in_([follow.id for follow in follows]),
        Follow.digest,
        Follow.digest_until < until,
        someone,
    )
    return set(session.scalars(wanted))


def _is_due(one: Pending, now: datetime) -> bool:
    wishes = wishes_of(one.follow)
    return one.signed_up or bool(news_for(wishes, one.found, now)) or is_eased(wishes, one.found)


@retried
def _tell_of(follow_id: int, now: datetime) -> int:
    with transaction() as session:
        found = _look(session, now, follow_id)
        if not found:
            return 0
        [one] = found
        if not may_be_told(one.follow, one.event):
            for name in NOTICES:
                setattr(one.follow, name, False)
            return 0
        _note_what_eased(one)
        letters = 0
        room = room_for(session, one.follow, now)
        if one.signed_up and room > letters:
            letters += _write_digest(session, one, now)
        news = news_for(wishes_of(one.follow), one.found, now)
        if news and room > letters:
            letters += _write_news(session, one, news, now)
        return letters


def _note_what_eased(one: Pending) -> None:
    follow, found = one.follow, one.found
    follow.is_full_told = follow.is_full_told and found.is_full
    follow.failures_told = min(follow.failures_told, found.failures)


def _write_digest(session: Session, one: Pending, now: datetime) -> int:
    since, until = one.follow.digest_until, morning(now)
    write_to(
        session, one.follow, "digest", now, {"since": since.isoformat(), "until": until.isoformat()}
    )
    one.follow.digest_until = until
    return 1


def _write_news(session: Session, one: Pending, news: Sequence[News], now: datetime) -> int:
    follow = one.follow
    since, until = follow.moved_until.isoformat(), now.isoformat()
    write_to(
        session, follow, "event_news", now, {"news": list(news), "since": since, "until": until}
    )
    follow.told_at = follow.moved_until = now
    follow.is_full_told = one.found.is_full
    follow.failures_told = one.found.failures
    return 1


def _queue(follow: Follow) -> str:
    return f"organiser:{follow.organiser_id}:news"
