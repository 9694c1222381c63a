"""Backups taken while people register come back whole, with everybody who was told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from benchmarks import visits
from benchmarks.rush import postgresql_database
from benchmarks.server import serve, server_settings
from benchmarks.stage import RUSH, RUSH_SEATS, set_stage
from config import settings
from koostoo import create_app
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from tests.registration.crowd import Crowd
from tests.registration.visitors import number_of
from tests.web.desk_pages import sign_in

BACKUPS = 2


@contextmanager
def elsewhere(folder: Path) -> Iterator[Flask]:
    """Another place to restore into: an empty database on the engine of the tests."""
    folder.mkdir()
    with postgresql_database() as database:
        env = server_settings(folder) | ({"DATABASE_URL": database} if database else {})
        app = create_app(settings(env | {"BASE_URL": "http://localhost"}))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def back_up(env: dict[str, str], copy: Path) -> None:
    """Run the command as the nightly timer does, beside the running service."""
    app = create_app(settings(env))
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["backup", str(copy)])
        assert done.exit_code == 0, done.output
        db.engine.dispose()


def check_restored(app: Flask, copy: Path, told: set[int]) -> None:
    """Put the copy back and hold it against what people were told before it was begun."""
    done = app.test_cli_runner().invoke(args=["restore", str(copy)])
    assert done.exit_code == 0, done.output
    assert "upgrade" not in done.output
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    rows = list(db.session.scalars(select(Registration).join(Event).where(Event.slug == RUSH)))
    kept = {number_of(row.email) for row in rows}
    assert told <= kept
    confirmed = sum(row.state == "confirmed" for row in rows)
    assert confirmed == min(RUSH_SEATS, len(rows))
    numbers = db.session.execute(
        select(func.count())
        .join(Registration)
        .group_by(Registration.id)
        .select_from(OutboxMessage)
        .where(Registration.id.in_([row.id for row in rows]))
    ).scalars()
    assert [*numbers] == [1] * len(rows)
    token = make_token([app.config["SECRET_KEY"]], "my", rows[0].link_id)
    client = app.test_client()
    assert rows[0].last_name in client.get(f"/my/{token}").get_data(as_text=True)
    assert RUSH in sign_in(client).get("/desk/").get_data(as_text=True)


@pytest.mark.slow
def test_backups_taken_in_a_rush_hold_everybody_who_was_told_and_open_their_links(
    env: dict[str, str], tmp_path: Path
) -> None:
    set_stage(env, people=10)
    env["GUNICORN_CMD_ARGS"] = "--preload"
    port, taken = urlsplit(env["BASE_URL"]).port or 0, list[tuple[Path, set[int]]]()
    with serve("app:app", env, tmp_path / "log", port, visits.EVENT_PAGE) as server:
        crowd = Crowd(server, clients=4)
        try:
            for number in range(BACKUPS):
                crowd.wait_for(5)
                told = {*crowd.acknowledged}
                copy = tmp_path / f"{number}.backup"
                back_up(env, copy)
                assert copy.stat().st_mode & 0o777 == 0o600
                taken.append((copy, told))
        finally:
            crowd.end()
    assert len(taken[-1][1]) > len(taken[0][1]) >= 5
    for number, (copy, told) in enumerate(taken):
        with elsewhere(tmp_path / f"place{number}") as app:
            check_restored(app, copy, told)
