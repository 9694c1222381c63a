"""One person's page at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.registration.decisions import give_seats
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.roster.models import Note, Tag
from koostoo.roster.service import set_note, tag_people
from tests.conftest import KEY
from tests.registration.people import person
from tests.statements import selects_of
from tests.web.desk_pages import open_form, people_path, sign_in, text_of
from tests.web.test_roles import sign_in_as, stage

__all__ = ["stage"]
MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def person_path(event: Event, number: int) -> str:
    return f"{people_path(event)}/{number}"


def test_everything_about_a_person_stands_on_one_page(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, questions=[("text", "Toit", [])])
    sign_up(event.id, entry(), now())
    typed = entry(last_name="Ööbik", answers={event.questions[0].id: "kala"})
    waiting = sign_up(event.id, typed, now()).registration_id
    other = make_event(slug="teine")
    again = sign_up(
        other.id, entry(last_name="Ööbik", email=typed.email, email_key=typed.email_key), now()
    ).registration_id
    give_seats(event.id, [waiting], now(), None, above="Räägib avakõne")
    tag_people(event.id, [waiting], "Esineja", "", now(), None)
    page = text_of(desk, person_path(event, waiting))
    for words in ("Ööbik", typed.email, "Toit", "kala", "Esineja", "Räägib avakõne", "Järjekorras"):
        assert words in page, words
    assert person_path(other, again) in page
    assert f"{person_path(event, waiting)}/outbox" in page


def test_the_page_asks_the_same_of_the_database_whatever_there_is_about_a_person(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("text", "Toit", [])])
    typed = entry(answers={event.questions[0].id: "kala"})
    one = sign_up(event.id, typed, now()).registration_id
    tag_people(event.id, [one], "Esineja", "", now(), None)
    sign_up(make_event().id, typed, now())
    before = selects_of(desk, person_path(event, one))
    for name in ("Juhatus", "Lapsega"):
        tag_people(event.id, [one], name, "", now(), None)
        sign_up(make_event().id, typed, now())
    assert selects_of(desk, person_path(event, one)) == before


def test_tags_are_put_on_and_taken_off(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one = sign_up(event.id, entry(), now()).registration_id
    path = person_path(event, one)
    form = open_form(desk, path)
    for wrong in ("", "x" * 31):
        assert desk.post(f"{path}/tags", data=form | {"name": wrong}).status_code == 422
    desk.post(f"{path}/tags", data=form | {"name": "<b>Esineja</b>", "colour": "rowan"})
    tag = db.session.scalars(select(Tag)).one()
    assert (tag.name, tag.colour) == ("<b>Esineja</b>", "rowan")
    page = text_of(desk, path)
    assert 'tag--rowan">&lt;b&gt;Esineja' in page
    desk.post(f"{path}/tags/remove", data=form | {"tag": str(tag.id)})
    assert "Esineja" not in text_of(desk, path).split("<h2>Ajalugu")[0]


def test_a_note_is_kept_and_what_somebody_else_wrote_meanwhile_is_shown(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one = sign_up(event.id, entry(), now()).registration_id
    path = person_path(event, one)
    form = open_form(desk, path)
    assert desk.post(f"{path}/note", data=form | {"text": "x" * 2001}).status_code == 422
    set_note(one, "Tuleb rongiga", 0, now(), None)
    answer = desk.post(f"{path}/note", data=form | {"text": "Tuleb autoga"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Praegu on seal: „Tuleb rongiga“" in page
    assert "Tuleb autoga" in page
    again = form | {"text": "Tuleb autoga", "version": "1"}
    assert 'name="version" type="hidden" value="1"' in page
    assert desk.post(f"{path}/note", data=again).status_code == 303
    note = db.session.scalars(select(Note)).one()
    assert (note.text, note.version, note.organiser_id is None) == ("Tuleb autoga", 2, False)


def test_a_note_is_never_shown_to_the_participant(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    seated = sign_up(event.id, entry(), now())
    set_note(seated.registration_id, "Saladus", 0, now(), None)
    tag_people(event.id, [seated.registration_id], "Tujukas", "", now(), None)
    page = text_of(desk, f"/my/{make_token([KEY], 'my', seated.link_id)}")
    assert "Saladus" not in page
    assert "Tujukas" not in page


def test_a_coordinator_opens_and_notes_about_their_own_people_alone(
    client: FlaskClient, stage: dict[str, Any], entry: Entry
) -> None:
    event = db.session.get_one(Event, stage["event"])
    typed = entry(organisation_id=stage["partner"])
    own = sign_up(event.id, typed, now()).registration_id
    set_note(own, "Oma märkus", 0, now(), None)
    sign_in_as(client, "partner", stage)
    page = text_of(client, person_path(event, own))
    assert "Oma märkus" in page
    assert client.get(person_path(event, stage["person"])).status_code == 404
    form = open_form(client, person_path(event, own))
    for ending in ("note", "tags", "tags/remove"):
        path = f"{person_path(event, stage['person'])}/{ending}"
        assert client.post(path, data=form | {"name": "X", "text": "X"}).status_code == 404


def test_a_coordinator_cancels_a_registration_of_their_own_people(
    client: FlaskClient, stage: dict[str, Any], entry: Entry
) -> None:
    event = db.session.get_one(Event, stage["event"])
    own = sign_up(event.id, entry(organisation_id=stage["partner"]), now()).registration_id
    sign_in_as(client, "partner", stage)
    path = f"{person_path(event, own)}/cancel"
    assert client.post(path, data=open_form(client, path)).status_code == 303
    assert person(own).state == "cancelled"


def test_a_decision_from_the_page_leads_back_to_it(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(approval="holds")
    one = sign_up(event.id, entry(), now()).registration_id
    path = person_path(event, one)
    form = open_form(desk, path)
    answer = desk.post(f"{path}/confirm", data=form | {"back": str(one)})
    assert answer.location == path
    assert person(one).state == "confirmed"
