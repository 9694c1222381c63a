"""No value of any query, form, path or header makes a 5xx.

Routes come from the URL map, and what each asks for is heard while it is opened, so a new field is
tried without being named here. The seed is fixed; INPUT_ROUNDS and INPUT_SEED try more by hand.
"""

import os
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.registration.rules import SignUp
from tests.conftest import form_values
from tests.web import everywhere, nasty
from tests.web.desk_pages import sign_in

ROUNDS = int(os.environ.get("INPUT_ROUNDS") or 1)
SEED = os.environ.get("INPUT_SEED") or "26.11.2026"
CONTENTS = (
    b"",
    b"\0\xff",
    b"PK\x03\x04" + b"\0" * 60,
    b"\x89PNG\r\n\x1a\n\0\0",
    b"%PDF-",
    b"a;b\n" * 9,
)
NAMES = ("a.csv", "..\\..\\x.xlsx", "ä\u202ex.jpg", "x" * 300 + ".png", ".pdf")
ROBOTS = "website"
"""The hidden field that only robots fill in."""
LEFT_OUT = {"signin.sign_out"}
"""Would end the session the others need."""


TYPED = {"email": "proov@example.org", "tel": "5552 2385", "number": "3", "date": "2027-05-01"}


class Fields(HTMLParser):
    """Reads what somebody would send from a page: what stands there, or some word."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: nasty.Pairs = []
        self.files: list[str] = []
        self.buttons: nasty.Pairs = []
        self.words: list[str] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value, kind = (given.get(one) or "" for one in ("name", "value", "type"))
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and value:
            known = [pair for pair in self.pairs if pair[0] != self._select]
            if "selected" in given or len(known) == len(self.pairs):
                self.pairs = [*known, (self._select, value)]
        elif name in ("", ROBOTS) or tag not in ("input", "button", "textarea"):
            pass
        elif tag == "button":
            self.buttons.append((name, value))
        elif kind == "file":
            self.files.append(name)
        elif kind not in ("checkbox", "radio") or "checked" in given or "required" in given:
            self.pairs.append((name, value or TYPED.get(kind, "Proov")))
            if (tag == "textarea" or kind == "text") and not {"readonly", "disabled"} & {*given}:
                self.words.append(name)


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(app.test_client())


@pytest.fixture
def ways(
    app: Flask,
    desk: FlaskClient,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
) -> list[everywhere.Way]:
    """Every route with something behind it."""
    values = everywhere.build(make_event, entry, programme)
    return [way for way in everywhere.ways(app, values) if way.endpoint not in LEFT_OUT]


class Trial:
    """Sends what should be refused and collects what it stumbles over."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.sent, self.stumbles = client, 0, dict[str, str]()

    def send(self, what: str, path: str, **more: object) -> str:
        """Send one request; return the page."""
        self.sent += 1
        try:
            answer = self.client.open(path, buffered=True, **more)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - whatever it is would have been a 500
            db.session.rollback()
            self.stumbles.setdefault(f"{what}: {error!r:.300}", f"{path:.200} {more!s:.1500}")
            return ""
        if answer.status_code >= 500:
            self.stumbles.setdefault(f"{what}: {answer.status_code}", f"{path:.200} {more!s:.1500}")
        page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        answer.close()
        return page


@pytest.mark.slow
def test_no_query_path_or_header_makes_the_service_stumble(
    app: Flask,
    desk: FlaskClient,
    ways: list[everywhere.Way],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random, trial = Random(SEED), Trial(desk)  # noqa: S311 - the same each time
    known = {"page", "q"}
    for way in (way for way in ways for _round in range(ROUNDS)):
        if way.method != "GET":
            continue
        with nasty.listening(app, monkeypatch) as names:
            _query(trial, way, random, known)
            heard = {*names} - known
        if heard:
            # Asked for by this one first: tried on it at once, on all others from now on.
            known |= heard
            _query(trial, way, random, heard)
        chance = random.random()
        if chance < 0.15:
            trial.send(way.endpoint, _bent(random, way.path), headers=way.headers)
        elif chance < 0.3:
            odd = random.choice(nasty.HEADERS)
            trial.send(way.endpoint, way.path, headers={**way.headers, **odd})
    assert trial.stumbles == {}
    assert trial.sent > 250


@pytest.mark.slow
def test_no_form_makes_the_service_stumble(
    app: Flask,
    desk: FlaskClient,
    ways: list[everywhere.Way],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random, trial = Random(SEED), Trial(desk)  # noqa: S311 - the same each time
    token = form_values(desk.get("/my/").get_data(as_text=True))["csrf_token"]
    readable = {way.path for way in ways if way.method == "GET"}
    forms = []
    for way in ways:
        if way.method == "POST":
            fields = Fields()
            if way.path in readable:
                fields.feed(trial.send(way.endpoint, way.path))
            forms.append((way, fields))
    # What only has a button comes last: it often ends what others need.
    forms.sort(key=lambda form: len(form[1].pairs) < 3)
    for _round in range(ROUNDS):
        for way, fields in forms:
            good = [pair for pair in fields.pairs if pair[0] != "csrf_token"]
            good.append(("csrf_token", token))
            pressed = random.choice([*fields.buttons, None, None])
            good += [pressed] if pressed else []
            with nasty.listening(app, monkeypatch) as names:
                _post(trial, way, good, [], random, token)
                asked = sorted({*names, *(name for name, _value in good)})
                bad = nasty.spoiled(random, asked, good)
                _post(trial, way, bad, fields.files, random, token)
    assert trial.stumbles == {}
    assert trial.sent > 200


def _query(trial: Trial, way: everywhere.Way, random: Random, names: set[str]) -> None:
    """Ask with about half of these names, each with a value that makes no sense."""
    pairs = [(name, random.choice(nasty.VALUES)) for name in sorted(names) if random.random() < 0.5]
    # A request line has its limits; what is long goes into forms.
    query = nasty.encoded([(name, value[:300]) for name, value in pairs])
    trial.send(way.endpoint, f"{way.path}?{query}", headers=way.headers)


def _bent(random: Random, path: str) -> str:
    """Return an address with one of its parts replaced."""
    parts = path.split("/")
    parts[random.randrange(1, len(parts))] = random.choice(nasty.IN_PATHS)
    return "/".join(parts)


def _post(
    trial: Trial,
    way: everywhere.Way,
    pairs: nasty.Pairs,
    files: list[str],
    random: Random,
    token: str,
) -> None:
    body = _body(random, pairs, files)
    # A script shows the token in a header.
    trial.send(way.endpoint, way.path, method="POST", headers={"X-CSRFToken": token}, **body)


def _body(random: Random, pairs: nasty.Pairs, files: list[str]) -> dict[str, object]:
    if not files or random.random() < 0.3:
        kind = "application/x-www-form-urlencoded"
        return {"data": nasty.encoded(pairs), "content_type": kind}
    builder = EnvironBuilder(method="POST")
    for name, value in pairs:
        builder.form.add(name, value.encode("utf-8", "replace").decode())
    for name in files:
        content, odd = BytesIO(random.choice(CONTENTS)), random.choice(NAMES)
        builder.files.add_file(name, content, filename=odd)
    environ = builder.get_environ()
    stream, kind = environ["wsgi.input"].read(), environ["CONTENT_TYPE"]
    return {"data": stream, "content_type": kind}
