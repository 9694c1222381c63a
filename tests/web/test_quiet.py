"""What the service says aloud: its log names nobody, its error pages tell a number and no more."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.log import JsonFormatter
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from koostoo.worker import run_once
from tests.conftest import KEY, form_values
from tests.mail.servers import ScriptedServer, UseServer
from tests.web.desk_pages import people_path, sign_in

pytestmark = pytest.mark.once

MakeEvent = Callable[..., Event]
PERSON = {
    "first_name": "Qwzjxeesi",
    "last_name": "Qwzjxpere\u2028{\"level\": \"forged\"}",
    "email": "qwzjx@example.org",
    "phone": "5559 1234",
    "member_organisation": "Qwzjx selts",
}  # fmt: skip
TYPED = ("qwzjx", "55591234", "forged")


@pytest.fixture
def log(app: Flask) -> Iterator[io.StringIO]:
    """Everything that is logged, statements included, as the service writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(), app.logger, logging.getLogger("sqlalchemy.engine")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.INFO)
    yield written
    for one, level in zip(loggers, levels, strict=True):
        one.removeHandler(handler)
        one.setLevel(level)


def walk(
    client: FlaskClient, event: Event, fill_in: Callable[..., dict[str, str]], use_server: UseServer
) -> list[str]:
    """Sign up, be seen at the desk, be written to in vain, look, erase; return all secrets."""
    question = event.questions[0].id
    path = f"/events/{event.slug}/register"
    form = {**PERSON, "last_name": "Qwzjxpere", f"q{question}": "qwzjx pähklid"}
    assert client.post(path, data=fill_in(event, **form)).status_code == 303
    # What would end the line of a log is taken out of a name, or refused.
    assert client.post(path, data=fill_in(event, **PERSON)).status_code in (303, 422)
    person = db.session.scalars(select(Registration).order_by(Registration.id)).first()
    assert person is not None
    own = make_token([KEY], "my", person.link_id)
    for tail in ("", "/data", "/data.json", "/edit"):
        assert client.get(f"/my/{own}{tail}").status_code == 200
    desk = sign_in(client)
    one = f"{people_path(event)}/{person.id}"
    for page in (people_path(event), f"{people_path(event)}?q=qwzjx", one):
        assert desk.get(page).status_code == 200
    token = form_values(desk.get(one).get_data(as_text=True))
    desk.post(f"{one}/note", data={**token, "text": "qwzjx märkus", "version": "0"})
    with ScriptedServer(["rcpt 550 5.1.1 <qwzjx@example.org> does not exist"]) as server:
        use_server(server.port)
        run_once(now())
    client.post(f"/my/{own}/erase", data=token)
    return [own, person.link_id, KEY]


def test_a_whole_walk_leaves_no_person_no_secret_and_no_forged_line_in_the_log(
    client: FlaskClient,
    make_event: MakeEvent,
    fill_in: Callable[..., dict[str, str]],
    use_server: UseServer,
    log: io.StringIO,
) -> None:
    event = make_event(questions=[("text", "Allergia", [])])
    secrets = walk(client, event, fill_in, use_server)
    text = log.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    assert any("for good" in line["message"] for line in lines)
    assert any(line["logger"] == "sqlalchemy.engine.Engine" for line in lines)
    assert [words for words in TYPED if words in text.casefold()] == []
    assert [secret for secret in secrets if secret in text] == []
    acts = db.session.scalars(select(AuditEntry)).all()
    assert {act.action for act in acts} >= {"note_changed", "erased"}
    assert "qwzjx" not in str([(act.reason, act.detail) for act in acts]).casefold()


def test_an_error_page_tells_a_number_that_stands_in_the_log_and_nothing_of_the_error(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    def broken() -> str:
        raise ValueError("qwzjx inside")

    broken.right = "public"  # type: ignore[attr-defined]  # as `rights.right` does
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "public.home", broken)
    answer = client.get("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "qwzjx" not in page
    assert "Traceback" not in page
    [line] = [one for one in map(json.loads, log.getvalue().splitlines()) if "trace" in one]
    assert line["request"] in page
    assert line["endpoint"] == "public.home"


def test_an_error_in_the_middle_of_a_page_shows_no_half_of_it(
    app: Flask, client: FlaskClient, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event()
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.delitem(app.jinja_env.filters, "heading")
    app.jinja_env.cache.clear()  # type: ignore[union-attr]  # it has one
    answer = client.get(f"/events/{event.slug}")
    monkeypatch.undo()
    app.jinja_env.cache.clear()  # type: ignore[union-attr]  # it has one
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "heading" not in page
    assert "Õppereis" not in page


def test_a_letter_that_cannot_be_written_tells_the_log_no_name(
    make_event: MakeEvent, fill_in: Callable[..., dict[str, str]], client: FlaskClient,
    log: io.StringIO,
) -> None:  # fmt: skip
    event = make_event()
    client.post(
        f"/events/{event.slug}/register",
        data=fill_in(event, **{**PERSON, "last_name": "Qwzjxpere"}),
    )
    with transaction() as session:
        session.scalars(select(OutboxMessage)).one().kind = "unheard of"
    run_once(now())
    text = log.getvalue()
    assert "qwzjx" not in text.casefold()
    assert "could not be written" in text
