"""Attendance and own contributions at the desk, after the event."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from koostoo.attendance.rules import Mark
from koostoo.attendance.service import note_paid, sync
from koostoo.base.clock import local_day, now
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

Events = Callable[..., Event]
Entry = Callable[..., SignUp]
DAYS = (local_day(now()) - timedelta(days=1), local_day(now()))


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def event(make_event: Events) -> Event:
    """An event of yesterday and today that costs 20 euros."""
    return make_event(when=When.days(*DAYS), contribution_cents=2000)


@pytest.fixture
def people(event: Event, entry: Entry) -> list[int]:
    """Mari, who came on the first day, and Jüri, who did not come."""
    people = [
        sign_up(event.id, entry(first_name=first, last_name=last), now()).registration_id
        for first, last in (("Mari", "Maasikas"), ("Jüri", "Puudus"))
    ]
    sync(event.id, [Mark("m", people[0], DAYS[0], "present", now())], now(), now(), None)
    return people


def page_of(event: Event, tail: str = "attendance") -> str:
    return f"/desk/events/{event.slug}/{tail}"


def correction(event: Event, person: int) -> str:
    return f"{people_path(event)}/{person}/attendance"


def test_the_page_tells_who_was_there_on_each_day_and_who_never_came(
    desk: FlaskClient, event: Event, people: list[int]
) -> None:
    page = text_of(desk, page_of(event))
    assert "Kohal 1 / 2" in page
    assert "Kohal 0 / 2" in page
    missing = text_of(desk, page_of(event) + "?show=missing&page=77")
    assert "Puudus" in missing
    assert "Maasikas" not in missing
    # Today is not over: they may still come.
    assert "Veel ei ole kohal" in missing


def test_once_it_is_over_they_did_not_come(
    desk: FlaskClient, make_event: Events, entry: Entry
) -> None:
    event = make_event(when=When.days(DAYS[0]))
    page = text_of(desk, page_of(event))
    assert "Ei ilmunud kohale" in page
    assert "Nimekirjas ei ole kedagi" in page


def test_a_correction_needs_a_reason_and_keeps_what_was_chosen(
    desk: FlaskClient, event: Event, people: list[int]
) -> None:
    path = correction(event, people[1])
    typed = {**open_form(desk, path), f"day-{DAYS[0]}": "present", f"day-{DAYS[1]}": "absent"}
    answer = desk.post(path, data={**typed, "reason": " "})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="absent" checked' in page
    typed["reason"] = "Allkiri on lehel olemas"
    assert desk.post(path, data=typed).location == page_of(event)
    page = text_of(desk, page_of(event))
    assert "Jüri Puudus: kohalolek on parandatud 2 päeva kohta." in page
    assert "Kohal 2 / 2" in page
    history = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "Allkiri on lehel olemas" in history
    assert "märkimata → kohal" in history
    forged = {**typed, f"day-{DAYS[0]}": "nowhere"}
    assert desk.post(path, data=forged).status_code == 422


def test_of_another_event_nobody_is_corrected(
    desk: FlaskClient, make_event: Events, people: list[int]
) -> None:
    other = make_event()
    assert desk.get(correction(other, people[0])).status_code == 404


def test_contributions_are_noted_for_the_people_ticked(
    desk: FlaskClient, event: Event, people: list[int]
) -> None:
    path = page_of(event, "contributions")
    typed = open_form(desk, path)
    answer = desk.post(path, data={**typed, "how": "cash"})
    assert answer.status_code == 422
    assert "Märgi enne linnukesega" in answer.get_data(as_text=True)
    answer = desk.post(path, data={**typed, "how": "cash", "who": people[0], "amount": "kümme"})
    assert answer.status_code == 422
    assert "checked" in answer.get_data(as_text=True)
    desk.post(path, data={**typed, "how": "cash", "who": people[0], "amount": ""})
    desk.post(
        path, data={**typed, "how": "transfer", "who": [people[1], "9" * 9], "amount": "12,5"}
    )
    page = text_of(desk, path)
    for words in ("Tasutud: 32,50", "sularahas: 20", "ülekandega: 12,50"):
        assert words in page.replace("\xa0", " ").replace("&nbsp;", " "), words
    desk.post(path, data={**typed, "how": "none", "who": people[0]})
    assert "1 inimene ei ole tasunud" in text_of(desk, path)
    history = text_of(desk, f"/desk/events/{event.slug}/history").replace("\xa0", " ")
    assert "20 € sularahas" in history


def test_downloads_have_a_column_for_each_day_and_for_what_was_paid(
    desk: FlaskClient, event: Event, people: list[int]
) -> None:
    note_paid(event.id, people[:1], "transfer", 1250, now(), None)
    body = desk.get(people_path(event) + ".csv").data.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(body), delimiter=";"))
    assert [label.partition(" ")[0] for label in rows[0][-4:]] == [
        "Kohalolek",
        "Kohalolek",
        "Tasutud",
        "Tasumise",
    ]
    assert [row[-4:] for row in rows[1:]] == [
        ["kohal", "", "12,5", "ülekandega"],
        ["", "", "", ""],
    ]
    sheet = load_workbook(
        BytesIO(desk.get(people_path(event) + ".xlsx", buffered=True).data)
    ).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][-4:] == ["kohal", None, 12.5, "ülekandega"]


def test_before_the_first_day_downloads_have_no_attendance(
    desk: FlaskClient, make_event: Events
) -> None:
    body = desk.get(people_path(make_event()) + ".csv").data.decode("utf-8-sig")
    assert "Kohalolek" not in body


def test_the_pages_cost_the_same_whatever_the_number_of_people(
    desk: FlaskClient, event: Event, people: list[int], entry: Entry
) -> None:
    paths = (page_of(event), page_of(event, "contributions"))
    before = [selects_of(desk, path) for path in paths]
    for _ in range(5):
        sign_up(event.id, entry(), now())
    assert [selects_of(desk, path) for path in paths] == before
