"""Writing to people at the desk: form, preview, test, sending, history."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.correspondence.models import Mailing
from koostoo.correspondence.news import refuse_news
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.worker import run_once
from tests.correspondence.post import delivered
from tests.correspondence.post import text_of as letter_text
from tests.mail.world import change
from tests.registration.people import person
from tests.trouble import lock_held
from tests.web.desk_pages import open_form, people_path, read_form, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
LETTER = {"subject_et": "Buss", "text_et": "Tere {name}, buss läheb **kell 7**."}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def path(event: Event) -> str:
    return f"/desk/events/{event.slug}/write"


def come(event: Event, entry: Entry, *names: str, **values: Any) -> list[int]:
    return [
        sign_up(event.id, entry(first_name=name, **values), now()).registration_id for name in names
    ]


def write(desk: FlaskClient, event: Event, **typed: Any) -> tuple[int, str]:
    """Fill in the form and ask for the preview; return status and page."""
    form = open_form(desk, path(event)) | LETTER | {"do": "preview", **typed}
    answer = desk.post(path(event), data=form)
    return answer.status_code, answer.get_data(as_text=True)


def press(desk: FlaskClient, event: Event, page: str, do: str, **typed: Any) -> Any:
    """Press a button of the preview."""
    return desk.post(path(event), data=carried(page) | {"do": do, **typed})


def carried(page: str) -> dict[str, Any]:
    """What the preview's form sends, several values of one name kept."""
    form: dict[str, Any] = read_form(page)
    for name in ("states", "who"):
        values = re.findall(rf'name="{name}" value="([^"]*)"', page)
        if values:
            form[name] = [unescape(value) for value in values]
    return form


def mailings() -> int:
    db.session.rollback()
    wanted = select(func.count()).where(OutboxMessage.kind == "mailing")
    return db.session.scalar(wanted) or 0


# --- From the form to the letter ----------------------------------------------


def test_the_preview_shows_the_real_number_and_the_letter_of_one_reader(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=2)
    come(event, entry, "Ants", "Mari", "Ootaja")
    status, page = write(desk, event)
    assert status == 200
    assert "Välja läheb 2 kirja." in page
    assert "Saada 2 kirja" in page
    assert "Nii loeb kirja Ants Maasikas1:" in page
    assert "Tere, Ants!" in page
    assert "Tere Ants Maasikas1, buss läheb <strong>kell 7</strong>." in page
    assert "Õppereis Voorele" in page
    assert "/my/" not in page
    assert mailings() == 0


def test_a_reader_of_english_is_shown_too(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    come(event, entry, "John", language="en")
    _, page = write(desk, event, subject_en="Bus", text_en="Dear {name}, at 7.")
    assert "Hello, John!" in page
    assert "Dear John Maasikas2, at 7." in page
    assert "Study trip to Voore" in page
    assert "Tere, Ants!" in page


def test_sending_writes_to_everybody_and_shows_it_in_the_history(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants", "Mari")
    run_once(now())
    _, page = write(desk, event)
    answer = press(desk, event, page, "send")
    assert answer.location == f"/desk/events/{event.slug}/letters"
    page = text_of(desk, answer.location)
    assert "2 kirja on teel." in page
    assert "teel: 2" in page
    one = f"{answer.location}/{db.session.scalars(select(Mailing.id)).one()}"
    assert 'max="2" value="0"' in text_of(desk, one)
    assert desk.get(f"{one}?auto=1").headers["Refresh"] == "5"
    run_once(now())
    left = desk.get(f"{one}?auto=1")
    assert 'max="2" value="2"' in left.text
    assert "data-refresh" not in left.text
    assert "Refresh" not in left.headers
    page = text_of(desk, answer.location)
    assert "saadetud: 2" in page
    assert "korraldaja@example.org" in page
    assert "Kinnitatud" in page
    letters = [one for one in delivered() if one["Subject"] == "Buss"]
    assert sorted(one["To"] for one in letters) == ["mari1@example.org", "mari2@example.org"]
    number = db.session.scalars(select(Mailing.id)).one()
    page = text_of(desk, f"/desk/events/{event.slug}/letters/{number}")
    assert "buss läheb <strong>kell 7</strong>" in page
    assert "Kirjutas ürituse inimestele" in text_of(desk, f"/desk/events/{event.slug}/history")


def test_a_letter_of_another_event_is_not_shown(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event, other = make_event(), make_event()
    come(event, entry, "Ants")
    press(desk, event, write(desk, event)[1], "send")
    number = db.session.scalars(select(Mailing.id)).one()
    assert desk.get(f"/desk/events/{other.slug}/letters/{number}").status_code == 404


def test_a_double_click_sends_once(desk: FlaskClient, make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    come(event, entry, "Ants")
    _, page = write(desk, event)
    answers = [press(desk, event, page, "send") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    assert mailings() == 1
    assert "teist korda seda ei saadetud" in text_of(desk, answers[0].location)


def test_when_the_number_changed_meanwhile_it_is_shown_again_first(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    _, page = write(desk, event)
    come(event, entry, "Mari")
    answer = press(desk, event, page, "send")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Kirjade arv on vahepeal muutunud." in page
    assert "Saada 2 kirja" in page
    assert mailings() == 0
    press(desk, event, page, "send")
    assert mailings() == 2


def test_what_was_typed_comes_back_to_be_changed(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    text = 'Esimene rida\n\n- üks\n- kaks "jutumärgid" <b>'
    _, page = write(desk, event, text_et=text, states=["confirmed", "waiting"])
    form = read_form(press(desk, event, page, "edit").get_data(as_text=True))
    assert form["text_et"].replace("\r\n", "\n") == text
    assert form["subject_et"] == "Buss"
    assert form["nonce"] == carried(page)["nonce"]
    assert mailings() == 0


def test_a_letter_that_reaches_nobody_cannot_be_sent(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event()
    _, page = write(desk, event)
    assert "Seda kirja ei saaks keegi." in page
    assert 'value="send"' not in page
    assert press(desk, event, page, "send", letters="0").status_code == 200
    assert mailings() == 0


def test_a_test_goes_to_the_organiser_and_the_preview_stays(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    run_once(now())
    _, page = write(desk, event)
    page = press(desk, event, page, "test").get_data(as_text=True)
    assert "Proovikiri on teel aadressile korraldaja@example.org." in page
    assert "Saada 1 kiri" in page
    run_once(now())
    [letter] = delivered("korraldaja@example.org")
    assert letter["Subject"] == "Proovikiri: Buss"
    assert "Mari Näidis" in letter_text(letter)
    assert mailings() == 0
    for _ in range(10):
        page = press(desk, event, page, "test").get_data(as_text=True)
    assert "Selleks tunniks on proovikirju küllalt." in page
    assert db.session.scalar(select(func.count()).where(OutboxMessage.kind == "mailing_test")) == 10
    texts = f"/desk/events/{event.slug}/letter-texts/confirmed"
    desk.post(f"{texts}/test", data={**open_form(desk, texts), "language": "et"})
    assert "Selleks tunniks on proovikirju küllalt." in text_of(desk, texts)
    assert db.session.scalar(select(func.count()).where(OutboxMessage.kind == "test")) == 0


# --- Whom ---------------------------------------------------------------------


def test_the_form_begins_with_whom_the_list_showed(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    come(event, entry, "Ants", "Mari")
    page = text_of(desk, f"{people_path(event)}?state=waiting")
    assert f'href="{path(event)}?state=waiting"' in page
    form = open_form(desk, f"{path(event)}?state=waiting")
    assert form["states"] == "waiting"
    _, page = write(desk, event, states=["waiting"])
    assert "Nii loeb kirja Mari" in page


def test_people_are_chosen_by_an_answer(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(
        questions=[("choice", "Peatus", ["Haapsalu", "Risti"]), ("text", "Märkus", [])]
    )
    stop = event.questions[0]
    answers = [{stop.id: [option.id]} for option in stop.options]
    value = f"{stop.id}:{stop.options[1].id}"
    for name, given in zip(("Ants", "Mari"), answers, strict=True):
        come(event, entry, name, answers=given)
    page = text_of(desk, path(event))
    assert '<optgroup label="Peatus">' in page
    assert "Märkus" not in page
    _, page = write(desk, event, said=value)
    assert "Välja läheb 1 kiri." in page
    assert "Nii loeb kirja Mari" in page
    answer = press(desk, event, page, "send")
    assert "Peatus: Risti" in text_of(desk, answer.location)


def test_ticked_people_are_written_to(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one, _, three = come(event, entry, "Ants", "Mari", "Ülo")
    form = open_form(desk, people_path(event))
    answer = desk.post(
        f"{people_path(event)}/decide",
        data={"csrf_token": form["csrf_token"], "action": "write", "who": [str(one), str(three)]},
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Märgitud on 2 inimest:" in page
    assert 'name="states"' not in page
    answer = desk.post(path(event), data=carried(page) | LETTER | {"do": "preview"})
    page = answer.get_data(as_text=True)
    assert "Välja läheb 2 kirja." in page
    answer = press(desk, event, page, "send")
    assert "ükshaaval märgitud inimesed" in text_of(desk, answer.location)
    written = db.session.scalars(
        select(OutboxMessage.registration_id).where(OutboxMessage.kind == "mailing")
    ).all()
    assert {*written} == {one, three}


def test_anybody_can_be_ticked_after_the_event_but_not_decided_about(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one, two = come(event, entry, "Ants", "Mari")
    cancel(two, now())
    change(Event, event.id, state="called_off")
    page = text_of(desk, people_path(event))
    for number in (one, two):
        assert f'name="who" value="{number}"' in page
    assert 'value="write"' in page
    assert 'value="cancel"' not in page


def test_numbers_of_people_of_other_events_reach_nobody(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    [other] = come(make_event(), entry, "Muu")
    for who in ([str(other)], ["x", "-1", "9" * 30]):
        _, page = write(desk, event, who=who)
        assert "Seda kirja ei saaks keegi." in page


def test_who_is_left_out_is_counted(desk: FlaskClient, make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    one, two, _ = come(event, entry, "Ants", "Mari", "Ülo")
    refuse_news(one, now())
    change(Registration, two, email="", email_key="forgotten-1")
    assert person(two).email == ""
    _, page = write(desk, event, is_news="y")
    assert "Välja läheb 1 kiri." in page
    assert "1 aadress jääb välja" in page
    assert "1 inimene jääb välja" in page


def test_news_may_reach_the_people_of_other_events_of_the_activity(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event, earlier = make_event(), make_event()
    come(event, entry, "Ants")
    come(earlier, entry, "Mari")
    status, page = write(desk, event, activity="y")
    assert status == 422
    assert 'href="#is_news"' in page
    _, page = write(desk, event, activity="y", is_news="y")
    assert "Välja läheb 2 kirja." in page
    assert "link, mille kaudu saab sellistest kirjadest loobuda" in page


# --- Bad input ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"subject_et": ""}, "subject_et"),
        ({"text_et": " \n "}, "text_et"),
        ({"subject_et": "x" * 201}, "subject_et"),
        ({"text_et": "x" * 10_001}, "text_et"),
        ({"text_et": "\x00"}, "text_et"),
        ({"subject_et": "\x1b[31m"}, "subject_et"),
        ({"text_et": "Tere {nmi}"}, "text_et"),
        ({"text_et": "{{7*7}}"}, "text_et"),
        ({"subject_et": "{event.__init__}"}, "subject_et"),
        ({"text_et": "{% if 1 %}"}, "text_et"),
        ({"subject_en": "Bus"}, "text_en"),
        ({"text_en": "At 7"}, "subject_en"),
        ({"subject_en": "{naem}", "text_en": "x"}, "subject_en"),
        ({"states": []}, "states"),
        ({"states": ["nonsense"]}, "states"),
        ({"organisation": "9999"}, "organisation"),
        ({"said": "1:2"}, "said"),
    ],
)
def test_what_cannot_be_sent_is_refused_beside_the_field_and_kept(
    desk: FlaskClient, make_event: MakeEvent, typed: dict[str, Any], field: str
) -> None:
    event = make_event()
    status, page = write(desk, event, **{"text_et": "Jääb alles", **typed})
    assert status == 422
    assert f'href="#{field}"' in page
    if "text_et" not in typed:
        assert read_form(page)["text_et"] == "Jääb alles"


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "Bcc:\u202e e@e.ee"])
def test_hostile_words_are_only_words(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry, hostile: str
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    status, page = write(desk, event, subject_et=hostile, text_et=hostile)
    assert status == 200
    assert "<script>alert" not in page
    assert press(desk, event, page, "send").status_code == 303
    run_once(now())
    [letter] = [one for one in delivered() if "kinnitatud" not in one["Subject"]]
    assert letter["Bcc"] is None
    assert "\u202e" not in letter["Subject"]


def test_a_line_end_in_the_subject_is_a_blank(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    _, page = write(desk, event, subject_et="Buss\r\nBcc: e@example.org")
    press(desk, event, page, "send")
    run_once(now())
    [letter] = [one for one in delivered() if "Buss" in one["Subject"]]
    assert letter["Subject"] == "Buss Bcc: e@example.org"
    assert letter["Bcc"] is None


def test_a_tampered_number_or_an_unknown_button_sends_nothing(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    _, page = write(desk, event)
    for letters in ("", "x", "-1", "9" * 40, "٣"):
        assert press(desk, event, page, "send", letters=letters).status_code == 200
    assert press(desk, event, page, "explode").status_code == 200
    assert mailings() == 0


def test_without_the_token_nothing_is_sent_and_everything_kept(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    _, page = write(desk, event)
    answer = press(desk, event, page, "send", csrf_token="")
    assert answer.status_code == 422
    assert read_form(answer.get_data(as_text=True))["subject_et"] == "Buss"
    assert mailings() == 0


@pytest.mark.usefixtures("impatient")
def test_when_the_database_is_busy_the_letter_comes_back(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, "Ants")
    _, page = write(desk, event)
    with lock_held():
        answer = press(desk, event, page, "send")
    assert answer.status_code == 503
    page = answer.get_data(as_text=True)
    assert "Tere Ants" in page
    assert press(desk, event, page, "send").status_code == 303
    assert mailings() == 1
