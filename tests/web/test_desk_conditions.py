"""Making questions wait for each other's answers, on the event form."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.events.questions import AskedIf
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_form, sign_in, text_of

MakeEvent = Callable[..., Event]
STAY, ROOM, MATE = 0, 1, 2


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def trip(make_event: MakeEvent) -> Event:
    """Three questions: yes or no, one of two, free text; none waits for another yet."""
    return make_event(
        summary=LocalText("Läheme külla."),
        contact_email="info@example.org",
        questions=[
            ("yesno", "Kas ööbid?", []),
            ("choice", "Tuba", ["Ühene", "Kahene"]),
            ("text", "Kellega?", []),
        ],
    )


def fresh(event: Event) -> Event:
    db.session.rollback()
    return db.session.scalars(select(Event).where(Event.id == event.id)).one()


def path(event: Event) -> str:
    return f"/desk/events/{event.slug}/edit"


def answers(event: Event) -> dict[str, str]:
    """Return the values of the choices: by "place of the question:answer"."""
    stay, room, _mate = fresh(event).questions
    first, second = room.options
    return {
        "stay": f"{stay.id}:yes",
        "go": f"{stay.id}:no",
        "single": f"{room.id}:{first.id}",
        "double": f"{room.id}:{second.id}",
    }


def asked_if(place: int) -> str:
    return f"questions-{place}-asked_if"


def save(desk: FlaskClient, event: Event, **changes: str) -> tuple[int, str]:
    """Send the form as it stands but for these changes; return status and page."""
    answer = desk.post(path(event), data={**open_form(desk, path(event)), **changes})
    return answer.status_code, answer.get_data(as_text=True)


def chain(desk: FlaskClient, event: Event) -> None:
    """Let the room wait for a night, the mate for a double room."""
    known = answers(event)
    changes = {asked_if(ROOM): known["stay"], asked_if(MATE): known["double"]}
    assert save(desk, event, **changes)[0] == 303


def waits_for(event: Event) -> dict[str, str]:
    """Return the stored conditions in words."""
    return {
        question.label.et: question.condition.option.label.et
        if question.condition.option
        else str(question.condition.yes)
        for question in fresh(event).questions
        if question.condition
    }


def error_of(page: str, field: str) -> str:
    """Return the sentence beside a field."""
    found = re.search(rf'id="{field}-error".*?<span>(.*?)</span>', page, re.DOTALL)
    assert found is not None, "no error there"
    assert f'href="#{field}"' in page
    return found[1]


def test_each_question_offers_the_answers_to_the_others(desk: FlaskClient, trip: Event) -> None:
    page = text_of(desk, path(trip))
    select_of = re.search(rf'<select id="{asked_if(ROOM)}".*?</select>', page, re.DOTALL)
    assert select_of is not None
    assert re.findall(r">([^<]+)</option>", select_of[0]) == [
        "alati",
        "kui „Jah“ – Kas ööbid?",
        "kui „Ei“ – Kas ööbid?",
    ]
    assert "kui „Kahene“ – Tuba" in page


def test_a_chain_of_conditions_is_saved_and_stands_in_the_form_again(
    desk: FlaskClient, trip: Event
) -> None:
    chain(desk, trip)
    assert waits_for(trip) == {"Tuba": "True", "Kellega?": "Kahene"}
    form, known = open_form(desk, path(trip)), answers(trip)
    assert [form[asked_if(place)] for place in (STAY, ROOM, MATE)] == [
        "",
        known["stay"],
        known["double"],
    ]
    assert save(desk, trip)[0] == 303
    assert waits_for(trip) == {"Tuba": "True", "Kellega?": "Kahene"}
    assert save(desk, trip, **{asked_if(ROOM): ""})[0] == 303
    assert waits_for(trip) == {"Kellega?": "Kahene"}


def test_a_question_of_another_kind_is_offered_to_none(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(questions=[("text", "Soov", []), ("number", "Laps", [])])
    page = text_of(desk, path(event))
    assert "asked_if" not in page
    assert "salvesta kõigepealt mõlemad" in page


def test_a_condition_follows_options_that_move_or_are_reworded(
    desk: FlaskClient, trip: Event
) -> None:
    chain(desk, trip)
    before = fresh(trip).conditions
    assert save(desk, trip, **{"questions-1-options_et": "Kahene\nÜhene"})[0] == 303
    assert waits_for(trip)["Kellega?"] == "Kahene"
    assert save(desk, trip, **{"questions-1-options_et": "Kaheline\nÜhene"})[0] == 303
    assert waits_for(trip)["Kellega?"] == "Kaheline"
    assert save(desk, trip, **{"questions-1-options_et": "Telk\nÜhene\nKaheline"})[0] == 303
    assert waits_for(trip)["Kellega?"] == "Kaheline"
    assert fresh(trip).conditions == before


def test_questions_may_change_places_with_their_conditions(desk: FlaskClient, trip: Event) -> None:
    chain(desk, trip)
    before = fresh(trip).conditions
    moved = {"questions-0-place": "2", "questions-1-place": "3", "questions-2-place": "4"}
    moved |= {"questions-3-label_et": "Märkus", "questions-3-place": "1"}
    assert save(desk, trip, **moved)[0] == 303
    labels = [question.label.et for question in fresh(trip).questions]
    assert labels == ["Märkus", "Kas ööbid?", "Tuba", "Kellega?"]
    assert fresh(trip).conditions == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"questions-1-remove": "y"}, "eemaldatakse"),
        ({"questions-1-options_et": "Ühene\nTelk\nAut"}, "enam valida ei saa"),
        ({"questions-1-kind": "text"}, "Sõltuda saab ainult"),
        ({"questions-1-kind": "yesno"}, "enam valida ei saa"),
        ({"questions-2-place": "1", "questions-1-place": "3"}, "pärast küsimust"),
    ],
)
def test_what_a_condition_needs_does_not_go_silently(
    desk: FlaskClient, trip: Event, change: dict[str, str], words: str
) -> None:
    chain(desk, trip)
    typed = {**change, "questions-3-label_et": "Uus küsimus", asked_if(ROOM): ""}
    status, page = save(desk, trip, **typed)
    assert status == 422
    assert words in error_of(page, asked_if(MATE))
    assert "Uus küsimus" in page
    assert f'<option selected value="{answers(trip)["double"]}">' in page
    assert waits_for(trip) == {"Tuba": "True", "Kellega?": "Kahene"}


def test_a_circle_is_refused_beside_each_of_its_questions(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(questions=[("yesno", "A", []), ("yesno", "B", [])])
    first, second = fresh(event).questions
    circle = {asked_if(0): f"{second.id}:yes", asked_if(1): f"{first.id}:no"}
    status, page = save(desk, event, **circle)
    assert status == 422
    for place in (0, 1):
        assert "ringiratast" in error_of(page, asked_if(place))
    assert waits_for(event) == {}


def test_forged_conditions_are_refused(
    desk: FlaskClient, trip: Event, make_event: MakeEvent
) -> None:
    own, stranger = fresh(trip).questions, fresh(make_event(questions=[("yesno", "X", [])]))
    forged = [
        f"{own[ROOM].id}:yes",
        f"{own[ROOM].id}:{own[ROOM].options[0].id}",
        f"{stranger.questions[0].id}:yes",
        f"{own[STAY].id}:{own[ROOM].options[0].id}",
        "1:2:3",
        "x" * 500,
        f"{own[STAY].id}:\N{SUPERSCRIPT TWO}",
    ]
    for value in forged:
        status, page = save(desk, trip, **{asked_if(ROOM): value})
        assert status == 422, value
        assert error_of(page, asked_if(ROOM)) == "Palun vali üks neist."
    assert waits_for(trip) == {}


def test_an_option_people_chose_stays_also_where_a_condition_uses_it(
    desk: FlaskClient, trip: Event, make_event: MakeEvent, entry: Callable[..., SignUp]
) -> None:
    chain(desk, trip)
    stay, room, _mate = fresh(trip).questions
    given: dict[int, Any] = {stay.id: True, room.id: [room.options[1].id]}
    sign_up(trip.id, entry(answers=given), now())
    gone = {"questions-1-options_et": "Ühene\nTelk\nAut", asked_if(MATE): ""}
    status, page = save(desk, trip, **gone)
    assert status == 422
    assert "„Kahene“" in page
    assert waits_for(trip) == {"Tuba": "True", "Kellega?": "Kahene"}


def test_a_copy_made_at_the_desk_keeps_the_conditions(desk: FlaskClient, trip: Event) -> None:
    chain(desk, trip)
    page = f"/desk/events/{trip.slug}/copy"
    answer = desk.post(page, data={**open_form(desk, page), "first_day": "2031-05-02"})
    copied = db.session.scalars(
        select(Event).where(Event.slug == answer.location.split("/")[3])
    ).one()
    assert waits_for(copied) == waits_for(trip)
    assert {c.on for c in fresh(copied).conditions.values()}.isdisjoint(fresh(trip).conditions)


def test_a_condition_takes_no_more_queries_for_a_longer_form(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    def count(number: int) -> int:
        made = make_event(
            questions=[("yesno", f"K{n}", []) for n in range(number)],
            asked_if={n: AskedIf(n - 1, yes=True) for n in range(1, number)},
        )
        form = selects_of(desk, path(made))
        return form + selects_of(desk, f"/events/{made.slug}/register")

    assert count(30) == count(2)
