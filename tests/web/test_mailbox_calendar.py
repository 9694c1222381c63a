"""All registrations of one mailbox as a calendar; only a letter to it tells the address."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from icalendar import Event as CalendarEvent
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.privacy.service import forget
from koostoo.programme.models import Project
from koostoo.registration.event_changes import call_off
from koostoo.registration.models import MailboxCalendar
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, send_links, sign_up
from koostoo.registration.undelivered import correct_address
from tests.calendars.make import read
from tests.web.desk_pages import open_form

MakeEvent = Callable[..., Event]
MakeEntry = Callable[..., SignUp]
MARI = {"email": "mari@example.org", "email_key": "mari@example.org"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A clock the test moves on."""
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as traveller:
        yield traveller


def letter() -> str:
    """The last letter with links, as it leaves."""
    row = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "links").order_by(OutboxMessage.id.desc())
    ).first()
    assert row is not None
    found = render(row.id, now())
    assert found is not None
    return found.text


def page_path() -> str:
    """Have the links sent and return the path of the calendar's page."""
    send_links("mari@example.org", now())
    found = re.search(r"http://localhost(/my/calendar/\S+)", letter())
    assert found is not None
    return found[1]


def feed_path(client: FlaskClient, page: str) -> str:
    source = client.get(page).get_data(as_text=True)
    return source.split('readonly value="http://localhost')[1].split('"')[0]


def entries(client: FlaskClient, path: str) -> list[CalendarEvent]:
    answer = client.get(path)
    assert answer.status_code == 200
    return read(answer.data).events


def test_the_letter_leads_to_one_calendar_of_all_registrations(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    first, second = make_event(), make_event(title=LocalText("Seminar"))
    for event in (first, second, make_event(when=When.month(2027, 11))):
        sign_up(event.id, entry(**MARI), now())
    sign_up(make_event().id, entry(), now())
    listed = entries(client, feed_path(client, page_path()))
    assert {str(one["UID"]) for one in listed} == {first.uid, second.uid}
    assert {str(one["STATUS"]) for one in listed} == {"CONFIRMED"}


def test_no_page_of_a_registration_leads_there(
    client: FlaskClient, make_event: MakeEvent, fill_in: Callable[..., dict[str, str]]
) -> None:
    event = make_event()
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event))
    path = page_path()
    calendar = db.session.scalars(select(MailboxCalendar)).one()
    shown = client.get(answer.location).get_data(as_text=True)
    assert calendar.link_id not in shown
    assert path not in shown
    assert 'href="/my/"' in shown


def test_who_waits_sees_so_and_is_not_busy(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event(capacity=1)
    sign_up(event.id, entry(), now())
    sign_up(event.id, entry(**MARI), now())
    [one] = entries(client, feed_path(client, page_path()))
    assert str(one["SUMMARY"]) == "Ootenimekirjas: Õppereis Voorele"
    assert (str(one["STATUS"]), str(one["TRANSP"])) == ("TENTATIVE", "TRANSPARENT")


def test_several_people_of_a_mailbox_are_named_and_one_is_not(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event()
    sign_up(event.id, entry(**MARI, first_name="Mari", last_name="Mägi"), now())
    path = feed_path(client, page_path())
    [one] = entries(client, path)
    assert "Mägi" not in str(one["DESCRIPTION"])
    sign_up(event.id, entry(**MARI, first_name="Jüri", last_name="Kask"), now())
    [one] = entries(client, path)
    assert str(one["DESCRIPTION"]).startswith("Jüri Kask: kinnitatud\nMari Mägi: kinnitatud")


def test_the_calendar_follows_signing_up_cancelling_and_calling_off(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry, clock: time_machine.Traveller
) -> None:
    event, other = make_event(), make_event()
    sign_up(event.id, entry(**MARI), now())
    path = feed_path(client, page_path())
    seen = client.get(path)

    def changed() -> list[CalendarEvent]:
        nonlocal seen
        validators = seen.headers["ETag"], seen.headers["Last-Modified"]
        for name, value in zip(("If-None-Match", "If-Modified-Since"), validators, strict=True):
            assert client.get(path, headers={name: value}).status_code == 200
        seen = client.get(path)
        known = {"If-None-Match": seen.headers["ETag"]}
        assert client.get(path, headers=known).status_code == 304
        return read(seen.data).events

    clock.shift(timedelta(minutes=5))
    second = sign_up(other.id, entry(**MARI), now()).registration_id
    assert len(changed()) == 2
    clock.shift(timedelta(minutes=5))
    cancel(second, now())
    assert len(changed()) == 1
    clock.shift(timedelta(minutes=5))
    call_off(event.id, LocalText("Torm."), now())
    [one] = changed()
    assert str(one["STATUS"]) == "CANCELLED"


def test_a_seat_that_goes_to_another_mailbox_leaves_for_who_only_tells_a_time_too(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry, clock: time_machine.Traveller
) -> None:
    event = make_event()
    number = sign_up(event.id, entry(**MARI), now()).registration_id
    sign_up(make_event().id, entry(**MARI), now())
    path = feed_path(client, page_path())
    clock.shift(timedelta(minutes=5))
    before = client.get(path)
    clock.shift(timedelta(minutes=5))
    correct_address(event.id, number, parse_email("kai@example.org"), now())
    for asked in (
        {"If-None-Match": before.headers["ETag"]},
        {"If-Modified-Since": before.headers["Last-Modified"]},
    ):
        assert len(read(client.get(path, headers=asked).data).events) == 1


def test_a_new_address_ends_the_old_ones(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    sign_up(make_event().id, entry(**MARI), now())
    page = page_path()
    feed = feed_path(client, page)
    answer = client.post(page, data=open_form(client, page))
    assert answer.status_code == 303
    assert client.get(page).status_code == 410
    assert client.get(feed).status_code == 410
    assert len(entries(client, feed_path(client, answer.location))) == 1
    # The next letter leads to the new one.
    assert page_path() == answer.location


def test_the_address_calendars_know_does_not_open_the_page(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    sign_up(make_event().id, entry(**MARI), now())
    page = page_path()
    token = feed_path(client, page).rpartition("/")[2].removesuffix(".ics")
    assert client.get(f"/my/calendar/{token}").status_code == 404
    assert client.get(f"{page}.ics").status_code == 404
    assert client.get("/my/calendar/x.ics").status_code == 404


def test_one_mailbox_keeps_one_calendar(make_event: MakeEvent, entry: MakeEntry) -> None:
    sign_up(make_event().id, entry(**MARI), now())
    assert page_path() == page_path()
    send_links("nobody@example.org", now())
    assert len(db.session.scalars(select(MailboxCalendar)).all()) == 1


def test_the_calendar_is_forgotten_with_the_contacts(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry, clock: time_machine.Traveller
) -> None:
    sign_up(make_event().id, entry(**MARI), now())
    feed = feed_path(client, page_path())
    forget(now())
    assert client.get(feed).status_code == 200
    with transaction() as session:
        session.scalars(select(Project)).one().ends_on = date(2026, 12, 31)
    clock.shift(timedelta(days=100))
    forget(now())
    assert db.session.scalars(select(MailboxCalendar)).all() == []
    assert client.get(feed).status_code == 410


def test_the_own_feed_of_one_registration_stays_and_empties_when_it_is_cancelled(
    client: FlaskClient, make_event: MakeEvent, entry: MakeEntry
) -> None:
    event = make_event()
    seat = sign_up(event.id, entry(**MARI), now())
    send_links("mari@example.org", now())
    found = re.search(r"http://localhost(/my/(?!calendar)\S+)", letter())
    assert found is not None
    page = client.get(found[1]).get_data(as_text=True)
    path = page.split('readonly value="http://localhost')[1].split('"')[0]
    answer = client.get(path)
    assert [str(one["UID"]) for one in read(answer.data).events] == [event.uid]
    assert answer.headers["Cache-Control"].startswith("private")
    cancel(seat.registration_id, now())
    after: Any = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (after.status_code, read(after.data).events) == (200, [])
