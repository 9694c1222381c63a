"""A database that makes trouble: others hold its locks, it refuses statements."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import OperationalError

from koostoo.base import database, retry
from koostoo.base.database import db
from koostoo.events.models import Event

SQLITE_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_LOCKED)
SQLSTATES = ("40001", "40P01")
WAIT = 0.1


@contextmanager
def lock_held(*, whole_table: bool = False) -> Iterator[None]:
    """Let another connection hold the write lock; on PostgreSQL, all events' rows.

    `whole_table` keeps others from adding events there too.
    """
    with db.engine.connect().execution_options(write=True) as other:
        other.execute(select(Event.id).with_for_update())
        if whole_table and other.dialect.name == "postgresql":
            other.execute(text("LOCK TABLE event IN EXCLUSIVE MODE"))
        yield


@contextmanager
def short_waits(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let everybody wait WAIT seconds for a lock, and have patience for hardly more."""

    def shorten(_dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
        if "options" in parameters:
            parameters["options"] = f"-c lock_timeout={int(WAIT * 1000)}ms"

    for module in (database, retry):
        patch.setattr(module, "BUSY_SECONDS", WAIT)
    patch.setattr(retry, "PATIENCE", 1.5 * WAIT)
    event.listen(db.engine, "do_connect", shorten)
    _forget_connections()
    yield
    event.remove(db.engine, "do_connect", shorten)
    _forget_connections()


def _forget_connections() -> None:
    db.session.rollback()
    db.engine.dispose()


class Fault:
    """Counts the statements of an engine's transactions, COMMIT included, and fails one of them.

    `number` 0 fails none. `count` is how many there were, those of the second run included.
    """

    def __init__(self, number: int = 0, code: int | str = 0) -> None:
        self.count, self.was_met = 0, False
        self._number, self._code = number, code

    def __enter__(self) -> "Fault":
        """Begin to count."""
        self._engine: Engine = db.engine
        for name in ("do_execute", "do_executemany"):
            event.listen(self._engine, name, self._execute)
        event.listen(self._engine, "commit", self._commit)
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the engine as it was."""
        for name in ("do_execute", "do_executemany"):
            event.remove(self._engine, name, self._execute)
        event.remove(self._engine, "commit", self._commit)

    def _execute(self, cursor: Any, _statement: str, _parameters: Any, _context: Any) -> None:
        if not self._is_due():
            return
        if isinstance(self._code, str):
            # The server itself refuses, and its transaction is broken for good.
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{self._code}'; END $$")
        raise self._error()

    def _commit(self, _connection: Any) -> None:
        if self._is_due():
            raise OperationalError("COMMIT", None, self._error())

    def _is_due(self) -> bool:
        self.count += 1
        self.was_met |= self.count == self._number
        return self.count == self._number

    def _error(self) -> Exception:
        if isinstance(self._code, str):
            return psycopg.errors.lookup(self._code)()
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = self._code
        return error
