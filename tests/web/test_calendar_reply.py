"""A calendar that declined: on the own page, and at the desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import CalendarReply, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.conftest import KEY
from tests.registration.people import person, states
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    return make_event(capacity=1, summary=LocalText("Käime külas"), contact_email="mari@example.ee")


@pytest.fixture
def seat(event: Event, entry: Entry) -> int:
    """Somebody with the only seat, whose calendar declined; another waits."""
    first, _second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    calendar_says(first, "DECLINED")
    return first


def calendar_says(number: int, partstat: str, **values: object) -> None:
    with transaction() as session:
        reply = session.get(CalendarReply, number) or CalendarReply(registration_id=number)
        reply.partstat, reply.sequence = partstat, 0
        reply.stamp = reply.received_at = now()
        for name, value in values.items():
            setattr(reply, name, value)
        session.add(reply)


def freed(number: int, hours: float = 1) -> None:
    """Let the calendar have freed the seat so long ago."""
    calendar_says(number, "DECLINED", freed_at=now() - timedelta(hours=hours))
    with transaction() as session:
        who = session.get_one(Registration, number)
        who.state, who.ended_by, who.cancelled_at = "cancelled", "participant", now()


def path(number: int, tail: str = "") -> str:
    return f"/my/{make_token([KEY], 'my', person(number).link_id)}{tail}"


def press(client: FlaskClient, number: int, button: str) -> str:
    form = open_form(client, path(number))
    answer = client.post(path(number, "/calendar"), data={**form, "answer": button})
    assert answer.status_code == 303
    return text_of(client, answer.location)


def test_the_page_asks_whether_one_still_comes(client: FlaskClient, seat: int) -> None:
    page = text_of(client, path(seat))
    assert "Sinu kalender keeldus kutsest." in page
    assert "Tulen ikka" in page
    assert "Loobun kohast" in page


def test_giving_the_seat_back_hands_it_to_the_next(
    client: FlaskClient, event: Event, seat: int
) -> None:
    page = press(client, seat, "give")
    assert "registreering on tühistatud" in page
    assert states(event.id) == ["cancelled", "confirmed"]


def test_coming_all_the_same_ends_the_question(
    client: FlaskClient, event: Event, seat: int
) -> None:
    page = press(client, seat, "keep")
    assert "koht jääb sulle" in page
    assert "allpool saad selle sinna tagasi panna" in page
    assert "calendar.google.com" in page
    assert "Sinu kalender keeldus" not in page
    assert states(event.id) == ["confirmed", "waiting"]


@pytest.mark.parametrize("button", ["", "GIVE", "1", "back"])
def test_another_word_changes_nothing(
    client: FlaskClient, event: Event, seat: int, button: str
) -> None:
    press(client, seat, button)
    assert states(event.id) == ["confirmed", "waiting"]


def test_looking_changes_nothing_and_an_old_form_says_so(
    client: FlaskClient, event: Event, seat: int
) -> None:
    assert client.get(path(seat, "/calendar")).location == path(seat)
    assert client.head(path(seat, "/calendar")).status_code == 303
    answer = client.post(path(seat, "/calendar"), data={"answer": "give"})
    assert "Midagi ei muudetud" in text_of(client, answer.location)
    assert states(event.id) == ["confirmed", "waiting"]
    assert client.post("/my/wrong/calendar", data={"answer": "give"}).status_code == 404


def test_a_freed_seat_can_be_asked_for_again(client: FlaskClient, event: Event, seat: int) -> None:
    freed(seat)
    page = text_of(client, path(seat))
    assert "Saad kohta tagasi küsida kuni" in page
    page = press(client, seat, "back")
    assert "Oled ootenimekirjas" in page
    assert states(event.id) == ["waiting", "confirmed"]


def test_a_seat_still_free_is_theirs_again(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    number = sign_up(make_event().id, entry(), now()).registration_id
    freed(number)
    assert "Koht on jälle sinu." in press(client, number, "back")
    assert person(number).state == "confirmed"


def test_after_a_day_the_page_offers_no_way_back(client: FlaskClient, seat: int) -> None:
    freed(seat, hours=23.9)
    form = open_form(client, path(seat))
    freed(seat, hours=24.1)
    assert "tagasi küsida" not in text_of(client, path(seat))
    answer = client.post(path(seat, "/calendar"), data={**form, "answer": "back"})
    assert "Kohta ei saa enam tagasi küsida." in text_of(client, answer.location)
    assert person(seat).state == "cancelled"


def test_the_desk_shows_what_calendars_say(client: FlaskClient, event: Event, seat: int) -> None:
    desk = sign_in(client)
    page = text_of(desk, people_path(event))
    assert "kalendris: ei tule" in page
    assert "temalt on küsitud, kas ta loobub kohast" in page
    calendar_says(seat, "TENTATIVE", comment="<b>Bussiga</b>")
    page = text_of(desk, people_path(event))
    assert "kalendris: võib-olla tuleb" in page
    assert "&lt;b&gt;Bussiga&lt;/b&gt;" in page
    assert "enne viimast muudatust" not in page
    with transaction() as session:
        session.get_one(Event, event.id).sequence = 1
    assert "enne viimast muudatust" in text_of(desk, people_path(event))
    calendar_says(seat, "ACCEPTED", source="page", comment="")
    assert "ütles ise, et tuleb" in text_of(desk, people_path(event))


def test_the_desk_tells_whose_seat_a_calendar_gave_back(
    client: FlaskClient, event: Event, seat: int
) -> None:
    desk = sign_in(client)
    freed(seat)
    assert text_of(desk, people_path(event)).count("kalendris: loobus kohast") == 1
    assert "kalendris: loobus kohast" in text_of(desk, f"{people_path(event)}/{seat}")
    calendar_says(seat, "DECLINED", freed_at=None)
    assert "kalendris:" not in text_of(desk, people_path(event))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("bounced", "on seal kirjaviga"),
        ("bounced_soft", "postkast on täis"),
        ("bounced_refused", "aadress võib olla õige"),
    ],
)
def test_the_desk_shows_which_letters_came_back_and_why(
    client: FlaskClient, event: Event, seat: int, reason: str, words: str
) -> None:
    with transaction() as session:
        message = session.query(OutboxMessage).filter_by(registration_id=seat).one()
        message.state, message.reason = "bounced", reason
    assert words in text_of(sign_in(client), people_path(event))


def test_an_organiser_chooses_what_a_declining_calendar_does(
    app: Flask, client: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, edit = sign_in(client), f"/desk/events/{event.slug}/edit"
    assert "on_decline" not in open_form(desk, edit)
    for name, value in {"INBOUND_PIPE": True, "INBOUND_AUTHSERV_ID": "mx.example.ee"}.items():
        monkeypatch.setitem(app.config, name, value)
    form = open_form(desk, edit)
    assert form["on_decline"] == "ask"
    desk.post(edit, data={**form, "on_decline": "free"})
    assert open_form(desk, edit)["on_decline"] == "free"
    monkeypatch.setitem(app.config, "INBOUND_PIPE", False)
    desk.post(edit, data=open_form(desk, edit))
    monkeypatch.setitem(app.config, "INBOUND_PIPE", True)
    assert open_form(desk, edit)["on_decline"] == "free"
