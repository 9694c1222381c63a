"""What is asked of the database while something is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as hooks

from koostoo.base.database import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect every statement sent to the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    hooks.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        hooks.remove(db.engine, "before_cursor_execute", note)


def selects_of(browser: FlaskClient, path: str) -> int:
    """Count the SELECTs a page that is there, or a whole download, makes."""
    with statements() as seen:
        answer = browser.get(path, buffered=True)
        assert answer.status_code == 200, path
        assert answer.data
    return sum(statement.startswith("SELECT") for statement in seen)


def plans_of(step: Callable[[], object]) -> list[str]:
    """Return how SQLite goes about each statement of a step; elsewhere the test is skipped."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by how many rows there are, and here are few")
    asked = list[Any]()

    def note(_connection: Any, _cursor: Any, *asking: Any) -> None:
        asked.append(asking[:2])

    hooks.listen(db.engine, "before_cursor_execute", note)
    try:
        step()
    finally:
        hooks.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    return [
        " / ".join(
            row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        )
        for statement, values in asked
        if statement.startswith(("SELECT", "WITH"))
    ]
