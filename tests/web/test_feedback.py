"""The form behind the link of the letter of thanks, and what organisers see of the answers."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from koostoo.accounts.models import Download
from koostoo.attendance.feedback import FEEDBACK_PURPOSE, give_feedback
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.tokens import make_token
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.feedback.models import FeedbackForm, FeedbackGiven
from koostoo.feedback.rules import FIRST_CLOSES, MOST_CLOSES
from koostoo.registration.models import Registration
from tests.conftest import KEY
from tests.documents.pdfs import is_pdf_a, pages_of
from tests.feedback.made import ask, numbers_of
from tests.mail.world import make_registration
from tests.web.desk_pages import open_form, people_path, sign_in, stage_of, text_of
from tests.web.test_roles import sign_in_as

MakeEvent = Callable[..., Event]
DAY = timedelta(days=1)
HOSTILE = '<script>alert(1)</script> #image("/etc/passwd") =HYPERLINK("x") {{7*7}} \u202eõäöü 日本'


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    """An event of yesterday that asks by a form of ours."""
    held = make_event(when=When.days(local_day(now()) - DAY))
    ask(held.id)
    return held


def token_of(person: int, purpose: str = FEEDBACK_PURPOSE) -> str:
    return make_token([KEY], purpose, db.session.get_one(Registration, person).link_id)


def link(person: int) -> str:
    return f"/my/feedback/{token_of(person)}"


def given() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(FeedbackGiven.registration_id)))


def fill(event: Event, count: int, words: str = "", **marks: int) -> None:
    """Let so many people answer: 1, 2, 3 … to how it was, and what is given to the rest."""
    numbers = numbers_of(event.id)
    for place in range(count):
        person = make_registration(event.id, email=f"f{place}@example.com")
        answers: dict[int, Any] = {numbers["overall"]: place % 5 + 1, numbers["again"]: place != 0}
        answers |= {numbers[code]: mark for code, mark in marks.items()}
        if words:
            answers[numbers["useful"]] = f"{words} {place}"
        assert give_feedback(person, answers, now())


def past(event: Event, days: int = FIRST_CLOSES + 1) -> None:
    """Let the event be so long ago; at first, as long as answers are not taken any more."""
    with transaction() as session:
        session.get_one(Event, event.id).when = When.days(local_day(now()) - days * DAY)


def desk_path(event: Event, rest: str = "") -> str:
    return f"/desk/events/{event.slug}/feedback{rest}"


def test_a_link_takes_one_answer_and_then_says_thank_you(client: FlaskClient, event: Event) -> None:
    person = make_registration(event.id)
    numbers = numbers_of(event.id)
    form = open_form(client, link(person))
    assert given() == []
    typed = {**form, f"q{numbers['overall']}": "4", f"q{numbers['useful']}": "Arutelu"}
    answer = client.post(link(person), data=typed)
    assert (answer.status_code, answer.location) == (303, link(person))
    page = text_of(client, link(person))
    assert "Aitäh tagasiside eest!" in page
    assert "<textarea" not in page
    assert "Arutelu" not in page
    again = client.post(link(person), data={**typed, f"q{numbers['overall']}": "1"})
    assert "Aitäh tagasiside eest!" in again.get_data(as_text=True)
    assert given() == [person]
    db.session.rollback()
    assert db.session.get_one(FeedbackForm, event.id).answered == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(client: FlaskClient, event: Event, method: str) -> None:
    person = make_registration(event.id)
    assert client.open(link(person), method=method.upper()).status_code == 200
    assert given() == []


def test_only_a_genuine_token_of_the_form_opens_it(client: FlaskClient, event: Event) -> None:
    person = make_registration(event.id)
    assert client.get(f"/my/feedback/{token_of(person, 'my')}").status_code == 404
    token = token_of(person)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert client.get(f"/my/feedback/{forged}").status_code == 404
    # It opens nothing else either.
    assert client.get(f"/my/{token_of(person)}").status_code == 404


def test_a_mistake_keeps_what_was_typed(client: FlaskClient, event: Event) -> None:
    person, numbers = make_registration(event.id), numbers_of(event.id)
    form = open_form(client, link(person))
    empty = client.post(link(person), data=form)
    assert empty.status_code == 422
    assert "Palun vasta vähemalt ühele küsimusele." in empty.get_data(as_text=True)
    forged = {f"q{numbers['overall']}": "6", f"q{numbers['change']}": "Rohkem <b>pause</b>"}
    answer = client.post(link(person), data={**form, **forged})
    assert answer.status_code == 422
    assert "Rohkem &lt;b&gt;pause&lt;/b&gt;" in answer.get_data(as_text=True)
    late = {"csrf_token": "x", f"q{numbers['change']}": "Pausid"}
    assert "Pausid" in client.post(link(person), data=late).get_data(as_text=True)
    assert given() == []


@pytest.mark.usefixtures("impatient")
def test_a_busy_database_gives_the_form_back(client: FlaskClient, event: Event) -> None:
    person, numbers = make_registration(event.id), numbers_of(event.id)
    typed = {**open_form(client, link(person)), f"q{numbers['change']}": "Pausid"}
    with db.engine.connect().execution_options(write=True) as other:
        other.execute(select(FeedbackForm.event_id).with_for_update())
        answer = client.post(link(person), data=typed)
    assert answer.status_code == 503
    assert "Pausid" in answer.get_data(as_text=True)
    assert given() == []


def test_the_own_page_leads_to_the_form_as_long_as_it_waits(
    client: FlaskClient, event: Event
) -> None:
    person = make_registration(event.id)
    own = f"/my/{token_of(person, 'my')}"
    assert f'href="{link(person)}"' in text_of(client, own)
    past(event)
    assert link(person) not in text_of(client, own)
    assert "Tagasisidevorm on suletud" in text_of(client, link(person))


def test_two_answers_are_not_shown_as_long_as_the_form_could_be_open(
    client: FlaskClient, event: Event
) -> None:
    desk = sign_in(client)
    fill(event, 2, "Kohtumised")
    page = text_of(desk, desk_path(event))
    assert "Vastanuid: 2, osavõtjaid: 2 (100%)" in page
    assert "Kohtumised" not in page
    assert "3 inimest" in page
    for ext in ("pdf", "csv", "xlsx"):
        assert desk.get(desk_path(event, f".{ext}")).location == desk_path(event)
    # Closing it does not help, nor does switching it off.
    past(event)
    save(desk, event, choice="none")
    assert "Kohtumised" not in text_of(desk, desk_path(event))
    past(event, MOST_CLOSES + 1)
    assert "Kohtumised 0" in text_of(desk, desk_path(event))


def test_the_page_shows_numbers_average_and_words(client: FlaskClient, event: Event) -> None:
    fill(event, 5, HOSTILE, content=4)
    for place in range(3):
        make_registration(event.id, email=f"silent{place}@example.com")
    page = text_of(sign_in(client), desk_path(event))
    assert "Vastanuid: 5, osavõtjaid: 8 (62%)" in page
    # 1 2 3 4 5 make 3; five times 4; one of five would not come again.
    assert "5 vastust, keskmine 3,0 (5 palli skaalal)" in page
    assert "5 vastust, keskmine 4,0 (5 palli skaalal)" in page
    assert "1: 0; 2: 0; 3: 0; 4: 5; 5: 0" in page
    assert "Jah: 4; Ei: 1" in page
    assert "<script>alert" not in page
    assert "{{7*7}}" in page
    assert "Sellele ei vastanud keegi." in page


def test_the_summary_in_print_holds_the_same_and_runs_nothing(
    client: FlaskClient, event: Event
) -> None:
    desk = sign_in(client)
    fill(event, 4, HOSTILE)
    answer = desk.get(desk_path(event, ".pdf?lang=et"))
    assert answer.mimetype == "application/pdf"
    assert is_pdf_a(answer.data)
    words = " ".join(pages_of(answer.data))
    for part in (
        "Osavõtjate tagasiside kokkuvõte",
        "Õppereis Voorele",
        "4 / 4 (100%)",
        "keskmine 2,5",
        "<script>alert(1)</script>",
        '#image("/etc/passwd")',
        "Toetab näidisfond",
    ):
        assert part in words, part
    assert "root:" not in words
    [note] = db.session.scalars(select(Download))
    assert (note.what, note.format, note.rows, note.event_id) == ("feedback", "pdf", 4, event.id)
    english = " ".join(pages_of(desk.get(desk_path(event, ".pdf?lang=en")).data))
    assert "How satisfied were you" in english
    assert "average 2.5 of 5" in english


def test_the_numbers_are_taken_along_in_excel_and_csv(client: FlaskClient, event: Event) -> None:
    desk = sign_in(client)
    fill(event, 4, "Buss")
    answer = desk.get(desk_path(event, ".csv"), buffered=True)
    lines = list(csv.reader(StringIO(str(answer.data, "utf-8-sig")), delimiter=";"))
    assert lines[1][1:] == ["4", "2,5", "1", "1", "1", "1", "0", "", ""]
    assert lines[-1][1:] == ["4", "", "", "", "", "", "", "3", "1"]
    assert "Buss" not in str(answer.data, "utf-8")
    book = load_workbook(BytesIO(desk.get(desk_path(event, ".xlsx"), buffered=True).data))
    assert book.active is not None
    assert [cell.value for cell in book.active[2]][1:4] == [4, 2.5, 1]


def test_a_viewer_sees_the_results_and_changes_nothing(client: FlaskClient, event: Event) -> None:
    fill(event, 3)
    sign_in_as(client, "viewer", stage_of(event))
    page = text_of(client, desk_path(event))
    assert "keskmine" in page
    assert desk_path(event, "/form") not in page
    assert client.get(desk_path(event, "/form")).status_code == 403


# --- Settings ------------------------------------------------------------------


@pytest.fixture
def plain(make_event: MakeEvent) -> Event:
    """A coming event that asks nobody."""
    return make_event()


def save(desk: FlaskClient, event: Event, **typed: Any) -> Any:
    path = desk_path(event, "/form")
    return desk.post(path, data={**open_form(desk, path), **typed})


ROOM = "Kas <soe>?"
ALL = ["overall", "content", "organisation", "useful", "change", "again"]


def test_an_organiser_chooses_questions_and_adds_own_ones(
    client: FlaskClient, plain: Event
) -> None:
    desk = sign_in(client)
    assert desk_path(plain) in text_of(desk, people_path(plain))
    assert "Tagasiside meeldetuletus" not in text_of(desk, f"/desk/events/{plain.slug}/letters")
    assert "Kelleltki ei küsita, kuidas oli" in text_of(desk, desk_path(plain))
    answer = save(
        desk,
        plain,
        choice="own",
        asked=["again", "overall"],
        remind_after="3",
        **{"own-1-label_et": "Kas buss oli mugav?", "own-1-kind": "yesno"},
    )
    assert answer.location == desk_path(plain)
    assert list(numbers_of(plain.id)) == ["overall", "again", "own2"]
    assert "Tagasiside meeldetuletus" in text_of(desk, f"/desk/events/{plain.slug}/letters")
    page = text_of(desk, desk_path(plain, "/preview"))
    assert "Kas buss oli mugav?" in page
    assert "Kuidas oli korraldus?" not in page
    number = numbers_of(plain.id)["own2"]
    # A slip is mended before anybody answers; the question stays the same one.
    save(desk, plain, asked=["overall"], **{"own-1-label_et": "Kas buss oli mõnus?"})
    assert numbers_of(plain.id)["own2"] == number
    assert list(numbers_of(plain.id)) == ["overall", "own2"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"choice": "", "asked": ALL}, "choice"),
        ({"choice": "own", "asked": [], "own-2-label_et": "", "own-2-label_en": ROOM}, "asked"),
        ({"choice": "own", "asked": ["hobune"]}, "asked"),
        ({"choice": "own", "asked": ALL, "closes_after": "29"}, "closes_after"),
        ({"choice": "own", "asked": ALL, "closes_after": ""}, "closes_after"),
        ({"choice": "own", "asked": ALL, "closes_after": "5", "remind_after": "5"}, "remind_after"),
        ({"choice": "own", "asked": ALL, "own-0-label_en": "Bus?"}, "own-0-label_et"),
        ({"choice": "own", "asked": ALL, "own-0-kind": "number"}, "own-0-kind"),
        ({"choice": "elsewhere", "feedback_url": ""}, "feedback_url"),
        ({"choice": "elsewhere", "feedback_url": "http://vorm.example.org/"}, "feedback_url"),
        ({"choice": "elsewhere", "feedback_url": "javascript:alert(1)"}, "feedback_url"),
        ({"choice": "elsewhere", "feedback_url": "https://[x"}, "feedback_url"),
        ({"choice": "elsewhere", "feedback_url": "https://a.example/ b"}, "feedback_url"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_the_field_and_kept(
    client: FlaskClient, plain: Event, typed: dict[str, Any], field: str
) -> None:
    answer = save(sign_in(client), plain, **{"own-2-label_et": ROOM, **typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert "Kas &lt;soe&gt;?" in page
    db.session.rollback()
    assert db.session.get(FeedbackForm, plain.id) is None


def test_the_address_of_a_form_elsewhere_is_kept_and_shown(
    client: FlaskClient, plain: Event
) -> None:
    desk, address = sign_in(client), "https://vorm.example.org/1?a=b"
    assert save(desk, plain, choice="elsewhere", feedback_url=address).status_code == 303
    assert address in text_of(desk, desk_path(plain))
    assert open_form(desk, desk_path(plain, "/form"))["choice"] == "elsewhere"
    page = text_of(desk, f"/desk/events/{plain.slug}/history")
    assert "vormiga mujal" in page


def test_after_an_answer_the_questions_are_shown_and_no_longer_asked_for(
    client: FlaskClient, event: Event
) -> None:
    desk = sign_in(client)
    form = open_form(desk, desk_path(event, "/form"))
    fill(event, 1)
    # Opened before the answer came: the questions stay, and the rest waits to be saved again.
    slip = {**form, "asked": ["overall"], "closes_after": "20"}
    answer = desk.post(desk_path(event, "/form"), data=slip)
    assert answer.status_code == 303
    assert len(numbers_of(event.id)) == 6
    db.session.rollback()
    assert db.session.get_one(FeedbackForm, event.id).closes_after == 20
    page = text_of(desk, desk_path(event, "/form"))
    assert 'name="asked"' not in page
    assert "Kuidas oli korraldus?" in page
