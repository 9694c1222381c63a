"""What a connection to PostgreSQL is told, so that a vanished host holds up nobody for long."""

import pytest
from flask import Flask
from sqlalchemy import text

from koostoo.base.connecting import BUSY_SECONDS, SERVER_SIDE, SILENCE_SECONDS, engine_options
from koostoo.base.database import db

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
