"""What other sites read: news feeds, the list in a frame, search engines, the sitemap."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config import SettingsError, settings
from koostoo.base.clock import local_day, now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.documents.atom import NAMESPACE
from koostoo.events.models import Event
from koostoo.files.preparing import prepare
from koostoo.files.service import keep_file
from koostoo.programme.models import Activity
from tests.files.made import picture
from tests.statements import statements
from tests.web.desk_pages import sign_in, text_of

MakeEvent = Callable[..., Event]
NS = {"a": NAMESPACE, "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
FEEDS = ["/events.atom", "/project/project/events.atom", "/organisations/host/events.atom"]
TIMED = When.timed(datetime(2027, 7, 8, 7, tzinfo=UTC), datetime(2027, 7, 8, 13, tzinfo=UTC))


def xml(client: FlaskClient, path: str) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return fromstring(answer.data)


def titles(client: FlaskClient, path: str) -> list[str]:
    return [one.text or "" for one in xml(client, path).iterfind("a:entry/a:title", NS)]


# --- News feeds --------------------------------------------------------------


@pytest.mark.parametrize("path", FEEDS)
def test_a_news_feed_holds_what_is_coming_dated_or_not(
    client: FlaskClient, make_event: MakeEvent, path: str
) -> None:
    make_event(title=LocalText("Kevadel", "In spring"), when=When.of_season(2031, "spring"))
    make_event(title=LocalText("Varem"))
    make_event(title=LocalText("Mustand"), state="draft")
    make_event(title=LocalText("Möödas"), when=When.days(local_day(now()) - timedelta(days=2)))
    make_event(
        title=LocalText("Ära"),
        state="called_off",
        called_off_reason="Torm",
        when=When.month(2032, 1),
    )
    assert client.get(path).mimetype == "application/atom+xml"
    assert titles(client, path) == ["Varem", "Kevadel", "ÄRA JÄETUD: Ära"]
    assert titles(client, "/en" + path)[1:] == ["In spring", "CALLED OFF: Ära"]
    assert "Torm" in client.get(path).text


def test_a_feed_is_of_its_project_or_organisation_alone(
    client: FlaskClient, make_event: MakeEvent, programme: Activity
) -> None:
    make_event(title=LocalText("Meie"))
    other = make_event(title=LocalText("Partneri"))
    with transaction() as session:
        partner = programme.project.partners[1].organisation_id
        session.get_one(Event, other.id).organiser_id = partner
    assert titles(client, "/organisations/partner/events.atom") == ["Partneri"]
    assert titles(client, "/organisations/host/events.atom") == ["Meie"]
    for path in ("/project/x/events.atom", "/organisations/x/events.atom"):
        assert client.get(path).status_code == 404


def test_an_entry_keeps_its_name_when_it_is_revised_and_no_secret_leaves(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(mode="online", join_link="https://meet.example.org/secret")
    first = xml(client, "/events.atom").findtext("a:entry/a:id", None, NS)
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.title, row.version, row.revised_at = LocalText("Uus"), 2, now()
    second = xml(client, "/en/events.atom")
    assert second.findtext("a:entry/a:id", None, NS) == first
    assert (first or "").startswith("tag:localhost,")
    assert "secret" not in client.get("/events.atom").text


def test_a_news_feed_that_has_not_changed_is_not_read_again(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    make_event()
    etag = client.get("/events.atom").headers["ETag"]
    with statements() as seen:
        answer = client.get("/events.atom", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert not [one for one in seen if "event.title" in one]
    make_event()
    assert client.get("/events.atom", headers={"If-None-Match": etag}).status_code == 200


def test_pages_name_their_news_feeds(client: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    for page, feed in (
        ("/", "/events.atom"),
        ("/en/project/project", "/en/project/project/events.atom"),
        (f"/events/{event.slug}", "/organisations/host/events.atom"),
        ("/organisations/host/calendar", "/organisations/host/events.atom"),
    ):
        head = text_of(client, page).partition("</head>")[0]
        assert re.search(rf'type="application/atom\+xml"[^>]*href="{feed}"', head), page


# --- The list in a frame -----------------------------------------------------


def test_the_framed_list_has_its_own_headers_and_no_session_form_or_script(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    make_event(title=LocalText("Reis <b>"), capacity=20)
    answer = client.get("/embed/events")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https:" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    for name in ("X-Frame-Options", "Set-Cookie"):
        assert name not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Reis &lt;b&gt;" in answer.text
    assert "20 vaba kohta" in answer.text
    for tag in ("<script", "<form", "style=", "_flashes"):
        assert tag not in answer.text
    links = re.findall("<a [^>]*>", answer.text)
    assert all('target="_top" rel="noopener"' in one for one in links)


def test_the_framed_list_shows_whose_and_how_many_the_address_asks_for(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    for number in range(12):
        make_event(title=LocalText(f"Reis {number}"))

    def shown(query: str) -> int:
        return len(re.findall("<li[ >]", text_of(client, f"/embed/events?{query}")))

    assert [shown(q) for q in ("", "max=3", "max=0", "max=x", "max=999")] == [10, 3, 1, 10, 12]
    assert (shown("organisation=partner"), shown("project=project&max=2")) == (0, 2)
    assert client.get("/embed/events?organisation=x").status_code == 404
    moved = client.get("/embed/events?lang=en&max=2")
    assert moved.location == "/en/embed/events?max=2"
    assert 'href="/en/events/' in text_of(client, moved.location)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https:", ["https:"]),
        ("none", []),
        ("https://a.ee https://*.b.ee:8443", ["https://a.ee", "https://*.b.ee:8443"]),
        ("*", None),
        ("https://a.ee; script-src *", None),
        ("'unsafe-inline'", None),
    ],
)
def test_which_sites_may_frame_it_is_a_setting(given: str, taken: list[str] | None) -> None:
    env = {"KOOSTOO_ENV": "development", "SECRET_KEY": "x" * 40, "EMBED_ANCESTORS": given}
    if taken is None:
        with pytest.raises(SettingsError):
            settings(env)
    else:
        assert settings(env)["EMBED_ANCESTORS"] == taken


def test_the_desk_gives_the_snippet_the_feed_and_the_calendar(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    desk = sign_in(client)
    page = text_of(desk, "/desk/website?of=organisation-host&language=en&most=5")
    for words in (
        "&lt;iframe src=&#34;http://localhost/en/embed/events?organisation=host&amp;max=5&#34;",
        "title=&#34;Coming events&#34; loading=&#34;lazy&#34;",
        "http://localhost/en/organisations/host/events.atom",
        "http://localhost/en/organisations/host/calendar",
    ):
        assert words in page
    made_up = text_of(desk, "/en/desk/website?of=x&language=et&most=9")
    assert 'value="http://localhost/en/events.atom"' in made_up


# --- Search engines ----------------------------------------------------------


def linked(client: FlaskClient, event: Event, prefix: str = "") -> dict[str, Any]:
    """Return the JSON-LD of an event's page."""
    page = text_of(client, f"{prefix}/events/{event.slug}")
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(data)
    return found


@time_machine.travel("2027-05-05T09:00:00Z", tick=False)  # A seat can still be had.
def test_an_event_tells_search_engines_its_facts(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(when=TIMED, summary=LocalText("Külas"), contribution_cents=1250, capacity=20)
    assert linked(client, event) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Õppereis Voorele",
        "url": f"http://localhost/events/{event.slug}",
        "inLanguage": "et",
        "startDate": "2027-07-08T10:00:00+03:00",
        "endDate": "2027-07-08T16:00:00+03:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place", "name": "Voore külalistemaja", "address": "Voore külalistemaja",
        },
        "organizer": {"@type": "Organization", "name": "MTÜ Näidis"},
        "description": "Külas",
        "isAccessibleForFree": False,
        "offers": {
            "@type": "Offer", "price": "12.50", "priceCurrency": "EUR",
            "url": f"http://localhost/events/{event.slug}",
            "availability": "https://schema.org/InStock",
        },
    }  # fmt: skip
    assert linked(client, event, "/en")["name"] == "Study trip to Voore"


def test_a_web_meeting_of_whole_days_that_is_called_off(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(
        when=When.days(date(2027, 7, 8), date(2027, 7, 9)),
        mode="hybrid",
        join_link="https://meet.example.org/secret",
        state="called_off",
    )
    found = linked(client, event)
    assert (found["startDate"], found["endDate"]) == ("2027-07-08", "2027-07-09")
    assert found["eventStatus"] == "https://schema.org/EventCancelled"
    assert [one["@type"] for one in found["location"]] == ["Place", "VirtualLocation"]
    assert found["isAccessibleForFree"] is True
    assert "offers" not in found
    assert "secret" not in str(found)


def test_what_people_type_cannot_leave_the_data_of_search_engines(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    nasty = "</script><script>alert(1)</script><!-- & \u2028 '\""
    event = make_event(title=LocalText(nasty), summary=LocalText(nasty))
    assert linked(client, event)["name"] == nasty
    page = text_of(client, f"/events/{event.slug}")
    assert "<script>alert" not in page
    assert "\u2028" not in page.split("ld+json")[1].split("</script>")[0]


def test_an_event_without_a_day_has_no_data_for_search_engines(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(when=When.of_season(2031, "spring"))
    assert "ld+json" not in text_of(client, f"/events/{event.slug}")


def test_a_shared_link_shows_title_words_and_cover(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(slug="reis", summary=LocalText('Külas "Vooril"'))
    keep_file(event.id, "cover", prepare(BytesIO(picture()), "a.jpg", "cover"), now(), None)
    head = text_of(client, "/events/reis?utm=1").partition("</head>")[0]
    for line in (
        '<link rel="canonical" href="http://localhost/events/reis">',
        '<link rel="alternate" hreflang="en" href="http://localhost/en/events/reis">',
        '<link rel="alternate" hreflang="x-default" href="http://localhost/events/reis">',
        '<meta property="og:title" content="Õppereis Voorele">',
        '<meta property="og:description" content="Külas &#34;Vooril&#34;">',
        '<meta property="og:locale" content="et_EE">',
        '<meta property="og:image" content="http://localhost/events/reis/cover.webp?v=',
        '<meta name="twitter:card" content="summary_large_image">',
    ):
        assert line in head, line
    assert linked(client, event)["image"].startswith("http://localhost/events/reis/cover.webp?v=")
    other = text_of(client, "/en/project/project").partition("</head>")[0]
    assert '<link rel="canonical" href="http://localhost/en/project/project">' in other
    assert "og:image" not in other


def test_the_sitemap_lists_public_pages_in_both_languages_and_nothing_else(
    app: Flask, client: FlaskClient, make_event: MakeEvent
) -> None:
    make_event(slug="reis")
    make_event(slug="mustand", state="draft")
    listed = [one.text for one in xml(client, "/sitemap.xml").iterfind("s:url/s:loc", NS)]
    assert listed == [
        f"http://localhost{prefix}{path}"
        for path in ("/", "/project/project", "/events/reis")
        for prefix in ("", "/en")
    ]
    assert client.get("/en/sitemap.xml").data == client.get("/sitemap.xml").data
    assert "Sitemap: http://localhost/sitemap.xml" in text_of(client, "/robots.txt")


def test_a_project_tells_its_events_in_the_order_of_time(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    today = local_day(now())
    make_event(title=LocalText("Kauge"), when=When.days(today + timedelta(days=90)))
    make_event(title=LocalText("Möödas"), when=When.days(today - timedelta(days=90)))
    make_event(title=LocalText("Lähim"), when=When.days(today + timedelta(days=2)))
    page = text_of(client, "/project/project")
    line = page.partition('<ol class="timeline">')[2]
    places = [line.index(words) for words in ("Möödas", "Täna, ", "Lähim", "Kauge")]
    assert places == sorted(places)
    assert page.count('id="now"') == 1
