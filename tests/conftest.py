"""The cast and the stage: a real database (SQLite, or PostgreSQL when asked), real requests.

Set TEST_DATABASE_URL to a PostgreSQL address to run the same tests there; each test process
gets a database of its own beside it.
"""

import gc
import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text
from sqlalchemy import event as hooks

from benchmarks.rush import postgresql_database
from benchmarks.server import server_settings
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Condition, Event, Option, Question
from koostoo.events.questions import AskedIf
from koostoo.programme.member_file import MemberFile
from koostoo.programme.member_list import Member
from koostoo.programme.models import Activity, Organisation, Partner, Project
from koostoo.programme.service import apply_import, keep_import
from koostoo.registration.rules import SignUp
from tests.mail.servers import UseServer, make_certificate
from tests.trouble import short_waits

_NEEDS_DATABASE = {"database_url", "env"}
KEY = "a key for tests only, long enough to be taken"

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what is slow; leave out on PostgreSQL what never asks for a database.

    What begins late and takes long would leave all processes but one without work. What asks for no
    database was the same on SQLite.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if not os.environ.get("TEST_DATABASE_URL"):
        return
    asking = {
        id(item)
        for item in items
        if _NEEDS_DATABASE & {*getattr(item, "fixturenames", ())}
        and not item.get_closest_marker("once")
    }
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in asking])
    items[:] = [item for item in items if id(item) in asking]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Look for garbage again, but not among what was loaded so far (see `tests/__init__.py`)."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Let what was loaded go: libraries complain of what is left at the end."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of this test process."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{tmp_path_factory.mktemp('db')}/test.db"
        return
    name = f"koostoo_test_{token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


class Browser(FlaskClient):
    """A test client whose every request stands alone, as on a server.

    The test's own application context would otherwise lend its `g` (language, organiser) and its
    database snapshot to the request.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send one request in a context of its own."""
        db.session.rollback()
        with self.application.app_context():
            return super().open(*args, **kwargs)


def _trust_the_power(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def base_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated database, made once per test process."""
    config = settings(
        {
            "KOOSTOO_ENV": "development",
            "SECRET_KEY": KEY,
            "BASE_URL": "http://localhost",
            "DATABASE_URL": database_url,
            "INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")),
        }
    )
    # Letters arrive in the order they were written: one hand. `tests/mail` tries several.
    app = create_app({**config, "TESTING": True, "MAIL_CONNECTIONS": 1})
    app.test_client_class = Browser
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            # Nobody pulls the plug on a test: waiting for the disk at each commit proves nothing.
            hooks.listen(db.engine, "connect", _trust_the_power)
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@cache
def _emptying() -> tuple[str, ...]:
    return tuple(str(table.delete()) for table in reversed(db.metadata.sorted_tables))


def _empty_tables() -> None:
    """Delete everything, asking neither ORM nor engine: each test does this."""
    with transaction() as session:
        connection = session.connection()
        driver = connection.connection.driver_connection
        assert driver is not None
        # PostgreSQL takes all of them at once, SQLite one by one.
        at_once = connection.dialect.name == "postgresql"
        for statement in [";".join(_emptying())] if at_once else _emptying():
            driver.execute(statement)


@pytest.fixture
def app(base_app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application with empty tables and its own instance folder."""
    base_app.config["INSTANCE_PATH"] = str(tmp_path)
    base_app.config["ERASURE_LIST"] = str(tmp_path / "erasures.txt")
    with base_app.app_context():
        yield base_app
        db.session.rollback()
        _empty_tables()
        db.session.remove()


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of a real server on a database of its own, on the engine the tests run on."""
    with postgresql_database() as database:
        settings = server_settings(tmp_path)
        yield settings | ({"DATABASE_URL": database} if database else {})


@pytest.fixture
def use_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> UseServer:
    """Let letters really leave, to the server at a port of this machine; any setting may differ."""

    def use(port: int, **settings: object) -> None:
        defaults = {
            "server": "127.0.0.1",
            "port": port,
            "use_tls": False,
            "use_ssl": False,
            "username": None,
            "password": None,
            "suppress": False,
        }
        for name, value in {**defaults, **settings}.items():
            monkeypatch.setattr(app.extensions["mail"], name, value)
        monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "smtp")

    return use


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key in one file."""
    return make_certificate(tmp_path, "IP:127.0.0.1")


@pytest.fixture
def impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits long for a lock."""
    with short_waits(monkeypatch):
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def programme(app: Flask) -> Activity:
    """A made-up project with host, one partner and one joint activity; returns the activity."""
    this_year = now().year
    with transaction() as session:
        host = Organisation(slug="host", name="MTÜ Näidis", short_name="Näidis")
        partner = Organisation(slug="partner", name="MTÜ Partner", short_name="")
        project = Project(
            slug="project",
            title=LocalText("Näidisprojekt", "Sample project"),
            starts_on=date(this_year, 1, 1),
            ends_on=date(this_year + 1, 12, 31),
            support_text=LocalText("Toetab näidisfond", "Supported by a sample fund"),
            partners=[
                Partner(organisation=host, role="host", position=1),
                Partner(organisation=partner, role="partner", position=2),
            ],
        )
        activity = Activity(
            project=project,
            slug="trip",
            kind="joint",
            position=1,
            title=LocalText("Õppereis liikmetele", "Study trip for members"),
            description=LocalText("Vähemalt üks õppereis"),
            target=1,
        )
        session.add_all([host, partner, project, activity])
    return activity


@pytest.fixture
def make_event(programme: Activity) -> Callable[..., Event]:
    """A factory of published events a month ahead; any column may be given.

    `questions` are kind, words and options; `asked_if` their conditions, all by their places.
    """

    def make(**values: Any) -> Event:
        moment = now()
        start = (moment + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
        when = values.pop("when", None) or When.timed(start, start + timedelta(hours=6))
        questions, asked_if = values.pop("questions", []), values.pop("asked_if", {})
        with transaction() as session:
            number = token_hex(4)
            event = Event(
                activity_id=programme.id,
                organiser_id=session.query(Organisation).order_by(Organisation.id).first().id,  # type: ignore[union-attr]
                slug=values.pop("slug", f"event-{number}"),
                uid=f"event-{number}@localhost",
                title=values.pop("title", LocalText("Õppereis Voorele", "Study trip to Voore")),
                created_at=moment,
                revised_at=moment,
                **{"state": "published", "place": LocalText("Voore külalistemaja"), **values},
            )
            event.when = when
            for position, (kind, label, options) in enumerate(questions, start=1):
                question = Question(position=position, kind=kind, label=LocalText(label))
                for place, words in enumerate(options, start=1):
                    question.options.append(Option(position=place, label=LocalText(words)))
                event.questions.append(question)
            session.add(event)
            _ask_only_if(event, asked_if)
        return event

    return make


def _ask_only_if(event: Event, conditions: dict[int, AskedIf]) -> None:
    for place, asked_if in conditions.items():
        on = event.questions[asked_if.on]
        option = None if asked_if.option is None else on.options[asked_if.option]
        event.questions[place].condition = Condition(on=on, option=option, yes=asked_if.yes)


@pytest.fixture
def entry(programme: Activity) -> Callable[..., SignUp]:
    """A factory of what a member types; each has another name unless one is given."""
    numbers = iter(range(1, 10_000))

    def make(**values: Any) -> SignUp:
        number = next(numbers)
        fields: dict[str, Any] = {
            "first_name": "Mari",
            "last_name": f"Maasikas{number}",
            "email": f"mari{number}@example.org",
            "email_key": f"mari{number}@example.org",
            "phone": "+3725552385",
            "organisation_id": programme.project.partners[0].organisation_id,
            "other_organisation": "",
            "member_organisation": "Näidise küla selts",
            "role": "member",
            "language": "et",
            "photo_consent": None,
            "nonce": token_hex(12),
        }
        return SignUp(**{**fields, **values})

    return make


@pytest.fixture
def keep_register(app: Flask) -> Callable[..., None]:
    """Let an organisation keep the register of these members, names or `Member`s."""

    def keep(organisation_id: int, *listed: Member | str) -> None:
        members = tuple(Member(one) if isinstance(one, str) else one for one in listed)
        file = MemberFile(members, len(members), ())
        key = keep_import(organisation_id, file, {"kind": "csv"}, now(), replaces=True)
        version = db.session.get_one(Organisation, organisation_id).register_version
        apply_import(organisation_id, key, version, now())

    return keep


def form_values(page: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page, token and nonce included."""
    return dict(re.findall(r'<input[^>]*name="(csrf_token|nonce)"[^>]*value="([^"]*)"', page))


@pytest.fixture
def fill_in(client: FlaskClient, programme: Activity) -> Callable[..., dict[str, str]]:
    """Open an event's sign-up form and return what a member would send."""

    def fill(event: Event, **values: str) -> dict[str, str]:
        page = client.get(f"/events/{event.slug}/register").get_data(as_text=True)
        return {
            **form_values(page),
            "first_name": "Mari",
            "last_name": "Maasikas",
            "email": "mari@example.org",
            "phone": "5552 2385",
            "organisation": str(programme.project.partners[0].organisation_id),
            "member_organisation": "Näidise küla selts",
            "role": "member",
            "language": "et",
            "privacy": "y",
            **values,
        }

    return fill
