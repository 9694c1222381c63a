"""Copies of the database that are consistent while people register, and the way back."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

_DROP_ALL = """
SET client_min_messages = warning;
DO $$
DECLARE found record;
BEGIN
  FOR found IN SELECT format('%I.%I', schemaname, tablename) AS name
      FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE 'DROP TABLE IF EXISTS ' || found.name || ' CASCADE';
  END LOOP;
  FOR found IN SELECT oid::regprocedure AS name
      FROM pg_proc WHERE pronamespace = current_schema()::regnamespace LOOP
    EXECUTE 'DROP ROUTINE IF EXISTS ' || found.name || ' CASCADE';
  END LOOP;
END $$;
"""
IN_USE = "the database is in use: stop web and worker first, then restore"


class BackupError(Exception):
    """The copy could not be made or put back; the text says why in plain words."""


def back_up(url: str, target: Path) -> None:
    """Write a consistent copy to `target`, which must not exist; raise BackupError.

    SQLite: the online backup interface (copying the file alone loses what is in the WAL).
    PostgreSQL: `pg_dump` in its custom format.
    """
    part = target.with_name(target.name + ".part")
    try:
        if target.exists():
            raise BackupError(f"{target} exists already; choose another name")
        if not target.parent.is_dir():
            raise BackupError(f"there is no folder {target.parent}: make it first")
        _write(make_url(url), part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{target} could not be written: {error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write(address: URL, part: Path) -> None:
    part.unlink(missing_ok=True)
    # It holds personal data: nobody else reads it, whatever the umask says.
    part.touch(mode=0o600)
    if address.get_backend_name() == "sqlite":
        _copy_sqlite(Path(address.database or ""), part)
    else:
        _run(address, "pg_dump", "--format=custom", f"--file={part}")


def restore(url: str, source: Path, steps: Sequence[str]) -> str:
    """Replace the database by the copy in `source`; return the migration its tables are at.

    `steps` are the migrations this program knows, oldest first. Raises BackupError, and nothing is
    changed, when the copy is bad or of a newer program, or while anybody else uses the database.
    """
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    step = _step_of_sqlite(source) if is_sqlite else _step_of_dump(address, source)
    if step not in steps:
        raise BackupError(
            f"{source} was made by a newer version of Koostöö (step {step}, this one knows up to "
            f"{steps[-1]}): install that version first"
        )
    if is_sqlite:
        _put_back_sqlite(source, Path(address.database or ""))
        return step
    _refuse_while_in_use(url)
    _put_back_postgresql(address, source)
    return step


def _put_back_postgresql(address: URL, source: Path) -> None:
    """Replace all tables in one transaction, those too that the copy is too old to know.

    `pg_restore --clean` drops only what is in the copy, and stumbles over what refers to it. Both
    parts are read from files, because a pipe that breaks off would look like the end of the copy.
    """
    with tempfile.TemporaryDirectory() as folder:
        empty, script = Path(folder, "empty.sql"), Path(folder, "copy.sql")
        empty.write_text(_DROP_ALL, encoding="utf-8")
        _run(address, "pg_restore", f"--file={script}", str(source))
        _run(
            address, "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
            "--single-transaction", f"--file={empty}", f"--file={script}",
        )  # fmt: skip


def _put_back_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(source)) as copy,
        closing(sqlite3.connect(target, timeout=1)) as database,
    ):
        # In WAL mode whoever has the file open holds a lock that only this mode asks for.
        database.execute("PRAGMA locking_mode=EXCLUSIVE")
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise BackupError(f"{IN_USE} ({error})") from error
        except sqlite3.DatabaseError:
            # What is there is damaged: to put the copy in its place is why one comes here.
            database.close()
            _move_away(target)
            _put_back_sqlite(source, target)
            return
        copy.backup(database)


def _move_away(database: Path) -> None:
    """Keep a damaged database beside the one that takes its place, its journal too."""
    for name in (database.name, f"{database.name}-wal", f"{database.name}-shm"):
        path = database.with_name(name)
        if path.exists():
            path.replace(path.with_name(f"{name}.damaged"))


def _refuse_while_in_use(url: str) -> None:
    engine = create_engine(url, hide_parameters=True)
    with engine.connect() as connection:
        others = connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()
    if others:
        raise BackupError(f"{IN_USE} ({others} connections)")


def _step_of_sqlite(source: Path) -> str:
    _check_sqlite(source)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
        return str(copy.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _step_of_dump(address: URL, source: Path) -> str:
    """Read the one row of alembic_version out of a dump, without a database."""
    told = _run(
        address, "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(source)
    )
    lines = told.splitlines()
    begins = next((n for n, line in enumerate(lines) if line.startswith("COPY ")), None)
    if begins is None or begins + 1 >= len(lines):
        raise BackupError(f"{source} is not a backup of Koostöö")
    return lines[begins + 1].strip()


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


def _run(address: URL, command: str, *arguments: str) -> str:
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
    return done.stdout
