"""Does long work beside the worker: what was asked for at the desk and takes more than seconds.

In a thread of its own: letters have to leave every second, while a single document to print takes
several. It waits for the database and for the process that sets documents most of the time, and so
takes little from the letters. One piece of work at a time in each worker process; several workers
share what there is.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from tempfile import TemporaryFile
from threading import Event as Flag
from threading import Thread
from typing import BinaryIO

from flask import Flask

from koostoo.base import clock
from koostoo.base.database import let_go
from koostoo.documents.archive import pieces_of
from koostoo.reporting import evidence
from koostoo.work import claiming
from koostoo.work.claiming import Claim, Lost, Made
from koostoo.work.models import CHUNK_BYTES

POLL_SECONDS = 1
TELL_SECONDS = 1
"""No more often is it told how far the work is: each time takes the write lock."""
PIECES_AT_ONCE = 8
"""So many pieces of a result are handed in at once: four megabytes, some tens of milliseconds."""
FAREWELL_SECONDS = 5

Clock = Callable[[], datetime]
Tell = Callable[[int, int], None]
Maker = Callable[[Claim, BinaryIO, Tell, datetime], Made]
MAKERS: Mapping[str, Maker] = {evidence.KIND: evidence.make}
"""How each kind of work is done: its result is written to a file that can be sought."""
logger = logging.getLogger(__name__)


class _Stopped(Exception):
    """The worker is told to end."""


@contextmanager
def work_done(app: Flask, stop: Flag) -> Iterator[None]:
    """Have long work done until the block ends; `stop` is set then."""
    # Nothing is lost when it is broken off: the lease runs out and somebody begins anew.
    hand = Thread(target=_work_on, args=(app, stop), name="workroom", daemon=True)
    hand.start()
    try:
        yield
    finally:
        stop.set()
        hand.join(FAREWELL_SECONDS)


def work_off(now: Clock, stop: Flag | None = None) -> int:
    """Do all that is asked for; return how many pieces of work were taken.

    `stop` is looked at between files: what is under way is put back then.
    """
    count = 0
    while not (stop is not None and stop.is_set()) and claiming.is_due(now()):
        taken = claiming.claim(now())
        if taken is None:
            break
        _do(taken, now, stop)
        count += 1
    return count


def _do(taken: Claim, now: Clock, stop: Flag | None) -> None:
    """Do one piece of work and tell what became of it."""
    try:
        with TemporaryFile() as file:
            made = MAKERS[taken.kind](taken, file, _teller(taken, now, stop), now())
            _hand_in(taken, file, now)
        claiming.finish(taken, made, now())
    except Lost:
        logger.info("work %s was stopped, or is in other hands", taken.id)
    except _Stopped:
        claiming.put_back(taken)
    except evidence.Refused as refusal:
        claiming.fail(taken, refusal.code, now())
    except Exception:
        logger.exception("work %s could not be done", taken.id)
        let_go()
        claiming.fail(taken, "broken", now())
    else:
        logger.info("work %s is done: %s bytes", taken.id, made.size)


def _teller(taken: Claim, now: Clock, stop: Flag | None) -> Tell:
    """Return what tells how far the work is, and hears whether it is still wanted."""
    told_at = float("-inf")

    def tell(done: int, total: int) -> None:
        nonlocal told_at
        if stop is not None and stop.is_set():
            raise _Stopped
        if time.monotonic() >= told_at + TELL_SECONDS:
            claiming.report(taken, done, total, now())
            told_at = time.monotonic()

    return tell


def _hand_in(taken: Claim, file: BinaryIO, now: Clock) -> None:
    position, rest = 0, pieces_of(file, CHUNK_BYTES)
    while pieces := list(islice(rest, PIECES_AT_ONCE)):
        claiming.hand_in(taken, position, pieces, now())
        position += len(pieces)


def _work_on(app: Flask, stop: Flag) -> None:
    while not stop.is_set():
        with app.app_context():
            try:
                work_off(clock.now, stop)
            except Exception:
                # The database may be locked or restarting; a lease that runs out brings it back.
                logger.exception("long work could not be looked after")
            finally:
                let_go()
        stop.wait(POLL_SECONDS)
