"""The step that lets registrations come from a list keeps every row, and can be taken back."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, MetaData, Table, func, select

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import db, transaction

BEFORE, STEP = "0014", "0015"
ROWS: dict[str, dict[str, Any]] = {
    "organisation": {},
    "project": {},
    "activity": {"project_id": 1, "kind": "joint", "target": 1},
    "event": {
        "activity_id": 1, "organiser_id": 1, "state": "draft", "date_kind": "days",
        "mode": "onsite", "approval": "none", "membership": "open", "on_decline": "ask",
        "group_max": 1,
    },
    "question": {"event_id": 1, "kind": "text", "asked": "signup"},
    "registration": {
        "event_id": 1, "state": "confirmed", "role": "other", "language": "et", "source": "desk",
    },
    "answer": {"registration_id": 1, "question_id": 1},
}  # fmt: skip


@pytest.fixture
def old_app(tmp_path: Path) -> Iterator[Flask]:
    """The application on a database as it was before the step, on the engine of the tests."""
    with postgresql_database() as database:
        env = server_settings(tmp_path) | ({"DATABASE_URL": database} if database else {})
        app = create_app(settings(env))
        with app.app_context():
            upgrade(revision=BEFORE)
            yield app
            db.session.remove()
            db.engine.dispose()


def fill() -> None:
    """Write one row of each table; what must be there and says nothing here is empty."""
    tables = MetaData()
    tables.reflect(db.engine)
    with transaction() as session:
        for name, values in ROWS.items():
            session.execute(tables.tables[name].insert(), whole(tables.tables[name]) | values)


def whole(table: Table) -> dict[str, Any]:
    """Return a value for each column that must have one, empty where the type allows."""
    empty: dict[type, Any] = {
        JSON: {}, Boolean: False, DateTime: now(), Date: date(2024, 5, 30), Integer: 1,
    }  # fmt: skip
    return {
        column.name: next((v for kind, v in empty.items() if isinstance(column.type, kind)), "")
        for column in table.columns
        if not column.nullable
    }


def numbers() -> dict[str, int]:
    """How many rows each table has."""
    tables = MetaData()
    tables.reflect(db.engine)
    found = {
        name: db.session.scalar(select(func.count()).select_from(tables.tables[name])) or 0
        for name in ROWS
    }
    db.session.rollback()
    return found


@pytest.mark.slow
def test_people_and_answers_survive_the_step_and_the_way_back(old_app: Flask) -> None:
    fill()
    upgrade(revision=STEP)
    assert numbers() == dict.fromkeys(ROWS, 1)
    with transaction() as session:
        session.execute(db.text("UPDATE registration SET source = 'import'"))
    downgrade(revision=BEFORE)
    assert numbers() == dict.fromkeys(ROWS, 1)
    assert db.session.scalar(db.text("SELECT source FROM registration")) == "desk"
