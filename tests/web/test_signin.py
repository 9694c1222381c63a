import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from koostoo.accounts.models import SignInLink
from koostoo.accounts.service import invite_organiser, make_local_link
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.mail.models import OutboxMessage
from tests.web.desk_pages import open_form

ADDRESS = "mari@example.org"


@pytest.fixture(autouse=True)
def organiser(app: Flask) -> None:
    """One invited organiser."""
    invite_organiser(ADDRESS, now())


def ask(client: FlaskClient, address: str = ADDRESS) -> str:
    """Ask for a link and return the path of the newest one there is."""
    form = open_form(client, "/desk/signin")
    answer = client.post("/desk/signin", data={**form, "email": address})
    assert answer.status_code == 303
    return newest_link(client.application)


def newest_link(app: Flask) -> str:
    link_id = db.session.scalars(select(SignInLink.link_id).order_by(SignInLink.id.desc())).first()
    return f"/desk/signin/{make_token([app.config['SECRET_KEY']], 'signin', link_id or '')}"


def press(client: FlaskClient, link: str) -> int:
    return client.post(link, data=open_form(client, link)).status_code


def token_of(client: FlaskClient) -> str:
    """A genuine form token, from a page that has one."""
    return str(open_form(client, "/desk/signin")["csrf_token"])


def test_the_desk_sends_strangers_to_the_sign_in_page(client: FlaskClient) -> None:
    answer = client.get("/desk/")
    assert (answer.status_code, answer.location) == (303, "/desk/signin")


def test_asking_opening_and_pressing_the_button_signs_in(client: FlaskClient) -> None:
    link = ask(client)
    assert press(client, link) == 303
    page = client.get("/desk/")
    assert page.status_code == 200
    assert ADDRESS in page.get_data(as_text=True)


def test_opening_a_link_uses_nothing_up(client: FlaskClient) -> None:
    link = ask(client)
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert client.get("/desk/").status_code == 303
    assert press(client, link) == 303


def test_the_answer_does_not_tell_whether_an_address_is_known(client: FlaskClient) -> None:
    form = open_form(client, "/desk/signin")
    known, unknown = (
        client.post("/desk/signin", data={**form, "email": address})
        for address in (ADDRESS, "stranger@example.org")
    )
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 1


def test_a_strangers_browser_cannot_use_the_link(client: FlaskClient, app: Flask) -> None:
    link = ask(client)
    stranger = app.test_client()
    assert stranger.get(link).status_code == 404
    assert stranger.post(link, data={"csrf_token": token_of(stranger)}).status_code == 404
    assert stranger.get("/desk/").status_code == 303
    assert press(client, link) == 303


def test_a_link_works_only_once(client: FlaskClient) -> None:
    link = ask(client)
    form = open_form(client, link)
    assert client.post(link, data=form).status_code == 303
    assert client.post(link, data=form).status_code == 404
    assert client.get(link).status_code == 404


def test_a_link_lapses_after_ten_minutes(client: FlaskClient) -> None:
    link = ask(client)
    form = open_form(client, link)
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        assert client.post(link, data=form).status_code == 404


def test_used_lapsed_foreign_and_invented_links_show_the_same_page(client: FlaskClient) -> None:
    used = ask(client)
    press(client, used)
    invented = f"/desk/signin/{make_token(['another key, long enough'], 'signin', 'aaaaaaaaaaaa')}"
    pages = [client.get(path) for path in (used, invented, "/desk/signin/x", used[:-1] + "~")]
    bodies = {
        re.sub(r'href="/en/desk/signin/[^"]*"', "", page.get_data(as_text=True)) for page in pages
    }
    assert {page.status_code for page in pages} == {404}
    assert len(bodies) == 1


def test_after_sign_out_the_old_cookie_is_worthless(client: FlaskClient, app: Flask) -> None:
    press(client, ask(client))
    cookie = client.get_cookie("koostoo_desk")
    assert cookie is not None
    form = open_form(client, "/desk/")
    assert client.post("/desk/signin/out", data=form).location == "/desk/signin"
    client.set_cookie("koostoo_desk", cookie.value)
    assert client.get("/desk/").status_code == 303


def test_a_sign_out_from_another_site_changes_nothing(client: FlaskClient) -> None:
    press(client, ask(client))
    client.post("/desk/signin/out")
    assert client.get("/desk/").status_code == 200


def test_a_link_printed_on_the_server_opens_in_any_browser(client: FlaskClient) -> None:
    make_local_link(ADDRESS, now())
    assert press(client, newest_link(client.application)) == 303


def test_what_is_no_address_is_kept_and_explained(client: FlaskClient) -> None:
    form = open_form(client, "/desk/signin")
    answer = client.post("/desk/signin", data={**form, "email": "mari at example"})
    assert answer.status_code == 422
    assert 'value="mari at example"' in answer.get_data(as_text=True)


def test_one_address_gets_five_letters_in_a_quarter_of_an_hour(client: FlaskClient) -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        for _ in range(7):
            ask(client)
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 5


def test_one_source_is_slowed_down(client: FlaskClient) -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        form = open_form(client, "/desk/signin")
        codes = [
            client.post("/desk/signin", data={**form, "email": f"a{n}@example.org"}).status_code
            for n in range(21)
        ]
    assert codes == [303] * 20 + [429]


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(client: FlaskClient) -> None:
    link = ask(client)
    form = open_form(client, link)
    cookies = client.post(link, data=form).headers.getlist("Set-Cookie")
    desk = next(cookie for cookie in cookies if cookie.startswith("koostoo_desk="))
    assert "HttpOnly" in desk
    assert "SameSite=Lax" in desk
    assert "Path=/" in desk
