"""Somebody holds the database's lock for too long: forms come back filled in, pages still open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as hooks
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from koostoo.accounts.models import DeskSession
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.conftest import KEY
from tests.trouble import lock_held
from tests.web.desk_pages import open_form, people_path, read_form, sign_in, text_of

MakeEvent = Callable[..., Event]
FillIn = Callable[..., dict[str, str]]
SORRY = "Midagi ei salvestatud"
TYPED = "Kirjutatu jääb alles"
READY = {"contact_email": "info@example.org", "summary": LocalText("Läheme külla.")}


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    return make_event(capacity=3, **READY)


@pytest.fixture
def seat(event: Event, entry: Callable[..., SignUp]) -> Registration:
    """Mari has a seat."""
    return db.session.get_one(Registration, sign_up(event.id, entry(), now()).registration_id)


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def own_page(seat: Registration, tail: str = "") -> str:
    return f"/my/{make_token([KEY], 'my', seat.link_id)}{tail}"


def everything() -> list[object]:
    """Every row of every table that tells of events, people and letters."""
    db.session.rollback()
    return [
        db.session.execute(text(f"SELECT * FROM {name} ORDER BY 1")).all()  # noqa: S608 - fixed
        for name in ("registration", "answer", "outbox_message", "event")
    ]


def send_while_locked(browser: FlaskClient, path: str, typed: dict[str, Any]) -> TestResponse:
    """Send a form while another holds the lock: nothing is written, the reader is told."""
    before = everything()
    with lock_held(whole_table=True):
        answer = browser.post(path, data=typed)
    assert everything() == before
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
    return answer


def test_a_sign_up_comes_back_filled_in_and_counts_once_it_is_sent_again(
    client: FlaskClient, event: Event, fill_in: FillIn, impatient: None
) -> None:
    path = f"/events/{event.slug}/register"
    answer = send_while_locked(client, path, fill_in(event, member_organisation=TYPED))
    page = answer.get_data(as_text=True)
    assert SORRY in page.partition("<h1>")[0]
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post(path, data=read_form(page)).status_code == 303
    [row] = db.session.scalars(select(Registration))
    assert (row.state, row.member_organisation) == ("confirmed", TYPED)


def test_the_event_s_row_alone_is_what_a_sign_up_waits_for(
    client: FlaskClient, event: Event, fill_in: FillIn, impatient: None
) -> None:
    typed = fill_in(event)
    with lock_held():
        answer = client.post(f"/events/{event.slug}/register", data=typed)
    assert answer.status_code == 503
    assert not db.session.scalars(select(Registration)).all()


def test_changed_answers_come_back_filled_in(
    client: FlaskClient, seat: Registration, impatient: None
) -> None:
    path = own_page(seat, "/edit")
    typed = open_form(client, path) | {"member_organisation": TYPED, "phone": "5552 2385"}
    page = send_while_locked(client, path, typed).get_data(as_text=True)
    assert SORRY in page
    assert read_form(page)["member_organisation"] == TYPED


def test_the_button_that_cancels_is_still_there(
    client: FlaskClient, seat: Registration, impatient: None
) -> None:
    path = own_page(seat, "/cancel")
    page = send_while_locked(client, path, open_form(client, path)).get_data(as_text=True)
    assert SORRY in page
    assert client.post(path, data=read_form(page)).status_code == 303
    assert db.session.scalars(select(Registration.state)).one() == "cancelled"


@pytest.mark.parametrize(
    ("ending", "field"),
    [
        ("/edit", "title_et"),
        ("/copy", "title_et"),
        ("/call-off", "reason"),
        ("/registrations/add", "member_organisation"),
    ],
)
def test_forms_at_the_desk_come_back_filled_in(
    desk: FlaskClient,
    event: Event,
    seat: Registration,
    fill_in: FillIn,
    impatient: None,
    ending: str,
    field: str,
) -> None:
    person = fill_in(event, last_name="Mets", email="mets@example.org")
    path = f"/desk/events/{event.slug}{ending}"
    typed = open_form(desk, path)
    if ending.endswith("/add"):
        typed = {**person, **{name: value for name, value in typed.items() if value}}
    page = send_while_locked(desk, path, typed | {field: TYPED}).get_data(as_text=True)
    assert SORRY in page
    assert read_form(page)[field] == TYPED
    assert desk.post(path, data=read_form(page)).status_code == 303


@pytest.mark.parametrize(("action", "state"), [("reject", "pending"), ("cancel", "confirmed")])
def test_the_question_about_people_at_the_desk_is_asked_once_more(
    desk: FlaskClient, event: Event, seat: Registration, impatient: None, action: str, state: str
) -> None:
    with transaction() as session:
        session.execute(update(Registration).values(state=state))
    token = open_form(desk, people_path(event))["csrf_token"]
    typed = {"csrf_token": token, "action": action, "sure": "y", "who": str(seat.id)}
    path = f"{people_path(event)}/decide"
    page = send_while_locked(desk, path, typed | {"reason": TYPED}).get_data(as_text=True)
    assert SORRY in page
    assert TYPED in page or action == "cancel"
    assert desk.post(path, data=read_form(page)).status_code == 303
    assert db.session.scalars(select(Registration.state)).one() in ("rejected", "cancelled")


def test_a_form_for_several_people_comes_back_filled_in(
    client: FlaskClient, event: Event, fill_in: FillIn, impatient: None
) -> None:
    path = f"/events/{event.slug}/register/group"
    typed = open_form(client, path) | {
        "name": TYPED,
        "email": "liis@example.org",
        "organisation": fill_in(event)["organisation"],
        "privacy": "y",
        "people-0-first_name": "Mari",
        "people-0-last_name": "Mets",
        "people-0-role": "member",
    }
    page = send_while_locked(client, path, typed).get_data(as_text=True)
    assert SORRY in page
    assert read_form(page)["name"] == TYPED
    assert read_form(page)["people-0-last_name"] == "Mets"
    assert client.post(path, data=read_form(page)).status_code == 303


def test_an_event_just_typed_in_comes_back_filled_in(
    desk: FlaskClient, event: Event, impatient: None
) -> None:
    old = open_form(desk, f"/desk/events/{event.slug}/edit")
    typed = old | open_form(desk, "/desk/events/new") | {"title_et": TYPED, "version": ""}
    typed = {name: typed[name] or old.get(name, "") for name in typed}
    page = send_while_locked(desk, "/desk/events/new", typed).get_data(as_text=True)
    assert SORRY in page
    assert read_form(page)["title_et"] == TYPED
    assert desk.post("/desk/events/new", data=read_form(page)).status_code == 303


def test_a_draft_can_be_published_afterwards(
    desk: FlaskClient, make_event: MakeEvent, impatient: None
) -> None:
    draft = make_event(state="draft", **READY)
    path = f"/desk/events/{draft.slug}/publish"
    page = send_while_locked(desk, path, open_form(desk, path)).get_data(as_text=True)
    assert SORRY in page
    assert desk.post(path, data=read_form(page)).status_code == 303
    db.session.expire_all()
    assert draft.state == "published"


def test_a_button_in_a_list_gets_the_page_that_says_so(
    desk: FlaskClient, event: Event, seat: Registration, impatient: None
) -> None:
    token = open_form(desk, people_path(event))["csrf_token"]
    path = f"{people_path(event)}/{seat.id}/confirm"
    with transaction() as session:
        session.execute(update(Registration).values(state="waiting"))
    page = send_while_locked(desk, path, {"csrf_token": token}).get_data(as_text=True)
    assert "Praegu on väga kiire" in page


def test_pages_open_as_always_meanwhile(
    desk: FlaskClient, event: Event, seat: Registration, impatient: None
) -> None:
    moment = now() - timedelta(hours=1)
    with transaction() as session:
        # So long ago that opening a page would write it down.
        session.execute(update(DeskSession).values(seen_at=moment))
    paths = ["/", f"/events/{event.slug}", f"/events/{event.slug}/register", "/calendar.ics"]
    paths += [own_page(seat), own_page(seat, "/edit"), people_path(event)]
    paths += [f"/desk/events/{event.slug}/edit"]
    with lock_held(whole_table=True):
        for path in paths:
            assert text_of(desk, path)
        # What is taken along must be noted first.
        assert desk.get(f"{people_path(event)}.csv").status_code == 503


def test_an_answer_is_given_though_the_connection_breaks_behind_it(
    client: FlaskClient, seat: Registration, caplog: pytest.LogCaptureFixture
) -> None:
    page = own_page(seat)

    def break_off(_connection: object) -> None:
        raise OperationalError("ROLLBACK", None, ConnectionError("the database is gone"))

    db.session.rollback()
    hooks.listen(db.engine, "rollback", break_off)
    try:
        assert client.get(page).status_code == 200
    finally:
        hooks.remove(db.engine, "rollback", break_off)
    assert "broke behind" in caplog.text
    assert client.get(page).status_code == 200


def test_what_was_saved_is_still_told_after_a_page_that_could_not_be_shown(
    client: FlaskClient, seat: Registration
) -> None:
    edit, page = own_page(seat, "/edit"), own_page(seat)
    typed = open_form(client, edit) | {"member_organisation": TYPED, "phone": "5552 2385"}
    assert client.post(edit, data=typed).status_code == 303

    def be_away(*_statement: object) -> None:
        raise OperationalError("SELECT", None, ConnectionError("the database is gone"))

    db.session.rollback()
    hooks.listen(db.engine, "before_cursor_execute", be_away)
    try:
        sorry = client.get(page)
    finally:
        hooks.remove(db.engine, "before_cursor_execute", be_away)
    assert (sorry.status_code, "notice--success" in sorry.text) == (503, False)
    assert "notice--success" in text_of(client, page)
