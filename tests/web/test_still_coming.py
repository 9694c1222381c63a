"""After a change of the event: the question on a participant's own page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.localtext import LocalText
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.conftest import KEY
from tests.registration.moves import ask
from tests.registration.people import person
from tests.web.desk_pages import open_form, text_of

Entry = Callable[..., SignUp]


@pytest.fixture
def event(make_event: Callable[..., Event]) -> Event:
    return make_event(capacity=1, summary=LocalText("Läheme."), contact_email="info@example.org")


@pytest.fixture
def asked(event: Event, entry: Entry) -> int:
    """Somebody with a seat who is asked; another waits behind them."""
    first, _ = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    ask(event, place=LocalText("Paralepa"))
    return first


def path(number: int, tail: str = "") -> str:
    return f"/my/{make_token([KEY], 'my', person(number).link_id)}{tail}"


def test_the_page_shows_what_changed_and_asks(client: FlaskClient, asked: int) -> None:
    page = text_of(client, path(asked))
    assert "<h1>Kas tuled ikka?</h1>" in page
    assert "Voore külalistemaja</del>" in page
    assert "Paralepa</ins>" in page
    assert "Tulen ikka" in page
    assert "Ma ei saa tulla" in page
    assert "vastust ootame hiljemalt" in page


def test_who_waits_is_not_asked(client: FlaskClient, asked: int) -> None:
    page = text_of(client, path(asked + 1))
    assert "Kas tuled ikka?" not in page
    assert "ootenimekirjas" in page


def test_still_coming_is_noted_and_said(client: FlaskClient, asked: int) -> None:
    form = open_form(client, path(asked))
    answer = client.post(path(asked, "/coming"), data={**form, "answer": "yes"})
    page = text_of(client, answer.location)
    assert "Aitäh! Korraldaja teab nüüd, et tuled ikka." in page
    assert "Sul on koht olemas!" in page
    assert "Oled andnud teada, et tuled ikka." in page
    assert person(asked).still_comes_at is not None


def test_who_cannot_come_hands_the_seat_on(client: FlaskClient, asked: int) -> None:
    form = open_form(client, path(asked))
    client.post(path(asked, "/coming"), data={**form, "answer": "no"})
    assert (person(asked).state, person(asked + 1).state) == ("cancelled", "confirmed")
    assert "registreering on tühistatud" in text_of(client, path(asked))


def test_looking_or_an_answer_that_is_none_changes_nothing(client: FlaskClient, asked: int) -> None:
    form = open_form(client, path(asked))
    assert client.get(path(asked, "/coming?answer=no")).status_code == 303
    for typed in (
        {"answer": "no"},
        {**form, "answer": "maybe"},
        {**form, "answer": "no", "move": "x"},
        {**form, "answer": "no", "move": "9" * 40},
        {"answer": "no", "move": form["move"]},
    ):
        assert client.post(path(asked, "/coming"), data=typed).status_code == 303
    assert person(asked).state == "confirmed"
    assert person(asked).is_asked


def test_an_answer_to_a_page_that_is_outdated_is_asked_for_again(
    client: FlaskClient, asked: int, event: Event
) -> None:
    form = open_form(client, path(asked))
    ask(event, place=LocalText("Lihula"))
    answer = client.post(path(asked, "/coming"), data={**form, "answer": "no"})
    page = text_of(client, answer.location)
    assert "veel kord muudetud" in page
    assert "Lihula</ins>" in page
    assert person(asked).state == "confirmed"


def test_after_the_time_is_over_the_page_still_asks(client: FlaskClient, asked: int) -> None:
    with time_machine.travel(now() + timedelta(days=5), tick=False):
        page = text_of(client, path(asked))
        assert "esimesel võimalusel" in page
        form = open_form(client, path(asked))
        client.post(path(asked, "/coming"), data={**form, "answer": "yes"})
    assert not person(asked).is_asked


def test_who_is_not_sure_of_a_seat_does_not_see_the_join_link(
    client: FlaskClient, make_event: Callable[..., Event], entry: Entry
) -> None:
    event = make_event(
        approval="holds",
        mode="online",
        join_link="https://meet.example.org/vana",
        summary=LocalText("Räägime."),
        contact_email="info@example.org",
    )
    number = sign_up(event.id, entry(), now()).registration_id
    ask(event, join_link="https://meet.example.org/uus")
    page = text_of(client, path(number))
    assert "Kas tuled ikka?" in page
    assert "meet.example.org" not in page
