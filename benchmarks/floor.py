"""The floor: a bare Flask application, served and stored like ours, that does nothing else.

Environment: FLOOR_DATABASE (path of a SQLite file), FLOOR_PAGE_BYTES (length of the ready page).
"""

import os
import sqlite3
import threading
from contextlib import closing
from typing import Any

from flask import Flask, request
from sqlalchemy import create_engine

import koostoo.base.database  # noqa: F401 - its listener gives every connection our pragmas

PAGE = b"x" * int(os.environ.get("FLOOR_PAGE_BYTES") or 1)

app = Flask(__name__)
_engine = create_engine(f"sqlite:///{os.environ.get('FLOOR_DATABASE', ':memory:')}")
_own = threading.local()


def _connection() -> Any:
    """Return this thread's own sqlite3 connection, opened once."""
    if not hasattr(_own, "raw"):
        _own.raw = _engine.raw_connection()
    return _own.raw.driver_connection


@app.get("/page")
def page() -> bytes:
    """Return the ready page."""
    return PAGE


@app.post("/insert")
def insert() -> str:
    """Write one row under the write lock and commit it to disk."""
    connection: sqlite3.Connection = _connection()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO entry (name) VALUES (?)", (request.form["name"],))
    connection.execute("COMMIT")
    return "ok"


def create_table(path: str) -> None:
    """Make the floor's database with its one table."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
