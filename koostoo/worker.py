"""The loop that has mail delivered and does what falls due.

Promised seats are released at their date, offers lapse at theirs; reminders, thanks and what
organisers are told fall due; new registrations are matched with the people they are of; once a day
what may no longer be kept is forgotten.

Several may run side by side.
"""

import logging
from datetime import date, datetime, timedelta
from threading import Event as Flag

from koostoo.base import clock
from koostoo.base.database import let_go
from koostoo.base.storage import clean
from koostoo.correspondence.due import write_due
from koostoo.correspondence.evidence_news import remind_of_evidence
from koostoo.correspondence.organiser_news import tell_organisers
from koostoo.mail.put_back import free_letters
from koostoo.matching.service import match_all
from koostoo.postroom import deliver_due
from koostoo.privacy.service import forget
from koostoo.privacy.sweeping import erase_what_came_back, note_all, sweep
from koostoo.registration.service import serve_due
from koostoo.reporting.tallies import forget_tallies
from koostoo.upkeep.service import Pulse

POLL_SECONDS = 1
LETTERS_A_ROUND = 200
"""After so many letters whatever else fell due is looked after."""
LOOK_EVERY = timedelta(seconds=30)
"""How often to look for letters that fall due by time."""

logger = logging.getLogger(__name__)


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
                note_all()
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
            let_go()
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
        ("letters kept by a clock put back", free_letters),
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
            let_go()


def match_anew(now: datetime) -> None:
    """Match everybody, whatever is known, while names are there to tell people by.

    A failure does not keep from forgetting.
    """
    try:
        match_all(now, anew=True)
        forget_tallies()
    except Exception:
        logger.exception("people could not be matched")
        let_go()
