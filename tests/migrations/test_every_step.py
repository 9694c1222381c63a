"""From every version there ever was, with rows in all its tables, the way leads to the newest.

One walk up the chain: at each step tables that are new get a row; the step (of the newest) is first
broken off at its last statement, after which all is as it was, and then taken, after which every
row is there.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from benchmarks.server import ROOT
from config import settings
from koostoo import create_app
from koostoo.base.database import db

STEPS = [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][
    ::-1
]
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
NEWEST = 6
"""So many steps are broken off; the older ones do not change any more, and were, one by one."""
ROWS: Mapping[str, list[dict[str, Any]]] = {
    "event": [{"date_kind": "days"}],
    "question": [{}, {"id": 2, "position": 2}],
    "condition": [{"question_id": 2, "yes": True}],
    "registration": [
        {},
        {"id": 2, **dict.fromkeys(["link_id", "email_key", "form_nonce", "uid"], "y")},
    ],
    "stored_file": [{"kind": "photo", "event_id": 1}],
    "job": [{"state": "queued"}],
    "frozen_report": [{"withdrawn_reason": ""}],
    "match_decision": [{"second_id": 2}],
}
"""What a CHECK asks for beyond a list of words, and where one row is too few; else there is one."""
EXPLAINED: Mapping[tuple[str, str], int] = {}
"""Rows a step itself adds or takes, by step and table."""


class Broken(Exception):
    """The step was broken off on purpose."""


@pytest.fixture
def app(env: dict[str, str]) -> Iterator[Flask]:
    """The application on an empty database of its own, on the engine of the tests."""
    application = create_app(settings(env))
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


SHAPE = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
    "postgresql": """
        SELECT table_name, column_name || data_type || is_nullable || coalesce(column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT conrelid::regclass::text, conname || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
        ORDER BY 1, 2""",
}
"""How each database tells what it holds: tables, columns, constraints, indexes, triggers."""


def shape() -> list[tuple[str, str]]:
    with db.engine.connect() as connection:
        return [
            (str(name), str(words))
            for name, words in connection.exec_driver_sql(SHAPE[db.engine.dialect.name])
        ]


def counts() -> dict[str, int]:
    names = sorted(sa.inspect(db.engine).get_table_names())
    each = [f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names]  # noqa: S608 - fixed
    with db.engine.connect() as connection:
        return {
            str(name): int(number)
            for name, number in connection.exec_driver_sql(" UNION ALL ".join(each))
        }


def fill() -> None:
    """Write a row into every table that has none, parents first, as its columns and CHECKs ask."""
    new = [name for name, number in counts().items() if not number]
    found = sa.MetaData()
    found.reflect(db.engine, only=new)
    with db.engine.begin() as connection:
        for table in found.sorted_tables:
            if table.name not in new:
                continue
            values = {c.name: value(connection, c) for c in table.columns if is_asked(c)}
            for particular in ROWS.get(table.name, [{}]):
                connection.execute(table.insert(), values | chosen(table) | particular)


def is_asked(column: sa.Column[Any]) -> bool:
    return not column.nullable and column.server_default is None


def value(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    """Return something that fits: of a key into another table its only row."""
    kind = column.type
    if column.foreign_keys:
        [key] = column.foreign_keys
        return connection.scalar(sa.select(sa.func.min(key.column)))
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, (sa.Integer, sa.Numeric)):
        return 1
    if isinstance(kind, sa.DateTime):
        return AT
    if isinstance(kind, sa.Date):
        return AT.date()
    if isinstance(kind, sa.JSON):
        return {"et": "sõna"}
    if isinstance(kind, sa.LargeBinary):
        return b"x"
    return "x" * min(getattr(kind, "length", None) or 3, 3)


def chosen(table: sa.Table) -> dict[str, str]:
    """Return the first word of each list of words a CHECK allows."""
    checks = sa.inspect(db.engine).get_check_constraints(table.name)
    text = " ".join(check["sqltext"] for check in checks)
    text = text.replace("::character varying", "").replace("::text", "")
    lists = re.findall(r"\(?(\w+)\)?\s*(?:IN \(|= ANY \(\(?ARRAY\[)'(\w*)'", text)
    return {name: word for name, word in lists if name in table.columns}


@contextmanager
def broken_at_the_end() -> Iterator[None]:
    """Let the statement that notes the step be refused: all of the step has been done by then."""

    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if re.match(r"(UPDATE|INSERT INTO) alembic_version", statement):
            raise Broken

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)


@pytest.mark.slow
def test_rows_of_every_version_reach_the_newest_and_a_step_that_fails_changes_nothing(
    app: Flask,
) -> None:
    upgrade(revision=STEPS[0])
    for old, new in pairwise(STEPS):
        fill()
        before, rows = shape(), counts()
        if new in STEPS[-NEWEST:]:
            with broken_at_the_end(), pytest.raises(Broken):
                upgrade(revision=new)
            assert (shape(), counts()) == (before, rows), f"{new}, broken off, left something"
        upgrade(revision=new)
        there = counts()
        lost = {
            table: (number, there.get(table))
            for table, number in rows.items()
            if there.get(table) != number + EXPLAINED.get((new, table), 0)
        }
        assert lost == {}, f"{old} to {new}"
    fill()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


PROGRAM = """
import os, signal
from config import settings
from flask_migrate import upgrade
from koostoo import create_app
from koostoo.base.database import db
from sqlalchemy import event
steps = 0
def kill(_connection, _cursor, statement, *_rest):
    global steps
    steps += statement.startswith("UPDATE alembic_version")
    if steps == 6:
        os.kill(os.getpid(), signal.SIGKILL)
with create_app(settings(os.environ)).app_context():
    event.listen(db.engine, "before_cursor_execute", kill)
    upgrade()
"""
OLD = "0012"


@pytest.mark.slow
def test_an_upgrade_that_is_killed_leaves_the_old_version_whole_and_is_done_again(
    app: Flask, env: dict[str, str]
) -> None:
    upgrade(revision=OLD)
    fill()
    before = (shape(), counts())
    db.engine.dispose()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT, env={**os.environ, **env}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert (shape(), counts()) == before
    upgrade()
    there = counts()
    assert [name for name, number in before[1].items() if there.get(name) != number] == []
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
