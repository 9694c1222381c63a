"""Backup while the service writes, and the way back."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up


def test_a_backup_taken_while_people_register_is_whole_and_comes_back(
    app: Flask, make_event: Callable[..., Event], entry: Callable[..., SignUp], tmp_path: Path
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the way back on PostgreSQL would drop the tables under the other tests")
    event_id = make_event().id
    people = [entry() for _ in range(40)]

    def register() -> None:
        with app.app_context():
            for person in people:
                sign_up(event_id, person, now())

    thread = threading.Thread(target=register)
    thread.start()
    copy = tmp_path / "copy.db"
    done = app.test_cli_runner().invoke(args=["backup", str(copy)])
    thread.join()
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]
    with sqlite3.connect(copy) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [(saved,)] = database.execute("SELECT count(*) FROM registration")
        [(letters,)] = database.execute("SELECT count(*) FROM outbox_message")
    database.close()
    assert saved == letters
    db.session.remove()
    done = app.test_cli_runner().invoke(args=["restore", str(copy)])
    assert done.exit_code == 0, done.output
    assert db.session.scalar(select(func.count()).select_from(Registration)) == saved


def test_a_wrong_file_is_refused_and_nothing_is_lost(
    app: Flask, make_event: Callable[..., Event], tmp_path: Path
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only: a file can be anything")
    event = make_event()
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(b"this is no database at all" * 100)
    done = app.test_cli_runner().invoke(args=["restore", str(wrong)])
    assert done.exit_code == 1
    assert "not a backup" in done.output
    db.session.rollback()
    assert db.session.get_one(Event, event.id).slug == event.slug
