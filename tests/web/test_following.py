"""Pages that tell how to have a calendar in one's own."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from tests.web.desk_pages import text_of

MakeEvent = Callable[..., Event]
PAGES = [
    ("/calendar", "/calendar.ics"),
    ("/project/project/calendar", "/project/project/calendar.ics"),
    ("/organisations/host/calendar", "/organisations/host/calendar.ics"),
    ("/activities/trip/calendar", "/activities/trip/calendar.ics"),
]


def hrefs(page: str) -> list[str]:
    return [part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]]


@pytest.mark.parametrize(("path", "feed"), PAGES)
def test_every_feed_has_a_page_with_all_ways_to_subscribe(
    client: FlaskClient, make_event: MakeEvent, path: str, feed: str
) -> None:
    make_event(title=LocalText("Sügiskool", "Autumn school"))
    for prefix, title in (("", "Sügiskool"), ("/en", "Autumn school")):
        page = text_of(client, prefix + path)
        address = f"http://localhost{prefix}{feed}"
        assert f'value="{address}"' in page
        assert f"webcal://localhost{prefix}{feed}" in hrefs(page)
        targets = {urlsplit(one).netloc: parse_qs(urlsplit(one).query) for one in hrefs(page)}
        assert targets["calendar.google.com"]["cid"] == [f"webcal://localhost{prefix}{feed}"]
        assert targets["outlook.live.com"]["url"] == [address]
        assert targets["outlook.office.com"]["url"] == [address]
        assert title in page
        assert client.get(prefix + feed).status_code == 200


@pytest.mark.parametrize(("path", "feed"), PAGES)
def test_everything_there_ever_was_is_one_link_away(
    client: FlaskClient, make_event: MakeEvent, path: str, feed: str
) -> None:
    make_event()
    assert f"{path}?all=1" in hrefs(text_of(client, path))
    page = text_of(client, f"{path}?all=1")
    assert f'value="http://localhost{feed}?all=1"' in page
    assert path in hrefs(page)


@pytest.mark.parametrize("path", ["/", "/calendar", "/project/project/calendar"])
def test_a_page_with_a_calendar_tells_what_to_do_on_each_device(
    client: FlaskClient, make_event: MakeEvent, path: str
) -> None:
    make_event()
    page = text_of(client, path)
    for device in ("iPhone, iPad, Mac", "Androidi telefon", "<dt>Outlook</dt>", "Muu programm"):
        assert device in page
    assert "ava see leht arvutis" in page
    assert "„Microsoft 365“ töö- või koolikonto jaoks" in page
    assert "on üritus sinu kalendris kaks korda" in page


@pytest.mark.parametrize(("path", "_feed"), PAGES[1:])
def test_a_calendar_of_something_unknown_is_not_there(
    client: FlaskClient, path: str, _feed: str
) -> None:
    assert client.get(path).status_code == 404


def test_the_pages_where_people_look_lead_to_the_calendars(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event()
    assert "/calendar" in hrefs(text_of(client, "/"))
    project = hrefs(text_of(client, "/project/project"))
    assert {"/project/project/calendar", "/activities/trip/calendar"} <= set(project)
    own = {path for path, _feed in PAGES[1:]}
    assert own <= {*hrefs(text_of(client, f"/events/{event.slug}"))}
    everything = {*hrefs(text_of(client, "/calendar"))}
    assert own <= everything
    assert "/organisations/partner/calendar" in everything


def test_only_the_next_few_events_are_named(client: FlaskClient, make_event: MakeEvent) -> None:
    for number in range(7):
        make_event(title=LocalText(f"Üritus nr {number}"))
    page = text_of(client, "/calendar")
    assert page.count("Üritus nr") == 5
    assert "Ja veel 2." in page
