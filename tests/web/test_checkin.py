"""Check-in as a plain page, and what devices send."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import segno
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.attendance.counting import counts
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.tokens import make_code, make_token
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.conftest import KEY
from tests.statements import selects_of
from tests.web.desk_pages import open_form, sign_in, text_of

Events = Callable[..., Event]
Entry = Callable[..., SignUp]
TODAY = local_day(now())
NAMES = {"first_name": "Jaan", "last_name": "Juhuslik", "privacy": "y", "note": ""}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """A helper's browser."""
    return sign_in(client)


@pytest.fixture
def event(make_event: Events) -> Event:
    """An event held today and tomorrow, one seat left after Mari."""
    return make_event(when=When.days(TODAY, TODAY + timedelta(days=1)), capacity=2)


@pytest.fixture
def mari(event: Event, entry: Entry) -> int:
    """Somebody with a seat, a phone, and an allergy nobody at the door is to see."""
    wish = entry(first_name="Mari", last_name="Maasikas", phone="+37255512345")
    return sign_up(event.id, wish, now()).registration_id


def door(event: Event, tail: str = "") -> str:
    return f"/desk/events/{event.slug}/checkin{tail}"


def send(desk: FlaskClient, path: str, **values: Any) -> Any:
    """Send a form of the page with these values."""
    typed = open_form(desk, path.partition("/checkin")[0] + "/checkin")
    return desk.post(path, data={**typed, **values})


def said(desk: FlaskClient, event: Event) -> str:
    """What the page tells after the last step."""
    page = text_of(desk, door(event))
    return re.sub(r"<[^>]+>", "", page.partition('<div role="status">')[2].partition("</main>")[0])


def here(event: Event) -> int:
    db.session.rollback()
    return counts(event.id).present.get(TODAY, 0)


def code_of(person: int) -> str:
    db.session.rollback()
    link_id = db.session.get_one(Registration, person).link_id
    return make_code(KEY, "checkin", link_id)


def photo_of(text: str) -> BytesIO:
    """A picture of the QR code of a text."""
    file = BytesIO()
    segno.make(text).save(file, kind="png", scale=8, border=4)
    file.seek(0)
    return file


def test_one_press_marks_and_another_takes_it_back(
    desk: FlaskClient, event: Event, mari: int
) -> None:
    assert "Kohal 0 / 1" in text_of(desk, door(event))
    press = {"person": mari, "day": TODAY.isoformat()}
    typed = {**open_form(desk, door(event)), **press, "status": "present"}
    answer = desk.post(door(event, "/mark"), data=typed)
    assert answer.location == f"{door(event)}?day={TODAY}"
    # The same press sent again is the same act.
    assert desk.post(door(event, "/mark"), data=typed).status_code == 303
    assert here(event) == 1
    assert "Kohal 1 / 1" in text_of(desk, door(event))
    send(desk, door(event, "/mark"), **press, status="unmarked", operation="")
    assert here(event) == 0


@pytest.mark.parametrize(
    ("typed", "status"),
    [({"person": "x"}, 400), ({"person": "9" * 12}, 400), ({"status": "gone"}, 400)],
)
def test_a_forged_press_is_refused(
    desk: FlaskClient, event: Event, mari: int, typed: dict[str, str], status: int
) -> None:
    values = {"person": str(mari), "status": "present", **typed}
    assert send(desk, door(event, "/mark"), **values).status_code == status


def test_the_page_shows_names_and_organisations_alone(
    desk: FlaskClient, make_event: Events, entry: Entry
) -> None:
    event = make_event(when=When.days(TODAY), questions=[("text", "Allergia", [])])
    answers = {event.questions[0].id: "pähklid"}
    sign_up(event.id, entry(phone="+37255512345", answers=answers), now())
    for path in (door(event), door(event, "/list.json")):
        page = text_of(desk, path)
        assert "Maasikas" in page
        for private in ("55512345", "pähklid", "@example.org", "Allergia"):
            assert private not in page.replace("korraldaja@example.org", ""), path


def test_the_page_kept_on_a_device_names_nobody(desk: FlaskClient, event: Event, mari: int) -> None:
    page = text_of(desk, door(event, "/shell"))
    assert "Maasikas" not in page
    assert "korraldaja@example.org" not in page
    assert 'name="csrf_token"' not in page
    worker = desk.get(door(event, "/worker.js"))
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Service-Worker-Allowed"] == door(event)
    assert worker.data == desk.get(door(event, "/worker.js")).data


def test_only_this_page_may_use_the_camera(desk: FlaskClient, event: Event) -> None:
    for path in (door(event), door(event, "/shell")):
        assert "camera=(self)" in desk.get(path).headers["Permissions-Policy"]
    assert "camera=()" in desk.get("/desk/").headers["Permissions-Policy"]


def test_a_code_marks_its_person_however_it_is_typed(
    desk: FlaskClient, event: Event, mari: int
) -> None:
    code = code_of(mari)
    typed = f"{code[:4]}-{code[4:]}".lower().replace("0", "o").replace("1", "l")
    send(desk, door(event, "/code"), code=typed)
    assert here(event) == 1
    assert send(desk, door(event, "/code"), code="vale").status_code == 422
    send(desk, door(event, "/code"), code="00000000")
    assert "Sellist koodi ei ole kellelgi" in said(desk, event)


def test_the_code_of_who_has_no_seat_says_so(desk: FlaskClient, event: Event, mari: int) -> None:
    cancel(mari, now())
    send(desk, door(event, "/code"), code=code_of(mari))
    assert "kohta ei ole (loobus)" in said(desk, event)
    assert here(event) == 0


def test_a_photo_of_the_code_marks_its_person(desk: FlaskClient, event: Event, mari: int) -> None:
    photo = (photo_of(f"KOOSTOO:{code_of(mari)}"), "foto.png")
    assert send(desk, door(event, "/photo"), photo=photo).status_code == 303
    assert here(event) == 1
    photo = (photo_of(f"KOOSTOO:{code_of(mari)}"), "foto.png")
    assert send(desk, door(event, "/read"), photo=photo).json == {"code": code_of(mari)}


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (b"see ei ole pilt", "Seda fotot ei saa lugeda"),
        (photo_of("KOOSTOO:1").getvalue()[:120], "Seda fotot ei saa lugeda"),
        (photo_of("https://example.org/").getvalue(), "Fotolt ei leitud"),
        (b"", "Tee või vali foto"),
    ],
)
def test_a_photo_that_helps_nobody_is_answered_in_words(
    desk: FlaskClient, event: Event, photo: bytes, words: str
) -> None:
    for tail in ("/photo", "/read"):
        file = (BytesIO(photo), "foto.png" if photo else "")
        answer = send(desk, door(event, tail), photo=file)
        assert answer.status_code == 422
        told = answer.json["problem"] if tail == "/read" else answer.get_data(as_text=True)
        assert words in told


def test_a_photo_may_be_larger_than_a_form_but_not_endless(desk: FlaskClient, event: Event) -> None:
    token = open_form(desk, door(event))["csrf_token"]

    def upload(size: int) -> Any:
        head = 'Content-Disposition: form-data; name="photo"; filename="foto.jpg"'
        field = f'Content-Disposition: form-data; name="csrf_token"\r\n\r\n{token}'
        body = f"--x\r\n{field}\r\n--x\r\n{head}\r\n\r\n".encode() + bytes(size) + b"\r\n--x--\r\n"
        kind = "multipart/form-data; boundary=x"
        return desk.post(door(event, "/photo"), data=body, content_type=kind)

    assert upload(3_000_000).status_code == 422
    answer = upload(13_000_000)
    assert answer.status_code == 413
    assert "12 MB" in answer.get_data(as_text=True)


def test_somebody_without_a_seat_is_let_in_with_a_note_when_it_is_full(
    desk: FlaskClient, event: Event, mari: int, entry: Entry
) -> None:
    home = str(entry().organisation_id)
    first = send(desk, door(event, "/walk-in"), **NAMES, organisation=home)
    assert first.status_code == 303
    assert "Jaan Juhuslik on nimekirjas ja kohal." in said(desk, event)
    second = {**NAMES, "last_name": "Teine", "organisation": "other", "operation": ""}
    answer = send(desk, door(event, "/walk-in"), **second, other_organisation="Näidise vald")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Kohad on täis: kirjuta, miks ta siiski osaleb." in page
    assert 'value="Teine"' in page
    third = {**second, "other_organisation": "Näidise vald", "note": "Esineja kaaslane"}
    assert send(desk, door(event, "/walk-in"), **third).status_code == 303
    assert counts(event.id)[:2] == (3, {TODAY: 2})
    history = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "Esineja kaaslane" in history
    assert "Lisas inimese kohapeal üle kohtade arvu" in history
    # Who has no address is shown without one.
    assert 'href="mailto:"' not in text_of(desk, f"/desk/events/{event.slug}/registrations")


def test_an_event_without_a_day_has_no_check_in(desk: FlaskClient, make_event: Events) -> None:
    event = make_event(when=When.month(TODAY.year + 1, 5))
    assert "Ürituse päev ei ole veel teada" in text_of(desk, door(event))
    assert desk.post(door(event, "/mark"), data={"person": 1}).status_code == 404
    assert text_of(desk, door(event, "/list.json"))


# --- What devices send ----------------------------------------------------------


def token_of(desk: FlaskClient, event: Event) -> str:
    return str(json.loads(text_of(desk, door(event, "/list.json")))["list"]["token"])


def sync(desk: FlaskClient, event: Event, *acts: Any, **values: Any) -> Any:
    """Send acts as the script does."""
    body = {"sent_at": now().isoformat(), "acts": list(acts), **values}
    headers = {"X-CSRFToken": token_of(desk, event)}
    return desk.post(door(event, "/sync"), json=body, headers=headers)


def act(person: Any, **values: Any) -> dict[str, Any]:
    """An act as a device notes it."""
    return {
        "operation": f"operation-{person}",
        "kind": "mark",
        "person": person,
        "day": TODAY.isoformat(),
        "status": "present",
        "at": now().isoformat(),
        **values,
    }


def walk_in(**values: Any) -> dict[str, Any]:
    """Somebody added at the door as a device notes it."""
    names = {"first_name": "Jaan", "last_name": "Juhuslik", "other_organisation": "Näidise vald"}
    return act(None, operation="operation-door", kind="walk_in", **{**names, **values})


def test_a_device_sends_and_gets_the_list_as_it_is(
    desk: FlaskClient, event: Event, mari: int
) -> None:
    answer = sync(desk, event, act(mari), walk_in(), act(999_999))
    assert [one["result"] for one in answer.json["results"]] == ["done", "done", "gone"]
    assert [one["taken"] for one in answer.json["results"]] == [True, True, False]
    people = answer.json["list"]["people"]
    assert [(one["last"], one["days"]) for one in people] == [
        ("Juhuslik", [TODAY.isoformat()]),
        ("Maasikas", [TODAY.isoformat()]),
    ]
    assert people[1]["codes"] == [code_of(mari)]
    assert [one["result"] for one in sync(desk, event, act(mari)).json["results"]] == ["known"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": True},
        {"person": 0},
        {"person": 2**40},
        {"person": None},
        {"status": "gone"},
        {"status": ["present"]},
        {"day": "eile"},
        {"day": 5},
        {"at": "2026-01-01T10:00:00"},
        {"at": "0001-01-01T00:00:00+00:00"},
        {"kind": "walk_in"},
        {"kind": "walk_in", "first_name": "A\0", "last_name": "B", "organisation_id": 1},
        {"kind": "walk_in", "first_name": "A", "last_name": "\ud800", "organisation_id": 1},
        {"kind": "walk_in", "first_name": "A" * 101, "last_name": "B", "organisation_id": 1},
        {"kind": "walk_in", "first_name": "A", "last_name": "B", "organisation_id": True},
    ],
)
def test_an_act_that_makes_no_sense_is_given_back_and_hinders_no_other(
    desk: FlaskClient, event: Event, mari: int, wrong: dict[str, Any]
) -> None:
    answer = sync(desk, event, {**act(1, operation="operation-bad"), **wrong}, act(mari))
    results = {one["operation"]: one["result"] for one in answer.json["results"]}
    assert results == {"operation-bad": "broken", f"operation-{mari}": "done"}
    assert here(event) == 1


@pytest.mark.parametrize("body", [None, [], {}, {"acts": "x"}, {"acts": [1]}, {"acts": [{}]}])
def test_what_no_device_sends_is_refused(desk: FlaskClient, event: Event, body: Any) -> None:
    headers = {"X-CSRFToken": token_of(desk, event)}
    if isinstance(body, dict):
        body = {"sent_at": now().isoformat(), **body}
    assert desk.post(door(event, "/sync"), json=body, headers=headers).status_code == 400


def test_a_sync_needs_the_token_of_its_session(desk: FlaskClient, event: Event, mari: int) -> None:
    body = {"sent_at": now().isoformat(), "acts": [act(mari)]}
    for headers in ({}, {"X-CSRFToken": "vale"}):
        answer = desk.post(door(event, "/sync"), json=body, headers=headers)
        assert (answer.status_code, answer.json) == (403, {"problem": "token"})
    assert here(event) == 0


def test_the_list_costs_the_same_whatever_its_length(
    desk: FlaskClient, make_event: Events, entry: Entry
) -> None:
    event = make_event(when=When.days(TODAY))
    paths = (door(event), door(event, "/list.json"))
    before = [selects_of(desk, path) for path in paths]
    for _ in range(5):
        sign_up(event.id, entry(), now())
    assert [selects_of(desk, path) for path in paths] == before


# --- The code on one's own page ---------------------------------------------------


def test_the_own_page_shows_the_code_to_who_has_a_seat_at_a_door(
    client: FlaskClient, event: Event, mari: int
) -> None:
    person = db.session.get_one(Registration, mari)
    path = f"/my/{make_token([KEY], 'my', person.link_id)}"
    code = code_of(mari)
    page = text_of(client, path)
    assert f"{code[:4]}-{code[4:]}" in page
    assert "<svg" in page
    # The code opens nothing.
    assert client.get(f"/my/{code}").status_code == 404
    with transaction() as session:
        session.scalars(select(Event)).one().mode = "online"
    assert "saabumiskood" not in text_of(client, path)
