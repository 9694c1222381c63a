"""Sensitive answers and those of organisers: who is asked, and who gets to see them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.registration.models import Answer, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.web.desk_pages import open_form, people_path, sign_in, stage_of, text_of
from tests.web.test_roles import sign_in_as

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def meal(make_event: MakeEvent) -> Event:
    """An event that asks one plain and one sensitive thing, one of organisers, one at the door."""
    event = make_event(
        questions=[
            ("text", "Huviala", []),
            ("text", "Toit", []),
            ("text", "Kaust", []),
            ("yesno", "Dokument näidatud", []),
        ]
    )
    with transaction() as session:
        _plain, food, folder, shown = session.get_one(Event, event.id).questions
        food.is_sensitive = True
        food.purpose = "diet"
        folder.asked, folder.required = "organisers", True
        shown.asked = "checkin"
    return event


def answered(event: Event, entry: Entry) -> Registration:
    given: dict[int, Any] = dict(
        zip([q.id for q in event.questions], ["kalapüük", "pähklita", "12"], strict=False)
    )
    return db.session.get_one(
        Registration, sign_up(event.id, entry(answers=given), now()).registration_id
    )


def test_the_form_asks_only_what_is_asked_at_sign_up_and_says_who_sees_it(
    client: FlaskClient, meal: Event, fill_in: Callable[..., dict[str, str]]
) -> None:
    page = text_of(client, f"/events/{meal.slug}/register")
    assert "Toit" in page
    assert "Kaust" not in page
    assert "Dokument näidatud" not in page
    assert page.count("kustutatakse 30 päeva pärast üritust") == 1
    folder = db.session.get_one(Event, meal.id).questions[2].id
    form = fill_in(meal, **{f"q{folder}": "salaja"})
    answer = client.post(f"/events/{meal.slug}/register", data=form)
    assert answer.status_code == 303
    assert db.session.scalars(db.select(Answer).where(Answer.question_id == folder)).all() == []


def test_the_own_page_shows_nothing_organisers_wrote(
    client: FlaskClient, meal: Event, entry: Entry
) -> None:
    person = answered(meal, entry)
    token = make_token([client.application.config["SECRET_KEY"]], "my", person.link_id)
    for part in ("", "/edit"):
        page = text_of(client, f"/my/{token}{part}")
        assert "pähklita" in page
        assert "Kaust" not in page


def test_the_desk_asks_organisers_and_writes_their_answers_at_any_time(
    client: FlaskClient, meal: Event, entry: Entry
) -> None:
    person = answered(meal, entry)
    desk = sign_in(client)
    assert "Kaust" in text_of(desk, f"{people_path(meal)}/add")
    one = f"{people_path(meal)}/{person.id}"
    assert f"{one}/answers" in text_of(desk, one)
    path = f"{people_path(meal)}/{person.id}/answers"
    form = open_form(desk, path)
    questions = db.session.get_one(Event, meal.id).questions
    food, folder, shown = (f"q{question.id}" for question in questions[1:])
    assert (form[food], form[folder]) == ("pähklita", "12")
    form |= {folder: "", food: "kõike", shown: "yes"}
    assert desk.post(path, data=form).status_code == 303
    answers = {a.question_id: a.value for a in db.session.get_one(Registration, person.id).answers}
    assert [answers.get(q.id) for q in questions] == ["kalapüük", "kõike", None, True]
    history = text_of(desk, f"/desk/events/{meal.slug}/history")
    assert "Muutis inimese vastuseid" in history
    assert "kõike" not in history


def test_full_options_are_not_overfilled_by_a_correction(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("choice", "Buss", ["A", "B"])])
    with transaction() as session:
        session.get_one(Event, event.id).questions[0].options[0].seats = 1
    question = db.session.get_one(Event, event.id).questions[0]
    first, second = (option.id for option in question.options)
    sign_up(event.id, entry(answers={question.id: [first]}), now())
    person = sign_up(event.id, entry(answers={question.id: [second]}), now()).registration_id
    desk = sign_in(client)
    path = f"{people_path(event)}/{person}/answers"
    answer = desk.post(path, data={**open_form(desk, path), f"q{question.id}": str(first)})
    assert answer.status_code == 422
    answer = db.session.scalars(db.select(Answer).where(Answer.registration_id == person)).one()
    assert answer.value == [second]


@pytest.mark.parametrize(
    ("role", "sees"), [("manager", True), ("runs", True), ("partner", False), ("viewer", False)]
)
def test_sensitive_answers_are_seen_by_who_runs_the_event_alone(
    client: FlaskClient, meal: Event, entry: Entry, role: str, sees: bool
) -> None:
    person = answered(meal, entry).id
    numbers = stage_of(meal)
    with transaction() as session:
        session.get_one(Registration, person).organisation_id = numbers["partner"]
    sign_in_as(client, role, numbers)
    sheet = text_of(client, f"{people_path(meal)}.csv")
    assert ("pähklita" in sheet) is sees
    # Where the person is theirs, so is what is not sensitive.
    assert ("kalapüük" in sheet) is (role != "viewer")
    answer = client.get(f"{people_path(meal)}/{person}/answers")
    if role == "viewer":
        assert answer.status_code == 403
    else:
        assert ("pähklita" in answer.get_data(as_text=True)) is sees


def test_who_does_not_see_a_sensitive_answer_leaves_it_as_it_is(
    client: FlaskClient, meal: Event, entry: Entry
) -> None:
    person = answered(meal, entry).id
    numbers = stage_of(meal)
    with transaction() as session:
        session.get_one(Registration, person).organisation_id = numbers["partner"]
    sign_in_as(client, "partner", numbers)
    path = f"{people_path(meal)}/{person}/answers"
    plain, food = (question.id for question in db.session.get_one(Event, meal.id).questions[:2])
    form = open_form(client, path) | {f"q{plain}": "aiandus", f"q{food}": "forged"}
    assert client.post(path, data=form).status_code == 303
    answers = {a.question_id: a.value for a in db.session.get_one(Registration, person).answers}
    assert (answers[plain], answers[food]) == ("aiandus", "pähklita")
