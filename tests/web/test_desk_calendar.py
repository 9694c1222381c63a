"""The organisers' calendar: a secret address of one's own, counts and no names."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from icalendar import Event as CalendarEvent

from koostoo.base.clock import local_day, now
from koostoo.base.database import transaction
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.calendars.make import read
from tests.statements import selects_of
from tests.web.desk_pages import open_form, sign_in, text_of

MakeEvent = Callable[..., Event]
MakeEntry = Callable[..., SignUp]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A clock the test moves on."""
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def press(desk: FlaskClient, **more: str) -> None:
    data = {**open_form(desk, "/desk/calendar"), **more}
    assert desk.post("/desk/calendar", data=data).status_code == 303


def make_address(desk: FlaskClient) -> str:
    press(desk)
    return address_on(desk)


def address_on(desk: FlaskClient) -> str:
    page = text_of(desk, "/desk/calendar")
    return page.split('id="feed-address" readonly value="http://localhost')[1].split('"')[0]


def entries(client: FlaskClient, path: str) -> list[CalendarEvent]:
    answer = client.get(path)
    assert answer.status_code == 200
    return read(answer.data).events


def test_the_address_opens_without_signing_in_and_tells_counts(
    app: Any, desk: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(capacity=2)
    for _ in range(3):
        sign_up(event.id, entry(), now())
    draft = make_event(state="draft", capacity=None)
    make_event(when=When.month(2027, 11))
    path = make_address(desk)
    stranger = app.test_client()
    listed = {str(one["UID"]): one for one in entries(stranger, path)}
    full, planned = listed[f"desk-{event.uid}"], listed[f"desk-{draft.uid}"]
    assert str(full["SUMMARY"]) == "Õppereis Voorele [2/2 +1]"
    assert "2 kohast on võetud 2\nootenimekirjas 1 inimene" in str(full["DESCRIPTION"])
    assert str(full["URL"]) == f"http://localhost/desk/events/{event.slug}/registrations"
    assert str(planned["SUMMARY"]) == "MUSTAND: Õppereis Voorele [0]"
    assert (str(planned["STATUS"]), str(planned["TRANSP"])) == ("TENTATIVE", "TRANSPARENT")
    assert len(listed) == 2


def test_the_calendar_has_no_names_and_no_cache_between_may_keep_it(
    desk: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    sign_up(make_event().id, entry(), now())
    answer = desk.get(make_address(desk))
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    for secret in ("Maasikas", "mari1@example.org", "5552385"):
        assert secret not in answer.get_data(as_text=True)


def test_who_signs_up_or_leaves_moves_the_entry(
    desk: FlaskClient, make_event: MakeEvent, entry: MakeEntry, clock: time_machine.Traveller
) -> None:
    event = make_event(capacity=9)
    path = make_address(desk)
    first = desk.get(path)
    known = {"If-None-Match": first.headers["ETag"]}
    assert desk.get(path, headers=known).status_code == 304
    clock.shift(timedelta(minutes=5))
    seat = sign_up(event.id, entry(), now()).registration_id
    for asked in (known, {"If-Modified-Since": first.headers["Last-Modified"]}):
        [entry_now] = read(desk.get(path, headers=asked).data).events
        assert str(entry_now["SUMMARY"]).endswith("[1/9]")
        assert entry_now.decoded("LAST-MODIFIED") == now()
    clock.shift(timedelta(minutes=5))
    assert cancel(seat, now())
    [entry_now] = entries(desk, path)
    assert str(entry_now["SUMMARY"]).endswith("[0/9]")
    assert entry_now.decoded("LAST-MODIFIED") == now()


def test_an_event_that_loses_its_day_leaves_for_who_only_tells_a_time_too(
    desk: FlaskClient, make_event: MakeEvent, clock: time_machine.Traveller
) -> None:
    event = make_event()
    make_event()
    path = make_address(desk)
    clock.shift(timedelta(minutes=5))
    before = desk.get(path)
    clock.shift(timedelta(minutes=5))
    with transaction() as session:
        kept = session.get_one(Event, event.id)
        kept.when, kept.revised_at = When.month(2027, 11), now()
    for asked in (
        {"If-None-Match": before.headers["ETag"]},
        {"If-Modified-Since": before.headers["Last-Modified"]},
    ):
        assert len(read(desk.get(path, headers=asked).data).events) == 1


def test_a_new_address_ends_the_old_one_and_taking_it_away_ends_both(desk: FlaskClient) -> None:
    old = make_address(desk)
    new = make_address(desk)
    assert (desk.get(old).status_code, desk.get(new).status_code) == (410, 200)
    press(desk, do="stop")
    assert (desk.get(old).status_code, desk.get(new).status_code) == (410, 410)
    assert "feed-address" not in text_of(desk, "/desk/calendar")


def test_an_address_that_never_was_is_not_there(desk: FlaskClient) -> None:
    path = make_address(desk)
    token = path.rpartition("/")[2].removesuffix(".ics")
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (forged, token[:12], "x", token + "x"):
        assert desk.get(f"/desk/calendar/{wrong}.ics").status_code == 404
    # One made for another purpose is as worthless here as this is there.
    assert desk.get(f"/my/calendar/{token}.ics").status_code == 404
    assert desk.get(f"/my/{token}/calendar.ics").status_code == 404


def test_looking_changes_no_address(desk: FlaskClient) -> None:
    path = make_address(desk)
    text_of(desk, "/desk/calendar")
    desk.head("/desk/calendar")
    assert desk.get(path).status_code == 200
    assert desk.post("/desk/calendar", data={"do": "stop"}).status_code == 422
    assert desk.get(path).status_code == 200


def test_history_and_called_off_events_leave_as_in_public_feeds(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    today = local_day(now())
    kept = [
        make_event(when=When.days(today - timedelta(days=366))),
        make_event(state="called_off", when=When.days(today - timedelta(days=28))),
    ]
    make_event(when=When.days(today - timedelta(days=367)))
    make_event(state="called_off", when=When.days(today - timedelta(days=29)))
    listed = entries(desk, make_address(desk))
    assert [str(one["UID"]) for one in listed] == [f"desk-{event.uid}" for event in kept]


def test_the_calendar_takes_as_many_queries_for_many_events_as_for_one(
    desk: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    path = make_address(desk)

    make_event()
    few = selects_of(desk, path)
    for _ in range(10):
        sign_up(make_event().id, entry(), now())
    assert selects_of(desk, path) == few


def test_pending_people_are_told_apart(
    desk: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(capacity=5, approval="holds")
    sign_up(event.id, entry(), now())
    [one] = entries(desk, make_address(desk))
    assert str(one["SUMMARY"]).endswith("[1/5]")
    assert "1 kinnitada" in str(one["DESCRIPTION"])
