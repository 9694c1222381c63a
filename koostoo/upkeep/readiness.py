"""Whether the service can do its work: the answer for a monitor, in words about machines alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from koostoo.base.database import db
from koostoo.base.disk import free_bytes
from koostoo.mail import health
from koostoo.upkeep.models import WorkerBeat
from koostoo.upkeep.rules import CLOCK_MAY_DIFFER, LEAST_FREE, is_alive, size_in_words
from koostoo.upkeep.steps import known_steps, step_of_tables

NO_TABLE = ("SQLITE_ERROR", "42P01")
"""How the databases say that a table is not there, to a statement that is right."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name, whether it is fine, and in words."""

    name: str
    fine: bool
    words: str


def look(now: datetime) -> list[Check]:
    """Look at everything the service needs; never raises, changes nothing."""
    return [*_of_database(now), disk()]


def _of_database(now: datetime) -> Iterator[Check]:
    first = writable()
    yield first
    questions: tuple[tuple[str, Callable[[datetime], Check]], ...] = (
        ("schema", lambda _now: schema()),
        ("outbox", outbox),
        ("worker", worker),
        ("clock", clock),
    )
    for name, ask in questions:
        try:
            yield ask(now)
        except SQLAlchemyError as error:
            yield Check(name, False, f"The database does not tell ({type(error).__name__}).")
        finally:
            db.session.rollback()


def writable() -> Check:
    """Take the write lock and change a row without keeping the change."""
    session = db.session()
    session.rollback()
    try:
        session.connection(execution_options={"write": True})
        session.execute(text("UPDATE alembic_version SET version_num = version_num"))
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None)
        # Of an error of the driver itself only the kind: its words may hold a name of a user.
        kind = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
        kind = kind or type(error).__name__
        if kind in NO_TABLE:
            return Check("database", False, "The tables are not there: run flask db upgrade.")
        return Check("database", False, f"Nothing can be written ({kind}).")
    finally:
        session.rollback()
    return Check("database", True, "It can be read and written.")


def schema() -> Check:
    """Compare the step the tables are at with the newest this program knows."""
    found, head = step_of_tables(), known_steps()[-1]
    if found == head:
        return Check("schema", True, f"The tables are at step {head}.")
    if found is not None and found not in known_steps():
        # While hosts are upgraded one after the other: each step leaves the release before running.
        return Check("schema", True, f"The tables are at step {found}, of a newer version.")
    words = f"The tables are at step {found}, the program needs {head}: run flask db upgrade."
    return Check("schema", False, words)


def outbox(now: datetime) -> Check:
    """Say whether letters leave."""
    found = health.look(now)
    waiting = "1 letter waits" if found.unsent == 1 else f"{found.unsent} letters wait"
    if found.is_late and found.since is not None:
        minutes = int((now - found.since).total_seconds() // 60)
        return Check("outbox", False, f"{waiting}, the oldest for {minutes} minutes.")
    return Check("outbox", True, f"{waiting}, none for too long.")


def worker(now: datetime) -> Check:
    """Say whether a worker has given a sign of life lately."""
    beats = db.session.scalars(select(WorkerBeat.beat_at)).all()
    alive = sum(is_alive([beat], now) for beat in beats)
    if alive:
        return Check("worker", True, f"{alive} at work.")
    if not beats:
        # One that is stopped takes its row along.
        return Check(
            "worker", False, "No worker is at work: none was started, or each was stopped."
        )
    minutes = int((now - max(beats)).total_seconds() // 60)
    words = f"No worker is at work; the last sign of life: {minutes} minutes ago."
    return Check("worker", False, words)


def clock(now: datetime) -> Check:
    """Compare our clock with that of the database's server; on SQLite, with what was written."""
    if db.engine.dialect.name == "postgresql":
        theirs = db.session.scalar(select(func.clock_timestamp()))
    else:
        theirs = db.session.scalar(select(func.max(WorkerBeat.beat_at)))
        theirs = None if theirs is None or theirs <= now else theirs
    apart = abs((theirs or now) - now)
    if apart <= CLOCK_MAY_DIFFER:
        return Check("clock", True, f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")
    seconds = int(apart.total_seconds())
    whose = "the database server's" if db.engine.dialect.name == "postgresql" else "a worker's"
    return Check("clock", False, f"Our clock and {whose} are {seconds} seconds apart.")


def data_folders() -> list[Path]:
    """Return the folders in which this host keeps data."""
    folders = [Path(current_app.config["INSTANCE_PATH"]).absolute()]
    if db.engine.dialect.name == "sqlite" and db.engine.url.database:
        folders.append(Path(db.engine.url.database).absolute().parent)
    return list(dict.fromkeys(folders))


def disk() -> Check:
    """Say whether there is room where data lie."""
    room = []
    for folder in data_folders():
        try:
            room.append(free_bytes(folder))
        except OSError as error:
            return Check("disk", False, f"A folder of data cannot be looked at ({error.strerror}).")
    words = f"{size_in_words(min(room))} free."
    return Check("disk", min(room) >= LEAST_FREE, words)
