"""The step that gives letters more states keeps every letter, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import bindparam, text

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import UtcDateTime, db, transaction

BEFORE, STEP = "0007", "0008"
OLD = [
    ("queued", 0, "waits"),
    ("queued", 3, "was put off"),
    ("sending", 1, "is under way"),
    ("sent", 1, "left"),
    ("failed", 2, "was refused"),
    ("dropped", 1, "was untrue"),
]


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


def write_old_letters() -> None:
    with transaction() as session:
        for state, attempts, words in OLD:
            session.execute(
                text(
                    "INSERT INTO outbox_message (kind, queue, recipient, language, payload, "
                    "message_id, state, attempts, created_at, next_try_at, last_error) VALUES "
                    "('signin', 'a', 'Kai@Example.ee', 'et', '{}', :words, :state, :attempts, "
                    ":now, :now, :words)"
                ).bindparams(bindparam("now", type_=UtcDateTime())),
                {"state": state, "attempts": attempts, "words": words, "now": now()},
            )


def rows(columns: str) -> list[tuple[object, ...]]:
    found = db.session.execute(
        text(f"SELECT {columns} FROM outbox_message ORDER BY id")  # noqa: S608 - written below
    )
    listed = [tuple(row) for row in found]
    # The next step locks the table.
    db.session.rollback()
    return listed


@pytest.mark.slow
def test_every_letter_survives_the_step_and_the_way_back(old_app: Flask) -> None:
    write_old_letters()
    upgrade(revision=STEP)
    assert rows("state, reason, answer, recipient_domain, message_id") == [
        ("queued", "", "waits", "example.ee", "waits"),
        ("retry", "later", "was put off", "example.ee", "was put off"),
        ("sending", "", "is under way", "example.ee", "is under way"),
        ("sent", "", "left", "example.ee", "left"),
        ("failed", "refused", "was refused", "example.ee", "was refused"),
        ("skipped", "untrue", "was untrue", "example.ee", "was untrue"),
    ]
    with transaction() as session:
        session.execute(text("UPDATE outbox_message SET state = 'bounced' WHERE state = 'sent'"))
    downgrade(revision=BEFORE)
    assert rows("state, attempts, last_error") == [
        (("failed" if state == "sent" else state), attempts, words)
        for state, attempts, words in OLD
    ]
    upgrade(revision=STEP)
    assert len(rows("id")) == len(OLD)
