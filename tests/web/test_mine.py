"""A participant's own page behind the secret link."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.conftest import KEY, form_values


@pytest.fixture
def seat(make_event: Callable[..., Event], entry: Callable[..., SignUp]) -> Registration:
    """Mari has a seat at a web meeting."""
    event = make_event(mode="online", join_link="https://meet.example.org/room", capacity=1)
    return db.session.get_one(Registration, sign_up(event.id, entry(), now()).registration_id)


def path(seat: Registration, purpose: str = "my", tail: str = "") -> str:
    """The address of Mari's own page."""
    return f"/my/{make_token([KEY], purpose, seat.link_id)}{tail}"


def dump() -> list[object]:
    """Every row of every table that tells of registrations and letters."""
    db.session.rollback()
    return [
        db.session.execute(text(f"SELECT * FROM {name} ORDER BY 1")).all()  # noqa: S608 - fixed
        for name in ("registration", "answer", "outbox_message", "event")
    ]


def test_it_works(client: FlaskClient, seat: Registration) -> None:
    page = client.get(path(seat)).get_data(as_text=True)
    assert "Sul on koht olemas!" in page
    assert "https://meet.example.org/room" in page


def test_looking_changes_nothing_whoever_looks(client: FlaskClient, seat: Registration) -> None:
    before = dump()
    for tail in ("", "/edit", "/cancel", "?new=1"):
        for method in ("GET", "HEAD", "OPTIONS"):
            client.open(path(seat, tail=tail), method=method)
    client.get(path(seat, "feed", "/calendar.ics"))
    assert dump() == before


def test_one_confirmed_post_cancels_and_promotes_the_next(
    client: FlaskClient, seat: Registration, entry: Callable[..., SignUp]
) -> None:
    waiting = sign_up(seat.event_id, entry(), now())
    page = client.get(path(seat, tail="/cancel")).get_data(as_text=True)
    answer = client.post(path(seat, tail="/cancel"), data=form_values(page))
    assert answer.status_code == 303
    assert "See registreering on tühistatud" in client.get(answer.location).get_data(as_text=True)
    db.session.rollback()
    assert db.session.get_one(Registration, waiting.registration_id).state == "confirmed"


def test_the_join_link_is_only_for_those_with_a_seat(
    client: FlaskClient, seat: Registration, entry: Callable[..., SignUp]
) -> None:
    waiting = sign_up(seat.event_id, entry(), now())
    row = db.session.get_one(Registration, waiting.registration_id)
    assert "meet.example.org" not in client.get(path(row)).get_data(as_text=True)


def test_answers_can_be_changed_until_the_deadline(client: FlaskClient, seat: Registration) -> None:
    page = client.get(path(seat, tail="/edit")).get_data(as_text=True)
    typed = {
        **form_values(page),
        "first_name": "Keegi",
        "last_name": "Teine",
        "email": "teine@example.org",
        "phone": "+358 40 123 4567",
        "organisation": str(seat.organisation_id),
        "role": "board",
        "language": "en",
        "privacy": "y",
    }
    assert client.post(path(seat, tail="/edit"), data=typed).status_code == 303
    db.session.rollback()
    row = db.session.get_one(Registration, seat.id)
    assert (row.role, row.language, row.phone) == ("board", "en", "+358401234567")
    assert row.first_name == "Mari"
    assert row.email.startswith("mari")
    with transaction() as session:
        session.get_one(Event, seat.event_id).closes_at = now() - timedelta(minutes=1)
    closed = client.post(path(seat, tail="/edit"), data=typed | {"role": "staff"})
    assert closed.status_code == 303
    db.session.rollback()
    assert db.session.get_one(Registration, seat.id).role == "board"


def test_every_wrong_link_gets_one_and_the_same_page(
    client: FlaskClient, seat: Registration
) -> None:
    genuine = make_token([KEY], "my", seat.link_id)
    wrong = [
        genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),
        make_token([KEY], "feed", seat.link_id),
        make_token(["another key"], "my", seat.link_id),
        make_token([KEY], "my", "doesnotexist"),
        "x",
        "õ" * 34,
        genuine + "A",
    ]
    answers = [client.get(f"/my/{token}") for token in wrong]
    assert {answer.status_code for answer in answers} == {404}
    pages = {
        answer.get_data(as_text=True).split("<h1>")[1].split('<p class="small')[0]
        for answer in answers
    }
    assert len(pages) == 1


def test_a_feed_link_opens_nothing_but_the_feed(client: FlaskClient, seat: Registration) -> None:
    assert client.get(path(seat, "feed")).status_code == 404
    assert client.get(path(seat, "feed", "/cancel")).status_code == 404
    assert client.get(path(seat, "my", "/calendar.ics")).status_code == 404
    assert b"BEGIN:VEVENT" in client.get(path(seat, "feed", "/calendar.ics")).data


def test_an_old_link_opens_while_its_key_is_kept_as_a_fallback(
    app: Flask, client: FlaskClient, seat: Registration
) -> None:
    address = path(seat)
    app.config["SECRET_KEY"], app.config["SECRET_KEY_FALLBACKS"] = "a new key " * 4, [KEY]
    try:
        assert client.get(address).status_code == 200
        app.config["SECRET_KEY_FALLBACKS"] = []
        assert client.get(address).status_code == 404
    finally:
        app.config["SECRET_KEY"], app.config["SECRET_KEY_FALLBACKS"] = KEY, []


def test_no_secret_is_readable_at_rest(seat: Registration) -> None:
    token = make_token([KEY], "my", seat.link_id)
    assert token not in repr(dump())


def test_send_my_links_again_answers_alike_for_known_and_unknown(
    client: FlaskClient, seat: Registration
) -> None:
    pages = []
    for address in (seat.email, "keegi@example.org"):
        typed = form_values(client.get("/my/").get_data(as_text=True)) | {"email": address}
        answer = client.post("/my/", data=typed, follow_redirects=True)
        pages.append(answer.get_data(as_text=True).split('name="csrf_token"')[0])
    assert pages[0] == pages[1]
    kinds = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert kinds == ["confirmed", "links"]


def test_nobody_is_flooded_with_links(client: FlaskClient, seat: Registration) -> None:
    for _ in range(6):
        typed = form_values(client.get("/my/").get_data(as_text=True)) | {"email": seat.email}
        client.post("/my/", data=typed)
    kinds = db.session.scalars(select(OutboxMessage.kind)).all()
    assert kinds.count("links") == 3
