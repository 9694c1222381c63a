"""Days of an event with hours of their own: typed at the desk, told everywhere."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.dates import NBSP
from koostoo.base.localtext import LocalText
from koostoo.base.when import ZONE, When
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.programme.models import Activity
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.web.desk_pages import open_form, sign_in

MakeEvent = Callable[..., Event]
CONTACT = {"contact_email": "info@example.org", "summary": LocalText("Läheme külla.")}


def local(day: int, hour: int, month: int = 10) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=ZONE)


WEEKEND = When.day_by_day([(local(8, 12), local(8, 18)), (local(9, 9), local(9, 15))])
SATURDAYS = When.day_by_day((local(day, 10), local(day, 14)) for day in (2, 9, 16, 23))


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel("2026-11-23T12:00:00Z"):
        yield


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def typed(desk: FlaskClient, programme: Activity) -> dict[str, Any]:
    """A new event of two days as an organiser types it."""
    return {
        **open_form(desk, "/desk/events/new"),
        "activity": str(programme.id),
        "organiser": str(programme.project.partners[0].organisation_id),
        "title_et": "Sügiskool",
        "summary_et": "Õpime koos.",
        "date_kind": "by_day",
        "day_hours-0-day": "9.10.2027",
        "day_hours-0-begins": "9.00",
        "day_hours-0-ends": "15:00",
        "day_hours-2-day": "2027-10-08",
        "day_hours-2-begins": "12",
        "day_hours-2-ends": "18.00",
        "place_et": "Paralepa",
        "contact_email": "info@example.org",
    }


def find(slug: str) -> Event:
    db.session.expire_all()
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def save(desk: FlaskClient, event: Event, **changes: Any) -> int:
    path = f"/desk/events/{event.slug}/edit"
    return desk.post(path, data={**open_form(desk, path), **changes}).status_code


def test_each_day_keeps_the_hours_typed_in_any_order(
    desk: FlaskClient, typed: dict[str, Any]
) -> None:
    assert desk.post("/desk/events/new", data=typed).status_code == 303
    event = find("sugiskool")
    assert event.when == WEEKEND
    assert (event.starts_on, event.ends_on) == (date(2027, 10, 8), date(2027, 10, 9))
    assert event.starts_at == datetime(2027, 10, 8, 9, tzinfo=UTC)


def test_the_evening_that_ends_after_midnight_is_one_row(
    desk: FlaskClient, typed: dict[str, Any]
) -> None:
    desk.post("/desk/events/new", data={**typed, "day_hours-2-ends": "1.30"})
    first, _ = find("sugiskool").when.by_day
    assert first == (local(8, 12), local(9, 1) + timedelta(minutes=30))


def test_one_row_alone_is_an_event_of_one_day(desk: FlaskClient, typed: dict[str, Any]) -> None:
    for part in ("day", "begins", "ends"):
        typed[f"day_hours-0-{part}"] = ""
    desk.post("/desk/events/new", data=typed)
    assert find("sugiskool").when == When.timed(local(8, 12), local(8, 18))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day_hours-0-ends": ""}, "day_hours-0-ends"),
        ({"day_hours-0-day": ""}, "day_hours-0-day"),
        ({"day_hours-0-day": "31.02.2027"}, "day_hours-0-day"),
        ({"day_hours-0-begins": "25.00"}, "day_hours-0-begins"),
        ({"day_hours-0-ends": "8.00"}, "day_hours-0-ends"),
        ({"day_hours-0-day": "8.10.2027"}, "day_hours-2-day"),
        ({"day_hours-2-ends": "4.00", "day_hours-0-begins": "3.00"}, "day_hours-0-begins"),
        ({"day_hours-0-day": "9.10.2028"}, "day_hours-0-day"),
        ({"day_hours-0-day": "28.3.2027", "day_hours-0-begins": "3.30"}, "day_hours-0-begins"),
        (
            {f"day_hours-{row}-{part}": "" for row in (0, 2) for part in ("day", "begins", "ends")},
            "day_hours-0-day",
        ),
    ],
)
def test_a_day_that_makes_no_sense_is_explained_in_its_row(
    desk: FlaskClient, typed: dict[str, Any], changes: dict[str, str], field: str
) -> None:
    answer = desk.post("/desk/events/new", data={**typed, **changes})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert f'href="#{field}"' in page
    assert 'value="18.00"' in page or "day_hours-2-ends" in changes
    assert db.session.scalars(select(Event)).all() == []


def test_the_form_shows_the_days_and_saving_it_untouched_moves_nothing(
    desk: FlaskClient, make_event: MakeEvent, entry: Callable[..., SignUp]
) -> None:
    event = make_event(**CONTACT, when=WEEKEND)
    sign_up(event.id, entry(), now())
    shown = open_form(desk, f"/desk/events/{event.slug}/edit")
    assert shown["date_kind"] == "by_day"
    assert [shown[f"day_hours-1-{part}"] for part in ("day", "begins", "ends")] == [
        "2027-10-09",
        "9.00",
        "15.00",
    ]
    assert save(desk, event) == 303
    assert (find(event.slug).when, find(event.slug).sequence) == (WEEKEND, 0)


def test_a_month_is_shown_again_when_the_event_is_changed(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(**CONTACT, when=When.month(2027, 11))
    shown = open_form(desk, f"/desk/events/{event.slug}/edit")
    assert (shown["date_kind"], shown["month"], shown["year"]) == ("month", "11", "2027")
    assert save(desk, event) == 303
    assert find(event.slug).when == When.month(2027, 11)


def test_other_hours_on_one_day_are_news_to_everybody(
    desk: FlaskClient, make_event: MakeEvent, entry: Callable[..., SignUp]
) -> None:
    event = make_event(**CONTACT, when=SATURDAYS)
    sign_up(event.id, entry(), now())
    assert save(desk, event, **{"day_hours-1-ends": "16.00", "move-seen": "y"}) == 303
    assert find(event.slug).sequence == 1
    told = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "event_changed")
    ).one()
    letter = render(told.id, now())
    assert letter is not None
    words = letter.text.replace(NBSP, " ")
    assert "Kellaajad: laupäev, 2. oktoober kell 10.00–14.00; laupäev, 9. oktoober" in words
    assert "9. oktoober kell 10.00–16.00" in words
    assert "Varasem aeg: 2.–23. oktoober 2027 (4 päeva): laupäev, 2. oktoober" in words


def test_a_copy_moves_every_day_and_keeps_its_hours(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(**CONTACT, when=WEEKEND)
    path = f"/desk/events/{event.slug}/copy"
    data = {**open_form(desk, path), "title_et": "Kevadkool", "first_day": "28.03.2028"}
    assert desk.post(path, data=data).status_code == 303
    first, second = find("kevadkool").when.by_day
    assert [moment.astimezone(ZONE).isoformat() for moment in (*first, *second)] == [
        "2028-03-28T12:00:00+03:00",
        "2028-03-28T18:00:00+03:00",
        "2028-03-29T09:00:00+03:00",
        "2028-03-29T15:00:00+03:00",
    ]


def test_the_page_of_the_event_tells_the_hours_of_every_day(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    few, many = make_event(when=WEEKEND), make_event(when=SATURDAYS)
    page = client.get(f"/events/{few.slug}").get_data(as_text=True).replace(NBSP, " ")
    assert "8. oktoober kell 12.00–18.00 ja 9. oktoober 2027 kell 9.00–15.00" in page
    page = client.get(f"/en/events/{many.slug}").get_data(as_text=True).replace(NBSP, " ")
    assert "2–23 October 2027 (4 days)" in page
    assert "Saturday 16 October, 10:00–14:00" in page


def test_the_attendance_sheet_has_a_page_for_each_day_it_is_held_on(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(when=SATURDAYS)
    sheet = desk.get(f"/desk/events/{event.slug}/attendance.pdf").data
    pages = [page.extract_text() for page in PdfReader(BytesIO(sheet)).pages]
    assert len(pages) == 4
    assert "laupäev, 9. oktoober 2027" in pages[1].replace(NBSP, " ")
