"""A seat offered, on a participant's own page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.conftest import KEY
from tests.registration.people import letters_leave, person
from tests.web.desk_pages import open_form, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def offered(make_event: MakeEvent, entry: Entry) -> int:
    """Somebody to whom a seat is offered for a day; another waits behind them."""
    event = make_event(capacity=1, offer_hours=24)
    first, second, _ = (sign_up(event.id, entry(), now()).registration_id for _ in range(3))
    cancel(first, now())
    return second


def path(number: int, tail: str = "") -> str:
    return f"/my/{make_token([KEY], 'my', person(number).link_id)}{tail}"


def test_the_page_says_until_when_and_has_both_buttons(client: FlaskClient, offered: int) -> None:
    page = text_of(client, path(offered))
    assert "Sulle on pakutud koht" in page
    assert "Üks koht vabanes ja hoiame seda sulle kuni" in page
    assert "Võtan koha vastu" in page
    assert "Loobun kohast" in page


def test_taking_the_seat_confirms_it(client: FlaskClient, offered: int) -> None:
    form = open_form(client, path(offered))
    answer = client.post(path(offered, "/offer"), data={**form, "answer": "yes"})
    page = text_of(client, answer.location)
    assert "Sul on koht olemas!" in page
    assert person(offered).state == "confirmed"


def test_giving_it_up_hands_it_on(client: FlaskClient, offered: int) -> None:
    form = open_form(client, path(offered))
    client.post(path(offered, "/offer"), data={**form, "answer": "no"})
    assert (person(offered).state, person(offered + 1).state) == ("cancelled", "offered")
    page = text_of(client, path(offered))
    assert "registreering on tühistatud" in page


def test_looking_or_an_answer_that_is_none_changes_nothing(
    client: FlaskClient, offered: int
) -> None:
    assert client.get(path(offered, "/offer?answer=yes")).status_code == 303
    assert client.post(path(offered, "/offer"), data={"answer": "yes"}).status_code == 303
    form = open_form(client, path(offered))
    client.post(path(offered, "/offer"), data={**form, "answer": "maybe"})
    assert person(offered).state == "offered"


def test_an_answer_after_the_deadline_is_told_so(client: FlaskClient, offered: int) -> None:
    letters_leave()
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        form = open_form(client, path(offered))
        answer = client.post(path(offered, "/offer"), data={**form, "answer": "yes"})
        page = text_of(client, answer.location)
    assert "Vastamise aeg on läbi; koht läks järjekorras järgmisele." in page
    assert person(offered).ended_by == "lapse"


def test_who_has_a_seat_already_cannot_lose_it_by_an_old_button(
    client: FlaskClient, offered: int
) -> None:
    form = open_form(client, path(offered))
    client.post(path(offered, "/offer"), data={**form, "answer": "yes"})
    client.post(path(offered, "/offer"), data={**form, "answer": "no"})
    assert person(offered).state == "confirmed"


def test_the_rule_stands_on_the_event_page_and_for_who_waits(
    client: FlaskClient, offered: int
) -> None:
    event = person(offered).event
    assert "aega 24 tundi" in text_of(client, f"/events/{event.slug}")
    assert "sul on vastamiseks aega 24 tundi" in text_of(client, path(offered + 1))
