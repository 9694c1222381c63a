"""`flask doctor` says in plain words what is wrong: each finding, brought about on purpose."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy import text

from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.mail import inbox
from koostoo.mail.bounces import Marked
from koostoo.mail.models import OutboxMessage
from koostoo.mail.reports import Fate
from koostoo.mail.rules import LATE_AFTER
from koostoo.mail.sorting import Rest
from koostoo.privacy.erasing import erase
from koostoo.privacy.sweeping import sweep
from koostoo.registration.calendar_replies import Taken
from koostoo.registration.incoming import DONE, receive
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.upkeep import database_checks, time_checks
from koostoo.upkeep.mailbox_checks import LEFT
from koostoo.upkeep.service import Pulse
from koostoo.upkeep.steps import known_steps
from tests.mail.servers import ScriptedServer, UseServer, free_port, working_server
from tests.mail.world import change, post
from tests.trouble import lock_held

Patch = pytest.MonkeyPatch
Set = Callable[..., None]


@pytest.fixture
def configure(app: Flask, monkeypatch: Patch) -> Set:
    """Change settings of the running service."""

    def change_settings(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setitem(app.config, name, value)

    return change_settings


@pytest.fixture
def well(app: Flask, tmp_path: Path, configure: Set, use_server: UseServer) -> Path:
    """A service as it should be, in production, with a worker and a backup; returns that."""
    use_server(free_port())
    Pulse(now()).beat(now())
    tmp_path.chmod(0o700)
    backup = tmp_path / "backups" / "2026-11-26.backup"
    backup.parent.mkdir()
    backup.touch()
    configure(
        DEVELOPMENT=False,
        SECOND_FACTOR="required",
        BASE_URL="https://koostoo.example.ee",
        PROXIES=1,
        SECRET_KEY="aB3-kqZ9_wXr7TmNf5LcHv2YgJd8SpQe",
        BACKUP_FOLDER=str(backup.parent),
        MAIL_DEFAULT_SENDER="koostoo@naidis.example",
        INBOUND_PIPE=True,
    )
    return backup


def lines(app: Flask, *arguments: str, code: int) -> list[str]:
    """Run the doctor, which must end with this code; return what it found."""
    done = app.test_cli_runner().invoke(args=["doctor", *arguments])
    assert done.exit_code == code, done.output
    return done.output.splitlines()


def look(app: Flask, mark: str) -> str:
    """Return the one finding with this mark and its advice; nothing else may be wrong."""
    with ScriptedServer() as server:
        app.extensions["mail"].port = server.port
        found = lines(app, code=int(mark == "NO"))
    told = [number for number, line in enumerate(found) if line.startswith(f"{mark}  ")]
    usual = [n for n in told if "has a rare error" in found[n]]
    [number] = [n for n in told if n not in usual]
    return f"{found[number][4:]}\n{found[number + 1].strip()}"


@pytest.mark.usefixtures("well")
def test_where_nothing_is_wrong_it_says_so(app: Flask) -> None:
    with ScriptedServer() as server:
        app.extensions["mail"].port = server.port
        found = lines(app, code=0)
    assert found[-1] == "Nothing is wrong."
    for title in ("Settings", "Database", "Time", "Mail", "Worker", "Backups"):
        assert title in found
    assert not [line for line in found if line.startswith("NO")]


@pytest.mark.usefixtures("well")
def test_a_test_letter_goes_to_the_address_given(app: Flask) -> None:
    with working_server() as server:
        app.extensions["mail"].port = server.port
        found = lines(app, "--mail", "kai@example.ee", code=0)
    assert server.recipients == ["kai@example.ee"]
    assert any("The test letter to kai@example.ee was taken" in line for line in found)


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize(
    ("values", "mark", "words"),
    [
        ({"DEVELOPMENT": True}, "hm", "KOOSTOO_ENV is “development”"),
        ({"SECRET_KEY": "abcabcabc" * 5}, "hm", "SECRET_KEY does not look random"),
        ({"SECOND_FACTOR": "optional"}, "hm", "SECOND_FACTOR is “optional”"),
        ({"PROXIES": 0}, "NO", "set PROXIES=1"),
        ({"BASE_URL": "http://127.0.0.1:8000"}, "hm", "without https"),
        ({"INBOUND_PIPE": False}, "hm", "Nobody reads the mailbox"),
        ({"BACKUP_FOLDER": "/nowhere"}, "NO", "no backup"),
    ],
)
def test_settings_that_are_unwise_are_named(
    app: Flask, configure: Set, values: dict[str, object], mark: str, words: str
) -> None:
    configure(**values)
    assert words in look(app, mark)


def test_a_folder_everybody_may_read_is_named(app: Flask, well: Path, tmp_path: Path) -> None:
    tmp_path.chmod(tmp_path.stat().st_mode | stat.S_IROTH)
    assert f"chmod 0700 {tmp_path}" in look(app, "hm")


def test_an_old_backup_is_named_with_its_age(app: Flask, well: Path) -> None:
    old = (now() - timedelta(hours=50)).timestamp()
    os.utime(well, (old, old))
    assert "The newest backup is 50 hours old" in look(app, "NO")


@pytest.mark.usefixtures("well")
def test_a_worker_that_is_not_there_is_named_with_how_to_start_it(app: Flask) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM worker_beat"))
    assert "systemctl start koostoo-worker" in look(app, "NO")


@pytest.mark.usefixtures("well")
def test_letters_that_do_not_leave_are_named(app: Flask) -> None:
    row = post("confirmed", queue="a")
    change(OutboxMessage, row, next_try_at=now() - LATE_AFTER - timedelta(seconds=5))
    assert "1 letter waits, the oldest for 10 minutes" in look(app, "NO")


@pytest.mark.usefixtures("well")
def test_what_is_wrong_with_mail_is_told_as_by_mail_check(app: Flask) -> None:
    app.extensions["mail"].port = free_port()
    assert any("Check MAIL_SERVER and MAIL_PORT" in line for line in lines(app, code=1))


@pytest.mark.usefixtures("well")
def test_a_mailbox_that_cannot_be_read_is_named(app: Flask, configure: Set) -> None:
    configure(
        INBOUND_IMAP_HOST="127.0.0.1",
        INBOUND_IMAP_PORT=free_port(),
        INBOUND_IMAP_TLS=False,
        INBOUND_IMAP_USERNAME="kai@naidis.example",
    )
    found = look(app, "NO")
    assert "The mailbox cannot be read (ConnectionRefusedError)" in found
    assert "kai" not in found


@pytest.mark.usefixtures("well")
def test_what_came_in_and_was_left_is_counted_by_why(app: Flask) -> None:
    receive(b"From: kai@naidis.example\r\n\r\nI cannot come.\r\n", now())
    for number, outcome in enumerate(("kept", "forged", "forged", "unreadable")):
        with transaction() as session:
            inbox.note(session, str(number), outcome, now())
    with transaction() as session:
        inbox.note(session, "old", "forged", now() - timedelta(days=15))
    with working_server() as server:
        app.extensions["mail"].port = server.port
        found = [line for line in lines(app, code=0) if "came in within two weeks" in line]
    left = "1 written by people, 2 answers with a forged sender, 1 that cannot be read"
    assert len(found) == 1
    assert found[0].startswith("ok  Letters that came in within two weeks: 5, acted on: 1; ")
    assert found[0].endswith(f"left for somebody to look at: {left}")


def test_whatever_becomes_of_a_letter_is_counted() -> None:
    words = {word for kind in (Taken, Rest, Marked, Fate) for word in literals(kind)}
    assert words - {"failed"} == DONE | LEFT.keys()


def literals(kind: object) -> set[str]:
    """Return the words of a Literal, or of several that make up a type."""
    parts = get_args(kind)
    return {
        word for part in parts for word in ([part] if isinstance(part, str) else literals(part))
    }


@pytest.mark.usefixtures("well")
def test_migrations_that_were_forgotten_are_named(app: Flask) -> None:
    head = known_steps()[-1]
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        assert f"step 0001, the program needs {head}" in look(app, "NO")
    finally:
        with transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


@pytest.mark.usefixtures("well", "impatient")
def test_a_lock_somebody_holds_is_named(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no lock over everything")
    with lock_held():
        assert "SQLITE_BUSY" in look(app, "NO")


def test_a_database_without_tables_and_one_out_of_reach_are_told_apart(tmp_path: Path) -> None:
    env = server_settings(tmp_path)
    nowhere = "postgresql+psycopg://nobody:hidden@127.0.0.1:1/koostoo"
    for address, words in (
        (env["DATABASE_URL"], "run flask db upgrade"),
        (nowhere, "Is DATABASE_URL right"),
    ):
        app = create_app(settings(env | {"DATABASE_URL": address}))
        with app.app_context():
            found = "\n".join(lines(app, code=1))
            db.engine.dispose()
        assert words in found
        assert "hidden" not in found


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    env = server_settings(tmp_path)
    file = tmp_path / "koostoo.db"
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('0001')")
        database.execute("CREATE TABLE word (it TEXT)")
        database.execute("CREATE INDEX ix_word ON word (it)")
        database.executemany("INSERT INTO word VALUES (?)", [(str(n) * 50,) for n in range(900)])
    database.close()
    content = bytearray(file.read_bytes())
    content[-4096 * 3 : -4096 * 2] = b"\xff" * 4096
    file.write_bytes(content)
    app = create_app(settings(env))
    with app.app_context():
        found = "\n".join(lines(app, code=1))
        db.engine.dispose()
    assert "The file is damaged" in found


def test_an_sqlite_with_the_known_error_is_told_from_one_without() -> None:
    assert database_checks.is_old_sqlite((3, 40, 1))
    assert database_checks.is_old_sqlite((3, 51, 2))
    assert not database_checks.is_old_sqlite((3, 51, 3))
    assert not database_checks.is_old_sqlite((3, 60, 0))


@pytest.mark.parametrize(
    ("answer", "mark"), [("yes", "ok"), ("no", "hm"), ("", "ok"), ("gibberish", "ok")]
)
def test_a_clock_nobody_sets_is_a_hint(monkeypatch: Patch, answer: str, mark: str) -> None:
    monkeypatch.setattr(time_checks, "_ask", lambda _program: answer)
    monkeypatch.setattr(shutil, "which", lambda _name: "/bin/true")
    assert time_checks.synchronised().mark == mark


def test_data_about_time_zones_that_are_wrong_are_named(monkeypatch: Patch) -> None:
    assert time_checks.zone().fine
    monkeypatch.setattr(time_checks, "ZONE", UTC)
    assert "wrong about Tallinn" in time_checks.zone().words


def test_settings_that_are_refused_are_told_in_one_line(tmp_path: Path) -> None:
    env = server_settings(tmp_path) | {"SECRET_KEY": "short"}
    flask = FlaskGroup(create_app=lambda: create_app(settings(env)))
    done = CliRunner().invoke(flask, ["doctor"])
    assert done.exit_code == 1
    assert done.output == "Error: SECRET_KEY is too short: use at least 32 characters\n"


@pytest.mark.usefixtures("well")
def test_an_erasure_nobody_finishes_is_named(
    app: Flask, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    number = sign_up(make_event().id, entry(), now()).registration_id
    erase(number, now() - timedelta(hours=2), "page")
    assert "may it write to ERASURE_LIST" in look(app, "NO")
    sweep(now())
    with ScriptedServer() as server:
        app.extensions["mail"].port = server.port
        assert "ok  Every erasure is on the list that a restore asks" in lines(app, code=0)
