"""Calendar feeds over HTTP."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient
from icalendar import Calendar

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up

MakeEvent = Callable[..., Event]


def test_every_feed_holds_the_dated_event_and_not_the_undated(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event()
    make_event(when=When.month(2027, 11))
    make_event(when=When.of_season(2027, "spring"))
    for path in (
        "/calendar.ics",
        "/organisations/host/calendar.ics",
        "/activities/oppereis/calendar.ics".replace("oppereis", "trip"),
        f"/events/{event.slug}.ics",
    ):
        answer = client.get(path)
        assert answer.content_type == "text/calendar; charset=utf-8"
        [entry] = Calendar.from_ical(answer.data).walk("VEVENT")
        assert entry["UID"] == event.uid


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


def test_an_unchanged_feed_answers_304_and_any_change_moves_the_validators(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event, other = make_event(), make_event()
    first = client.get("/calendar.ics")
    etag = {"If-None-Match": first.headers["ETag"]}
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (etag, since):
        again = client.get("/calendar.ics", headers=headers)
        assert (again.status_code, again.data) == (304, b"")
    with transaction() as session:
        session.get_one(Event, other.id).state = "draft"
    assert client.get("/calendar.ics", headers=etag).status_code == 200
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.title, row.revised_at = LocalText("Uus"), now()
    assert client.get("/calendar.ics", headers=etag).status_code == 200


def test_the_body_is_the_same_for_every_client(client: FlaskClient, make_event: MakeEvent) -> None:
    make_event()
    plain = client.get("/calendar.ics").data
    for headers in ({"Accept": "text/html"}, {"User-Agent": "Google-Calendar-Importer"}):
        assert client.get("/calendar.ics", headers=headers).data == plain


def test_an_event_called_off_stays_marked(client: FlaskClient, make_event: MakeEvent) -> None:
    make_event(state="called_off")
    [entry] = Calendar.from_ical(client.get("/calendar.ics").data).walk("VEVENT")
    assert entry["STATUS"] == "CANCELLED"
    assert str(entry["SUMMARY"]).startswith("ÄRA JÄETUD: ")


def test_days_end_the_day_after_in_the_file(client: FlaskClient, make_event: MakeEvent) -> None:
    next_year = now().year + 1
    make_event(when=When.days(date(next_year, 8, 23), date(next_year, 8, 24)))
    [entry] = Calendar.from_ical(client.get("/calendar.ics").data).walk("VEVENT")
    assert entry.decoded("DTEND") == date(next_year, 8, 25)
