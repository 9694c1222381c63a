"""An organiser's own words in letters: where they stand, what is filled in, what never is."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.letter_words import WORDED
from koostoo.events.models import Event, LetterWords, Move
from koostoo.events.moves import told_of
from koostoo.mail.letter import Letter
from koostoo.mail.models import OutboxMessage
from koostoo.notices.facts import plain_name
from koostoo.notices.made_up import STATES
from koostoo.notices.messages import AFTERWARDS, NOTICES
from koostoo.notices.render import preview, render
from koostoo.registration.models import Registration
from tests.feedback.made import ask
from tests.mail.world import NOW, make_event, make_registration, post
from tests.notices.cases import LAST_WEEK

pytestmark = pytest.mark.usefixtures("app")

ALL = LocalText(
    "{nimi} | {üritus} | {aeg} | {toimumiskoht} | {tähtaeg} | {korraldaja} | {kontakt}",
    "{name} | {event} | {time} | {place} | {deadline} | {organiser} | {contact}",
)
CLOSES = datetime(2026, 9, 1, 20, 59, tzinfo=UTC)


def add(event_id: int, kind: str, words: LocalText) -> None:
    with transaction() as session:
        session.add(LetterWords(event_id=event_id, kind=kind, words=words, version=1))


def written(kind: str, seat: int, language: str = "et", **options: Any) -> Letter:
    letter = render(post(kind, seat, language=language, **options), NOW)
    assert letter is not None
    return letter


def bodies(letter: Letter) -> list[str]:
    return [body.replace("\u00a0", " ") for body in (letter.text, letter.html)]


def test_every_placeholder_is_filled_in_in_the_readers_language() -> None:
    event = make_event(closes_at=CLOSES)
    add(event, "confirmed", ALL)
    seat = make_registration(event)
    for body in bodies(written("confirmed", seat)):
        assert (
            "Juta Jõgi | Õppereis Võrru | teisipäev, 8. september 2026 kell 9.30–16.00 | "
            "Näidise külamaja | 1. september 2026 kell 23.59 | MTÜ Näidisrühm | "
            "Mari Mänd, mari@example.ee" in body
        )
    for body in bodies(written("confirmed", seat, "en")):
        assert "Study trip to Võru | Tuesday 8 September 2026, 09:30–16:00 | " in body
        assert "Näidise village hall | 1 September 2026, 23:59 | " in body


def test_who_reads_estonian_for_want_of_english_reads_the_date_in_estonian() -> None:
    event = make_event()
    add(event, "confirmed", LocalText("Kohtume: {time}."))
    body = bodies(written("confirmed", make_registration(event), "en"))[0]
    assert "Kohtume: teisipäev, 8. september 2026 kell 9.30–16.00." in body
    assert "When: Tuesday 8 September 2026" in body


def test_a_web_meeting_is_called_so_in_the_language_of_the_words() -> None:
    event = make_event(mode="online", place=LocalText(), join_link="https://meet.example.org/x")
    add(event, "confirmed", LocalText("Koht: {place}."))
    assert "Koht: veebikoosolek." in bodies(written("confirmed", make_registration(event), "en"))[0]


@pytest.mark.parametrize(
    "name", ["{event}", "{{7*7}}", "{% for x in y %}", "%(title)s", "{0.__class__}", "<b>Juta</b>"]
)
def test_a_participants_name_is_never_evaluated(name: str) -> None:
    event = make_event()
    add(event, "confirmed", LocalText("Tere, {nimi}!"))
    seat = make_registration(event, first_name=name, last_name="Jõgi")
    letter = written("confirmed", seat)
    assert f"Tere, {plain_name(f'{name} Jõgi')}!" in letter.text
    # Links may hold any digits.
    assert "49" not in re.sub(r"\S{20,}", "", letter.text)
    assert "<b>" not in letter.html


def test_a_title_is_never_evaluated_either() -> None:
    event = make_event(title=LocalText("Reis {nimi} {{ 7*7 }}"))
    add(event, "confirmed", LocalText("{üritus} ja {nimi}"))
    for body in bodies(written("confirmed", make_registration(event))):
        assert "Reis {nimi} {{ 7*7 }} ja Juta Jõgi" in body


def test_marks_in_the_words_stay_words() -> None:
    event = make_event()
    add(event, "confirmed", LocalText("<b>Tähtis</b> & **paks**\n\nTeine lõik"))
    letter = written("confirmed", make_registration(event))
    assert "<b>Tähtis</b> & **paks**\n\nTeine lõik\n" in letter.text
    assert "&lt;b&gt;Tähtis&lt;/b&gt; &amp; **paks**" in letter.html


def test_they_stand_between_the_fixed_words_and_the_facts() -> None:
    event = make_event()
    add(event, "confirmed", LocalText("Võta jalatsid kaasa."))
    for body in bodies(written("confirmed", make_registration(event))):
        places = [body.index(w) for w in ("Kohtumiseni", "Võta jalatsid", "kutse", "Toimumiskoht")]
        assert places == sorted(places)


@pytest.mark.parametrize("kind", WORDED)
def test_each_kind_shows_its_own_words_and_no_others(kind: str) -> None:
    event = make_event(**({"when": LAST_WEEK} if kind in AFTERWARDS else {}))
    if kind == "feedback_reminder":
        ask(event)
    for one in WORDED:
        add(event, one, LocalText(f"[[{one}]]"))
    state = STATES.get(kind, "confirmed")
    until = NOW + timedelta(days=2) if state == "offered" else None
    letter = written(kind, make_registration(event, state=state, offer_until=until))
    for body in (letter.text, letter.html):
        assert f"[[{kind}]]" in body
        assert body.count("[[") == 1


def test_the_words_of_another_event_stay_there() -> None:
    add(make_event(), "confirmed", LocalText("Võõras"))
    assert "Võõras" not in written("confirmed", make_registration(make_event())).text


@pytest.mark.parametrize(("kind", "until"), [("offered", "5. august"), ("confirmed", "–")])
def test_the_deadline_is_that_of_the_answer_asked_for(kind: str, until: str) -> None:
    event = make_event(offer_hours=48)
    add(event, kind, LocalText("Tähtaeg: {tähtaeg}"))
    seat = make_registration(
        event,
        state=STATES.get(kind, "confirmed"),
        offer_until=NOW + timedelta(days=2) if kind == "offered" else None,
    )
    assert f"Tähtaeg: {until}" in written(kind, seat).text


def test_words_about_one_change_come_before_those_about_all_changes() -> None:
    event = make_event()
    add(event, "event_changed", LocalText("Vabandame, {nimi}."))
    with transaction() as session:
        row = session.get_one(Event, event)
        until = NOW + timedelta(days=2)
        words = LocalText("Maja on kinni. Vasta: {tähtaeg}.")
        move = Move(event_id=event, at=NOW, before=told_of(row), words=words, answer_until=until)
        session.add(move)
        row.place = LocalText("Kool")
        session.flush()
        number = move.id
    body = written("event_changed", make_registration(event), payload={"move": number}).text
    first = body.index("Maja on kinni. Vasta: 5. august 2026 kell")
    assert first < body.index("Vabandame, Juta Jõgi.")


# --- Tried out -------------------------------------------------------------------


@pytest.mark.parametrize("language", ["et", "en"])
@pytest.mark.parametrize("kind", WORDED)
def test_every_letter_can_be_looked_at_without_anybody_being_signed_up(
    kind: str, language: Any
) -> None:
    number = make_event(closes_at=CLOSES)
    event = db.session.get_one(Event, number)
    letter = preview(event, kind, language, ALL, NOW)
    for body in bodies(letter):
        assert "Mari Näidis | " in body
        assert ("Õppereis Võrru" if language == "et" else "Study trip to Võru") in body
    assert db.session.scalars(select(Registration)).all() == []
    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert not db.session.new
    assert not db.session.dirty


def test_what_is_looked_at_says_the_same_as_what_leaves() -> None:
    number = make_event(closes_at=CLOSES)
    add(number, "confirmed", ALL)
    seat = make_registration(
        number,
        first_name="Mari",
        last_name="Näidis",
        email="mari.naidis@example.org",
        link_id="made-up-name",
    )
    real = written("confirmed", seat)
    seen = preview(db.session.get_one(Event, number), "confirmed", "et", ALL, NOW)
    assert (seen.subject, seen.text, seen.html) == (real.subject, real.text, real.html)


def a_test(kind: str, event: int, language: str = "et") -> Letter:
    payload = {"letter": kind, "event_id": event}
    message = post("test", None, language=language, queue="test:1", payload=payload)
    letter = render(message, NOW)
    assert letter is not None
    return letter


@pytest.mark.parametrize("kind", WORDED)
def test_a_test_is_marked_and_brings_nothing_for_a_calendar(kind: str) -> None:
    event = make_event()
    add(event, kind, LocalText("Võta jalatsid kaasa, {nimi}."))
    letter = a_test(kind, event, "en")
    assert letter.subject.startswith("Test: ")
    assert letter.calendar is None
    for body in bodies(letter):
        assert "This is a test letter." in body
        assert "Võta jalatsid kaasa, Mari Näidis." in body
        assert "invitation for your calendar comes" not in body


def test_a_test_of_an_event_that_is_gone_is_not_sent() -> None:
    message = post("test", None, queue="x", payload={"letter": "confirmed", "event_id": 999})
    assert render(message, NOW) is None


def test_words_are_for_letters_about_one_registration() -> None:
    assert set(WORDED) <= set(NOTICES)
