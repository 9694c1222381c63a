"""Every kind of answer of every route: the headers it carries, and who may keep it.

Pages are looked at by the same measure in `test_hostile_words`, which opens all of them anyway.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from koostoo import create_app
from koostoo.base.database import db
from koostoo.base.retry import Busy
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.registration.rules import SignUp
from tests.browser import world
from tests.conftest import form_values
from tests.web import everywhere
from tests.web.desk_pages import sign_in
from tests.web.observatory import directives, score

LETTERS = {"desk.letter_text_preview", "devmail.body", "devmail.letter"}
"""Letters in a frame of ours keep their own styles; nothing in them runs (`web/frames.py`)."""
KEPT_BY_ALL = re.compile(r"public, max-age=\d+(, immutable)?|(public, )?no-cache(, max-age=\d+)?")

pytestmark = pytest.mark.once


class Given(NamedTuple):
    """An answer: what was asked, who may ask it, and what came."""

    asked: str
    endpoint: str
    right: str
    status: int
    headers: Headers
    body: str


@pytest.fixture
def secure(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it is behind https."""
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    monkeypatch.setitem(app.config, "SESSION_COOKIE_NAME", "__Host-koostoo")
    monkeypatch.setitem(app.config, "BASE_URL", "https://localhost")
    monkeypatch.setattr(app.test_client_class, "open", _over_https(app))
    return app


def _over_https(app: Flask) -> Callable[..., TestResponse]:
    plain = app.test_client_class.open  # type: ignore[union-attr]  # the tests' own class

    def ask(client: FlaskClient, *args: Any, **kwargs: Any) -> TestResponse:
        return plain(client, *args, **{"base_url": "https://localhost", **kwargs})

    return ask


@pytest.fixture
def answers(
    secure: Flask,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
) -> list[Given]:
    """An answer to every POST, and one of every kind of refusal."""
    client = sign_in(secure.test_client())
    values = everywhere.build(make_event, entry, programme)
    return [*_opened(secure, client, values), *_refused(secure, client)]


def given_by(asked: str, endpoint: str, right: str, answer: TestResponse) -> Given:
    body = answer.get_data().decode("utf-8", "replace")
    found = Given(asked, endpoint, right, answer.status_code, answer.headers, body)
    answer.close()
    return found


def _opened(app: Flask, client: FlaskClient, values: world.Values) -> Iterator[Given]:
    for way in everywhere.ways(app, values):
        if way.method != "POST" or way.endpoint == "signin.sign_out":
            continue
        answer = client.open(way.path, method=way.method, headers=way.headers, buffered=True)
        yield given_by(f"{way.method} {way.path}", way.endpoint, way.right, answer)


def _refused(app: Flask, client: FlaskClient) -> Iterator[Given]:
    form = form_values(client.get("/my/").get_data(as_text=True))
    far = {"Sec-Fetch-Site": "cross-site"}
    asked: list[tuple[int, str, str, dict[str, Any]]] = [
        (404, "GET", "/nowhere", {}),
        (404, "GET", "/my/no-such-token-there-is", {}),
        (404, "GET", "/static/nothing.css", {}),
        (404, "GET", "/api/v1/nothing", {}),
        (401, "GET", "/api/v1/events", {}),
        (405, "DELETE", "/", {}),
        (405, "PUT", "/api/v1/events", {}),
        (400, "GET", "/", {"headers": {"Host": "evil.example"}}),
        (403, "POST", "/my/", {"headers": far}),
        (404, "GET", "/?x=%00", {}),
        (413, "POST", "/my/", {"data": {"email": "x" * 1_100_000}}),
        (422, "POST", "/my/", {"data": {**form, "email": "keegi"}}),
        (200, "OPTIONS", "/", {}),
        (200, "HEAD", "/", {}),
        (308, "GET", "/my", {}),
        (308, "GET", "/desk", {}),
    ]
    for status, method, path, more in asked:
        answer = client.open(path, method=method, **more)
        assert answer.status_code == status, (method, path, answer.status_code)
        yield given_by(f"{method} {path} {status}", "", "refused", answer)
    yield from _too_many(client, form)
    yield from _broken(app)


def _too_many(client: FlaskClient, form: dict[str, str]) -> Iterator[Given]:
    typed = {**form, "email": "keegi@example.org"}
    for _try in range(20):
        client.post("/desk/signin", data=typed)
    answer = client.post("/desk/signin", data=typed)
    assert answer.status_code == 429
    yield given_by("POST /desk/signin 429", "", "refused", answer)


def _broken(app: Flask) -> Iterator[Given]:
    """What is answered when the service itself fails, as it is outside of tests."""
    other = create_app({**app.config, "TESTING": False, "PROPAGATE_EXCEPTIONS": False})

    def crash(why: str) -> str:
        raise Busy(why) if why == "busy" else RuntimeError(why)

    crash.right = "public"  # type: ignore[attr-defined]  # as `rights.right` declares it
    other.add_url_rule("/broken/<why>", view_func=crash)
    other.add_url_rule("/api/v1/broken/<why>", view_func=crash, endpoint="api-crash")
    for prefix in ("", "/api/v1"):
        for why, status in (("busy", 503), ("bug", 500)):
            answer = other.test_client().get(f"{prefix}/broken/{why}", base_url="https://localhost")
            assert answer.status_code == status
            yield given_by(f"GET {prefix}/broken {status}", "", "refused", answer)
    with other.app_context():
        db.engine.dispose()


def test_every_answer_is_worth_an_a_plus_and_kept_by_nobody_who_should_not(
    answers: list[Given],
) -> None:
    assert [(one.asked, one.status, fault) for one in answers for fault in faults_of(one)] == []
    assert len(answers) > 100
    seen = {one.status for one in answers}
    assert {200, 303, 308, 400, 401, 403, 404, 405, 413, 422, 429, 500, 503} <= seen


def faults_of(one: Given) -> list[str]:
    """Return what is wrong with the headers of an answer."""
    faults = []
    if _is_weak(one):
        faults.append(str(score(one.headers, one.body)))
    if _is_kept(one):
        faults.append(f"may be kept: {one.headers.get('Cache-Control')}")
    if _is_vague(one):
        faults.append(f"vague: {one.headers.get('Content-Type')}")
    return faults


def _is_weak(one: Given) -> bool:
    """Tell whether the answer is worth less than A+ with ten to spare, or allows what is unsafe."""
    policy = one.headers.get("Content-Security-Policy", "")
    is_letter = one.endpoint in LETTERS and "sandbox" in directives(policy)
    return score(one.headers, one.body).points < 110 or ("unsafe" in policy and not is_letter)


def _is_kept(one: Given) -> bool:
    """Tell whether a cache may keep the answer that should not."""
    kept = one.headers.get("Cache-Control", "")
    if kept == "no-store":
        return False
    if "Set-Cookie" in one.headers:
        return True
    if one.right == "secret_link" or one.right.startswith("api"):
        return not kept.startswith("private, ")
    return one.right not in ("public", "refused") or not KEPT_BY_ALL.fullmatch(kept)


def _is_vague(one: Given) -> bool:
    """Tell whether a browser would have to guess what it got, or under which name to save it."""
    kind = one.headers.get("Content-Type", "")
    named = one.headers.get("Content-Disposition", "")
    is_text = kind.startswith("text/") and bool(one.body)
    is_named = re.fullmatch(r'(attachment|inline); filename="?[\w.-]+"?', named, re.ASCII)
    return (is_text and "charset=utf-8" not in kind) or bool(named and not is_named)
