"""A use case runs again, as a whole, when the database asks for it: `@retried`."""

import logging
import random
import time
from collections.abc import Callable
from functools import wraps
from sqlite3 import (
    SQLITE_BUSY,
    SQLITE_CANTOPEN,
    SQLITE_CONSTRAINT_PRIMARYKEY,
    SQLITE_CONSTRAINT_UNIQUE,
    SQLITE_FULL,
    SQLITE_IOERR,
    SQLITE_LOCKED,
    SQLITE_READONLY,
)
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from koostoo.base.connecting import BUSY_SECONDS

Given = ParamSpec("Given")
Result = TypeVar("Result")

PATIENCE = 8.0
"""Seconds after which a reader at the latest is told that it is busy."""
TRIES = 8
logger = logging.getLogger(__name__)
FIRST_PAUSE = 0.02
"""Seconds before the second try, about; doubled before each further one."""
SQLSTATES = {
    "40001",  # serialization failure
    "40P01",  # deadlock
    "55P03",  # a lock was not had within lock_timeout
    "23505",  # taken by somebody else between looking and writing
}
SQLITE_CODES = {SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE}
SQLITE_PRIMARY_CODES = {SQLITE_BUSY, SQLITE_LOCKED}
NO_ROOM = {
    "53100",  # the disk of the server is full
    "25006",  # it takes no writing now, as a standby does
    SQLITE_CANTOPEN,
    SQLITE_FULL,
    SQLITE_IOERR,
    SQLITE_READONLY,
}
"""SQLSTATEs and primary codes of SQLite: nothing can be written now, and trying again is no use."""


class Busy(Exception):
    """The database was too busy all the time, or has no room; nothing was written."""


def retried(use_case: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run the use case again from its start when its transaction could not be finished.

    It must do nothing outside its `transaction()` that may not happen twice. Raises Busy after
    TRIES, and never begins a try that, waiting its full time for a lock, would pass PATIENCE: so
    who waited BUSY_SECONDS for a lock in vain is told at once. To ask again would mean the end
    of the line on PostgreSQL, and a web thread that others need.
    """

    @wraps(use_case)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        number, latest = 1, time.monotonic() + PATIENCE - BUSY_SECONDS
        while True:
            try:
                return use_case(*args, **kwargs)
            except DBAPIError as error:
                pause = FIRST_PAUSE * 2 ** (number - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
                if has_no_room(error):
                    logger.error("nothing can be written: %s", _code_of(error))  # noqa: TRY400
                    raise Busy(f"{use_case.__name__}, no room: {_code_of(error)}") from error
                if not asks_again(error):
                    raise
                if number == TRIES or time.monotonic() + pause > latest:
                    if isinstance(error, IntegrityError):
                        raise
                    raise Busy(f"{use_case.__name__}, after try {number}") from error
            time.sleep(pause)
            number += 1

    return run


def has_no_room(error: DBAPIError) -> bool:
    """Say whether the database cannot write at all now, above all because its disk is full.

    Its transaction is rolled back whole: SQLite manual, "Atomic Commit"; what was typed is given
    back to whoever typed it.
    """
    code = getattr(error.orig, "sqlite_errorcode", None)
    return (getattr(error.orig, "sqlstate", None) if code is None else code & 0xFF) in NO_ROOM


def _code_of(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", ""))


def asks_again(error: DBAPIError) -> bool:
    """Say whether the same transaction may succeed when it is run again.

    A lost connection is not among these: it may have broken after the commit.
    """
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return getattr(error.orig, "sqlstate", None) in SQLSTATES
    # The lower byte of an extended code is what it is an extension of.
    return code in SQLITE_CODES or code & 0xFF in SQLITE_PRIMARY_CODES
