"""The loop that delivers mail (claim, render, send, mark) and does what falls due.

Promised seats are released at their date, offers lapse at theirs; reminders, thanks and what
organisers are told fall due; new registrations are matched with the people they are of; once a day
what may no longer be kept is forgotten.

Several may run side by side.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event as Flag

from sqlalchemy.exc import OperationalError

from koostoo.base import clock
from koostoo.base.database import db, transaction
from koostoo.base.retry import Busy, retried
from koostoo.base.storage import clean
from koostoo.correspondence.due import write_due
from koostoo.correspondence.evidence_news import remind_of_evidence
from koostoo.correspondence.organiser_news import tell_organisers
from koostoo.mail import delivery
from koostoo.mail.answers import Failure, mishap
from koostoo.mail.delivery import Claim
from koostoo.mail.letter import CalendarPart, to_mime
from koostoo.mail.transport import Carrier, NotDelivered
from koostoo.matching.service import match_all
from koostoo.notices.invite import note_calendar
from koostoo.notices.render import NoSender, render
from koostoo.privacy.service import forget
from koostoo.privacy.sweeping import erase_what_came_back, sweep
from koostoo.registration.service import serve_due
from koostoo.reporting.tallies import forget_tallies
from koostoo.upkeep.service import Pulse

POLL_SECONDS = 1
LETTERS_A_ROUND = 200
"""After so many letters whatever else fell due is looked after."""
HOLD_SECONDS = 240
"""How long to try to write down what became of a letter; the claim lasts longer."""
LOOK_EVERY = timedelta(seconds=30)
"""How often to look for letters that fall due by time."""

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


def run(stop: Flag) -> None:
    """Deliver and forget what falls due until `stop` is set; a letter under way is finished.

    Needs an application context.
    """
    forgotten_on: date | None = None
    looked_at: datetime | None = None
    pulse = Pulse(clock.now())
    while not stop.is_set():
        handled = 0
        try:
            moment = clock.now()
            pulse.beat(moment)
            if forgotten_on != clock.local_day(moment):
                match_anew(moment)
                if came_back := erase_what_came_back(moment):
                    logger.warning("erased again after a restore: %s people", came_back)
                logger.info("retention: %s", forget(moment))
                forgotten_on = clock.local_day(moment)
                clean()
            if given := serve_due(moment):
                logger.info("seats came free: %s people got one", given)
            if looked_at is None or not looked_at <= moment < looked_at + LOOK_EVERY:
                looked_at = moment
                write_what_falls_due(moment)
            handled = deliver_due(clock.now, LETTERS_A_ROUND, stop, pulse)
        except Exception:
            # The database may be locked or restarting; a claim that runs out brings a letter back.
            logger.exception("the outbox could not be worked on")
        finally:
            db.session.remove()
        if not handled:
            stop.wait(POLL_SECONDS)
    pulse.end()


def run_once(now: datetime) -> int:
    """Do all that is due at `now`; return how many letters were handled, sent or not."""
    serve_due(now)
    write_what_falls_due(now)
    return deliver_due(lambda: now)


def write_what_falls_due(now: datetime) -> None:
    """Write reminders, thanks, news to organisers, who is whom; finish erasures.

    A failure holds no letter up.
    """
    for name, write in (
        ("letters by time", write_due),
        ("organisers", tell_organisers),
        ("evidence", remind_of_evidence),
        ("matching", match_all),
        ("erasures", sweep),
    ):
        try:
            if written := write(now):
                logger.info("%s: %s written", name, written)
        except Exception:
            logger.exception("%s: nothing could be written", name)
            db.session.remove()


def match_anew(now: datetime) -> None:
    """Match everybody, whatever is known, while names are there to tell people by.

    A failure does not keep from forgetting.
    """
    try:
        match_all(now, anew=True)
        forget_tallies()
    except Exception:
        logger.exception("people could not be matched")
        db.session.remove()


def deliver_due(
    now: Clock, most: int | None = None, stop: Flag | None = None, pulse: Pulse | None = None
) -> int:
    """Handle letters that are due, at most so many, over one connection; return how many.

    One transaction a letter: what became of one is written down as the next is taken.
    """
    if not _is_due(now()):
        return 0
    count, taken = 0, _claim(now())
    with Carrier() as carrier:
        while taken is not None:
            result = _send(taken, carrier, now())
            count += 1
            is_last = count == most or (stop is not None and stop.is_set())
            taken = _settle_surely(taken, result, now, is_last=is_last)
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
            db.session.remove()
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
