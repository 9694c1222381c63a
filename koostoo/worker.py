"""The loop that delivers mail (claim, render, send, mark) and does what falls due.

Promised seats are released at their date, offers lapse at theirs; once a day what may no longer be
kept is forgotten.

Several may run side by side.
"""

import logging
from datetime import date, datetime
from threading import Event as Flag

from koostoo.base import clock
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.mail import outbox
from koostoo.mail.letter import Letter, to_mime
from koostoo.mail.outbox import Claim
from koostoo.mail.rules import failure
from koostoo.mail.transport import OutcomeUnknown, deliver
from koostoo.notices.invite import note_calendar
from koostoo.notices.render import render
from koostoo.privacy.service import forget
from koostoo.registration.service import serve_due

POLL_SECONDS = 1

logger = logging.getLogger(__name__)


def run(stop: Flag) -> None:
    """Deliver and forget what falls due until `stop` is set; a letter under way is finished.

    Needs an application context.
    """
    forgotten_on: date | None = None
    while not stop.is_set():
        busy = False
        try:
            moment = clock.now()
            if forgotten_on != clock.local_day(moment):
                logger.info("retention: %s", forget(moment))
                forgotten_on = clock.local_day(moment)
            if given := serve_due(moment):
                logger.info("seats came free: %s people got one", given)
            busy = deliver_next(moment)
        except Exception:
            # The database may be locked or restarting; the lease brings the letter back.
            logger.exception("the outbox could not be worked on")
        finally:
            db.session.remove()
        if not busy:
            stop.wait(POLL_SECONDS)


def run_once(now: datetime) -> int:
    """Do all that is due at `now`; return how many letters were handled, sent or not."""
    count = 0
    serve_due(now)
    while deliver_next(now):
        count += 1
    return count


def deliver_next(now: datetime) -> bool:
    """Handle one letter that is due at `now`; False when there is none."""
    if not _is_due(now):
        return False
    taken = _claim(now)
    if taken is None:
        return False
    letter: Letter | None = None
    try:
        letter = render(taken.id, now)
        if letter is not None:
            deliver(to_mime(letter, now), now)
    except (OSError, ValueError) as error:
        # The error's own words may hold an address: they go to the row, never to the log.
        _mark_failure(taken, letter, error, now)
    except Exception as error:
        logger.exception("letter %s could not be written", taken.id)
        _mark_failure(taken, letter, error, now)
    else:
        _mark_done(taken, letter, now)
    return True


def _is_due(now: datetime) -> bool:
    """Look before taking the write lock: an idle worker must not hinder those who sign up."""
    session = db.session()
    session.rollback()
    try:
        return outbox.is_due(session, now)
    finally:
        session.rollback()


@retried
def _claim(now: datetime) -> Claim | None:
    with transaction() as session:
        return outbox.claim(session, now)


@retried
def _mark_done(taken: Claim, letter: Letter | None, now: datetime) -> None:
    with transaction() as session:
        if letter is None:
            outbox.mark_dropped(session, taken)
            outcome = "dropped"
        else:
            outbox.mark_sent(session, taken, now)
            if letter.calendar is not None:
                note_calendar(session, letter.calendar)
            outcome = "sent"
    logger.info("letter %s %s at attempt %s", taken.id, outcome, taken.attempt)


@retried
def _mark_failure(taken: Claim, letter: Letter | None, error: Exception, now: datetime) -> None:
    why = failure(error)
    with transaction() as session:
        outbox.mark_failure(session, taken, why, now)
        # It may have arrived all the same: should the seat be given up now, a CANCEL must follow.
        if letter is not None and letter.calendar is not None and isinstance(error, OutcomeUnknown):
            note_calendar(session, letter.calendar)
    logger.warning(
        "letter %s not sent at attempt %s: %s%s",
        taken.id,
        taken.attempt,
        type(error).__name__,
        ", for good" if why.permanent else "",
    )
