"""What the doctor asks of the database itself."""

import sqlite3
from collections.abc import Iterator

from sqlalchemy import text

from koostoo.base.database import db
from koostoo.mail.check import Finding

UNREACHABLE = (
    "Is DATABASE_URL right, does the server run, may the service's user write in the folder? "
    "SQLITE_BUSY: another program holds the lock; SQLITE_READONLY: look at the owner of the file."
)
SAFE_SQLITE = (3, 51, 3)
"""The first version without the WAL-reset error, which can damage the file of a database that
several processes write (versions 3.7.0 to 3.51.2; sqlite.org, release 3.51.3)."""
OLD_SQLITE = (
    "SQLite {version} has a rare error that can damage a database used by several processes, as "
    "web and worker are (fixed in 3.51.3)"
)
OLD_SQLITE_ADVICE = (
    "Keep the nightly backup and a copy of it elsewhere, and upgrade when your system brings a "
    "newer SQLite. PostgreSQL is free of it."
)


def of_engine() -> Iterator[Finding]:
    """Look at what is particular to the engine; raises what the database does."""
    if db.engine.dialect.name == "sqlite":
        yield from _sqlite()
        return
    version = db.session.scalar(text("SHOW server_version"))
    yield Finding(True, f"PostgreSQL {version}")
    encoding = db.session.scalar(text("SHOW server_encoding"))
    if encoding == "UTF8":
        yield Finding(True, "It keeps texts as UTF-8")
    else:
        yield Finding(
            False,
            f"It keeps texts as {encoding}: not every name can be written down",
            "Make a database with createdb -E UTF8 -T template0 and restore a backup into it.",
        )


def is_old_sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Say whether this SQLite has the WAL-reset error."""
    return version < SAFE_SQLITE


def _sqlite() -> Iterator[Finding]:
    verdict = db.session.scalars(text("PRAGMA quick_check")).all()
    if verdict == ["ok"]:
        yield Finding(True, "Every page of the file is whole (quick_check)")
    else:
        yield Finding(
            False,
            f"The file is damaged: {verdict[0]}",
            "Stop everything, keep a copy of the file, restore the newest backup.",
        )
    lost = db.session.execute(text("PRAGMA foreign_key_check")).all()
    if lost:
        yield Finding(
            False,
            f"{len(lost)} rows of {lost[0][0]} and others refer to rows that are not there",
            "Something else than this program has written into the file: restore a backup.",
        )
    mode = db.session.scalar(text("PRAGMA journal_mode"))
    if mode == "wal":
        yield Finding(True, "Reading and writing go on side by side (write-ahead log)")
    else:
        yield Finding(
            False,
            f"The journal mode is {mode}, not WAL: who reads waits for who writes",
            "May the service's user write in the folder? Restart web and worker.",
        )
    if is_old_sqlite():
        yield Finding(
            False,
            OLD_SQLITE.format(version=sqlite3.sqlite_version),
            OLD_SQLITE_ADVICE,
            is_serious=False,
        )
    else:
        yield Finding(True, f"SQLite {sqlite3.sqlite_version}")
