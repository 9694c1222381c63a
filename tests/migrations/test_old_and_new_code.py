"""Hosts are upgraded one after the other: old and new code run on one schema, the newer one.

So a step only adds. What is no longer needed goes a release after the last code that used it, and
is declared here then: DECLARED[revision][sentence of the test] = the release that stopped using it,
or why it does no harm. See docs/scale.md, "Upgrading without a pause".
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.database import db
from tests.migrations.shape import shape_of, what_the_release_before_minds

LAST_WITHOUT_THE_RULE = "0025"
DECLARED: dict[str, dict[str, str]] = {}
SCRIPTS = ScriptDirectory(str(Path(__file__).parents[2] / "migrations"))
STEPS = [
    script.revision
    for script in reversed([*SCRIPTS.walk_revisions()])
    if script.revision > LAST_WITHOUT_THE_RULE
]


@pytest.fixture
def app_without_tables(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """The application on an empty database, on the engine of the tests."""
    with postgresql_database() as database:
        env = server_settings(tmp_path) | ({"DATABASE_URL": database} if database else {})
        app = create_app(settings(env))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.mark.skipif(not STEPS, reason="no step since the rule")
def test_each_step_leaves_the_release_before_running(app_without_tables: Flask) -> None:
    upgrade(revision=LAST_WITHOUT_THE_RULE)
    minded, before = {}, shape_of(db.engine)
    for step in STEPS:
        upgrade(revision=step)
        after = shape_of(db.engine)
        found = what_the_release_before_minds(before, after)
        if undeclared := [one for one in found if one not in DECLARED.get(step, {})]:
            minded[step] = undeclared
        before = after
    assert minded == {}


def test_what_is_declared_belongs_to_a_step_and_says_why() -> None:
    assert DECLARED.keys() <= {*STEPS}
    assert all(why for sentences in DECLARED.values() for why in sentences.values())


@pytest.mark.parametrize(
    ("step", "minded"),
    [
        ("CREATE TABLE other (id INTEGER PRIMARY KEY, name TEXT NOT NULL)", []),
        ("ALTER TABLE person ADD COLUMN nick TEXT", []),
        ("ALTER TABLE person ADD COLUMN nick TEXT NOT NULL DEFAULT ''", []),
        ("ALTER TABLE person ADD COLUMN nick TEXT CHECK (nick <> '')", []),
        ("CREATE INDEX ix_person_name ON person (name)", []),
        ("DROP TABLE person", ["person is gone"]),
        ("ALTER TABLE person DROP COLUMN name", ["person.name is gone"]),
        (
            "ALTER TABLE person RENAME COLUMN name TO full_name",
            ["person.name is gone", "person.full_name is new and may not be left out"],
        ),
        (
            "CREATE UNIQUE INDEX uq_person_name ON person (name)",
            ["person has a new rule: uq_person_name"],
        ),
    ],
)
def test_what_takes_away_or_asks_more_is_noticed(step: str, minded: list[str]) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"))
    before = shape_of(engine)
    with engine.begin() as connection:
        connection.execute(text(step))
    assert what_the_release_before_minds(before, shape_of(engine)) == minded
    engine.dispose()


def test_a_column_that_may_no_longer_be_empty_or_is_of_another_type_is_noticed() -> None:
    engines = [create_engine("sqlite://") for _ in range(3)]
    for engine, name in zip(engines, ("TEXT", "TEXT NOT NULL", "INTEGER"), strict=True):
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE person (id INTEGER PRIMARY KEY, name {name})"))
    before, stricter, other = map(shape_of, engines)
    for engine in engines:
        engine.dispose()
    assert what_the_release_before_minds(before, stricter) == ["person.name may no longer be empty"]
    assert what_the_release_before_minds(before, other) == ["person.name is INTEGER, was TEXT"]
