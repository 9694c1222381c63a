"""What a backup may be restored over, and which one may be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect, text

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.database import db, transaction


def stop_everything() -> None:
    """End the connections of this process, as stopping web and worker does."""
    db.session.remove()
    db.engine.dispose()


def restored(app: Flask, copy: Path) -> str:
    stop_everything()
    done = app.test_cli_runner().invoke(args=["restore", str(copy)])
    assert done.exit_code == 0, done.output
    return done.output


def refused(app: Flask, copy: Path) -> str:
    stop_everything()
    done = app.test_cli_runner().invoke(args=["restore", str(copy)])
    assert done.exit_code == 1, done.output
    return done.output


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> Iterator[tuple[Flask, Path]]:
    """A service with a database of its own, on the engine of the tests, and a backup of it.

    By `database_url`, which it does not use, the tests know that it differs by engine.
    """
    folder = tmp_path_factory.mktemp("home")
    with postgresql_database() as database:
        env = server_settings(folder) | ({"DATABASE_URL": database} if database else {})
        app, copy = create_app(settings(env)), folder / "copy.backup"
        with app.app_context():
            upgrade()
            done = app.test_cli_runner().invoke(args=["backup", str(copy)])
            assert done.exit_code == 0, done.output
            stop_everything()
        yield app, copy
        with app.app_context():
            stop_everything()


@pytest.fixture
def place(home: tuple[Flask, Path]) -> Iterator[tuple[Flask, Path]]:
    """The same service for each test, put back as it was afterwards."""
    app, copy = home
    with app.app_context():
        yield home
        restored(app, copy)


def backup_at(step: str, app: Flask, copy: Path) -> Path:
    """Return a backup whose tables say that they are at another step."""
    other = copy.with_name(f"{step}.backup")
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})
    assert app.test_cli_runner().invoke(args=["backup", str(other)]).exit_code == 0
    return other


def test_nothing_is_restored_under_those_who_use_the_database(place: tuple[Flask, Path]) -> None:
    app, copy = place
    stop_everything()
    with db.engine.connect() as other:
        # Idle, as a web process at night: it has looked at the database once.
        other.execute(text("SELECT 1 FROM event")).all()
        other.rollback()
        done = app.test_cli_runner().invoke(args=["restore", str(copy)])
    assert done.exit_code == 1
    assert "the database is in use: stop web and worker first" in done.output
    assert "Its tables" not in restored(app, copy)


def test_a_backup_of_a_newer_version_is_refused(place: tuple[Flask, Path]) -> None:
    app, copy = place
    newer = backup_at("9999", app, copy)
    assert "made by a newer version of Koostöö (step 9999" in refused(app, newer)
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_after_an_older_backup_the_next_command_is_named(place: tuple[Flask, Path]) -> None:
    app, copy = place
    older = backup_at("0002", app, copy)
    words = "Its tables are those of an older version (step 0002): run flask db upgrade"
    assert words in restored(app, older)
    assert "older version" not in restored(app, copy)


def test_a_damaged_database_makes_way_and_is_kept(place: tuple[Flask, Path]) -> None:
    app, copy = place
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only: a server keeps its own files")
    stop_everything()
    database = Path(db.engine.url.database or "")
    database.write_bytes(b"lightning struck here " * 500)
    restored(app, copy)
    assert db.session.scalar(text("SELECT count(*) FROM event")) == 0
    assert b"lightning" in database.with_name(f"{database.name}.damaged").read_bytes()


def test_a_wrong_file_is_refused_and_nothing_is_lost(place: tuple[Flask, Path]) -> None:
    app, copy = place
    wrong = copy.with_name("wrong.backup")
    wrong.write_bytes(b"this is no database at all" * 100)
    is_file = db.engine.dialect.name == "sqlite"
    assert ("is not a backup" if is_file else "not appear to be a valid archive") in refused(
        app, wrong
    )
    assert db.session.scalar(text("SELECT count(*) FROM event")) == 0


def test_a_backup_is_not_written_over(place: tuple[Flask, Path]) -> None:
    app, copy = place
    done = app.test_cli_runner().invoke(args=["backup", str(copy)])
    assert done.exit_code == 1
    assert "exists already" in done.output


def test_the_folder_where_backups_are_looked_for_need_not_be_there(
    place: tuple[Flask, Path],
) -> None:
    app, _copy = place
    folder = Path(app.config["BACKUP_FOLDER"])
    assert not folder.exists()
    done = app.test_cli_runner().invoke(args=["backup", str(folder / "2026-03-02.backup")])
    assert done.exit_code == 0, done.output
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (
        "The newest backup is 0 hours old" in app.test_cli_runner().invoke(args=["doctor"]).output
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("elsewhere/new.backup", "there is no folder"),
        (f"{'n' * 300}.backup", "could not be written"),
    ],
)
def test_a_backup_that_cannot_be_written_says_why(
    place: tuple[Flask, Path], name: str, why: str
) -> None:
    app, copy = place
    done = app.test_cli_runner().invoke(args=["backup", str(copy.parent / name)])
    assert done.exit_code == 1
    assert why in done.output


def test_a_folder_for_backups_that_cannot_be_made_is_said_to_be_missing(
    place: tuple[Flask, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, copy = place
    folder = copy / "backups"
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(folder))
    done = app.test_cli_runner().invoke(args=["backup", str(folder / "new.backup")])
    assert done.exit_code == 1
    assert f"there is no folder {folder}" in done.output


def test_a_backup_from_before_an_upgrade_replaces_tables_it_does_not_know(
    place: tuple[Flask, Path],
) -> None:
    app, copy = place
    with transaction() as session:
        session.execute(
            text(
                "CREATE TABLE newer (id INTEGER PRIMARY KEY, event_id INTEGER NOT NULL "
                "REFERENCES event (id))"
            )
        )
    restored(app, copy)
    tables = inspect(db.engine).get_table_names()
    assert "event" in tables
    assert "newer" not in tables
