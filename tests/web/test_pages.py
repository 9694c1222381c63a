"""Home, project, event and privacy pages."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.load import load_project
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.statements import selects_of

MakeEvent = Callable[..., Event]
SHIPPED = Path(__file__).resolve().parents[2] / "koostoo/programme/data/kogemusvahetus.toml"


def test_the_home_page_lists_what_is_coming_and_not_what_is_over(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    make_event(title=LocalText("Tulev reis"))
    make_event(title=LocalText("Mustand"), state="draft")
    past = now() - timedelta(days=3)
    make_event(title=LocalText("Möödas"), when=When.timed(past, past + timedelta(hours=1)))
    page = client.get("/").get_data(as_text=True)
    assert "Tulev reis" in page
    assert "Mustand" not in page
    assert "Möödas" not in page


def test_the_real_project_page_shows_everything_the_seed_says(
    app: Flask, client: FlaskClient
) -> None:
    load_project(SHIPPED.read_text(), now(), "localhost")
    page = client.get("/project/kogemusvahetus").get_data(as_text=True)
    for words in (
        "Piirkondade kogemusvahetus ja tegevusrühmade koostöö arendamine",
        "veebruar 2024 – juuni 2025",
        "MTÜ Kodukant Läänemaa",
        "MTÜ Lääne-Harju Koostöökogu",
        "Raplamaa Partnerluskogu MTÜ",
        "Kogukondade eestvedajad ja ettevõtjad on motiveeritud",
        "Kavandatud: vähemalt 3 eri piirkonnas. Piirkondi seni: 0.",
        "4.–7. juuni 2024",
        "23.–24. august 2024",
        "november 2024",
        "kevad 2025",
        "Kodukant Läänemaa liitus koostööprojektiga",
        "Kai Kulbok",
        "+372 552 2385",
        "Projekt arvudes",
        "Toimunud üritusi",
    ):
        assert words in page, words


def test_every_project_page_exists_in_english(app: Flask, client: FlaskClient) -> None:
    load_project(SHIPPED.read_text(), now(), "localhost")
    page = client.get("/en/project/kogemusvahetus").get_data(as_text=True)
    assert "spring 2025" in page
    assert "February 2024 – June 2025" in page


@pytest.mark.parametrize(
    ("when", "et", "en"),
    [
        (
            When.timed(
                datetime(2027, 11, 8, 8, 0, tzinfo=UTC), datetime(2027, 11, 8, 14, 0, tzinfo=UTC)
            ),
            "8. november 2027 kell\xa010.00–16.00",
            "8 November 2027, 10:00–16:00",
        ),
        (When.days(date(2027, 8, 23), date(2027, 8, 24)), "23.–24. august 2027", "23–24 August"),
        (When.month(2027, 11), "november 2027", "November 2027"),
        (When.of_season(2027, "spring"), "kevad 2027", "spring 2027"),
    ],
)
def test_the_date_stands_in_the_form_of_the_language(
    client: FlaskClient, make_event: MakeEvent, when: When, et: str, en: str
) -> None:
    event = make_event(when=when)
    assert et in client.get(f"/events/{event.slug}").get_data(as_text=True)
    assert en in client.get(f"/en/events/{event.slug}").get_data(as_text=True)


def test_an_event_page_has_the_facts_and_hides_the_join_link(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(
        capacity=20,
        mode="online",
        join_link="https://meet.example.org/secret-room",
        contribution_cents=1250,
        programme=LocalText("## Kava\n\n- 9.30 kohv <script>alert(1)</script>"),
        audience=LocalText("Liikmed"),
        contact_email="korraldaja@example.org",
    )
    page = client.get(f"/events/{event.slug}").get_data(as_text=True)
    for words in (
        "Voore külalistemaja", "12,50", "Liikmed", "Näidisprojekt", "Toetab näidisfond",
        "Õppereis liikmetele", "korraldaja@example.org", "MTÜ Näidis", "9.30 kohv",
    ):  # fmt: skip
        assert words in page, words
    assert "secret-room" not in page
    assert "<script>alert" not in page


def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: FlaskClient, make_event: MakeEvent, entry: Callable[..., SignUp]
) -> None:
    first = make_event()
    paths = ["/", "/project/project", f"/events/{first.slug}", f"/events/{first.slug}/register"]
    paths += ["/calendar.ics", "/events.atom", "/embed/events?max=50", "/sitemap.xml"]
    before = [selects_of(client, path) for path in paths]
    for _ in range(4):
        event = make_event()
        for _ in range(3):
            sign_up(event.id, entry(), now())
    assert [selects_of(client, path) for path in paths] == before


def test_a_phone_number_is_written_as_people_read_it(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(contact_phone="+37255550101")
    page = client.get(f"/events/{event.slug}").get_data(as_text=True)
    assert "+372 5555 0101" in page.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("path", ["/privacy", "/en/privacy", "/healthz", "/robots.txt", "/my/"])
def test_the_small_pages_answer(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/nowhere", "/events/x", "/project/x", "/organisations/x/calendar.ics"]
)
def test_what_is_not_there_gets_a_page_in_the_readers_language(
    client: FlaskClient, path: str
) -> None:
    et, en = client.get(path), client.get("/en" + path)
    assert (et.status_code, en.status_code) == (404, 404)
    assert "Sellel aadressil ei ole midagi" in et.get_data(as_text=True)
    assert "There is nothing at this address" in en.get_data(as_text=True)


def test_a_project_shows_each_past_event_once_outside_its_activity(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    past = now() - timedelta(days=3)
    make_event(slug="held", when=When.timed(past, past + timedelta(hours=1)))
    page = client.get("/project/project").get_data(as_text=True)
    folded = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert page.count('href="/events/held"') == 2
    assert folded.count('href="/events/held"') == 1
