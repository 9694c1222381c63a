"""Ending letters by a link: one-click POST, page and button; opening a link changes nothing."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from koostoo.accounts.models import Follow
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.correspondence.following import follow_event, wanted_by
from koostoo.correspondence.models import NewsRefusal
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.conftest import KEY
from tests.correspondence.post import organiser
from tests.mail.world import change
from tests.registration.people import person

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def reader(make_event: Callable[..., Event], entry: Callable[..., SignUp]) -> int:
    """Somebody who signed up."""
    return sign_up(make_event().id, entry(), now()).registration_id


def link(number: int, purpose: str = "news") -> str:
    return f"/my/news/{make_token([KEY], purpose, person(number).link_id)}"


def refusals() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(NewsRefusal)) or 0


def test_a_mail_program_ends_news_with_one_post(client: FlaskClient, reader: int) -> None:
    # No cookie, no token, no page before: RFC 8058, 3.2.
    answer = client.post(link(reader), data=ONE_CLICK)
    assert answer.status_code == 200
    assert refusals() == 1
    assert client.post(link(reader), data=ONE_CLICK).status_code == 200
    assert refusals() == 1


def test_opening_the_link_changes_nothing_however_often(client: FlaskClient, reader: int) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert client.open(link(reader), method=method).status_code == 200
    assert refusals() == 0


def test_the_page_asks_and_its_button_ends_news_and_brings_it_back(
    client: FlaskClient, reader: int
) -> None:
    page = client.get(link(reader)).get_data(as_text=True)
    assert "Kas sa ei soovi enam uudiskirju?" in page
    assert "Näidisprojekt" in page
    assert person(reader).email in page
    page = client.post(link(reader)).get_data(as_text=True)
    assert "Sa ei saa enam uudiskirju" in page
    assert 'name="again"' in page
    assert refusals() == 1
    page = client.post(link(reader), data={"again": "y"}).get_data(as_text=True)
    assert "Kas sa ei soovi enam uudiskirju?" in page
    assert refusals() == 0


def test_the_page_shows_an_address_at_a_domain_with_letters_as_people_write_it(
    client: FlaskClient, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    number = sign_up(make_event().id, entry(email="mari@xn--un-bka.example"), now()).registration_id
    for page in (client.get(link(number)), client.post(link(number))):
        assert "mari@õun.example" in page.get_data(as_text=True)


def test_the_page_speaks_english_too(client: FlaskClient, reader: int) -> None:
    page = client.get(f"/en{link(reader)}").get_data(as_text=True)
    assert "No more news?" in page
    assert "Sample project" in page


def test_what_is_kept_of_a_refusal_cannot_be_written_to(client: FlaskClient, reader: int) -> None:
    client.post(link(reader), data=ONE_CLICK)
    row = db.session.scalars(select(NewsRefusal)).one()
    assert "@" not in row.mailbox
    assert len(row.mailbox) == 64


def test_links_of_other_sorts_and_forged_ones_are_all_alike_unknown(
    client: FlaskClient, reader: int
) -> None:
    genuine = link(reader)
    pages = set()
    for wrong in (link(reader, "my"), link(reader, "unfollow"), genuine[:-1] + "!", "/my/news/x"):
        for answer in (client.get(wrong), client.post(wrong, data=ONE_CLICK)):
            assert answer.status_code == 404
        pages.add(client.get(wrong).status_code)
    assert refusals() == 0
    assert client.get(genuine.replace("/news/", "/")).status_code == 404


def test_after_the_address_is_forgotten_there_is_nothing_to_end(
    client: FlaskClient, reader: int
) -> None:
    path = link(reader)
    change(Registration, reader, email="")
    assert client.get(path).status_code == 404
    assert client.post(path, data=ONE_CLICK).status_code == 404


def test_from_another_sites_page_nothing_is_ended(client: FlaskClient, reader: int) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(link(reader), data=ONE_CLICK, headers=headers).status_code == 403
    assert refusals() == 0


def test_an_organiser_ends_letters_about_an_event_with_one_post(
    client: FlaskClient, make_event: Callable[..., Event]
) -> None:
    event_id, who = make_event().id, organiser()
    follow_event(event_id, who, ["digest", "full", "failing"], "et", now())
    link_id = db.session.scalars(select(Follow.link_id)).one()
    path = f"/my/notices/{make_token([KEY], 'unfollow', link_id)}"
    page = client.get(path).get_data(as_text=True)
    assert "Õppereis Voorele" in page
    assert wanted_by(who, event_id) == {"digest", "full", "failing"}
    page = client.post(path, data=ONE_CLICK).get_data(as_text=True)
    assert "Sa ei saa selle ürituse kohta enam teateid" in page
    assert wanted_by(who, event_id) == frozenset()
    assert "<button" not in client.get(path).get_data(as_text=True).split("<main")[1]
    wrong = f"/my/notices/{make_token([KEY], 'news', link_id)}"
    assert client.post(wrong, data=ONE_CLICK).status_code == 404
