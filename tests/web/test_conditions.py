"""Questions that wait for another's answer, in every form that asks them."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Question
from koostoo.events.questions import AskedIf
from koostoo.registration.models import Answer
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
FillIn = Callable[..., dict[str, str]]


class Trip:
    """An overnight trip that asks those who stay for a room, and those in a double for a mate."""

    def __init__(self, event: Event) -> None:
        self.event, self.path = event, f"/events/{event.slug}/register"
        self.stay, self.room, self.mate, self.age = (f"q{q.id}" for q in event.questions)
        self.single, self.double = (str(option.id) for option in event.questions[1].options)

    def double_room(self, **changed: str) -> dict[str, str]:
        """Return what somebody answers who stays in a double room."""
        answers = {self.stay: "yes", self.room: self.double, self.mate: "Jaan Tamm"}
        return {**answers, **changed}


@pytest.fixture
def trip(make_event: MakeEvent) -> Trip:
    event = make_event(
        questions=[
            ("yesno", "Kas ööbid?", []),
            ("choice", "Tuba", ["Ühene", "Kahene"]),
            ("text", "Toakaaslane", []),
            ("number", "Mitmes öö?", []),
        ],
        asked_if={
            1: AskedIf(0, yes=True),
            2: AskedIf(1, option=1),
            3: AskedIf(0, yes=True),
        },
    )
    with transaction() as session:
        for question in session.scalars(select(Question).where(Question.kind != "number")):
            question.required = True
        session.get_one(Question, event.questions[2].id).label = LocalText(
            "Toakaaslane", "Room-mate"
        )
    return Trip(event)


def kept() -> dict[str, Any]:
    """Return what is stored of the answers that say something, by the name of their field."""
    db.session.rollback()
    rows = db.session.execute(select(Answer.question_id, Answer.value))
    return {f"q{number}": value for number, value in rows if value is not None}


def test_who_stays_is_asked_for_the_rest_and_must_answer(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    answer = client.post(trip.path, data=fill_in(trip.event, **{trip.stay: "yes"}))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert f'id="{trip.room}-error"' in page
    assert f'id="{trip.mate}-error"' not in page
    form = fill_in(trip.event, **trip.double_room(**{trip.mate: ""}))
    page = client.post(trip.path, data=form).get_data(as_text=True)
    assert f'id="{trip.mate}-error"' in page
    assert client.post(trip.path, data=fill_in(trip.event, **trip.double_room())).status_code == 303
    assert kept() == {
        trip.stay: True,
        trip.room: [int(trip.double)],
        trip.mate: "Jaan Tamm",
    }


def test_who_goes_home_need_not_answer_what_is_not_asked(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    assert client.post(trip.path, data=fill_in(trip.event, **{trip.stay: "no"})).status_code == 303
    assert kept() == {trip.stay: False}


def test_a_question_that_decides_must_be_answered_itself(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    page = client.post(trip.path, data=fill_in(trip.event)).get_data(as_text=True)
    assert f'id="{trip.stay}-error"' in page
    assert f'id="{trip.room}-error"' not in page


@pytest.mark.parametrize(
    "room", ["{double}", "999999", "abc", "-1", "yes", "\x00", "\N{SUPERSCRIPT TWO}"]
)
def test_a_hidden_answer_is_dropped_whatever_it_is(
    client: FlaskClient, trip: Trip, fill_in: FillIn, room: str
) -> None:
    forged = {
        trip.stay: "no",
        trip.room: room.format(double=trip.double),
        trip.mate: "a\x00b" + "c" * 600,
        trip.age: "seven",
    }
    answer = client.post(trip.path, data=fill_in(trip.event, **forged))
    assert answer.status_code == 303
    assert kept() == {trip.stay: False}
    own = client.get(answer.location).get_data(as_text=True)
    assert "Kas ööbid?" in own
    assert "Toakaaslane" not in own


def test_a_forged_answer_does_not_bring_out_a_question(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    forged = fill_in(trip.event, **trip.double_room(**{trip.stay: "maybe"}))
    page = client.post(trip.path, data=forged)
    assert page.status_code == 422
    assert f'id="{trip.stay}-error"' in page.get_data(as_text=True)
    assert kept() == {}


def test_what_was_typed_is_kept_also_where_it_is_not_asked_now(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    form = fill_in(trip.event, **trip.double_room(**{trip.stay: "no", "email": "mari@"}))
    page = client.post(trip.path, data=form).get_data(as_text=True)
    assert 'value="Jaan Tamm"' in page
    assert page.count('class="error"') == 1


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", "Vasta, kui küsimuse „Tuba“ vastus on „Kahene“."),
        ("/en", "Answer this if the answer to “Tuba” is “Kahene”."),
    ],
)
def test_the_form_says_in_words_when_to_answer(
    client: FlaskClient, trip: Trip, prefix: str, words: str
) -> None:
    page = client.get(prefix + trip.path).get_data(as_text=True)
    assert words in page
    assert f'data-asked-if="{trip.room}" data-asked-answer="{trip.double}"' in page
    assert f'data-asked-if="{trip.stay}" data-asked-answer="yes"' in page
    assert f'aria-describedby="{trip.mate}-hint"' in page


def test_changing_a_yes_to_a_no_on_the_own_page_drops_what_hung_on_it(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    own = client.post(trip.path, data=fill_in(trip.event, **trip.double_room())).location
    own = own.partition("?")[0]
    assert "Jaan Tamm" in text_of(client, own)
    form = {**open_form(client, own + "/edit"), trip.stay: "no"}
    assert form[trip.mate] == "Jaan Tamm"
    assert client.post(own + "/edit", data=form).status_code == 303
    assert kept() == {trip.stay: False}
    assert "Jaan Tamm" not in text_of(client, own)
    form = {**open_form(client, own + "/edit"), trip.stay: "yes"}
    assert client.post(own + "/edit", data=form).status_code == 422


def test_the_desk_adds_people_under_the_same_conditions(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    desk, path = sign_in(client), people_path(trip.event)
    page = text_of(desk, path + "/add")
    assert "Vasta, kui küsimuse „Tuba“ vastus on „Kahene“." in page
    typed = {**open_form(desk, path + "/add"), **fill_in(trip.event)}
    typed |= {"csrf_token": open_form(desk, path + "/add")["csrf_token"]}
    assert desk.post(path + "/add", data={**typed, trip.stay: "yes"}).status_code == 422
    hidden = trip.double_room(**{trip.stay: "no"})
    assert desk.post(path + "/add", data={**typed, **hidden}).status_code == 303
    assert kept() == {trip.stay: False}


def test_a_list_leaves_the_cell_of_what_was_not_asked_empty(
    client: FlaskClient, trip: Trip, fill_in: FillIn
) -> None:
    form = fill_in(trip.event, **trip.double_room(**{trip.stay: "no"}))
    client.post(trip.path, data=form)
    desk, path = sign_in(client), people_path(trip.event)
    text = desk.get(path + ".csv").data.decode("utf-8-sig")
    header, row = csv.reader(StringIO(text), delimiter=";")
    assert header[-4:] == ["Kas ööbid?", "Tuba", "Toakaaslane", "Mitmes öö?"]
    assert row[-4:] == ["Ei", "", "", ""]
    sheet = load_workbook(BytesIO(desk.get(path + ".xlsx", buffered=True).data)).active
    assert sheet is not None
    assert [cell.value for cell in list(sheet.rows)[-1]][-4:] == ["Ei", None, None, None]
