"""Answers to questions that are not asked are never kept, whichever way they come."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Condition, Event, Option, Question
from koostoo.events.questions import AskedIf
from koostoo.mail.models import OutboxMessage
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.groups import GroupSignUp, sign_up_group
from koostoo.registration.models import Answer, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import change, sign_up

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


class Trip:
    """An overnight trip: stay overnight? Then which room (one single)? In a double, with whom?"""

    def __init__(self, event: Event) -> None:
        self.id = event.id
        self.stay, self.room, self.mate = (question.id for question in event.questions)
        self.single, self.double = (option.id for option in event.questions[1].options)

    def all_answered(self, stay: bool, room: int | None = None) -> dict[int, Any]:
        """Return an answer to every question, asked for or not."""
        return {self.stay: stay, self.room: [room or self.double], self.mate: "Jaan Tamm"}


@pytest.fixture
def trip(make_event: MakeEvent) -> Trip:
    made = Trip(
        make_event(
            questions=[
                ("yesno", "Kas ööbid?", []),
                ("choice", "Tuba", ["Ühene", "Kahene"]),
                ("text", "Kellega?", []),
            ],
            asked_if={1: AskedIf(0, yes=True), 2: AskedIf(1, option=1)},
        )
    )
    with transaction() as session:
        session.get_one(Option, made.single).seats = 1
    return made


def kept(registration_id: int) -> dict[int, Any]:
    db.session.rollback()
    rows = select(Answer.question_id, Answer.value).where(Answer.registration_id == registration_id)
    return {number: value for number, value in db.session.execute(rows) if value is not None}


def state(registration_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Registration, registration_id).state


def test_answers_to_all_that_is_asked_are_kept(trip: Trip, entry: Entry) -> None:
    answers = trip.all_answered(stay=True)
    assert kept(sign_up(trip.id, entry(answers=answers), now()).registration_id) == answers


@pytest.mark.parametrize("source", ["form", "desk"])
def test_what_hangs_on_a_no_is_dropped_to_the_last_link(
    trip: Trip, entry: Entry, source: str
) -> None:
    typed = entry(answers=trip.all_answered(stay=False), source=source)
    assert kept(sign_up(trip.id, typed, now()).registration_id) == {trip.stay: False}


def test_what_hangs_on_another_option_is_dropped(trip: Trip, entry: Entry) -> None:
    typed = entry(answers=trip.all_answered(stay=True, room=trip.single))
    person = sign_up(trip.id, typed, now()).registration_id
    assert kept(person) == {trip.stay: True, trip.room: [trip.single]}


def test_what_hangs_on_a_question_left_open_is_dropped(trip: Trip, entry: Entry) -> None:
    typed = entry(answers={trip.room: [trip.double], trip.mate: "Jaan Tamm"})
    assert kept(sign_up(trip.id, typed, now()).registration_id) == {}


def test_who_changes_a_no_loses_what_hung_on_the_yes_and_hears_of_the_change(
    trip: Trip, entry: Entry
) -> None:
    typed = entry(answers=trip.all_answered(stay=True))
    person = sign_up(trip.id, typed, now()).registration_id
    assert change(person, replace(typed, answers=trip.all_answered(stay=False)), now())
    assert kept(person) == {trip.stay: False}
    assert change(person, replace(typed, answers={trip.stay: True}), now())
    assert kept(person) == {trip.stay: True}
    letters = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert letters == ["confirmed", "changed", "changed"]


def test_an_answer_that_is_not_sent_again_still_decides(trip: Trip, entry: Entry) -> None:
    typed = entry(answers={trip.stay: False})
    person = sign_up(trip.id, typed, now()).registration_id
    change(person, replace(typed, answers={trip.room: [trip.double]}), now())
    assert kept(person) == {trip.stay: False}


def test_a_form_sent_again_is_held_to_the_same(trip: Trip, entry: Entry) -> None:
    typed = entry(answers=trip.all_answered(stay=True))
    person = sign_up(trip.id, typed, now()).registration_id
    again = sign_up(trip.id, replace(typed, answers=trip.all_answered(stay=False)), now())
    assert again.repeated
    assert kept(person) == {trip.stay: False}


def test_an_answer_nobody_asked_for_takes_no_room(trip: Trip, entry: Entry) -> None:
    for _ in range(2):
        typed = entry(answers=trip.all_answered(stay=False, room=trip.single))
        assert sign_up(trip.id, typed, now()).state == "confirmed"
    typed = entry(answers=trip.all_answered(stay=True, room=trip.single))
    assert sign_up(trip.id, typed, now()).state == "confirmed"


def test_a_dropped_answer_makes_room_for_whoever_waits_for_it(trip: Trip, entry: Entry) -> None:
    typed = entry(answers=trip.all_answered(stay=True, room=trip.single))
    first = sign_up(trip.id, typed, now()).registration_id
    waiting = sign_up(trip.id, replace(entry(), answers=typed.answers), now()).registration_id
    assert state(waiting) == "waiting"
    change(first, replace(typed, answers=trip.all_answered(stay=False, room=trip.single)), now())
    assert (state(first), state(waiting)) == ("confirmed", "confirmed")


def test_who_now_asks_for_what_is_full_is_refused(trip: Trip, entry: Entry) -> None:
    single = trip.all_answered(stay=True, room=trip.single)
    sign_up(trip.id, entry(answers=single), now())
    typed = entry(answers=trip.all_answered(stay=False, room=trip.single))
    person = sign_up(trip.id, typed, now()).registration_id
    with pytest.raises(SignUpRefused) as refusal:
        change(person, replace(typed, answers=single), now())
    assert refusal.value.reason == "option"
    assert kept(person) == {trip.stay: False}


def test_a_condition_added_later_takes_nothing_from_who_has_answered(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("yesno", "Kas ööbid?", []), ("text", "Kellega?", [])])
    stay, mate = (question.id for question in event.questions)
    typed = entry(answers={stay: False, mate: "Jaan"})
    person = sign_up(event.id, typed, now()).registration_id
    with transaction() as session:
        asked = session.get_one(Question, mate)
        asked.condition = Condition(on_id=stay, yes=True)
    assert kept(person) == {stay: False, mate: "Jaan"}
    change(person, replace(typed, phone=""), now())
    assert kept(person) == {stay: False}


def test_an_answer_to_a_question_that_went_meanwhile_is_left_out_in_a_change_too(
    make_event: Callable[..., Event], entry: Entry
) -> None:
    event = make_event(questions=[("text", "Toakaaslane", []), ("text", "Soovid", [])])
    gone, kept = (question.id for question in event.questions)
    one = sign_up(event.id, entry(), now()).registration_id
    with transaction() as session:
        session.execute(delete(Question).where(Question.id == gone))
    typed = entry(answers={gone: "Mart", kept: "aken"})
    assert change(one, typed, now())
    answers = db.session.scalars(select(Answer)).all()
    assert [(answer.question_id, answer.value) for answer in answers] == [(kept, "aken")]


def test_what_is_not_asked_is_dropped_for_each_of_a_group(trip: Trip, entry: Entry) -> None:
    people = tuple(entry(answers=trip.all_answered(stay=stays)) for stays in (True, False))
    sign_up_group(
        trip.id, GroupSignUp("Liis", "liis@example.org", "et", False, "nonce", people), now()
    )
    one, two = db.session.scalars(select(Registration.id).order_by(Registration.id))
    assert kept(one) == trip.all_answered(stay=True)
    assert kept(two) == {trip.stay: False}
