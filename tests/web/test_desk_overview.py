"""The head of the desk: what waits for an organiser, what falls due, how many sign up."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from koostoo.accounts.granting import give_role
from koostoo.accounts.models import RoleGrant
from koostoo.accounts.roles import Grant
from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_link, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def words_of(desk: FlaskClient) -> str:
    """Return the text of the desk's first page, tags and line breaks left out."""
    page = re.sub(r"<[^>]*>", " ", text_of(desk, "/desk/"))
    return re.sub(r"\s+", " ", page)


def test_it_tells_who_waits_for_a_decision_and_which_letters_did_not_arrive(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(approval="loose")
    sign_up(event.id, entry(), now())
    assert "1 registreering ootab otsust" in words_of(desk)
    assert "kirja ei ole" not in words_of(desk)
    with transaction() as session:
        session.query(OutboxMessage).update({"state": "failed"})
    assert "1 kiri ei ole kohale jõudnud" in words_of(desk)


def test_it_tells_which_deadlines_come_within_two_weeks(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    make_event(title=LocalText("Seminar"), closes_at=now() + timedelta(days=3))
    make_event(title=LocalText("Kontsert"), closes_at=now() + timedelta(days=20))
    words = words_of(desk)
    assert "Registreerimine lõpeb Seminar" in words
    assert "Registreerimine lõpeb Kontsert" not in words


def test_it_tells_how_a_waiting_list_moves(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    first, *_others = [sign_up(event.id, entry(), now()) for _person in range(3)]
    assert "2 inimest ootab" in words_of(desk)
    cancel(first.registration_id, now())
    assert "1 inimene ootab, 1 inimene sai nädala jooksul edasi" in words_of(desk)


def test_it_draws_how_many_signed_up_each_week_with_the_numbers_as_text(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    assert "<svg viewBox=" not in text_of(desk, "/desk/").partition('id="signups"')[2]
    for weeks_ago in (0, 2, 2, 30):
        sign_up(event.id, entry(), now() - timedelta(weeks=weeks_ago))
    label = re.findall(r'role="img" aria-label="([^"]*)"', text_of(desk, "/desk/"))
    assert len(label) == 1
    assert [int(number) for number in re.findall(r": (\d+)", label[0])] == [0, 0, 0, 0, 0, 2, 0, 1]


def test_nothing_of_it_is_about_events_of_others(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(approval="loose", closes_at=now() + timedelta(days=3))
    sign_up(event.id, entry(), now())
    partner = event.activity.project.partners[1].organisation_id
    with transaction() as session:
        session.query(RoleGrant).delete()
    give_role("korraldaja@example.org", Grant("coordinator", organisation_id=partner), now(), None)
    open_link(desk, "korraldaja@example.org")
    words = words_of(desk)
    assert "Õppereis Voorele" in words
    assert "ootab otsust" not in words
    assert "Registreerimine lõpeb" not in words


def test_the_page_asks_the_database_as_often_for_many_events_as_for_one(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    def one_more() -> None:
        sign_up(make_event(capacity=1, approval="loose").id, entry(), now())

    one_more()
    once = selects_of(desk, "/desk/")
    for _event in range(3):
        one_more()
    assert selects_of(desk, "/desk/") == once
