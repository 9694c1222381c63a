"""Readiness tells the truth: each thing the service needs is broken on purpose, and it is red."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.event import listen, remove

from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.mail.models import OutboxMessage
from koostoo.mail.rules import LATE_AFTER
from koostoo.upkeep import readiness
from koostoo.upkeep.rules import SILENT_AFTER
from koostoo.upkeep.service import Pulse, note_beat
from koostoo.upkeep.steps import known_steps
from tests.mail.world import change, post
from tests.trouble import lock_held

TOKEN = "a made-up monitor's token"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
PAGE = "/readyz"
NOWHERE = "postgresql+psycopg://nobody:secret@127.0.0.1:1/koostoo"
NAMES = ["database", "schema", "outbox", "worker", "clock", "disk"]


@pytest.fixture(autouse=True)
def _at_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service whose keeper has set MONITOR_TOKEN, with a worker that lives."""
    monkeypatch.setitem(app.config, "MONITOR_TOKEN", TOKEN)
    Pulse(now()).beat(now())


def red(client: FlaskClient) -> dict[str, str]:
    """Return what is not fine, with its words; the status must say the same."""
    answer = client.get(PAGE, headers=SHOWN)
    told: dict[str, Any] = answer.get_json()
    wrong = {name: check["words"] for name, check in told["checks"].items() if not check["ok"]}
    assert answer.status_code == (503 if wrong else 200)
    assert told["ready"] is not bool(wrong)
    return wrong


def test_all_is_well_with_a_worker_at_work(client: FlaskClient) -> None:
    answer = client.get(PAGE, headers=SHOWN)
    assert answer.status_code == 200
    assert {*answer.get_json()["checks"]} == {*NAMES}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_nobody_else_finds_the_page(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get(PAGE, headers=headers).status_code == 404


def test_looking_changes_nothing(client: FlaskClient) -> None:
    with db.engine.connect() as other:
        before = other.execute(text("SELECT * FROM alembic_version")).all()
        assert red(client) == {}
        assert other.execute(text("SELECT * FROM alembic_version")).all() == before


@pytest.mark.usefixtures("impatient")
def test_a_locked_database_is_red_and_liveness_is_not(client: FlaskClient) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no lock over everything")
    with lock_held():
        assert red(client) == {"database": "Nothing can be written (SQLITE_BUSY)."}
        assert client.get("/healthz").status_code == 200
    assert red(client) == {}


def test_a_database_that_takes_no_writing_is_red(client: FlaskClient) -> None:
    """As on a disk mounted read-only, or a standby server."""

    def make_read_only(connection: Any, _record: object) -> None:
        is_file = isinstance(connection, sqlite3.Connection)
        words = "PRAGMA query_only=ON" if is_file else "SET default_transaction_read_only = on"
        connection.execute(words)
        if not is_file:
            connection.commit()

    listen(db.engine, "connect", make_read_only)
    db.session.remove()
    db.engine.dispose()
    try:
        assert [*red(client)] == ["database"]
    finally:
        remove(db.engine, "connect", make_read_only)
        db.session.remove()
        db.engine.dispose()
    assert red(client) == {}


def test_tables_of_another_version_are_red(client: FlaskClient) -> None:
    head = known_steps()[-1]
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        words = red(client)["schema"]
    finally:
        with transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    assert words == f"The tables are at step 0001, the program needs {head}: run flask db upgrade."


def test_tables_of_a_newer_version_are_fine_while_hosts_are_upgraded(client: FlaskClient) -> None:
    head = known_steps()[-1]
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        assert red(client) == {}
    finally:
        with transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


def test_letters_that_do_not_leave_are_red_without_a_name(client: FlaskClient) -> None:
    row = post("confirmed", queue="a", after=timedelta())
    late = now() - LATE_AFTER - timedelta(seconds=5)
    change(OutboxMessage, row, next_try_at=late)
    assert red(client) == {"outbox": "1 letter waits, the oldest for 10 minutes."}


def test_a_worker_that_died_is_red(client: FlaskClient) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM worker_beat"))
    assert red(client) == {"worker": "No worker is at work: none was started, or each was stopped."}
    last = now() - SILENT_AFTER
    note_beat("a" * 16, "host", last, last)
    assert red(client) == {"worker": "No worker is at work; the last sign of life: 5 minutes ago."}


def test_a_clock_that_was_put_back_is_red(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = now() - timedelta(hours=1)
    monkeypatch.setattr("koostoo.web.public.monitor.now", lambda: past)
    wrong = red(client)
    assert "seconds apart" in wrong["clock"]
    assert {*wrong} == {"clock", "worker"}


def test_a_full_disk_is_red(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LEAST_FREE", 10**18)
    assert [*red(client)] == ["disk"]
    assert client.get("/healthz").status_code == 200


def test_a_folder_that_is_gone_is_red(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "INSTANCE_PATH", str(tmp_path / "nowhere"))
    assert [*red(client)] == ["disk"]


def test_a_database_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    env = server_settings(tmp_path) | {"MONITOR_TOKEN": TOKEN, "DATABASE_URL": NOWHERE}
    env["BASE_URL"] = "http://localhost"
    other = create_app(settings(env))
    with other.app_context():
        wrong = red(other.test_client())
    assert {*wrong} == {*NAMES} - {"disk"}
    assert not any("nobody" in words or "secret" in words for words in wrong.values())
