"""Under which name the service is asked, by whom, and with which form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import inspect
from werkzeug.test import create_environ, run_wsgi_app

from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.programme.models import Activity
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.conftest import KEY
from tests.web import everywhere
from tests.web.desk_pages import edit_path, open_form, sign_in
from tests.web.test_any_input import Fields

OWN = ("localhost", "localhost:8000", "127.0.0.1:80")
FOREIGN = (
    "evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example",
    "evil.example#localhost", "localhost, evil.example", "localhost evil.example", "[::1", "",
    "localhost.", "localhost\t.evil.example", "xn--lcalhost-85a", "localhost/..", "%6cocalhost",
)  # fmt: skip

pytestmark = pytest.mark.once


def status_for(app: Flask, **environ: Any) -> int:
    """Ask the WSGI application itself: no client puts anything right."""
    asked = create_environ("/events/none", "http://localhost") | environ
    body, status, _headers = run_wsgi_app(app, asked, buffered=True)
    assert "evil.example" not in "".join(part.decode() for part in body)
    return int(status.split()[0])


def test_only_our_own_name_is_answered_however_it_is_told(app: Flask) -> None:
    assert {host: status_for(app, HTTP_HOST=host) for host in OWN} == dict.fromkeys(OWN, 404)
    refused = {host: status_for(app, HTTP_HOST=host) for host in FOREIGN}
    assert refused == dict.fromkeys(FOREIGN, 400)


def test_links_in_a_letter_come_from_the_settings_not_from_who_asked(
    app: Flask, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    sign_up(make_event().id, entry(), now())
    number = db.session.scalars(db.select(OutboxMessage.id)).one()
    with app.test_request_context(base_url="http://evil.example:81"):
        letter = render(number, now())
    assert letter is not None
    assert "http://localhost/my/" in letter.text
    assert "evil.example" not in letter.text + (letter.html or "")


@contextmanager
def behind(app: Flask, proxies: int) -> Iterator[Flask]:
    """The application as it is with so many proxies in front."""
    other = create_app({**app.config, "PROXIES": proxies})

    def who() -> str:
        return str(request.remote_addr)

    who.right = "public"  # type: ignore[attr-defined]  # as `rights.right` declares it
    other.add_url_rule("/who", view_func=who)
    yield other
    with other.app_context():
        db.engine.dispose()


SEEN = {0: "203.0.113.9", 1: "198.51.100.2", 2: "198.51.100.1"}
"""Who is seen to ask by how many proxies are set, all told the same."""
FORWARDED = ("HOST", "SERVER", "PORT", "PREFIX", "PROTO")


def test_of_what_proxies_tell_only_as_many_addresses_are_believed_as_are_set(app: Flask) -> None:
    told = {
        "X-Forwarded-For": "192.0.2.66, 198.51.100.1, 198.51.100.2",
        "Forwarded": "for=192.0.2.6",
    }
    for proxies, seen in SEEN.items():
        with behind(app, proxies) as other:
            client = other.test_client()
            answer = client.get("/who", headers=told, environ_base={"REMOTE_ADDR": "203.0.113.9"})
            assert answer.get_data(as_text=True) == seen
            for header in FORWARDED:
                names = {
                    f"HTTP_X_FORWARDED_{header}": "evil.example",
                    "HTTP_FORWARDED": "host=evil",
                }
                assert status_for(other, **names) == 404, header


def test_a_client_that_invents_addresses_is_still_counted_as_one(client: FlaskClient) -> None:
    statuses = []
    typed = open_form(client, "/desk/signin")
    for number in range(21):
        sent = {**typed, "email": f"keegi{number}@example.org"}
        invented = {"X-Forwarded-For": f"192.0.2.{number}"}
        statuses.append(client.post("/desk/signin", data=sent, headers=invented).status_code)
    assert statuses == [303] * 20 + [429]


WORD = "Püsiv sõna"
"""What somebody has typed, in a shape every text field takes."""
NO_WORDS = {"desk.import_match", "desk.members_preview", "desk.files_add"}
"""Pages that show what was uploaded, whose fields are its columns; several forms on one page."""
FIXED = {"mine.edit": {"first_name", "last_name"}}
"""Fields a form does not change: whose seat it is."""


def test_a_form_without_its_token_changes_nothing_and_keeps_what_was_typed(
    app: Flask,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
) -> None:
    desk = sign_in(app.test_client())
    ways = everywhere.ways(app, everywhere.build(make_event, entry, programme))
    readable = {way.path for way in ways if way.method == "GET"}
    tried, lost = 0, []
    for way in ways:
        if way.method != "POST" or way.path not in readable or way.endpoint in NO_WORDS:
            continue
        fields = Fields()
        fields.feed(desk.get(way.path).get_data(as_text=True))
        typed = [(name, WORD if name in fields.words else value) for name, value in fields.pairs]
        sent = [pair for pair in typed if pair[0] != "csrf_token"]
        if not any(value == WORD for _name, value in sent):
            continue
        tried += 1
        data = {name: [one for key, one in sent if key == name] for name, _value in sent}
        answer = desk.post(way.path, data=data)
        kept = answer.get_data(as_text=True).count(WORD)
        if answer.status_code != 422 or kept < len(
            {*fields.words} - FIXED.get(way.endpoint, set())
        ):
            lost.append((way.endpoint, answer.status_code, kept, sorted({*fields.words})))
    assert lost == []
    assert tried > 25


FORBIDDEN: dict[str, str] = {
    "id": "999", "state": "confirmed", "event_id": "1", "email": "x@example.org", "rank": "5",
    "link_id": "xxxxxxxxxxxx", "queued_at": "2020-01-01", "approved_at": "2020-01-01",
    "membership": "member", "source": "desk", "is_sample": "y", "slug": "oma", "uid": "x@y",
    "version": "1", "revised_at": "2020-01-01", "move_id": "1", "sequence": "9", "group_id": "1",
}  # fmt: skip


def columns(row: object) -> dict[str, Any]:
    """Return the values of a row's columns."""
    return {one.key: getattr(row, one.key) for one in inspect(row).mapper.column_attrs}


def test_only_what_stands_in_the_own_form_can_be_changed_by_it(
    client: FlaskClient, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    event = make_event(capacity=1)
    sign_up(event.id, entry(), now())
    waits = sign_up(event.id, entry(), now()).registration_id
    before = columns(db.session.get_one(Registration, waits))
    path = f"/my/{make_token([KEY], 'my', before['link_id'])}/edit"
    typed = open_form(client, path) | {"phone": "5555 5555"}
    assert client.post(path, data={**FORBIDDEN, **typed}).status_code == 303
    db.session.rollback()
    after = columns(db.session.get_one(Registration, waits))
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"phone", "revised_at"}


def test_only_what_stands_in_the_form_of_an_event_can_be_changed_by_it(
    client: FlaskClient, make_event: Callable[..., Event]
) -> None:
    event = make_event(contact_email="info@example.org", summary=LocalText("Läheme külla."))
    with transaction() as session:
        before = columns(session.get_one(Event, event.id))
    desk = sign_in(client)
    typed = open_form(desk, edit_path(event)) | {"contact_phone": "5555 5555"}
    extra = {name: value for name, value in FORBIDDEN.items() if name not in typed}
    answer = desk.post(edit_path(event), data={**extra, **typed})
    assert answer.status_code == 303
    db.session.rollback()
    after = columns(db.session.get_one(Event, event.id))
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"contact_phone", "version", "revised_at"}
    assert "contact_phone" in changed
