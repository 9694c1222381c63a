"""Correcting the address of somebody whose letters do not arrive, in one click."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.correspondence.mailing import Draft, Words, send_mailing
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
RIGHT = "mari.maasikas@example.org"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def person(number: int) -> Registration:
    db.session.expire_all()
    return db.session.get_one(Registration, number)


def letters(number: int) -> list[tuple[str, str, str]]:
    """Kind, state and address of a person's letters, in the order written."""
    db.session.rollback()
    rows = db.session.query(OutboxMessage).filter_by(registration_id=number)
    return [(row.kind, row.state, row.recipient) for row in rows.order_by(OutboxMessage.id)]


def mark(number: int, *states: str) -> None:
    with transaction() as session:
        rows = session.query(OutboxMessage).filter_by(registration_id=number)
        for row, state in zip(rows.order_by(OutboxMessage.id), states, strict=True):
            row.state, row.reason = state, "no_mailbox"


def correct(desk: FlaskClient, event: Event, number: int, email: str) -> tuple[int, str]:
    path = f"{people_path(event)}/{number}/address"
    answer = desk.post(path, data=open_form(desk, path) | {"email": email}, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def test_the_address_is_corrected_and_all_that_was_missed_goes_to_it(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    cancel(number, now())
    mark(number, "bounced", "failed")
    status, page = correct(desk, event, number, f"  {RIGHT} ")
    assert status == 200
    assert "Aadress on parandatud; sinna on teel 2 kirja." in page
    found = person(number)
    assert (found.email, found.email_key) == (RIGHT, RIGHT)
    assert letters(number) == [("confirmed", "queued", RIGHT), ("cancelled", "queued", RIGHT)]
    assert "Mari Maasikas1" in text_of(desk, f"{people_path(event)}?q={RIGHT}")
    history = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "Parandas aadressi" in history
    assert "mari1@" not in history
    assert RIGHT not in history


def test_who_missed_nothing_is_told_how_they_stand(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    mark(number, "sent")
    _status, page = correct(desk, event, number, RIGHT)
    assert "sinna on teel 1 kiri." in page
    assert letters(number) == [
        ("confirmed", "sent", "mari1@example.org"),
        ("confirmed", "queued", RIGHT),
    ]


def test_a_letter_about_an_earlier_standing_does_not_stand_for_the_present_one(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    # The one that came back will not be sent any more, as it is no longer true.
    event = make_event(capacity=1)
    first, number = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    cancel(first, now())
    mark(number, "bounced", "sent")
    correct(desk, event, number, RIGHT)
    assert letters(number)[1:] == [
        ("promoted", "sent", "mari2@example.org"),
        ("confirmed", "queued", RIGHT),
    ]


def test_after_the_event_a_letter_that_no_longer_leaves_does_not_stand_for_the_new_link(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    mark(number, "bounced")
    with transaction() as session:
        session.get_one(Event, event.id).when = When.days(local_day(now()) - timedelta(days=1))
    correct(desk, event, number, RIGHT)
    assert letters(number)[1:] == [("new_link", "queued", RIGHT)]


def test_what_still_waits_goes_to_the_new_address_and_only_once(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    correct(desk, event, number, RIGHT)
    assert letters(number) == [("confirmed", "queued", RIGHT)]


def test_the_calendar_behind_a_new_address_is_taken_to_know_nothing(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    with transaction() as session:
        session.get_one(Registration, number).invited_sequence = 0
    correct(desk, event, number, RIGHT)
    assert person(number).invited_sequence is None


def test_somebody_who_is_there_already_with_that_address_is_told_and_nothing_is_changed(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    wrong = sign_up(event.id, entry(last_name="Maasikas"), now()).registration_id
    sign_up(event.id, entry(last_name="Maasikas", email=RIGHT, email_key=RIGHT), now())
    mark(wrong, "failed")
    status, page = correct(desk, event, wrong, RIGHT)
    assert status == 422
    assert "Mari Maasikas on selle aadressiga sellele üritusele juba registreeritud." in page
    assert f'value="{RIGHT}"' in page
    assert person(wrong).email == "mari1@example.org"
    assert letters(wrong) == [("confirmed", "failed", "mari1@example.org")]


def test_another_person_may_share_the_mailbox(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one = sign_up(event.id, entry(), now()).registration_id
    sign_up(event.id, entry(email=RIGHT, email_key=RIGHT), now())
    assert correct(desk, event, one, RIGHT)[0] == 200
    assert person(one).email == RIGHT


@pytest.mark.parametrize(
    "typed",
    ["", "mari", "a@example.org, b@example.org", "Mari <mari@example.org>", "mari@", "õ@x.ee"],
)
def test_what_is_no_address_is_explained_and_kept(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry, typed: str
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    status, page = correct(desk, event, number, typed)
    assert status == 422
    assert 'class="error"' in page
    assert 'href="#email"' in page
    assert person(number).email == "mari1@example.org"


def test_letters_of_somebody_forgotten_cannot_be_sent_elsewhere(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    with transaction() as session:
        session.get_one(Registration, number).email = ""
    assert desk.get(f"{people_path(event)}/{number}/address").status_code == 404


def test_who_missed_another_letter_than_the_confirmation_gets_that_too(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    # A server took the first letter, for a mailbox that is somebody else's or nobody's.
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    mark(number, "sent")
    draft = Draft(Words(LocalText("Buss"), LocalText("Buss väljub kell 9.")), "nonce")
    send_mailing(event.id, draft, 1, now(), None)
    mark(number, "sent", "failed")
    _status, page = correct(desk, event, number, RIGHT)
    assert "sinna on teel 2 kirja." in page
    again = [("mailing", "queued", RIGHT), ("confirmed", "queued", RIGHT)]
    assert letters(number)[1:] == again
