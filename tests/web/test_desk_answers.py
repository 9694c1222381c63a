"""After a change of the event: who still comes, at the desk."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.registration.people import person, states
from tests.web.desk_pages import (
    confirm_move,
    open_form,
    people_path,
    save_event,
    sign_in,
    text_of,
)

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
START = datetime(2027, 5, 30, 6, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel("2026-11-23T12:00:00Z"):
        yield


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace("\u00a0", " ")


@pytest.fixture
def asked(desk: FlaskClient, make_event: MakeEvent, entry: Entry) -> tuple[Event, list[int]]:
    """Three with a seat who were asked until 10 May; the first has said yes."""
    event = make_event(
        summary=LocalText("Läheme."),
        contact_email="info@example.org",
        when=When.timed(START, START + timedelta(hours=5)),
    )
    people = [sign_up(event.id, entry(), now()).registration_id for _ in range(3)]
    page = save_event(desk, event, place_et="Paralepa").get_data(as_text=True)
    confirm_move(desk, event, page, **{"move-asks": "y", "move-until_day": "10.05.2027"})
    decide(desk, event, "comes", people[:1])
    return event, people


def decide(desk: FlaskClient, event: Event, action: str, who: list[int], **more: str) -> str:
    token = open_form(desk, people_path(event))["csrf_token"]
    typed = {"csrf_token": token, "action": action, "who": [str(n) for n in who], **more}
    answer = desk.post(f"{people_path(event)}/decide", data=typed)
    if answer.status_code == 303:
        return text_of(desk, answer.location)
    return answer.get_data(as_text=True)


def names_on(page: str, people: list[int]) -> list[bool]:
    return [f"<bdi>{person(number).last_name}</bdi>" in page for number in people]


def test_the_desk_says_how_many_answered_and_lists_who_did_not(
    desk: FlaskClient, asked: tuple[Event, list[int]]
) -> None:
    event, people = asked
    words = words_of(text_of(desk, people_path(event)))
    assert "Tuleb ikka: 1. Pole veel vastanud: 2." in words
    assert "pole veel vastanud, kas tuleb" in words
    page = text_of(desk, f"{people_path(event)}?answer=none")
    assert names_on(page, people) == [False, True, True]
    page = text_of(desk, f"{people_path(event)}?answer=yes")
    assert names_on(page, people) == [True, False, False]
    sheet = text_of(desk, f"{people_path(event)}.csv?answer=none")
    assert sheet.count("Maasikas") == 2


def test_before_the_time_is_over_nobody_can_be_released(
    desk: FlaskClient, asked: tuple[Event, list[int]]
) -> None:
    event, people = asked
    assert 'value="release"' not in text_of(desk, people_path(event))
    page = decide(desk, event, "release", people, sure="y")
    assert "3 inimesega jäi kõik endiseks" in page
    assert states(event.id) == ["confirmed"] * 3


def test_afterwards_they_are_released_at_once_but_only_after_one_more_question(
    desk: FlaskClient, asked: tuple[Event, list[int]]
) -> None:
    event, people = asked
    with time_machine.travel("2027-05-11T09:00:00Z"):
        sign_in(desk)
        page = text_of(desk, people_path(event))
        assert "Ei vastanud tähtajaks: 2." in words_of(page)
        assert 'value="release"' in page
        page = decide(desk, event, "release", people)
        assert "Kas vabastada nende 3 inimese kohad?" in page
        assert states(event.id) == ["confirmed"] * 3
        page = decide(desk, event, "release", people, sure="y")
        assert "2 kohta on vabastatud; kirjad on teel." in page
        assert "1 inimesega jäi kõik endiseks: nad on vastanud" in page
        assert states(event.id) == ["confirmed", "cancelled", "cancelled"]
        words = words_of(text_of(desk, f"/desk/events/{event.slug}/history"))
    assert words.count("Vabastas koha, mille kohta vastust ei tulnud") == 2
    assert "Märkis, et inimene tuleb ikka" in words
