"""After an erasure: note it outside the database, and clean what deleted rows leave in storage."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import NullPool, Row, create_engine, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.base.storage import clean
from koostoo.privacy.erasing import erase_again
from koostoo.privacy.erasure_list import Entry, append, fingerprint, read
from koostoo.privacy.models import Erasure
from koostoo.privacy.rules import How
from koostoo.registration.models import Registration

LATELY = timedelta(hours=1)
"""So far back the list of this host is looked after for what another host's worker finished."""
logger = logging.getLogger(__name__)
_ALL = select(
    Erasure.at,
    Erasure.registration_id,
    Registration.uid,
    Erasure.how,
    Erasure.keeps_name,
).join(Registration, Registration.id == Erasure.registration_id)


def list_path() -> Path:
    """Return where the list of erasures lies, see ERASURE_LIST in `config.py`."""
    return Path(current_app.config["ERASURE_LIST"])


def sweep(now: datetime) -> int:
    """Finish erasures that were committed; return how many. Safe to be killed and run again.

    The list comes first: what is on it goes again after every restore. While somebody reads from
    an SQLite database its log cannot be emptied; then the next call tries again.
    """
    session = db.session()
    session.rollback()
    entries = _entries(session.execute(_ALL.where(Erasure.swept_at.is_(None))))
    others = _entries(session.execute(_ALL.where(Erasure.swept_at >= now - LATELY)))
    session.rollback()
    if entries or others:
        _put_on_list([*entries, *others])
    if not entries:
        return 0
    if not clean():
        return 0
    _mark_swept([one.registration_id for one in entries], now)
    return len(entries)


def unfinished_since() -> datetime | None:
    """Return since when the oldest erasure waits to be finished; None: all are."""
    return db.session.scalar(select(func.min(Erasure.at)).where(Erasure.swept_at.is_(None)))


def note_all() -> None:
    """Put on the list what the database knows of and the list does not; before a restore.

    By a connection that is closed again, for a restore waits for nobody. A database that is
    damaged or missing knows nothing.
    """
    engine = create_engine(db.engine.url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            entries = _entries(connection.execute(_ALL).all())
    except SQLAlchemyError:
        logger.warning("the database cannot be asked for erasures: the list alone counts")
    else:
        _put_on_list(entries)
    finally:
        engine.dispose()


def erase_what_came_back(now: datetime) -> int:
    """Erase again what a restored backup has brought back; return of how many people.

    Whichever way it was restored: the worker asks when it starts, and daily.
    """
    session = db.session()
    session.rollback()
    known = set(session.scalars(select(Erasure.registration_id)))
    session.rollback()
    wanted = [one for one in read(list_path()) if one.registration_id not in known]
    return sum(erase_again(one, now) for one in wanted)


def _put_on_list(entries: Sequence[Entry]) -> None:
    known = {(one.registration_id, one.fingerprint) for one in read(list_path())}
    news = [one for one in entries if (one.registration_id, one.fingerprint) not in known]
    if news:
        append(list_path(), news)


def _entries(rows: Iterable[Row[datetime, int, str, How, bool]]) -> list[Entry]:
    return [Entry(at, number, fingerprint(uid), how, keeps) for at, number, uid, how, keeps in rows]


@retried
def _mark_swept(numbers: Sequence[int], now: datetime) -> None:
    with transaction() as session:
        session.execute(
            update(Erasure)
            .where(Erasure.registration_id.in_(numbers), Erasure.swept_at.is_(None))
            .values(swept_at=now)
        )
