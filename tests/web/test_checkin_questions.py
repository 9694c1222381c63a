"""Questions asked at check-in: on the plain page, and in what devices send."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Condition, Event
from koostoo.registration.models import Answer
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_form, sign_in, text_of

TODAY = local_day(now())
BUS, SHOWN, ROOM, NOTE = 0, 1, 2, 3


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """A helper's browser."""
    return sign_in(client)


@pytest.fixture
def event(make_event: Callable[..., Event]) -> Event:
    """Held today; at check-in everybody shows a document, bus riders say their room."""
    event = make_event(
        when=When.days(TODAY, TODAY),
        questions=[
            ("yesno", "Kas tuled bussiga?", []),
            ("yesno", "Dokument näidatud?", []),
            ("choice", "Tuba", ["11", "12"]),
            ("text", "Kaust", []),
        ],
    )
    with transaction() as session:
        bus, shown, room, note = session.get_one(Event, event.id).questions
        shown.asked = room.asked = "checkin"
        room.condition = Condition(on=bus, yes=True)
        shown.required = True
        note.asked = "organisers"
    return event


@pytest.fixture
def mari(event: Event, entry: Callable[..., SignUp]) -> int:
    """She comes by bus."""
    bus = questions(event)[BUS].id
    return sign_up(event.id, entry(answers={bus: True}), now()).registration_id


def questions(event: Event) -> list[Any]:
    db.session.rollback()
    return db.session.get_one(Event, event.id).questions


def answers(event: Event, person: int) -> list[Any]:
    """Return the person's answers in the order of the questions."""
    order = [question.id for question in questions(event)]
    rows = db.session.scalars(select(Answer).where(Answer.registration_id == person))
    found = {answer.question_id: answer.value for answer in rows}
    return [found.get(number) for number in order]


def door(event: Event, tail: str = "") -> str:
    return f"/desk/events/{event.slug}/checkin{tail}"


def mark(desk: FlaskClient, event: Event, person: int) -> str:
    """Press the plain button of a person; return where it leads."""
    form = open_form(desk, door(event))
    typed = {"csrf_token": form["csrf_token"], "person": str(person), "status": "present"}
    return str(desk.post(door(event, "/mark"), data=typed).location)


def test_without_the_script_who_was_marked_is_asked_and_may_be_let_through(
    desk: FlaskClient, event: Event, mari: int
) -> None:
    page = mark(desk, event, mari)
    assert page.startswith(door(event, f"/ask/{mari}"))
    shown, room = (f"q{questions(event)[place].id}" for place in (SHOWN, ROOM))
    form = open_form(desk, page)
    assert shown in text_of(desk, page)
    assert "Kaust" not in text_of(desk, page)
    eleven = questions(event)[ROOM].options[0].id
    assert desk.post(page, data={**form, room: str(eleven)}).status_code == 303
    assert answers(event, mari) == [True, None, [eleven], None]
    # What was not answered is asked the next time; then nothing is left.
    again = mark(desk, event, mari)
    assert room not in text_of(desk, again)
    desk.post(again, data={**open_form(desk, again), shown: "yes"})
    assert answers(event, mari) == [True, True, [eleven], None]
    assert mark(desk, event, mari).startswith(f"{door(event)}?")


def test_only_who_answered_so_is_asked_what_waits_for_it(
    desk: FlaskClient, event: Event, entry: Callable[..., SignUp]
) -> None:
    person = sign_up(event.id, entry(), now()).registration_id
    assert 'data-ask="' in text_of(desk, door(event))
    listed = desk.get(door(event, "/list.json")).get_json()["list"]
    shown = questions(event)[SHOWN].id
    assert [one["asks"] for one in listed["people"] if one["id"] == person] == [[shown]]
    assert listed["asks_newcomers"] == [shown]
    assert "bussiga" not in json.dumps(listed, ensure_ascii=False)


def test_nothing_more_is_read_where_nothing_is_asked(
    desk: FlaskClient, event: Event, mari: int, make_event: Callable[..., Event]
) -> None:
    plain = make_event(when=When.days(TODAY, TODAY))
    assert selects_of(desk, door(event, "/list.json")) <= (
        selects_of(desk, door(plain, "/list.json")) + 3
    )


def send(desk: FlaskClient, event: Event, *acts: dict[str, Any]) -> list[dict[str, Any]]:
    """Send acts as a device does; return what became of each."""
    token = desk.get(door(event, "/list.json")).get_json()["list"]["token"]
    body = {"sent_at": now().isoformat(), "acts": list(acts)}
    sent = desk.post(door(event, "/sync"), json=body, headers={"X-CSRFToken": token})
    results: list[dict[str, Any]] = sent.get_json()["results"]
    return results


def act(
    person: int | str, name: str, minutes: int = 0, answers: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    at = now() - timedelta(minutes=minutes)
    return {
        "kind": "mark",
        "operation": f"operation-{name}",
        "person": person,
        "day": TODAY.isoformat(),
        "status": "present",
        "at": at.isoformat(),
        "answers": answers or {},
    }


def test_answers_of_a_device_count_once_and_the_later_ones_stay(
    desk: FlaskClient, event: Event, mari: int
) -> None:
    shown, room = (f"q{questions(event)[place].id}" for place in (SHOWN, ROOM))
    eleven, twelve = (option.id for option in questions(event)[ROOM].options)
    later = act(mari, "later", 1, {room: [str(twelve)]})
    [told] = send(desk, event, later)
    assert told["taken"]
    earlier = act(mari, "earlier", 5, {room: [str(eleven)], shown: ["no"]})
    # It was answered anew since; what nobody else had asked is kept.
    assert send(desk, event, earlier)[0]["result"] == "older"
    assert answers(event, mari) == [True, False, [twelve], None]
    assert send(desk, event, later, earlier)[0]["result"] == "known"
    assert answers(event, mari) == [True, False, [twelve], None]


def test_a_device_cannot_answer_what_is_not_asked_at_check_in(
    desk: FlaskClient, event: Event, mari: int
) -> None:
    bus, note = (f"q{questions(event)[place].id}" for place in (BUS, NOTE))
    [told] = send(desk, event, act(mari, "forged-1", answers={bus: ["no"], note: ["x"]}))
    assert told["taken"]
    assert answers(event, mari) == [True, None, None, None]


@pytest.mark.parametrize("given", [["perhaps"], "yes", [1], [["yes"]], None])
def test_an_answer_nobody_can_give_is_refused_and_named(
    desk: FlaskClient, event: Event, mari: int, given: Any
) -> None:
    shown = f"q{questions(event)[SHOWN].id}"
    [told] = send(desk, event, {**act(mari, "forged-2"), "answers": {shown: given}})
    assert told == {"operation": "operation-forged-2", "taken": False, "result": "broken"}
    [told] = send(desk, event, {**act(mari, "forged-3"), "answers": given})
    assert told["result"] == "broken"


def test_somebody_added_at_the_door_is_asked_too(desk: FlaskClient, event: Event) -> None:
    shown = f"q{questions(event)[SHOWN].id}"
    organisation = event.activity.project.partners[0].organisation_id
    came = {
        **act(0, "walk-in-1"),
        "kind": "walk_in",
        "first_name": "Jaan",
        "last_name": "Juhuslik",
        "organisation_id": organisation,
    }
    asked = act("operation-walk-in-1", "answer-1", answers={shown: ["yes"]})
    results = send(desk, event, came, asked)
    assert [one["taken"] for one in results] == [True, True]
    row = db.session.scalars(select(Answer).where(Answer.question_id == int(shown[1:]))).one()
    assert row.value is True
