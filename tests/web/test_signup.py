"""The sign-up form, as a member meets it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Event, Question
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import SignedUp, sign_up
from koostoo.web.public import signup

MakeEvent = Callable[..., Event]
FillIn = Callable[..., dict[str, str]]
QUESTIONS = [
    ("choice", "Kust tuled bussi peale?", ["Keila", "Risti"]),
    ("choices", "Toidusoov", ["taimetoit", "gluteenivaba"]),
    ("yesno", "Kas ööbid?", []),
    ("number", "Mitu ööd?", []),
    ("date", "Saabud", []),
    ("text", "Toakaaslane", []),
    ("long", "Märkused", []),
]


def rows() -> list[Registration]:
    """All registrations."""
    return list(db.session.scalars(select(Registration)))


def test_it_works(client: FlaskClient, make_event: MakeEvent, fill_in: FillIn) -> None:
    event = make_event(capacity=3)
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event))
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert "Sul on koht olemas!" in page
    assert "Mari Maasikas" in page
    [row] = rows()
    assert (row.state, row.phone, row.event.activity.project.slug) == (
        "confirmed", "+37255522385", "project",
    )  # fmt: skip
    assert row.photo_consent is None


def test_a_late_comer_reads_the_place_in_the_queue(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn, entry: Callable[..., SignUp]
) -> None:
    event = make_event(capacity=1)
    for _ in range(2):
        sign_up(event.id, entry(), now())
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event))
    page = client.get(answer.location).get_data(as_text=True)
    assert "Oled ootenimekirjas" in page
    assert "Sinu koht järjekorras: 2." in page


def test_own_questions_are_asked_and_answers_kept(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event(questions=QUESTIONS)
    number = {question.kind: question for question in event.questions}
    option = number["choice"].options[1].id
    wishes = [str(o.id) for o in number["choices"].options]
    typed: dict[str, Any] = fill_in(event) | {
        f"q{number['choice'].id}": str(option),
        f"q{number['choices'].id}": wishes,
        f"q{number['yesno'].id}": "no",
        f"q{number['number'].id}": "1,5",
        f"q{number['date'].id}": "24.08.2026",
        f"q{number['text'].id}": "Mart",
        f"q{number['long'].id}": "Üks\r\nkaks",
    }
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    [row] = rows()
    kinds = {question.id: question.kind for question in event.questions}
    assert {kinds[a.question_id]: a.value for a in row.answers} == {
        "choice": [option],
        "choices": [int(w) for w in wishes],
        "yesno": False,
        "number": "1.5",
        "date": "2026-08-24",
        "text": "Mart",
        "long": "Üks\nkaks",
    }
    page = client.get(answer.location).get_data(as_text=True)
    assert "taimetoit, gluteenivaba" in page


def test_an_address_that_is_too_long_is_told_so_and_nothing_else(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    typed = fill_in(event, email="m" * 255 + "@example.org")
    page = client.post(f"/events/{event.slug}/register", data=typed).get_data(as_text=True)
    assert "Palun mahuta see 254 tähemärgi sisse." in page
    assert "See aadress ei tundu õige." not in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("first_name", "", "Palun täida see väli."),
        ("first_name", "x" * 101, "Palun mahuta see 100 tähemärgi sisse."),
        ("first_name", "Ma\x00ri", "märke, mida ei saa salvestada"),
        ("last_name", "\x07", "märke, mida ei saa salvestada"),
        ("email", "mari", "See aadress ei tundu õige."),
        ("email", "jüri@example.org", "Enne @-märki ei saa olla täpitähti"),
        ("email", "mari@example.org\r\nBcc: a@example.org", "ei"),
        ("email", "m" * 255 + "@example.org", "254"),
        ("phone", "12", "See number ei tundu õige."),
        ("organisation", "999999", "Palun vali üks neist."),
        ("organisation", "abc", "Palun vali üks neist."),
        ("organisation", "other", "Palun vali üks neist."),
        ("role", "king", "Palun vali üks neist."),
        ("language", "fr", "Palun vali üks neist."),
        ("privacy", "", "Palun märgi see ruut"),
    ],
)
def test_bad_input_is_answered_in_words_and_what_was_typed_is_kept(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn, field: str, value: str, words: str
) -> None:
    event = make_event()
    typed = fill_in(event, member_organisation="Kirjutatu jääb alles", **{field: value})
    if not value:
        del typed[field]
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "Kirjutatu jääb alles" in page
    assert 'role="alert"' in page
    assert rows() == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "palju"), ("number", "1e9999999999"), ("number", "NaN"), ("number", "١"),
     ("date", "31.02.2026"),
     ("choice", "0"), ("choices", "0"), ("yesno", "maybe"), ("text", "x" * 501),
     ("long", "x" * 4001)],
)  # fmt: skip
def test_a_wrong_answer_to_a_question_is_refused_not_crashed_on(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn, kind: str, value: str
) -> None:
    event = make_event(questions=QUESTIONS)
    question = next(question for question in event.questions if question.kind == kind)
    typed = fill_in(event, **{f"q{question.id}": value})
    assert client.post(f"/events/{event.slug}/register", data=typed).status_code == 422
    assert rows() == []


def test_an_expired_form_is_kept_and_asks_to_be_sent_again(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    typed = fill_in(event, csrf_token="old")
    page = client.post(f"/events/{event.slug}/register", data=typed).get_data(as_text=True)
    assert "Vorm oli liiga kaua lahti." in page
    assert "Maasikas" in page
    assert rows() == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "called_off"}, "Ära jäetud"),
        ({"closes_at": now() - timedelta(hours=1)}, "Registreerimine on suletud"),
        ({"opens_at": now() + timedelta(hours=1)}, "Registreerimine avaneb"),
        ({"takes_registrations": False}, "Sellele üritusele ei saa siin registreeruda"),
        (
            {"when": When.timed(now() - timedelta(hours=3), now() - timedelta(hours=1))},
            "Üritus on toimunud",
        ),
    ],
)
def test_an_event_that_is_not_open_says_why_and_registers_nobody(
    client: FlaskClient,
    make_event: MakeEvent,
    fill_in: FillIn,
    values: dict[str, Any],
    words: str,
) -> None:
    open_event, event = make_event(), make_event(**values)
    typed = fill_in(open_event)
    page = client.get(f"/events/{event.slug}/register").get_data(as_text=True)
    assert words in page
    sent = client.post(f"/events/{event.slug}/register", data=typed)
    assert sent.status_code == 422
    assert words in sent.get_data(as_text=True)
    assert rows() == []


def test_a_draft_is_not_there(client: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event(state="draft")
    assert client.get(f"/events/{event.slug}").status_code == 404
    assert client.get(f"/events/{event.slug}/register").status_code == 404


def test_unknown_fields_bind_nothing(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event(capacity=0)
    typed = fill_in(event, state="confirmed", event_id="1", sequence="9", source="desk")
    client.post(f"/events/{event.slug}/register", data=typed)
    [row] = rows()
    assert (row.state, row.sequence, row.source) == ("waiting", 0, "form")


def test_a_robot_that_fills_the_hidden_field_is_not_registered(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event, website="x"))
    assert (answer.status_code, rows()) == (303, [])


def test_a_double_click_registers_once_and_shows_the_same_page(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    typed = fill_in(event)
    first = client.post(f"/events/{event.slug}/register", data=typed)
    second = client.post(f"/events/{event.slug}/register", data=typed)
    assert first.location == second.location
    assert len(rows()) == 1


def test_radio_buttons_are_drawn_as_big_targets_in_a_group(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(questions=QUESTIONS)
    page = client.get(f"/events/{event.slug}/register").get_data(as_text=True)
    assert page.count('role="radiogroup"') == 4
    assert '<ul id="' not in page


def test_an_emptied_role_is_asked_for(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event, role=""))
    assert answer.status_code == 422


def test_going_back_for_another_person_registers_both(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    typed = fill_in(event)
    for first_name in ("Mari", "Mart"):
        client.post(f"/events/{event.slug}/register", data=typed | {"first_name": first_name})
    assert sorted(row.first_name for row in rows()) == ["Mari", "Mart"]


def test_going_back_to_mend_an_answer_mends_it(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn
) -> None:
    event = make_event()
    typed = fill_in(event)
    for phone in ("5552 2385", "5552 2386"):
        client.post(f"/events/{event.slug}/register", data=typed | {"phone": phone})
    assert [row.phone for row in rows()] == ["+37255522386"]


def test_a_question_taken_away_while_the_form_was_on_its_way_does_no_harm(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(questions=[("text", "Toakaaslane", []), ("text", "Soovid", [])])
    gone, kept = (question.id for question in event.questions)
    typed = fill_in(event, **{f"q{gone}": "Mart", f"q{kept}": "aken"})

    def after_an_edit(*values: Any) -> SignedUp:
        with transaction() as session:
            session.execute(delete(Question).where(Question.id == gone))
        return sign_up(*values)

    monkeypatch.setattr(signup, "sign_up", after_an_edit)
    assert client.post(f"/events/{event.slug}/register", data=typed).status_code == 303
    [row] = rows()
    assert [answer.value for answer in row.answers] == ["aken"]


@pytest.mark.parametrize(
    "values", [{"nonce": "a\x00b"}, {"first_name": "ﷺ" * 100}, {"last_name": "ﬃ" * 100}]
)
def test_odd_signs_are_never_a_crash(
    client: FlaskClient, make_event: MakeEvent, fill_in: FillIn, values: dict[str, str]
) -> None:
    event = make_event()
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event, **values))
    assert answer.status_code == 303
    assert len(rows()) == 1


@pytest.mark.parametrize(
    "path", ["/events/%00", "/events/%00/register", "/project/%00", "/my/%00", "/?a=%00"]
)
def test_nothing_stands_at_an_address_with_a_nul(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (200, 404)


def test_the_form_comes_in_english_too(client: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    page = client.get(f"/en/events/{event.slug}/register").get_data(as_text=True)
    assert '<html lang="en"' in page
    assert "First name" in page
    assert "Study trip to Voore" in page
