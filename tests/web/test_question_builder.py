"""The buttons between the questions of the event form, without the script; ready-made sets."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.events.question_sets import question_sets
from koostoo.events.questions import condition_faults, lacks_options
from tests.web.desk_pages import edit_path, open_form, read_form, save_event, sign_in

MakeEvent = Callable[..., Event]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def trip(make_event: MakeEvent) -> Event:
    """An event that asks three things."""
    return make_event(
        summary=LocalText("Läheme külla."),
        contact_email="info@example.org",
        questions=[("text", "A", []), ("yesno", "B", []), ("text", "C", [])],
    )


def labels(event: Event) -> list[str]:
    db.session.rollback()
    fresh = db.session.scalars(select(Event).where(Event.id == event.id)).one()
    return [question.label.et for question in fresh.questions]


def press(desk: FlaskClient, form: dict[str, Any], event: Event, button: str) -> dict[str, Any]:
    """Press a button between the questions; return the form that comes back."""
    answer = desk.post(edit_path(event), data={**form, "rows": button})
    assert answer.status_code == 200
    return read_form(answer.get_data(as_text=True))


def test_a_question_moves_with_its_buttons_and_nothing_is_saved_before(
    desk: FlaskClient, trip: Event
) -> None:
    form = {**open_form(desk, edit_path(trip)), "title_et": "Uus pealkiri"}
    form = press(desk, form, trip, "up-2")
    assert [form[f"questions-{row}-place"] for row in (0, 1, 2)] == ["1", "3", "2"]
    form = press(desk, form, trip, "down-0")
    form = press(desk, form, trip, "up-2")
    assert form["title_et"] == "Uus pealkiri"
    assert labels(trip) == ["A", "B", "C"]
    assert desk.post(edit_path(trip), data=form).status_code == 303
    assert labels(trip) == ["C", "A", "B"]


def test_the_page_goes_on_at_the_row_and_tells_what_was_done(
    desk: FlaskClient, trip: Event
) -> None:
    form = open_form(desk, edit_path(trip))
    page = desk.post(edit_path(trip), data={**form, "rows": "down-0"}).get_data(as_text=True)
    assert "„A“ on nüüd 2. küsimus 3-st." in page
    assert page.count(" autofocus") == 1
    page = desk.post(edit_path(trip), data={**form, "rows": "add"}).get_data(as_text=True)
    assert page.count(" autofocus") == 1
    assert 'name="questions-3-label_et"' in page


def test_a_row_that_is_not_saved_can_be_taken_out_again(desk: FlaskClient, trip: Event) -> None:
    form = {**open_form(desk, edit_path(trip)), "questions-3-label_et": "D"}
    form = press(desk, form, trip, "drop-3")
    assert "questions-3-kind" not in form
    assert desk.post(edit_path(trip), data=form).status_code == 303
    assert labels(trip) == ["A", "B", "C"]


def test_a_ready_made_set_stands_behind_what_is_there_with_its_condition(
    desk: FlaskClient, trip: Event
) -> None:
    form = press(desk, open_form(desk, edit_path(trip)), trip, "set-rooms")
    assert desk.post(edit_path(trip), data=form).status_code == 303
    assert labels(trip)[:3] == ["A", "B", "C"]
    nights, room, mate = db.session.get_one(Event, trip.id).questions[3:]
    assert [q.purpose for q in (nights, room, mate)] == ["nights", "room", "roommate"]
    assert mate.condition is not None
    assert mate.condition.on_id == room.id
    assert mate.condition.option_id == room.options[0].id
    assert room.label.en


def test_a_set_is_added_to_an_event_that_is_not_saved_yet(desk: FlaskClient) -> None:
    form = {**open_form(desk, "/desk/events/new"), "title_et": "Reis", "rows": "set-meals"}
    answer = desk.post("/desk/events/new", data=form)
    typed = read_form(answer.get_data(as_text=True))
    assert typed["title_et"] == "Reis"
    assert (typed["questions-0-purpose"], typed["questions-0-is_sensitive"]) == ("diet", "y")


@pytest.mark.parametrize("button", ["", "up-77", "up-x", "set-none", "drop-", "add-1-2", "x" * 99])
def test_a_button_nobody_made_gives_the_form_back(
    desk: FlaskClient, trip: Event, button: str
) -> None:
    form = {**open_form(desk, edit_path(trip)), "questions-0-place": "9" * 40}
    assert press(desk, form, trip, button)["questions-0-label_et"] == "A"


def test_no_more_rows_than_an_event_can_have(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event(questions=[("text", f"K{n}", []) for n in range(40)])
    form = open_form(desk, edit_path(event))
    for button in ("add", "set-abroad"):
        page = desk.post(edit_path(event), data={**form, "rows": button}).get_data(as_text=True)
        assert "Rohkem küsimusi üritusel olla ei saa." in page


def test_a_new_row_can_wait_for_another_new_row(desk: FlaskClient, trip: Event) -> None:
    form = open_form(desk, edit_path(trip))
    form |= {"questions-3-label_et": "Ööbid?", "questions-3-kind": "yesno"}
    form = press(desk, form, trip, "add")
    form |= {"questions-4-label_et": "Kellega?", "questions-4-asked_if": "row3:yes"}
    assert desk.post(edit_path(trip), data=form).status_code == 303
    stay, mate = db.session.get_one(Event, trip.id).questions[3:]
    assert (mate.condition and mate.condition.on_id) == stay.id


def test_who_answers_what_for_and_how_sensitive_are_saved(desk: FlaskClient, trip: Event) -> None:
    typed = {
        "questions-0-asked": "organisers",
        "questions-1-asked": "checkin",
        "questions-2-purpose": "diet",
        "questions-2-is_sensitive": "y",
    }
    assert save_event(desk, trip, **typed).status_code == 303
    questions = db.session.get_one(Event, trip.id).questions
    assert [(q.asked, q.purpose, q.is_sensitive) for q in questions] == [
        ("organisers", "", False),
        ("checkin", "", False),
        ("signup", "diet", True),
    ]
    assert save_event(desk, trip, **{"questions-0-asked": "nobody"}).status_code == 422


def test_what_is_asked_at_sign_up_cannot_wait_for_what_organisers_answer(
    desk: FlaskClient, trip: Event
) -> None:
    first = db.session.get_one(Event, trip.id).questions[1].id
    typed = {"questions-1-asked": "organisers", "questions-2-asked_if": f"{first}:yes"}
    answer = save_event(desk, trip, **typed)
    assert answer.status_code == 422
    assert "antakse hiljem või annab selle keegi teine" in answer.get_data(as_text=True)
    assert save_event(desk, trip, **typed, **{"questions-2-asked": "organisers"}).status_code == 303


def test_every_ready_made_set_makes_sense_in_both_languages() -> None:
    for one in question_sets():
        assert condition_faults(one.questions) == {}
        for question in one.questions:
            assert not lacks_options(question)
            assert all(words.et and words.en for words in (question.label, *question.options))
