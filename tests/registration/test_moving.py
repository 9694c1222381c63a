"""An event with people signed up moves: who is told, who is asked whether they still come."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event, Move
from koostoo.events.service import draft_of
from koostoo.mail.models import OutboxMessage
from koostoo.registration.event_changes import edit_event
from koostoo.registration.moving import MoveNotice, PeopleToTell
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.registration.moves import DAY, ask, last_move, move
from tests.registration.people import letters, person

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    """Two seats, and a deadline to sign up that is not near."""
    return make_event(
        capacity=2, summary=LocalText("Läheme külla."), contact_email="info@example.org"
    )


@pytest.fixture
def people(event: Event, entry: Entry) -> list[int]:
    """Two who have a seat, and one who waits."""
    return [sign_up(event.id, entry(), now()).registration_id for _ in range(3)]


def everything() -> list[Any]:
    db.session.rollback()
    return [
        db.session.execute(select(table).order_by(table.c.id)).all()
        for table in (Event.__table__, Move.__table__, OutboxMessage.__table__)
    ]


def test_nobody_is_written_to_before_the_organiser_has_seen_who_will_be(
    event: Event, people: list[int]
) -> None:
    before = everything()
    with pytest.raises(PeopleToTell):
        move(event, None)
    assert everything() == before


def test_without_people_nobody_has_to_be_told(event: Event) -> None:
    assert move(event, None) == 0
    assert person_count() == 0
    assert db.session.scalars(select(Move)).all() == []
    assert db.session.get_one(Event, event.id).sequence == 1


def person_count() -> int:
    return len(db.session.scalars(select(OutboxMessage.id)).all())


def test_who_cancelled_needs_no_letter_and_stops_nothing(event: Event, people: list[int]) -> None:
    for number in people:
        cancel(number, now())
    before = person_count()
    assert move(event, None) == 0
    assert person_count() == before


def test_a_mended_word_needs_no_notice(event: Event, people: list[int]) -> None:
    assert move(event, None, title=LocalText("Õppereis Voorele!")) == 0
    assert letters(people[0]) == ["confirmed"]


def test_everybody_is_told_and_what_was_before_is_kept(event: Event, people: list[int]) -> None:
    words = LocalText("Vana maja sai veekahjustuse.")
    assert move(event, MoveNotice(words), place=LocalText("Paralepa")) == 3
    assert [letters(number)[-1] for number in people] == ["event_changed"] * 3
    noted = last_move(event)
    assert noted.before["place"] == {"et": "Voore külalistemaja"}
    assert (noted.words, noted.answer_until) == (words, None)
    assert not any(person(number).is_asked for number in people)


def test_what_is_over_is_corrected_in_silence(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(summary=LocalText("Läheme."), contact_email="info@example.org")
    number = sign_up(event.id, entry(), now()).registration_id
    later = now() + 60 * DAY
    draft = replace(draft_of(event), place=LocalText("Paralepa"))
    assert edit_event(event.id, draft, event.version, later) == 0
    assert letters(number) == ["confirmed"]


def test_who_has_a_seat_is_asked_and_who_waits_is_not(event: Event, people: list[int]) -> None:
    ask(event)
    assert [person(number).is_asked for number in people] == [True, True, False]


def test_who_awaits_confirmation_is_asked_too(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(
        approval="holds", summary=LocalText("Läheme."), contact_email="info@example.org"
    )
    number = sign_up(event.id, entry(), now()).registration_id
    ask(event)
    assert person(number).is_asked


@pytest.mark.parametrize("days", [-1, 40])
def test_a_time_to_answer_that_helps_nobody_is_a_slip_of_the_program(
    event: Event, people: list[int], days: int
) -> None:
    before = everything()
    with pytest.raises(ValueError, match="nobody could answer"):
        ask(event, now() + days * DAY)
    assert everything() == before


def test_an_offer_waits_at_the_latest_until_the_new_beginning(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(
        capacity=1, offer_hours=24 * 14, summary=LocalText("Läheme."), contact_email="i@example.org"
    )
    first, second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    cancel(first, now())
    sooner = now() + 2 * DAY
    move(event, when=When.timed(sooner, sooner + timedelta(hours=5)))
    assert (person(second).state, person(second).offer_until) == ("offered", sooner)
    assert letters(second)[-1] == "event_changed"


def test_the_trail_tells_dates_numbers_and_places_but_no_words_to_people(
    event: Event, people: list[int]
) -> None:
    until = now() + 3 * DAY
    move(
        event,
        MoveNotice(LocalText("Tuleb rohkem rahvast"), until),
        when=When.month(2031, 5),
        place=LocalText("Paralepa"),
        capacity=5,
    )
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.action == "moved"
    assert entry.detail["changed"]["capacity"] == [2, 5]
    assert entry.detail["when"][1] == {"et": "mai 2031", "en": "May 2031"}
    assert (entry.detail["parts"], entry.detail["told"]) == (["when", "place"], 3)
    assert datetime.fromisoformat(entry.detail["answer_until"]) == until
    assert entry.detail["changed"]["place"] == [{"et": "Voore külalistemaja"}, {"et": "Paralepa"}]
    assert "rahvast" not in str(entry.detail)
