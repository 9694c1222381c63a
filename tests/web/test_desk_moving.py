"""Moving an event at the desk: what changes, who is told, whether they are asked, one press."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event, Move
from koostoo.mail.models import OutboxMessage
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.registration.people import states
from tests.trouble import lock_held
from tests.web.desk_pages import (
    confirm_move,
    edit_path,
    read_form,
    save_event,
    sign_in,
    text_of,
)

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
START = datetime(2027, 5, 30, 6, 30, tzinfo=UTC)
WORDS = 'Vana maja sai "veekahjustuse" & on <kinni>.\r\nTuleme Paralepasse.'


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel("2026-11-23T12:00:00Z"):
        yield


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def event(make_event: MakeEvent, entry: Entry) -> Event:
    """One has the only seat, two wait."""
    event = make_event(
        summary=LocalText("Läheme külla.\n\nJa tuleme tagasi."),
        contact_email="info@example.org",
        capacity=1,
        when=When.timed(START, START + timedelta(hours=5)),
        questions=[("choice", "Buss", ["Haapsalu", "Lihula"])],
    )
    for _ in range(3):
        sign_up(event.id, entry(), now())
    return event


def fresh(event: Event) -> Event:
    db.session.rollback()
    return db.session.get_one(Event, event.id, populate_existing=True)


def told() -> list[OutboxMessage]:
    return list(
        db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "event_changed"))
    )


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace("\u00a0", " ")


def test_the_page_shows_old_and_new_and_who_is_told_and_saves_nothing(
    desk: FlaskClient, event: Event
) -> None:
    answer = save_event(desk, event, place_et="Paralepa", first_day="2027-05-29")
    words = words_of(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert "Enne: pühapäev, 30. mai 2027 kell 9.30–14.30" in words
    assert "Nüüd: laupäev, 29. mai 2027 kell 9.30–14.30" in words
    assert "Enne: Voore külalistemaja Nüüd: Paralepa" in words
    assert "Teade läheb 3 inimesele Kinnitatud: 1 Ootenimekirjas: 2" in words
    assert (fresh(event).sequence, fresh(event).place.et) == (0, "Voore külalistemaja")
    assert told() == []


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"place_et": "Haapsalu kultuurikeskus"}, "place"),
        ({"first_time": "8.00"}, "when"),
        ({"join_link": "https://example.org/koosolek"}, "join_link"),
        ({"date_kind": "month", "month": "6", "year": "2027"}, "when"),
    ],
)
def test_one_press_saves_and_writes_to_everybody(
    desk: FlaskClient, event: Event, changes: dict[str, str], part: str
) -> None:
    page = save_event(desk, event, **changes).get_data(as_text=True)
    answer = confirm_move(desk, event, page)
    assert answer.status_code == 303
    assert "kirjad on teel 3 inimesele" in text_of(desk, answer.location)
    assert fresh(event).sequence == 1
    [move] = db.session.scalars(select(Move))
    assert [message.payload for message in told()] == [{"move": move.id}] * 3
    assert (
        move.before[part]
        == {
            "place": {"et": "Voore külalistemaja"},
            "when": {
                "et": "pühapäev, 30. mai 2027 kell\u00a09.30–14.30",
                "en": "Sunday 30 May 2027, 09:30–14:30",
            },
            "join_link": "",
        }[part]
    )


def test_everything_typed_in_the_form_travels_along(desk: FlaskClient, event: Event) -> None:
    summary = "Uus <b>kokkuvõte</b> & „jutumärgid“\r\n\r\nja teine lõik"
    typed = {
        "place_et": "Paralepa",
        "summary_et": summary,
        "questions-0-label_et": "Peatus",
        "questions-1-label_et": "Toidusoov",
        "capacity": "2",
    }
    page = save_event(desk, event, **typed).get_data(as_text=True)
    assert confirm_move(desk, event, page, **{"move-words_et": WORDS}).status_code == 303
    saved = fresh(event)
    assert saved.summary.et == summary.replace("\r\n", "\n")
    assert [question.label.et for question in saved.questions] == ["Peatus", "Toidusoov"]
    assert states(event.id) == ["confirmed", "confirmed", "waiting"]
    [move] = db.session.scalars(select(Move))
    assert move.words.et == WORDS.replace("\r\n", "\n")


def test_people_are_asked_until_a_time_before_the_new_beginning(
    desk: FlaskClient, event: Event
) -> None:
    page = save_event(desk, event, first_day="2027-05-20").get_data(as_text=True)
    typed = {"move-asks": "y", "move-until_day": "10.05.2027", "move-until_time": "12.00"}
    assert confirm_move(desk, event, page, **typed).status_code == 303
    [move] = db.session.scalars(select(Move))
    assert move.answer_until == datetime(2027, 5, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"move-until_day": ""}, "move-until_day"),
        ({"move-until_day": "31.02.2027"}, "move-until_day"),
        ({"move-until_day": "25.05.2027"}, "move-until_day"),
        ({"move-until_day": "22.11.2026"}, "move-until_day"),
        ({"move-until_day": "10.05.2027", "move-until_time": "25.00"}, "move-until_time"),
        ({"move-until_day": "28.03.2027", "move-until_time": "3.30"}, "move-until_time"),
        ({"move-until_day": "10.05.2027", "move-words_en": "a\x00b"}, "move-words_en"),
        ({"move-until_day": "10.05.2027", "move-words_et": "a" * 2001}, "move-words_et"),
    ],
)
def test_a_slip_is_explained_beside_its_field_and_nothing_typed_is_lost(
    desk: FlaskClient, event: Event, typed: dict[str, str], field: str
) -> None:
    page = save_event(desk, event, first_day="2027-05-20", title_et="Teine").get_data(as_text=True)
    answer = confirm_move(desk, event, page, **({"move-words_et": WORDS, "move-asks": "y"} | typed))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert f'href="#{field}"' in page
    assert fresh(event).sequence == 0
    mended = {"move-until_day": "10.05.2027", "move-until_time": ""}
    if field.startswith("move-words"):
        mended[field] = ""
    assert confirm_move(desk, event, page, **mended).status_code == 303
    assert fresh(event).title.et == "Teine"
    [move] = db.session.scalars(select(Move))
    assert move.words.et == ("" if field == "move-words_et" else WORDS.replace("\r\n", "\n"))


def test_the_way_back_to_the_form_keeps_both_what_was_typed_here_and_there(
    desk: FlaskClient, event: Event
) -> None:
    page = save_event(desk, event, place_et="Paralepa").get_data(as_text=True)
    answer = confirm_move(desk, event, page, **{"move-words_et": WORDS, "move-back": "y"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert fresh(event).sequence == 0
    form = read_form(page)
    assert form["place_et"] == "Paralepa"
    answer = desk.post(edit_path(event), data={**form, "place_et": "Lihula"})
    page = answer.get_data(as_text=True)
    assert "Nüüd: Lihula" in words_of(page)
    assert read_form(page)["move-words_et"].split() == WORDS.split()
    assert confirm_move(desk, event, page).status_code == 303
    assert fresh(event).place.et == "Lihula"


def test_a_change_somebody_else_made_meanwhile_is_said_and_the_words_are_kept(
    desk: FlaskClient, event: Event
) -> None:
    page = save_event(desk, event, place_et="Paralepa").get_data(as_text=True)
    assert save_event(desk, event, title_et="Teine pealkiri").status_code == 303
    answer = confirm_move(desk, event, page, **{"move-words_et": WORDS})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "vahepeal" in page
    assert told() == []
    page = desk.post(edit_path(event), data=read_form(page)).get_data(as_text=True)
    assert read_form(page)["move-words_et"].split() == WORDS.split()
    assert confirm_move(desk, event, page).status_code == 303


def test_when_the_database_is_busy_the_page_comes_back_filled_in(
    desk: FlaskClient, event: Event, impatient: None
) -> None:
    page = save_event(desk, event, place_et="Paralepa").get_data(as_text=True)
    with lock_held(whole_table=True):
        answer = confirm_move(desk, event, page, **{"move-words_et": WORDS})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Midagi ei salvestatud" in page
    assert "Nüüd: Paralepa" in words_of(page)
    assert confirm_move(desk, event, page).status_code == 303
    [move] = db.session.scalars(select(Move))
    assert move.words.et.split() == WORDS.split()
    assert len(told()) == 3


def test_a_draft_or_an_event_without_people_is_simply_saved(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    plain = {"summary": LocalText("Läheme."), "contact_email": "info@example.org"}
    for event in (make_event(**plain), make_event(**plain, state="draft")):
        assert save_event(desk, event, place_et="Paralepa").status_code == 303
    assert db.session.scalars(select(Move)).all() == []


def test_nobody_is_asked_when_only_people_who_wait_are_there(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(summary=LocalText("Läheme."), contact_email="info@example.org", capacity=0)
    sign_up(event.id, entry(), now())
    page = save_event(desk, event, place_et="Paralepa").get_data(as_text=True)
    assert "Teade läheb 1 inimesele" in page
    assert 'name="move-asks"' not in page


def test_the_history_tells_what_moved(desk: FlaskClient, event: Event) -> None:
    page = save_event(desk, event, first_day="2027-05-20", place_et="Paralepa").get_data(
        as_text=True
    )
    confirm_move(desk, event, page, **{"move-asks": "y", "move-until_day": "10.05.2027"})
    words = words_of(text_of(desk, f"/desk/events/{event.slug}/history"))
    assert "Muutis aega või toimumiskohta" in words
    assert "30. mai 2027 kell 9.30–14.30 → neljapäev, 20. mai 2027 kell 9.30–14.30" in words
    assert "teade läks 3 inimesele" in words
    assert "vastust oodati hiljemalt 10. mail 2027 kell 23.59" in words


def test_calling_off_tells_how_many_of_which_standing_hear_of_it(
    desk: FlaskClient, event: Event, make_event: MakeEvent
) -> None:
    words = words_of(text_of(desk, f"/desk/events/{event.slug}/call-off"))
    assert "Kinnitatud: 1 Ootenimekirjas: 2" in words
    lonely = text_of(desk, f"/desk/events/{make_event().slug}/call-off")
    assert "Keegi pole registreerunud, seega kirju ei saadeta." in lonely
