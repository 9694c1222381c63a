"""The step that lets news stories be files keeps each file with its bytes, and who follows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.database import db, transaction
from tests.migrations.test_import_source import ROWS, whole

STEP = "0019"
BEFORE = (
    ScriptDirectory(str(Path(__file__).parents[2] / "migrations")).get_revision(STEP).down_revision
)
FOLLOWS = [{"digest": True, "failing": True}, {"digest": True}]
FILE: dict[str, Any] = {"kind": "photo", "event_id": 1, "size": 1, "title": "buss"}


@pytest.fixture
def old_app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """The application on a database as it was before the step, on the engine of the tests.

    By `database_url`, which it does not use, the tests know that it differs by engine.
    """
    with postgresql_database() as database:
        env = server_settings(tmp_path) | ({"DATABASE_URL": database} if database else {})
        app = create_app(settings(env))
        with app.app_context():
            upgrade(revision=BEFORE)
            yield app
            db.session.remove()
            db.engine.dispose()


def fill() -> None:
    """Write an event with a photo and two who follow it."""
    tables = MetaData()
    tables.reflect(db.engine)
    rows: list[tuple[str, dict[str, Any]]] = [
        *((name, ROWS[name]) for name in ("organisation", "project", "activity", "event")),
        *(("organiser", {"id": number, "email_key": str(number)}) for number in (1, 2)),
        *(
            ("follow", {"event_id": 1, "id": number, "organiser_id": number, "language": "et",
                        "link_id": str(number), **wishes})
            for number, wishes in enumerate(FOLLOWS, start=1)
        ),
        ("stored_file", FILE),
        ("file_chunk", {"file_id": 1, "variant": "full", "data": b"x"}),
    ]  # fmt: skip
    with transaction() as session:
        for name, values in rows:
            session.execute(tables.tables[name].insert(), whole(tables.tables[name]) | values)


def kept() -> list[Any]:
    found = db.session.execute(
        db.text("SELECT kind, title, data FROM stored_file JOIN file_chunk ON file_id = "
                "stored_file.id ORDER BY stored_file.id")
    ).all()  # fmt: skip
    db.session.rollback()
    return [(kind, title, bytes(data)) for kind, title, data in found]


@pytest.mark.slow
def test_files_survive_the_step_and_the_way_back_and_creators_are_told_of_evidence(
    old_app: Flask,
) -> None:
    fill()
    photo = ("photo", "buss", b"x")
    assert kept() == [photo]
    upgrade(revision=STEP)
    assert kept() == [photo]
    wishes = db.session.execute(db.text("SELECT evidence FROM follow ORDER BY id")).all()
    assert [bool(wish) for (wish,) in wishes] == [True, False]
    db.session.rollback()
    with transaction() as session:
        session.execute(
            db.text("INSERT INTO stored_file (id, kind, event_id, position, title, alt, type, "
                    "size, digest, source_digest, has_small, created_at) SELECT 2, 'news', "
                    "event_id, 0, 'lugu', alt, type, size, 'd2', 's2', has_small, created_at "
                    "FROM stored_file")
        )  # fmt: skip
        session.execute(
            db.text("INSERT INTO file_chunk (id, file_id, variant, position, data) "
                    "SELECT 2, 2, variant, position, data FROM file_chunk")
        )  # fmt: skip
    assert len(kept()) == 2
    downgrade(revision=BEFORE)
    assert kept() == [photo]
