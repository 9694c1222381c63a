"""Conditions of questions in the database: kept over edits, copied along, gone with what goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Condition, Event, Question
from koostoo.events.questions import NOWHERE, AskedIf, QuestionDraft
from koostoo.events.service import copy_event, draft_of
from koostoo.registration.event_changes import edit_event

MakeEvent = Callable[..., Event]
STAY, ROOM, MATE = 0, 1, 2


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    """Stay overnight? Then which room? Whom with, in a double one?"""
    return make_event(
        summary=LocalText("Läheme külla."),
        contact_email="info@example.org",
        questions=[
            ("yesno", "Kas ööbid?", []),
            ("choice", "Tuba", ["Ühene", "Kahene"]),
            ("text", "Kellega?", []),
        ],
        asked_if={ROOM: AskedIf(STAY, yes=True), MATE: AskedIf(ROOM, option=1)},
    )


def fresh(event: Event) -> Event:
    db.session.rollback()
    return db.session.scalars(select(Event).where(Event.id == event.id)).one()


def questions_of(event: Event) -> tuple[QuestionDraft, ...]:
    return draft_of(fresh(event)).questions


def change(event: Event, *questions: QuestionDraft) -> None:
    draft = replace(draft_of(fresh(event)), questions=questions)
    edit_event(event.id, draft, fresh(event).version, now())


def in_words(event: Event) -> dict[str, str]:
    """Return the conditions as the rows tell them: question to the answer it waits for."""
    return {
        question.label.et: question.condition.option.label.et
        if question.condition.option
        else str(question.condition.yes)
        for question in fresh(event).questions
        if question.condition
    }


def test_a_draft_names_conditions_before_there_are_numbers(
    event: Event, make_event: MakeEvent
) -> None:
    new = make_event(summary=event.summary, contact_email="info@example.org")
    change(new, *(replace(q, id=None, option_ids=()) for q in questions_of(event)))
    assert in_words(new) == {"Tuba": "True", "Kellega?": "Kahene"}


def test_an_event_tells_its_conditions_by_number_and_its_draft_by_place(event: Event) -> None:
    stay, room, mate = fresh(event).questions
    assert fresh(event).conditions == {
        room.id: AskedIf(stay.id, yes=True),
        mate.id: AskedIf(room.id, option=room.options[1].id),
    }
    assert [q.asked_if for q in questions_of(event)] == [
        None,
        AskedIf(STAY, yes=True),
        AskedIf(ROOM, option=1),
    ]


def test_saving_the_event_as_it_stands_changes_no_condition_and_no_number(event: Event) -> None:
    numbers = [question.id for question in fresh(event).questions]
    before = fresh(event).conditions
    change(event, *questions_of(event))
    assert fresh(event).conditions == before
    assert [question.id for question in fresh(event).questions] == numbers


def test_a_condition_stays_with_its_option_when_the_options_change_places(event: Event) -> None:
    before = fresh(event).conditions
    stay, room, mate = questions_of(event)
    moved = replace(room, options=room.options[::-1])
    change(event, stay, moved, replace(mate, asked_if=AskedIf(ROOM, option=0)))
    assert in_words(event)["Kellega?"] == "Kahene"
    assert fresh(event).conditions == before


def test_a_condition_and_the_question_it_names_may_go_together(event: Event) -> None:
    stay, _room, mate = questions_of(event)
    change(event, stay, replace(mate, asked_if=AskedIf(0, yes=False)))
    assert in_words(event) == {"Kellega?": "False"}
    change(event, replace(mate, asked_if=None))
    assert in_words(event) == {}
    assert [question.label.et for question in fresh(event).questions] == ["Kellega?"]


@pytest.mark.parametrize("place", [NOWHERE, STAY, MATE])
def test_a_faulty_condition_is_never_stored(event: Event, place: int) -> None:
    stay, room, mate = questions_of(event)
    with pytest.raises(ValueError, match="cannot depend"):
        change(event, stay, room, replace(mate, asked_if=AskedIf(place, option=0)))
    assert in_words(event) == {"Tuba": "True", "Kellega?": "Kahene"}


def test_a_copy_asks_under_the_same_conditions(event: Event) -> None:
    slug = copy_event(event.id, LocalText("Koopia"), date(2031, 5, 2), now())
    copied = db.session.scalars(select(Event).where(Event.slug == slug)).one()
    assert in_words(copied) == in_words(event)
    own = {question.id for question in fresh(copied).questions}
    assert {condition.on for condition in fresh(copied).conditions.values()} < own
    assert not own & {question.id for question in fresh(event).questions}


def test_the_database_takes_no_half_condition(event: Event) -> None:
    stay, room, _mate = fresh(event).questions
    for values in (
        {"question_id": stay.id, "on_id": room.id},
        {"question_id": stay.id, "on_id": stay.id, "yes": True},
        {"question_id": room.id, "on_id": stay.id, "yes": False},
        {"question_id": stay.id, "on_id": room.id, "yes": True, "option_id": room.options[0].id},
    ):
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(Condition(**values))
    assert len(db.session.scalars(select(Question.id).join(Question.condition)).all()) == 2
