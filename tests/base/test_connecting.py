"""What a connection to PostgreSQL is told, so that a vanished host holds up nobody for long."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InternalError, ProgrammingError

from koostoo.base.connecting import BUSY_SECONDS, SERVER_SIDE, SILENCE_SECONDS, engine_options
from koostoo.base.database import db, state_of_data, transaction

ADDRESS = "postgresql+psycopg://koostoo@db.example.org/koostoo"


def test_both_ends_give_a_silent_one_up_within_seconds() -> None:
    told = engine_options(ADDRESS, pooled=False)["connect_args"]
    assert told["tcp_user_timeout"] == SILENCE_SECONDS * 1000 <= 15_000
    assert told["connect_timeout"] <= 5
    assert f"-c tcp_user_timeout={SILENCE_SECONDS}s" in told["options"]
    assert f"-c lock_timeout={BUSY_SECONDS}s" in told["options"]


def test_what_stands_in_the_address_wins() -> None:
    told = engine_options(f"{ADDRESS}?connect_timeout=30&options=-c%20x%3D1", pooled=False)
    assert not {"connect_timeout", "options"} & told["connect_args"].keys()
    assert told["connect_args"]["keepalives_idle"] == 5


def test_behind_a_pooler_nothing_is_prepared() -> None:
    assert engine_options(ADDRESS, pooled=True)["connect_args"]["prepare_threshold"] is None
    assert "prepare_threshold" not in engine_options(ADDRESS, pooled=False)["connect_args"]


def test_sqlite_is_told_nothing_of_it() -> None:
    assert engine_options("sqlite:////tmp/x.db", pooled=True) == {"hide_parameters": True}


@pytest.mark.postgres
def test_the_server_has_heard_it(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("needs PostgreSQL")
    for name in SERVER_SIDE:
        shown = db.session.scalar(text(f"SELECT current_setting('{name}')"))
        assert shown not in (None, "", "0"), name


@pytest.mark.postgres
def test_a_connection_the_server_ended_is_not_used_again(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("needs PostgreSQL")
    with db.engine.connect() as one, db.engine.connect() as other:
        number = one.scalar(text("SELECT pg_backend_pid()"))
        others = other.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(_address(), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s, 5000)", (number,))
        server.execute("SELECT pg_terminate_backend(%s, 5000)", (others,))
    with db.engine.connect() as fresh, db.engine.connect() as another:
        found = {one.scalar(text("SELECT pg_backend_pid()")) for one in (fresh, another)}
    assert not found & {number, others}


@pytest.mark.postgres
def test_nothing_is_asked_before_a_connection_is_used(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("needs PostgreSQL")
    last = "SELECT query FROM pg_stat_activity WHERE pid = %s"
    with db.engine.connect() as one:
        number = one.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(_address(), autocommit=True) as server:
        before = server.execute(last, (number,)).fetchone()
        with db.engine.connect() as again:
            driver = again.connection.driver_connection
            assert driver is not None
            assert driver.info.backend_pid == number
            assert server.execute(last, (number,)).fetchone() == before


@pytest.mark.postgres
def test_asking_whether_anything_was_committed_opens_no_transaction(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("needs PostgreSQL")
    with db.engine.connect() as one:
        number = one.scalar(text("SELECT pg_backend_pid()"))
    state_of_data()
    with psycopg.connect(_address(), autocommit=True) as server:
        told = "SELECT query, state FROM pg_stat_activity WHERE pid = %s"
        query, state = server.execute(told, (number,)).fetchone() or ("", "")
    # The session has not begun one, and neither COMMIT nor ROLLBACK came after it.
    assert "pg_current_snapshot" in query
    assert state == "idle"


@pytest.mark.postgres
def test_who_forgets_the_transaction_is_refused(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("needs PostgreSQL")
    change = text("UPDATE mail_trouble SET failures = 0")
    db.session.rollback()
    with pytest.raises(InternalError, match="read-only transaction"):
        db.session.execute(change)
    with transaction() as session:
        session.execute(change)
    with db.engine.begin() as connection:
        connection.execute(change)


@pytest.mark.postgres
def test_reading_leaves_statements_prepared_and_a_mistake_forgets_them(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("needs PostgreSQL")
    session, prepared = db.session(), text("SELECT count(*) FROM pg_prepared_statements")
    reading = text("SELECT scope FROM mail_trouble WHERE failures > :least")
    session.rollback()
    for least in range(8):
        session.execute(reading, {"least": least}).all()
        session.rollback()
    assert session.scalar(prepared) == 1
    with pytest.raises(ProgrammingError):
        session.execute(text("SELECT no_such_column FROM mail_trouble"))
    session.rollback()
    assert session.scalar(prepared) == 0
    session.rollback()


def _address() -> str:
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
