"""The database: one engine set-up, one `transaction()`, the column types we share.

SQLite is driven as measured: the driver never emits BEGIN itself, a writer takes the lock at
once with BEGIN IMMEDIATE, readers use a plain BEGIN and are never blocked (WAL).
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from koostoo.base.connecting import BUSY_SECONDS
from koostoo.base.localtext import LocalText
from koostoo.base.when import Hours

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
logger = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """The parent of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in both databases; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware instant into UTC; raise ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC instant; SQLite stores none, so it is put back here."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LocalTextType(TypeDecorator[LocalText]):
    """A text in Estonian and perhaps English, stored as one JSON object."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: LocalText | None, dialect: Dialect) -> Any:
        """Store only the languages that have words."""
        return None if value is None else value.as_dict()

    def process_result_value(self, value: Any, dialect: Dialect) -> LocalText | None:
        """Read it back as a value that knows its fallback."""
        return None if value is None else LocalText.from_dict(value)


class DayHoursType(TypeDecorator[tuple[Hours, ...]]):
    """The hours of each day of an event as a JSON list of pairs of instants; NULL: none."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: tuple[Hours, ...] | None, dialect: Dialect) -> Any:
        """Write instants in UTC; raise ValueError for a naive one."""
        if not value:
            return None
        if any(moment.tzinfo is None for hours in value for moment in hours):
            raise ValueError("an instant needs a time zone")
        return [[moment.astimezone(UTC).isoformat() for moment in hours] for hours in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Hours, ...]:
        """Read aware instants back; an empty tuple where there is nothing."""
        return tuple(
            (datetime.fromisoformat(start), datetime.fromisoformat(end))
            for start, end in value or ()
        )


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    else:
        _set_read_only(connection, None)


@event.listens_for(Session, "after_begin")
def _begin_session(_session: Session, _transaction: Any, connection: Connection) -> None:
    # Whoever forgets transaction() is refused by PostgreSQL; and see `postgres.Dialect`.
    if connection.dialect.name == "postgresql":
        write = connection.get_execution_options().get("write", False)
        _set_read_only(connection, None if write else True)


def _set_read_only(connection: Connection, value: bool | None) -> None:
    """Say how the transaction is to begin; BEGIN itself goes out with the first statement."""
    driver = connection.connection.dbapi_connection
    if driver is not None and driver.read_only is not value:
        driver.read_only = value


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one write transaction of a use case; the only place that commits.

    What was read before is dropped first, so everything inside is read fresh under the lock.
    SQLite: the write lock is taken here (waits up to BUSY_SECONDS). PostgreSQL: the service
    locks its parent row with `with_for_update()`. Any exception rolls everything back.
    """
    session = db.session()
    session.rollback()
    try:
        session.connection(execution_options={"write": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def let_go() -> None:
    """End the session of this context, also where its connection has broken meanwhile.

    Whatever was to be done with it is done by now: an answer that is made must not fail for it, nor
    a worker end.
    """
    try:
        db.session.remove()
    except DBAPIError:
        logger.warning("a connection to the database broke behind what was done with it")
        db.session.registry.clear()


class _Watch:
    """One SQLite connection of this process that never writes and so sees every commit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: dict[Engine, Any] = {}

    def version(self, engine: Engine) -> int:
        """Return `PRAGMA data_version`: it moves when another connection has committed."""
        with self._lock:
            if engine not in self._connections:
                pooled = engine.raw_connection()
                self._connections[engine] = pooled.driver_connection
                pooled.detach()
            return int(self._connections[engine].execute("PRAGMA data_version").fetchone()[0])

    def close(self, engine: Engine) -> None:
        """End the connection to this engine's database."""
        with self._lock:
            connection = self._connections.pop(engine, None)
        if connection is not None:
            connection.close()


_watch = _Watch()
# Which transactions are finished: PostgreSQL manual, section 9.27.8.
_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")
event.listen(Engine, "engine_disposed", _watch.close)


def state_of_data() -> str | int:
    """Return a value that differs once anybody, in any process, has committed anything.

    Compare it only within this process, and ask before reading the rows it shall vouch for.
    """
    if db.engine.dialect.name == "sqlite":
        return _watch.version(db.engine)
    # On its own, not in a transaction: one way there and back instead of three, for each page that
    # is kept ready.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        return str(connection.scalar(_SNAPSHOT))
