"""Copies of the database that are consistent while people register, and the way back."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL


class BackupError(Exception):
    """The copy could not be made or put back; the text says why in plain words."""


def back_up(url: str, target: Path) -> None:
    """Write a consistent copy to `target`, which must not exist; raise BackupError.

    SQLite: the online backup interface (copying the file alone loses what is in the WAL).
    PostgreSQL: `pg_dump` in its custom format.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; choose another name")
    address = make_url(url)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        if address.get_backend_name() == "sqlite":
            _copy_sqlite(Path(address.database or ""), part)
        else:
            _run(address, "pg_dump", "--format=custom", f"--file={part}")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def restore(url: str, source: Path) -> None:
    """Replace the database by the copy in `source`; raise BackupError and change nothing if bad."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        _run(
            address, "pg_restore", "--clean", "--if-exists", "--single-transaction",
            f"--dbname={address.database}", str(source),
        )  # fmt: skip
        return
    _check_sqlite(source)
    target = Path(address.database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(target)) as database:
        copy.backup(database)


def _copy_sqlite(database: Path, target: Path) -> None:
    if not database.exists():
        raise BackupError(f"there is no database at {database}")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        # One file: a copy in WAL mode would leave two more beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    _check_sqlite(target)


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            known = copy.execute("SELECT 1 FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{path} is not a backup of Koostöö ({error})") from error
    if verdict != "ok" or known is None:
        raise BackupError(f"{path} is damaged: {verdict}")


def _run(address: URL, command: str, *arguments: str) -> None:
    program = shutil.which(command)
    if program is None:
        raise BackupError(f"{command} is not installed: install the package postgresql-client")
    # Settings go through the environment: a command line is readable by every user.
    known = {
        "PGHOST": address.host,
        "PGPORT": str(address.port) if address.port else None,
        "PGUSER": address.username,
        "PGPASSWORD": str(address.password) if address.password else None,
        "PGDATABASE": address.database,
    }
    env = {**os.environ, **{name: value for name, value in known.items() if value}}
    done = subprocess.run(  # noqa: S603 - fixed program, no shell
        [program, *arguments], capture_output=True, text=True, check=False, env=env
    )
    if done.returncode:
        raise BackupError(done.stderr.strip() or f"{command} failed")
