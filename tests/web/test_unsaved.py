"""What was typed at the desk while the session ended comes back, to be sent again."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.datastructures import MultiDict

from koostoo.accounts.models import DeskSession
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from tests.web.desk_pages import edit_path, open_form, sign_in, text_of

MakeEvent = Callable[..., Event]
TITLE = 'Õpime "koos" & <b>kohapeal</b>'


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    return make_event(summary=LocalText("Läheme külla."), contact_email="info@example.org")


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def end_sessions() -> None:
    with transaction() as session:
        session.execute(delete(DeskSession))


def held(page: str) -> MultiDict[str, str]:
    """Return what the page of the unsaved would send."""
    fields = re.findall(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"', page)
    return MultiDict((unescape(name), unescape(value)) for name, value in fields)


def filled_in(desk: FlaskClient, event: Event) -> dict[str, Any]:
    return {**open_form(desk, edit_path(event)), "title_et": TITLE}


def test_what_was_typed_comes_back_and_is_saved_after_signing_in(
    desk: FlaskClient, event: Event
) -> None:
    typed, path, number = filled_in(desk, event), edit_path(event), event.id
    end_sessions()
    answer = desk.post(path, data=typed)
    assert answer.status_code == 403
    assert "Veel salvestamata" in answer.text
    assert f'action="{path}"' in answer.text
    assert "<b>kohapeal" not in answer.text
    again = held(answer.text)
    assert {**again, "csrf_token": ""} == {**typed, "csrf_token": ""}
    sign_in(desk)
    assert desk.post(path, data=again).status_code == 303
    assert db.session.get_one(Event, number, populate_existing=True).title.et == TITLE


def test_the_address_is_kept_whole(client: FlaskClient, event: Event) -> None:
    page = client.post("/en/desk/events/new?copy=a&days=2", data={"title_et": TITLE}).text
    assert 'action="/en/desk/events/new?copy=a&amp;days=2"' in page


def test_what_has_several_lines_or_several_values_comes_back_whole(
    client: FlaskClient, event: Event
) -> None:
    typed = MultiDict(
        [("programme_et", "10.00 kogunemine\n\n12.00 lõuna"), ("day", "1"), ("day", "2")]
    )
    page = client.post(edit_path(event), data=typed).text
    again = held(page)
    assert again["programme_et"] == typed["programme_et"]
    assert again.getlist("day") == ["1", "2"]


def test_a_form_sent_once_more_before_signing_in_is_kept_again(
    desk: FlaskClient, event: Event
) -> None:
    typed, path = filled_in(desk, event), edit_path(event)
    end_sessions()
    first = held(desk.post(path, data=typed).text)
    second = held(desk.post(path, data=first).text)
    assert second["title_et"] == TITLE


def test_files_are_to_be_chosen_again(desk: FlaskClient, event: Event) -> None:
    path = f"/desk/events/{event.slug}/files"
    form = open_form(desk, path)
    end_sessions()
    data = {**form, "note": "Allkirjaleht", "file": (BytesIO(b"%PDF-1.7"), "leht.pdf")}
    page = desk.post(path, data=data, content_type="multipart/form-data").text
    assert held(page)["note"] == "Allkirjaleht"
    assert "Faile leht ei hoia" in page
    assert "%PDF" not in page


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        ({"csrf_token": "x"}, {}),
        ({"csrf_token": "x", "note": " "}, {}),
        ({"note": "Tere"}, {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}),
    ],
)
def test_who_typed_nothing_or_is_a_script_is_only_led_to_signing_in(
    client: FlaskClient, event: Event, data: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.post(edit_path(event), data=data, headers=headers)
    assert (answer.status_code, answer.location) == (303, "/desk/signin")


def test_another_site_cannot_have_a_form_held_here(client: FlaskClient, event: Event) -> None:
    headers = {"Origin": "https://example.net"}
    page = client.post(edit_path(event), data={"title_et": TITLE}, headers=headers)
    assert page.status_code == 403
    assert "title_et" not in page.text


def test_what_is_too_large_for_a_form_is_not_read(client: FlaskClient, event: Event) -> None:
    answer = client.post(edit_path(event), data={"title_et": "x" * 1_000_001})
    assert (answer.status_code, answer.location) == (303, "/desk/signin")


def test_the_page_speaks_english_too(client: FlaskClient, event: Event) -> None:
    page = client.post("/en" + edit_path(event), data={"title_et": TITLE}).text
    assert "Sign in in a new tab" in page
    assert "Not saved yet" in page
    assert "Veel" not in text_of(client, "/en/desk/signin")
