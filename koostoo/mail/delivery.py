"""How letters are given to workers and what becomes of them.

Every function takes the session of the caller's transaction. A letter is claimed in one
transaction, sent outside any, and marked in another: a worker that dies in between leaves a claim
that runs out, and the same Message-ID goes out again.
"""

from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from koostoo.mail import trouble
from koostoo.mail.answers import Failure, Reach
from koostoo.mail.models import (
    ANSWER_LENGTH,
    IS_UNSENT,
    SERVER_LENGTH,
    UNSENT,
    MailAttempt,
    MailTrouble,
    OutboxMessage,
)
from koostoo.mail.outbox import UNTRUE, domain_of, log_try, queue_afresh
from koostoo.mail.rules import (
    EVERYTHING,
    LATE_AFTER,
    LEASE,
    LONGEST_HOLD,
    MOST_AT_ONCE,
    MOST_LOST,
    gap,
    gives_up,
    is_to_blame,
)

ACCEPTED, LOST = "accepted", "lost"
# Of the tables, not of the classes: no rows of the session are concerned, and it need not look.
_OUTBOX = cast(Table, OutboxMessage.__table__)
_ROW, _TROUBLE = _OUTBOX.c, trouble.TABLE.c


def _due(*in_the_way: ColumnElement[bool]) -> Select[int, str, str, datetime]:
    """Return the statement for the first letter that is due, where no such trouble is in the way.

    In the words of the index of what is due: it is read in order, up to the first that fits.
    """
    earlier, under_way = _OUTBOX.alias().c, _OUTBOX.alias().c
    in_line = exists().where(
        earlier.queue == _ROW.queue, earlier.id < _ROW.id, earlier.state.in_(UNSENT)
    )
    number_under_way = (
        select(func.count())
        .where(
            under_way.state == "sending",
            under_way.recipient_domain == _ROW.recipient_domain,
            under_way.next_try_at > bindparam("held_until"),
        )
        .scalar_subquery()
    )
    return (
        select(_ROW.id, _ROW.state, _ROW.recipient_domain, _ROW.next_try_at)
        .where(
            IS_UNSENT,
            _ROW.next_try_at <= bindparam("now"),
            *(~exists().where(condition) for condition in in_the_way),
            ~in_line,
            number_under_way < MOST_AT_ONCE,
        )
        .order_by(_ROW.next_try_at, _ROW.id)
        .limit(1)
    )


# Built once: putting a statement together costs more than running it.
_ITS_DOMAIN = _TROUBLE.scope == _ROW.recipient_domain
_DUE = _due(
    and_(_TROUBLE.scope == EVERYTHING, trouble.IS_SPARED), and_(_ITS_DOMAIN, trouble.IS_SPARED)
)
_TO_CLAIM = _DUE.with_for_update(skip_locked=True, of=_OUTBOX)
_OVERDUE = _due(and_(_ITS_DOMAIN, _TROUBLE.until > bindparam("spared_since")))


_IS_TROUBLED = exists().select_from(trouble.TABLE)
"""Whether there is any trouble, with anybody."""
_TAKE = (
    update(_OUTBOX)
    .values(
        state="sending",
        claimed_at=bindparam("now"),
        next_try_at=bindparam("until"),
        attempts=_ROW.attempts + 1,
    )
    .returning(_ROW.id, _ROW.attempts)
)
_TAKE_THIS = _TAKE.where(_ROW.id == bindparam("number"))
_TAKE_NEXT = _TAKE.where(
    _ROW.id == _TO_CLAIM.with_only_columns(_ROW.id).correlate(None).scalar_subquery(),
    _ROW.state != "sending",
    ~_IS_TROUBLED,
)
"""The same letter, found and taken at once: what is to be done on most days."""
_SENT = (
    update(_OUTBOX)
    .where(_ROW.id == bindparam("number"), _ROW.recipient == bindparam("tried"))
    .values(
        state="sent",
        sent_at=bindparam("now"),
        claimed_at=None,
        reason="",
        answer=bindparam("words"),
        server=bindparam("taken_by"),
        put_offs=0,
        put_off_since=None,
    )
    .returning(_ROW.recipient_domain, _IS_TROUBLED)
)


class Claim(NamedTuple):
    """The right to send one message: its id and which attempt this is, counted from 1."""

    id: int
    attempt: int


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether there is anything to claim, without taking a lock."""
    return session.execute(_DUE, _moments(now)).first() is not None


def due_since(session: Session, now: datetime) -> datetime | None:
    """Return since when a letter has been due, also while our server takes none; None: none is.

    Those to a domain that is being spared, or was lately, wait for a reason of their own.
    """
    moments = {**_moments(now), "spared_since": now - LATE_AFTER}
    first = session.execute(_OVERDUE, moments).first()
    return None if first is None else first.next_try_at


def _moments(now: datetime) -> dict[str, datetime]:
    """Return what the statements for due letters ask for."""
    return {**trouble.moments(now), "held_until": now + LEASE - LONGEST_HOLD}


def claim(session: Session, now: datetime) -> Claim | None:
    """Take the next message that is due, None when there is none.

    Due: its time has come, or it is under way and its claim has run out; nothing earlier in its
    queue is still to be sent; neither our server nor its domain is being spared. PostgreSQL: rows
    other workers hold are skipped.
    """
    values: dict[str, Any] = {**_moments(now), "until": now + LEASE}
    next_one = session.execute(_TAKE_NEXT, values).first()
    if next_one is not None:
        return Claim(*next_one)
    while True:
        found = session.execute(_TO_CLAIM, _moments(now)).first()
        if found is None:
            return None
        number, state, domain, _next_try_at = found
        if not trouble.let_through(session, number, domain, now):
            return None
        if state != "sending" or not _give_up_lost(session, number, now):
            break
    values["number"] = number
    return Claim(*session.execute(_TAKE_THIS, values).one())


def mark_sent(
    session: Session, taken: Claim, tried: str, server: str, answer: str, now: datetime
) -> None:
    """`server` has taken the letter to the address `tried`.

    True even when the claim had run out meanwhile. Where the address was corrected while the letter
    was under way, the person has not got it: it goes again.
    """
    values = {
        "number": taken.id,
        "tried": tried,
        "now": now,
        "words": answer[:ANSWER_LENGTH],
        "taken_by": server[:SERVER_LENGTH],
    }
    done = session.execute(_SENT, values).first()
    if done is None:
        message = session.get(OutboxMessage, taken.id, with_for_update=True)
        if message is None:
            return
        message.claimed_at = None
        queue_afresh(message, now)
        session.flush()
    log_try(session, *taken, ACCEPTED, answer, now, tried)
    domain, is_troubled = done or (domain_of(tried), True)
    if is_troubled:
        trouble.is_over(session, domain)


def mark_skipped(session: Session, taken: Claim) -> None:
    """What the letter would have said is no longer true: it is not sent."""
    message = _held(session, taken)
    if message is not None:
        message.state, message.reason, message.claimed_at = "skipped", UNTRUE, None
        message.answer = ""


def mark_failure(
    session: Session, taken: Claim, tried: str, failure: Failure, now: datetime
) -> None:
    """Plan the next try to the address `tried`, or give up.

    Given up is at a permanent failure, and what has been put off for long enough.
    """
    message = _held(session, taken)
    if message is None:
        return
    message.claimed_at = None
    if tried and tried != message.recipient:
        queue_afresh(message, now)
        return
    tried_before = _last_try(session, message)
    row = trouble.note(session, message, failure, now)
    log_try(session, *taken, failure.kind, failure.answer, now, message.recipient)
    message.reason, message.answer = failure.kind, failure.answer
    if failure.permanent:
        message.state = "failed"
        return
    until = now if row is None or row.until is None else row.until
    message.state, message.next_try_at = "retry", until
    is_ours = failure.reach == Reach("server", at_once=True)
    if is_ours and row is not None and not is_to_blame(row.since, tried_before):
        # Our server is away or our settings are wrong: nothing to count against a letter, unless
        # the server took others meanwhile.
        return
    _put_off(message, failure, row, until, now)


def _held(session: Session, taken: Claim) -> OutboxMessage | None:
    """Return the message if this claim still holds it; a later one speaks for itself."""
    message = session.get(OutboxMessage, taken.id, with_for_update=True)
    if message is None or (message.state, message.attempts) != ("sending", taken.attempt):
        return None
    return message


def _give_up_lost(session: Session, number: int, now: datetime) -> bool:
    """Note that the worker that had this letter died; after so many it may be the letter itself."""
    message = session.get_one(OutboxMessage, number, populate_existing=True)
    claimed_at = message.claimed_at or now
    log_try(session, number, message.attempts, LOST, "", claimed_at, message.recipient)
    times = session.scalar(
        select(func.count()).where(MailAttempt.outbox_id == number, MailAttempt.outcome == LOST)
    )
    if (times or 0) < MOST_LOST:
        return False
    message.state, message.reason, message.claimed_at = "failed", LOST, None
    session.flush()
    return True


def _put_off(
    message: OutboxMessage,
    failure: Failure,
    row: MailTrouble | None,
    until: datetime,
    now: datetime,
) -> None:
    message.put_offs += 1
    if message.put_off_since is None:
        # Where a whole domain is in trouble, the letters behind the first wait as it does.
        message.put_off_since = now if row is None else max(row.since, message.created_at)
    if gives_up(message.put_off_since, now):
        message.state = "failed"
    else:
        message.next_try_at = max(now + gap(failure.kind, message.put_offs), until)


def _last_try(session: Session, message: OutboxMessage) -> datetime | None:
    return session.scalar(
        select(func.max(MailAttempt.at)).where(MailAttempt.outbox_id == message.id)
    )
