"""Calendar feeds over HTTP."""

import gzip
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from icalendar import Event as CalendarEvent
from sqlalchemy import delete

from koostoo.base.clock import local_day, now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import ZONE, When
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Organisation
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.calendars.make import read
from tests.statements import selects_of, statements

MakeEvent = Callable[..., Event]
FEEDS = [
    "/calendar.ics",
    "/project/project/calendar.ics",
    "/organisations/host/calendar.ics",
    "/activities/trip/calendar.ics",
]


def entries(client: FlaskClient, path: str = "/calendar.ics") -> list[CalendarEvent]:
    answer = client.get(path)
    assert answer.status_code == 200
    return read(answer.data).events


def days_ago(number: int) -> When:
    return When.days(local_day(now()) - timedelta(days=number))


@pytest.mark.parametrize("path", FEEDS)
def test_every_feed_holds_the_dated_event_and_not_the_undated(
    client: FlaskClient, make_event: MakeEvent, path: str
) -> None:
    event = make_event()
    make_event(when=When.month(2027, 11))
    make_event(when=When.of_season(2027, "spring"))
    make_event(state="draft")
    assert client.get(path).content_type == "text/calendar; charset=utf-8"
    assert [entry["UID"] for entry in entries(client, path)] == [event.uid]
    assert [entry["UID"] for entry in entries(client, f"/events/{event.slug}.ics")] == [event.uid]


@pytest.mark.parametrize("path", FEEDS[1:])
def test_a_feed_holds_only_what_belongs_to_it(
    client: FlaskClient, make_event: MakeEvent, programme: Activity, path: str
) -> None:
    event, other = make_event(), make_event()
    with transaction() as session:
        project = programme.project
        elsewhere = Activity(
            project=type(project)(
                slug="elsewhere",
                title=LocalText("Mujal"),
                starts_on=project.starts_on,
                ends_on=project.ends_on,
                support_text=LocalText(""),
            ),
            slug="elsewhere",
            kind="joint",
            position=1,
            title=LocalText("Mujal"),
            description=LocalText("Mujal"),
            target=1,
        )
        session.add(elsewhere)
        row = session.get_one(Event, other.id)
        row.activity = elsewhere
        row.organiser_id = session.query(Organisation).filter_by(slug="partner").one().id
        row.version, row.revised_at = 2, now()
    assert [entry["UID"] for entry in entries(client, path)] == [event.uid]
    assert len(entries(client)) == 2


@pytest.mark.parametrize("path", FEEDS[1:])
def test_a_feed_of_something_unknown_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_feed_holds_no_personal_data_and_no_join_link(
    client: FlaskClient, make_event: MakeEvent, entry: Callable[..., SignUp]
) -> None:
    event = make_event(
        mode="online", join_link="https://meet.example.org/secret", contact_email="k@example.org"
    )
    sign_up(event.id, entry(), now())
    feed = client.get("/calendar.ics").get_data(as_text=True)
    for secret in ("meet.example.org", "k@example.org", "Maasikas", "ATTENDEE", "ORGANIZER"):
        assert secret not in feed
    assert "VALARM" not in feed


def test_history_is_a_year_and_everything_when_asked_for(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    coming, lately, long_ago = (
        make_event(),
        make_event(when=days_ago(360)),
        make_event(when=days_ago(800)),
    )
    assert [entry["UID"] for entry in entries(client)] == [lately.uid, coming.uid]
    everything = [long_ago.uid, lately.uid, coming.uid]
    assert [entry["UID"] for entry in entries(client, "/calendar.ics?all=1")] == everything
    assert len(entries(client, "/calendar.ics?all=0")) == 2


@pytest.mark.parametrize("query", ["", "?all=1"])
def test_an_event_called_off_stays_marked_for_four_weeks_after_its_date(
    client: FlaskClient, make_event: MakeEvent, query: str
) -> None:
    called_off = make_event(state="called_off", when=days_ago(28))
    make_event(state="called_off", when=days_ago(29))
    [entry] = entries(client, f"/calendar.ics{query}")
    assert entry["UID"] == called_off.uid
    assert entry["STATUS"] == "CANCELLED"
    assert str(entry["SUMMARY"]).startswith("ÄRA JÄETUD: ")


def test_an_unchanged_feed_answers_304(client: FlaskClient, make_event: MakeEvent) -> None:
    with time_machine.travel(now() - timedelta(minutes=2)):
        make_event()
    first = client.get("/calendar.ics")
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f"W/{first.headers['ETag']}"},
        {"If-None-Match": f'"other", {first.headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get("/calendar.ics", headers=headers)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "Cache-Control" in again.headers


def test_a_change_on_a_host_whose_clock_is_behind_reaches_who_only_tells_a_time(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        event, _other = make_event(), make_event()
        before = client.get("/calendar.ics").headers
        with transaction() as session:
            row = session.get_one(Event, event.id)
            retitle(row)
            row.version, row.revised_at = row.version + 1, now() - timedelta(seconds=5)
        clock.shift(timedelta(minutes=10))
        asked = {"If-Modified-Since": before["Last-Modified"]}
        after = client.get("/calendar.ics", headers=asked)
        assert (after.status_code, b"Uus" in after.data) == (200, True)
        asked = {"If-Modified-Since": after.headers["Last-Modified"]}
        assert client.get("/calendar.ics", headers=asked).status_code == 304


def retitle(event: Event) -> None:
    event.title = LocalText("Uus")


def unpublish(event: Event) -> None:
    event.state = "draft"


def take_date_away(event: Event) -> None:
    event.when = When.month(2027, 11)


@pytest.mark.parametrize("change", [retitle, unpublish, take_date_away])
def test_any_change_of_an_event_moves_both_validators(
    client: FlaskClient, make_event: MakeEvent, change: Callable[[Event], None]
) -> None:
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False) as clock:
        event, _other = make_event(), make_event()
        before = client.get("/calendar.ics").headers
        clock.shift(timedelta(minutes=5))
        with transaction() as session:
            row = session.get_one(Event, event.id)
            change(row)
            row.version, row.revised_at = row.version + 1, now()
        for asked in (
            {"If-None-Match": before["ETag"]},
            {"If-Modified-Since": before["Last-Modified"]},
        ):
            assert client.get("/calendar.ics", headers=asked).status_code == 200


def test_an_event_that_vanishes_moves_the_etag(client: FlaskClient, make_event: MakeEvent) -> None:
    gone, _other = make_event(), make_event()
    known = {"If-None-Match": client.get("/calendar.ics").headers["ETag"]}
    with transaction() as session:
        session.execute(delete(Event).where(Event.id == gone.id))
    assert client.get("/calendar.ics", headers=known).status_code == 200


def test_an_old_event_leaves_at_midnight_and_moves_both_validators(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    with time_machine.travel("2027-11-30T21:30:00Z", tick=False) as clock:
        make_event(when=When.days(date(2026, 11, 29)))
        make_event()
        before = client.get("/calendar.ics")
        assert len(read(before.data).events) == 2
        clock.shift(timedelta(hours=1))
        for asked in (
            {"If-None-Match": before.headers["ETag"]},
            {"If-Modified-Since": before.headers["Last-Modified"]},
        ):
            after = client.get("/calendar.ics", headers=asked)
            assert after.status_code == 200
            assert len(read(after.data).events) == 1


def test_an_unchanged_feed_is_told_from_an_index_and_never_written(
    client: FlaskClient, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_event()
    known = {"If-None-Match": client.get("/calendar.ics").headers["ETag"]}
    monkeypatch.setattr("koostoo.web.feeds.render_feed", None)
    with statements() as seen:
        answer = client.get("/calendar.ics", headers=known)
    assert answer.status_code == 304
    [asked] = [one for one in seen if "event" in one]
    assert "programme" not in asked


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_takes_as_many_queries_for_many_events_as_for_one(
    client: FlaskClient, make_event: MakeEvent, path: str
) -> None:
    make_event()
    few = selects_of(client, path)
    for _ in range(20):
        make_event()
    assert selects_of(client, path) == few


def test_the_body_is_the_same_for_every_client(client: FlaskClient, make_event: MakeEvent) -> None:
    make_event()
    plain = client.get("/calendar.ics")
    for headers in (
        {"Accept": "text/html"},
        {"Accept": "text/calendar,text/plain;q=0.8,*/*;q=0.5"},
        {"Accept": "application/calendar+json"},
        {"User-Agent": "Google-Calendar-Importer"},
        {"Accept-Language": "en"},
        {"Cookie": "other=x"},
    ):
        answer = client.get("/calendar.ics", headers=headers)
        assert (answer.status_code, answer.data) == (200, plain.data)
        assert answer.headers["ETag"] == plain.headers["ETag"]
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_feed_sets_no_cookie_stays_out_of_search_and_may_be_kept_a_while(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    make_event()
    headers = client.get("/calendar.ics").headers
    assert "Set-Cookie" not in headers
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Cache-Control"] == "public, max-age=900"


@pytest.mark.parametrize(
    ("asked", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("identity, gzip;q=0.5", False),
        ("gzip;q=0", False),
        ("*", False),
        ("br", False),
        ("", False),
    ],
)
def test_a_feed_is_packed_only_for_who_asks(
    client: FlaskClient, make_event: MakeEvent, asked: str, packed: bool
) -> None:
    make_event()
    plain = client.get("/calendar.ics")
    answer = client.get("/calendar.ics", headers={"Accept-Encoding": asked})
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed
    assert (gzip.decompress(answer.data) if packed else answer.data) == plain.data
    assert (answer.headers["ETag"] != plain.headers["ETag"]) is packed
    known = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": asked}
    assert client.get("/calendar.ics", headers=known).status_code == 304
    again = client.get("/calendar.ics", headers={"Accept-Encoding": asked})
    assert again.data == answer.data


@pytest.mark.parametrize("path", [*FEEDS, "/calendar.ics?all=1"])
def test_head_tells_what_get_would(client: FlaskClient, make_event: MakeEvent, path: str) -> None:
    make_event()
    got, told = client.get(path), client.head(path)
    assert (told.status_code, told.data) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length"):
        assert told.headers[name] == got.headers[name]


def test_calendar_importers_may_fetch_every_feed(client: FlaskClient) -> None:
    rules = client.get("/robots.txt").get_data(as_text=True).splitlines()
    barred = [line.removeprefix("Disallow: ") for line in rules if line.startswith("Disallow")]
    assert barred == ["/desk/"]
    assert rules.index("Allow: /desk/calendar/") < rules.index("Disallow: /desk/")


def test_the_calendar_names_itself_and_its_page_in_the_language_of_its_address(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    make_event()
    estonian = read(client.get("/activities/trip/calendar.ics").data)
    english = read(client.get("/en/activities/trip/calendar.ics").data)
    assert str(estonian["NAME"]) == "Koostöö: Õppereis liikmetele"
    assert str(english["NAME"]) == "Koostöö: Study trip for members"
    assert str(estonian["URL"]) == "http://localhost/activities/trip/calendar"
    assert str(english.events[0]["SUMMARY"]) == "Study trip to Voore"
    assert str(english.events[0]["URL"]).startswith("http://localhost/en/events/")


def test_days_end_the_day_after_in_the_file(client: FlaskClient, make_event: MakeEvent) -> None:
    next_year = now().year + 1
    make_event(when=When.days(date(next_year, 8, 23), date(next_year, 8, 24)))
    [entry] = entries(client)
    assert entry.decoded("DTEND") == date(next_year, 8, 25)


def local(day: int, hour: int) -> datetime:
    return datetime(now().year + 1, 5, day, hour, tzinfo=ZONE)


def test_each_day_with_its_own_hours_is_an_entry_that_keeps_its_uid(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(
        when=When.day_by_day([(local(8, 12), local(8, 18)), (local(9, 9), local(9, 15))])
    )
    first, second = entries(client)
    assert str(first["UID"]) == event.uid
    assert str(second["UID"]) == event.uid.replace("@", "-2@")
    assert str(second["SUMMARY"]) == "Õppereis Voorele (2/2)"
    assert (second.decoded("DTSTART"), second.decoded("DTEND")) == (local(9, 9), local(9, 15))
    assert "kell\u00a012.00–18.00" in str(first["DESCRIPTION"])
    assert {str(entry["TRANSP"]) for entry in (first, second)} == {"OPAQUE"}
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.when = When.day_by_day([(local(8, 12), local(8, 18)), (local(16, 9), local(16, 15))])
        row.version, row.revised_at = 2, now()
    moved = entries(client)
    assert [str(entry["UID"]) for entry in moved] == [str(first["UID"]), str(second["UID"])]
    assert moved[1].decoded("DTSTART") == local(16, 9)


def test_a_called_off_event_of_several_days_is_cancelled_on_each(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    make_event(
        state="called_off",
        when=When.day_by_day([(local(8, 12), local(8, 18)), (local(9, 9), local(9, 15))]),
    )
    assert [str(entry["STATUS"]) for entry in entries(client)] == ["CANCELLED", "CANCELLED"]
