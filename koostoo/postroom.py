"""Delivering what is due in the outbox: claim, render, send, mark; several letters side by side."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ALL_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag
from threading import Lock

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from koostoo.base.database import db, let_go, transaction
from koostoo.base.retry import Busy, retried
from koostoo.mail import delivery
from koostoo.mail.answers import Failure, mishap
from koostoo.mail.delivery import Claim
from koostoo.mail.letter import CalendarPart, to_mime
from koostoo.mail.settings import NoSender
from koostoo.mail.transport import Carrier, NotDelivered
from koostoo.notices.invite import note_calendar
from koostoo.notices.render import render
from koostoo.upkeep.service import Pulse

POLL_SECONDS = 1
HOLD_SECONDS = 240
"""How long to try to write down what became of a letter; the claim lasts longer."""

Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a letter: who took it with which answer, or why not; both None: untrue."""

    tried: str = ""
    """To which address; empty where it did not come so far."""
    taken_by: tuple[str, str] | None = None
    failure: Failure | None = None
    calendar: CalendarPart | None = None
    """What the participant's calendar may know now."""


def deliver_due(
    now: Clock, most: int | None = None, stop: Flag | None = None, pulse: Pulse | None = None
) -> int:
    """Handle letters that are due, at most so many; return how many.

    MAIL_CONNECTIONS hands work side by side, each over a connection of its own: while one waits for
    the mail server or the disk, the other writes. What fails in one is raised when all have ended.
    """
    if not _is_due(now()):
        return 0
    hands = current_app.config["MAIL_CONNECTIONS"]
    quota = _Quota(most, stop)
    if hands == 1:
        return _deliver(now, quota, pulse)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    # The letters are read anew by the hands: nothing of this thread's may hold a lock meanwhile.
    db.session.rollback()
    with ThreadPoolExecutor(hands, thread_name_prefix="post") as pool:
        working = {pool.submit(_hand, app, now, quota) for _hand_number in range(hands)}
        done: set[Future[int]] = set()
        while len(done) < len(working):
            done, _others = wait(working, timeout=POLL_SECONDS, return_when=ALL_COMPLETED)
            if pulse is not None:
                pulse.beat(now())
    return sum(one.result() for one in done)


class _Quota:
    """How many letters may still be taken on, by all hands together."""

    def __init__(self, most: int | None, stop: Flag | None) -> None:
        self._left, self._stop, self._lock = most, stop, Lock()

    def take(self) -> bool:
        """Say whether one more letter may be taken on, and count it."""
        with self._lock:
            if self._stop is not None and self._stop.is_set():
                return False
            if self._left is not None:
                if self._left == 0:
                    return False
                self._left -= 1
            return True


def _hand(app: Flask, now: Clock, quota: _Quota) -> int:
    with app.app_context():
        try:
            return _deliver(now, quota) if _is_due(now()) else 0
        finally:
            let_go()


def _deliver(now: Clock, quota: _Quota, pulse: Pulse | None = None) -> int:
    """Handle letters one after the other, until none is due; return how many.

    One transaction a letter: what became of one is written down as the next is taken.
    """
    count, taken = 0, _claim(now()) if quota.take() else None
    with Carrier() as carrier:
        while taken is not None:
            result = _send(taken, carrier, now())
            count += 1
            taken = _settle_surely(taken, result, now, is_last=not quota.take())
            if pulse is not None:
                pulse.beat(now())
    return count


def _send(taken: Claim, carrier: Carrier, now: datetime) -> Result:
    """Write the letter as it is true now and hand it over; never raises."""
    try:
        letter = render(taken.id, now)
        message = None if letter is None else to_mime(letter, now)
    except NoSender as error:
        return Result(failure=Failure("sender", str(error)))
    except Exception as error:
        why = mishap("write", error)
        if not why.permanent:
            logger.exception("letter %s could not be written", taken.id)
        return Result(failure=why)
    if letter is None or message is None:
        return Result()
    try:
        taken_by = carrier.deliver(message, now)
    except NotDelivered as error:
        # It may have arrived all the same: should the seat be given up now, a CANCEL must follow.
        may_have_left = error.failure.kind == "unknown"
        calendar = letter.calendar if may_have_left else None
        return Result(letter.recipient, failure=error.failure, calendar=calendar)
    return Result(letter.recipient, taken_by, calendar=letter.calendar)


def _settle_surely(taken: Claim, result: Result, now: Clock, *, is_last: bool) -> Claim | None:
    """Write down what became of a letter, however busy the database: else it would go twice."""
    latest = time.monotonic() + HOLD_SECONDS
    while True:
        try:
            following = _settle(taken, result, now(), is_last=is_last)
        except (Busy, OperationalError):
            if time.monotonic() > latest:
                raise
            logger.warning("letter %s: the database is busy or away", taken.id)
            let_go()
            time.sleep(POLL_SECONDS)
        else:
            _tell(taken, result)
            return following


def _is_due(now: datetime) -> bool:
    """Look before taking the write lock: an idle worker must not hinder those who sign up."""
    session = db.session()
    session.rollback()
    try:
        return delivery.is_due(session, now)
    finally:
        session.rollback()


@retried
def _claim(now: datetime) -> Claim | None:
    with transaction() as session:
        return delivery.claim(session, now)


@retried
def _settle(taken: Claim, result: Result, now: datetime, *, is_last: bool) -> Claim | None:
    with transaction() as session:
        # Before the letter's row: whoever changes a registration locks in this order too.
        if result.calendar is not None:
            note_calendar(session, result.calendar)
        if result.taken_by is not None:
            delivery.mark_sent(session, taken, result.tried, *result.taken_by, now)
        elif result.failure is not None:
            delivery.mark_failure(session, taken, result.tried, result.failure, now)
        else:
            delivery.mark_skipped(session, taken)
        return None if is_last else delivery.claim(session, now)


def _tell(taken: Claim, result: Result) -> None:
    """Log what became of a letter; the server's own words, which may hold an address, do not."""
    if result.failure is None:
        outcome = "skipped" if result.taken_by is None else "sent"
        logger.info("letter %s %s at attempt %s", taken.id, outcome, taken.attempt)
        return
    logger.warning(
        "letter %s not sent at attempt %s: %s%s",
        taken.id,
        taken.attempt,
        result.failure.kind,
        ", for good" if result.failure.permanent else "",
    )
