"""The disk is full: nothing is half written, people are told and keep what they typed; it mends."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.event import listen, remove

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from tests.trouble import Fault
from tests.web.desk_pages import read_form

MakeEvent = Callable[..., Event]
FillIn = Callable[..., dict[str, str]]
MOST = 60
SORRY = "Midagi ei salvestatud"


@contextmanager
def no_more_pages() -> Iterator[None]:
    """Let SQLite's file not grow by a single page (SQLITE_FULL), for every connection."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # Never less than there are.

    _forget_connections()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.driver_connection.execute("VACUUM")  # type: ignore[union-attr]
    _forget_connections()
    listen(db.engine, "connect", limit)
    try:
        yield
    finally:
        remove(db.engine, "connect", limit)
        _forget_connections()


@contextmanager
def no_larger_files() -> Iterator[None]:
    """Let no file of this process grow beyond some pages: writing the log fails (SQLITE_IOERR)."""
    _forget_connections()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as keeper:
        # The log is empty, and its index (32 kB) is there already, as in a running service.
        keeper.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    _forget_connections()


def _forget_connections() -> None:
    db.session.remove()
    db.engine.dispose()


def rows() -> tuple[int, int]:
    """How many registrations and letters there are: always as many."""
    db.session.rollback()
    found = [
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Registration, OutboxMessage)
    ]
    db.session.rollback()
    return found[0], found[1]


@pytest.mark.parametrize("full", [no_more_pages, no_larger_files])
def test_a_full_disk_refuses_in_words_keeps_what_was_typed_and_takes_it_once_there_is_room(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn, full: Any
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only: a server's disk is not ours to fill")
    event = make_event()
    path = f"/events/{event.slug}/register"
    typed = fill_in(event, member_organisation="Näidise küla selts " * 4)
    before = rows()
    with full():
        answer = client.post(path, data=typed)
        while answer.status_code == 303:
            before = (before[0] + 1, before[1] + 1)
            assert rows() == before, "half of something was written"
            assert before[0] < MOST, "the disk never fills"
            typed |= {"nonce": f"nonce-of-{before[0]}", "last_name": f"Mets{before[0]}"}
            answer = client.post(path, data=typed)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        page = answer.get_data(as_text=True)
        assert SORRY in page
        assert read_form(page)["last_name"] == typed["last_name"]
        assert rows() == before
        assert client.get("/").status_code == 200
    assert client.post(path, data=read_form(page)).status_code == 303
    assert rows() == (before[0] + 1, before[1] + 1)
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_server_without_room_refuses_in_the_same_words(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    path, typed = f"/events/{event.slug}/register", fill_in(event)
    code = sqlite3.SQLITE_FULL if db.engine.dialect.name == "sqlite" else "53100"
    with Fault(5, code) as fault:
        answer = client.post(path, data=typed)
    assert fault.was_met
    assert answer.status_code == 503
    page = answer.get_data(as_text=True)
    assert SORRY in page
    assert rows() == (0, 0)
    assert client.post(path, data=read_form(page)).status_code == 303
    assert rows() == (1, 1)
