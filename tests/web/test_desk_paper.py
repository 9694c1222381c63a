from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.documents import typesetting
from koostoo.documents.qr import read_qr
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.web.links import check_in_codes
from tests.documents.pdfs import is_pdf_a, pages_of, photo_of
from tests.web.desk_pages import sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    """An event with a programme in both languages, and a question about food."""
    return make_event(
        questions=[("text", "Toidusoov", [])],
        summary=LocalText("Vaatame ringi.", "We look around."),
        programme=LocalText("**9.00** Algus\n#panic()", "**9:00** Start"),
    )


def path(event: Event, name: str) -> str:
    return f"/desk/events/{event.slug}/{name}"


def document(desk: FlaskClient, event: Event, name: str) -> bytes:
    answer = desk.get(path(event, name))
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    made: bytes = answer.data
    assert is_pdf_a(made)
    return made


def told(document: bytes) -> str:
    return " ".join(pages_of(document))


def test_one_page_leads_to_all_that_can_be_printed(desk: FlaskClient, event: Event) -> None:
    page = text_of(desk, path(event, "paper"))

    for name in (
        "attendance.pdf",
        "badges",
        "programme.pdf?lang=et",
        "programme.pdf?lang=en",
        "poster.pdf?lang=et&amp;size=a4",
        "poster.pdf?lang=en&amp;size=a3",
    ):
        assert f'href="{path(event, name)}"' in page
    assert path(event, "paper") in text_of(desk, path(event, "registrations"))


def test_what_does_not_fit_the_event_is_not_offered(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    bare = make_event(title=LocalText("Õppereis"), state="called_off", called_off_reason="Torm")

    page = text_of(desk, path(bare, "paper"))

    assert "Sellel üritusel ei ole veel kava." in page
    assert ".pdf" not in page
    for name in ("programme.pdf", "poster.pdf"):
        assert desk.get(path(bare, name)).location == path(bare, "paper")


def test_nothing_printed_about_people_holds_contacts_or_answers(
    desk: FlaskClient, event: Event, entry: Entry
) -> None:
    answers = {event.questions[0].id: "gluteenivaba"}
    sign_up(event.id, entry(last_name="Männik", answers=answers), now())
    sign_up(event.id, entry(last_name="Tamm"), now())
    person = sign_up(event.id, entry(last_name="Ärajäänu"), now()).registration_id
    cancel(person, now())

    for name in ("attendance.pdf", "badges.pdf?sheet=l7160&code=y&title=y"):
        text = told(document(desk, event, name))
        assert "Mari Männik" in text
        assert "Tamm" in text
        assert "Ärajäänu" not in text
        assert not any(word in text for word in ("@", "example.org", "5552385", "5552 2385"))
        assert "gluteenivaba" not in text


def test_the_programme_and_the_poster_come_in_both_languages(
    desk: FlaskClient, event: Event, tmp_path: Path
) -> None:
    et, en = (told(document(desk, event, f"programme.pdf?lang={lang}")) for lang in ("et", "en"))
    assert "Kava Õppereis Voorele" in et
    assert "9.00 Algus #panic()" in et
    assert "Toetab näidisfond" in et
    assert "Programme Study trip to Voore" in en
    assert "9:00 Start" in en
    assert "Supported by a sample fund" in en

    poster = document(desk, event, "poster.pdf?lang=en")
    assert "We look around." in told(poster)
    assert read_qr(photo_of(poster, tmp_path)) == f"http://localhost/en/events/{event.slug}"
    assert "Vaatame ringi." in told(document(desk, event, "poster.pdf?lang=xx&size=a9"))


def test_badges_are_of_whom_and_in_which_order_was_asked(
    desk: FlaskClient, event: Event, entry: Entry, programme: Any
) -> None:
    partner = programme.project.partners[1].organisation_id
    for first, last, organisation in (
        ("Õie", "Aru", partner),
        ("Jüri", "Öpik", None),
        ("Anu", "Kask", partner),
    ):
        fields: dict[str, Any] = {"organisation_id": organisation} if organisation else {}
        sign_up(event.id, entry(first_name=first, last_name=last, **fields), now())

    page = text_of(desk, path(event, "badges?sheet=l4785&start=9&order=name"))
    assert "<strong>3 nimesilti</strong>, 2 lehte. Lõppu jääb tühje silte: 9." in page

    text = told(document(desk, event, f"badges.pdf?order=first&organisation={partner}"))
    assert text.index("Anu") < text.index("Õie")
    assert "Jüri" not in text
    text = told(document(desk, event, "badges.pdf?order=name&code=y"))
    assert text.index("Aru") < text.index("Kask") < text.index("Öpik")
    with transaction() as session:
        links = [one.link_id for one in session.query(Registration)]
    for link in links:
        code = check_in_codes(link)[0]
        assert f"{code[:4]}-{code[4:]}" in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start=99&sheet=a6", "Sellel lehel on 4 silti."),
        ("start=0", "Palun kirjuta täisarv."),
        ("start=%C2%B2", "Palun kirjuta täisarv."),
        ("sheet=nosuch", "Palun vali"),
        ("organisation=999999999999", "Palun vali"),
        ("order=nosuch", "Palun vali"),
    ],
)
def test_a_wish_that_cannot_be_met_is_answered_on_the_form(
    desk: FlaskClient, event: Event, query: str, words: str
) -> None:
    answer = desk.get(path(event, f"badges.pdf?{query}"))
    assert answer.status_code == 303

    page = desk.get(answer.location)

    assert page.status_code == 422
    assert words in page.get_data(as_text=True)


def test_badges_of_nobody_lead_back_to_the_form(desk: FlaskClient, event: Event) -> None:
    answer = desk.get(path(event, "badges.pdf?sheet=a6"))

    assert answer.location == path(event, "badges?sheet=a6")
    assert "ei ole midagi trükkida" in text_of(desk, answer.location)


def test_a_web_meeting_needs_no_code_at_the_door(desk: FlaskClient, make_event: MakeEvent) -> None:
    online = make_event(mode="online", when=When.month(2027, 5))

    assert 'name="code"' not in text_of(desk, path(online, "badges"))


def test_a_document_that_takes_too_long_is_refused_in_words(
    desk: FlaskClient, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "_PATIENCE", 0.001)
    answer = desk.get(path(event, "attendance.pdf"))
    assert answer.status_code == 503
    assert "Dokumendi tegemine võttis liiga kaua" in answer.text
    assert "Traceback" not in answer.text
