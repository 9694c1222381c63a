"""Signs of life of a worker, written at most every `rules.BEAT_EVERY`."""

import logging
import socket
from datetime import datetime
from secrets import token_hex

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from koostoo.base.database import let_go, transaction
from koostoo.base.retry import Busy, retried
from koostoo.upkeep.models import WorkerBeat
from koostoo.upkeep.rules import FORGOTTEN_AFTER, is_beat_due

logger = logging.getLogger(__name__)


class Pulse:
    """The signs of life of one worker process; `beat` may be called as often as one likes."""

    def __init__(self, started_at: datetime) -> None:
        self._key, self._host = token_hex(8), socket.gethostname()[:64]
        self._started_at = started_at
        self._last: datetime | None = None

    def beat(self, now: datetime) -> None:
        """Say that the worker lives, when it is time; never raises, for letters come first."""
        if not is_beat_due(self._last, now):
            return
        try:
            note_beat(self._key, self._host, self._started_at, now)
        except (Busy, SQLAlchemyError) as error:
            logger.warning("no sign of life could be written: %s", type(error).__name__)
            let_go()
        else:
            self._last = now

    def end(self) -> None:
        """Say that the worker ends as it was told to; never raises."""
        try:
            forget_worker(self._key)
        except (Busy, SQLAlchemyError):
            let_go()


@retried
def note_beat(key: str, host: str, started_at: datetime, now: datetime) -> None:
    """Write a sign of life, and forget workers that have been silent for a day."""
    with transaction() as session:
        row = session.get(WorkerBeat, key)
        if row is None:
            row = WorkerBeat(key=key, host=host, started_at=started_at, beat_at=now)
            session.add(row)
        row.beat_at = now
        session.execute(delete(WorkerBeat).where(WorkerBeat.beat_at < now - FORGOTTEN_AFTER))


@retried
def forget_worker(key: str) -> None:
    """Remove the row of a worker that ends."""
    with transaction() as session:
        session.execute(delete(WorkerBeat).where(WorkerBeat.key == key))
