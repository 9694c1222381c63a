"""The step that orders people by what they come from writes the key of those there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from benchmarks.stage import PROJECT
from config import settings
from koostoo import create_app
from koostoo.base.clock import local_day, now
from koostoo.base.database import db
from koostoo.base.text import sort_key
from koostoo.events.load import load_project
from koostoo.events.models import Event
from koostoo.events.samples import add_samples
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up

STEP = "0017"


@pytest.fixture
def filled_app(tmp_path: Path) -> Iterator[Flask]:
    """The application with somebody in a sample event, on the engine of the tests."""
    with postgresql_database() as database:
        env = server_settings(tmp_path) | ({"DATABASE_URL": database} if database else {})
        app = create_app(settings(env))
        with app.app_context():
            upgrade()
            load_project(PROJECT.read_text("utf-8"), now(), "localhost")
            add_samples(local_day(now()), now(), "localhost")
            event = db.session.scalars(select(Event.id).where(Event.is_sample)).first() or 0
            sign_up(event, guest(), now())
            yield app
            db.session.remove()
            db.engine.dispose()


def guest() -> SignUp:
    return SignUp(
        first_name="Mari",
        last_name="Männik",
        email="mari@example.org",
        email_key="mari@example.org",
        phone="",
        organisation_id=None,
        other_organisation="Õunaaed",
        member_organisation="",
        role="member",
        language="et",
        photo_consent=None,
        nonce="nonce",
        source="desk",
    )


def keys() -> list[str]:
    found = list(db.session.scalars(text("SELECT origin_key FROM registration")))
    # The next step locks the table.
    db.session.rollback()
    return found


@pytest.mark.slow
def test_people_of_before_the_step_get_their_key_too(filled_app: Flask) -> None:
    assert keys() == [sort_key("Õunaaed", "")]
    before = ScriptDirectory("migrations").get_revision(STEP).down_revision
    downgrade(revision=str(before))
    upgrade()
    assert keys() == [sort_key("Õunaaed", "")]
