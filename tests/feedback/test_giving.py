"""Answers go into the box once each, and nothing in the database says whose they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from koostoo.attendance.feedback import asks, count_participants, give_feedback
from koostoo.attendance.models import Attendance
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.correspondence.due import write_due
from koostoo.correspondence.planning import plan_feedback
from koostoo.events.evidence import still_missing
from koostoo.events.models import Event
from koostoo.events.service import copy_event
from koostoo.feedback.forms import AlreadyAnswered, drafts_of
from koostoo.feedback.models import FeedbackAnswer, FeedbackForm, FeedbackGiven
from koostoo.feedback.queries import find_form, results_of
from koostoo.feedback.ready import ready_questions
from koostoo.feedback.rules import FormDraft
from koostoo.privacy.service import forget
from koostoo.programme.models import Project
from koostoo.registration.models import Registration
from koostoo.worker import run_once
from tests.correspondence.post import delivered, kinds, local, text_of
from tests.feedback.made import ask, numbers_of
from tests.mail.world import make_event, make_registration

DAY = timedelta(days=1)
ENDED = local("2026-09-08 16:00")
TRIP = When.timed(ENDED - timedelta(hours=6), ENDED)
AFTER = ENDED + DAY

pytestmark = pytest.mark.usefixtures("app")


def held(people: int = 1, **values: Any) -> tuple[int, list[int]]:
    """An event that is over and asks by a form of ours, and people who had a seat."""
    event = make_event(when=TRIP, **values)
    ask(event)
    return event, [make_registration(event, email=f"p{n}@example.com") for n in range(people)]


def says(event: int, mark: int, words: str = "") -> dict[int, Any]:
    """What somebody answers: this mark everywhere, these words, yes."""
    numbers = numbers_of(event)
    marks = {numbers[code]: mark for code in ("overall", "content", "organisation")}
    return marks | ({numbers["useful"]: words} if words else {}) | {numbers["again"]: True}


def give(event: int, person: int, mark: int = 4, words: str = "", at: datetime = AFTER) -> bool:
    return give_feedback(person, says(event, mark, words), at)


def rows() -> list[tuple[str, int, Any]]:
    """All answers as the database gives them out when nobody asks for an order."""
    db.session.rollback()
    found = db.session.execute(text("SELECT id, question_id, value FROM feedback_answer"))
    return [(row.id, row.question_id, row.value) for row in found]


def answered(event: int) -> tuple[int, int, int]:
    """How many have answered by the form, by the rows of people, by the answers to one question."""
    db.session.rollback()
    form = find_form(event)
    assert form is not None
    given = db.session.scalars(select(FeedbackGiven.registration_id)).all()
    return form.answered, len(given), results_of(form)[0].answers


def test_nothing_in_the_database_ties_an_answer_to_a_person() -> None:
    event, people = held(4)
    seen: list[set[str]] = []
    for mark, person in enumerate(people, 1):
        assert give(event, person, mark, f"sõnad {mark}")
        seen.append({row[0] for row in rows()})
    # Two tables that share no column, no key and no time.
    assert set(FeedbackGiven.__table__.columns.keys()) == {"registration_id"}
    assert set(FeedbackAnswer.__table__.columns.keys()) == {"id", "question_id", "value"}
    # The box was shaken: no key lived through another person's answers, so none tells when.
    assert all(not one & other for one in seen for other in seen if one is not other)
    if db.engine.dialect.name == "sqlite":
        # The rows lie in the order of their random keys, and there is no other order to them.
        assert [row[0] for row in rows()] == sorted(row[0] for row in rows())
        with pytest.raises(Exception, match="no such column: rowid"):
            db.session.execute(text("SELECT rowid FROM feedback_answer"))
    else:
        # All were written by the last transaction, not each by the one of its person.
        assert len(set(db.session.scalars(text("SELECT xmin::text FROM feedback_answer")))) == 1
    db.session.rollback()
    # Nor does anything else in the database know a key of the box.
    keys = seen[-1]
    for table in db.metadata.sorted_tables:
        if table.name != "feedback_answer":
            assert not [row for row in db.session.execute(select(table)) if keys & {*map(str, row)}]


def test_each_person_answers_once_also_in_two_tabs_at_the_same_moment(app: Flask) -> None:
    event, [person] = held()
    both, values = Barrier(2), says(event, 5, "kohtumised")

    def send(_number: int) -> bool:
        with app.app_context():
            both.wait()
            return give_feedback(person, values, AFTER)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [False, True]
    assert give(event, person, 1) is False
    assert answered(event) == (1, 1, 1)
    assert [str(row[2]) for row in rows()].count("5") == 3


def test_what_was_not_asked_or_does_not_fit_is_left_out() -> None:
    event, [person, other] = held(2)
    numbers = numbers_of(event)
    wild = {numbers["overall"]: 9, numbers["again"]: "jah", 999_999: 3}
    assert give_feedback(person, wild, AFTER) is False
    assert answered(event) == (0, 0, 0)
    assert give_feedback(other, {**wild, numbers["overall"]: 2}, AFTER)
    assert [row[1] for row in rows()] == [numbers["overall"]]


def test_answers_are_taken_from_the_end_of_the_event_to_the_last_day() -> None:
    event, people = held(3)
    assert not give(event, people[0], at=ENDED - timedelta(seconds=1))
    assert give(event, people[0], at=ENDED)
    assert give(event, people[1], at=local("2026-09-22 23:59"))
    assert not give(event, people[2], at=local("2026-09-23 00:00"))


def test_asked_is_who_was_there_and_without_any_marks_who_had_a_seat() -> None:
    event, [came, missed] = held(2)
    late = make_registration(event, state="cancelled", email="late@example.com")
    assert count_participants(event) == 2
    with transaction() as session:
        for person, status in ((came, "present"), (missed, "absent"), (late, "present")):
            session.add(
                Attendance(
                    registration_id=person, day=TRIP.first, status=status, marked_at=ENDED,
                    operation=f"op-{person}",
                )
            )  # fmt: skip
    assert count_participants(event) == 2
    assert [give(event, person) for person in (came, missed, late)] == [True, False, True]


def test_who_has_not_answered_is_reminded_once() -> None:
    event, [quick, slow] = held(2, thanks_after=3)
    waiting = make_registration(event, state="waiting", email="w@example.com")
    run_once(ENDED + timedelta(hours=3))
    assert [kinds(person) for person in (quick, slow, waiting)] == [["thanks"], ["thanks"], []]
    assert all("/my/feedback/" in text_of(letter) for letter in delivered())
    assert give(event, quick)
    # Four days after the thanks, at nine.
    assert write_due(local("2026-09-12 08:59")) == 0
    assert write_due(local("2026-09-12 09:00")) == 1
    assert write_due(local("2026-09-12 09:01")) == 0
    assert write_due(local("2026-09-13 09:00")) == 0
    assert [kinds(person)[1:] for person in (quick, slow)] == [[], ["feedback_reminder"]]


def test_a_reminder_that_has_become_needless_does_not_leave() -> None:
    event, [person] = held()
    assert write_due(local("2026-09-12 09:00")) == 1
    assert give(event, person)
    run_once(local("2026-09-12 09:05"))
    assert delivered() == []


@pytest.mark.parametrize(
    "form",
    [FormDraft(remind_after=None), FormDraft(closes_after=3, remind_after=4), None],
    ids=["nobody is reminded", "it would come too late", "switched off"],
)
def test_without_a_moment_for_it_nobody_is_reminded(form: FormDraft | None) -> None:
    event, _people = held()
    plan_feedback(event, form, "", ENDED)
    assert write_due(local("2026-09-12 09:00")) == 0


def test_who_was_not_there_is_neither_thanked_nor_asked() -> None:
    _event, [came, missed] = held(2, thanks_after=3)
    with transaction() as session:
        session.add(
            Attendance(
                registration_id=came, day=TRIP.first, status="present", marked_at=ENDED,
                operation="op",
            )
        )  # fmt: skip
    run_once(ENDED + timedelta(hours=3))
    found = {letter["To"]: "/my/feedback/" in text_of(letter) for letter in delivered()}
    assert found == {"p0@example.com": True}
    assert not asks(db.session(), db.session.get_one(Registration, missed), AFTER)


def test_questions_stay_once_somebody_has_answered() -> None:
    event, [person] = held()
    fewer = FormDraft(questions=ready_questions()[:2])
    plan_feedback(event, fewer, "", AFTER)
    assert list(numbers_of(event)) == ["overall", "content"]
    assert give_feedback(person, {numbers_of(event)["overall"]: 3}, AFTER)
    with pytest.raises(AlreadyAnswered):
        plan_feedback(event, FormDraft(questions=ready_questions()), "", AFTER)
    plan_feedback(event, FormDraft(closes_after=20), "", AFTER)
    form = db.session.get_one(FeedbackForm, event)
    assert (form.closes_after, drafts_of(form)) == (20, list(ready_questions()[:2]))


def test_a_form_elsewhere_takes_the_place_of_ours_and_what_was_answered_stays() -> None:
    event, people = held(2)
    assert give(event, people[0])
    plan_feedback(event, None, "https://vorm.example.org/1", AFTER)
    assert not give(event, people[1])
    assert answered(event) == (1, 1, 1)
    row = db.session.get_one(Event, event)
    assert (row.feedback_url, row.own_feedback) == ("https://vorm.example.org/1", None)
    plan_feedback(event, FormDraft(), "https://vorm.example.org/1", AFTER)
    row = db.session.get_one(Event, event)
    assert (row.feedback_url, row.own_feedback is None) == ("", False)


def test_a_copy_asks_alike_and_has_no_answers() -> None:
    event, [person] = held()
    plan_feedback(event, FormDraft(10, 2, ready_questions()[2:]), "", AFTER)
    assert give_feedback(person, {numbers_of(event)["again"]: False}, AFTER)
    slug = copy_event(event, LocalText("Koopia"), TRIP.last + 30 * DAY, AFTER)
    copied = db.session.scalars(select(Event).where(Event.slug == slug)).one()
    form = copied.feedback_form
    assert form is not None
    assert (form.is_on, form.closes_after, form.remind_after, form.answered) == (True, 10, 2, 0)
    assert drafts_of(form) == list(ready_questions()[2:])
    assert [one.answers for one in results_of(form)] == [0, 0, 0, 0]


def test_feedback_is_evidence_where_our_form_asks_and_one_answer_gives_it() -> None:
    event, [person] = held()
    without = make_event(when=TRIP)

    def lacks(number: int) -> list[str]:
        db.session.rollback()
        return [one.what for one in still_missing([number], AFTER.date())[number]]

    assert "feedback" in lacks(event)
    assert "feedback" not in lacks(without)
    assert give(event, person)
    assert "feedback" not in lacks(event)


def test_who_answered_is_forgotten_with_the_answers_of_the_event_and_words_with_the_names(
    make_event: Callable[..., Event],
) -> None:
    event = make_event(when=When.days(local_day(now()) - 20 * DAY)).id
    ask(event, closes_after=28)
    person = make_registration(event)
    assert give(event, person, 4, "Mari rääkis hästi", at=now())
    forget(now())
    assert answered(event) == (1, 1, 1)
    forget(now() + 12 * DAY)
    assert answered(event) == (1, 0, 1)
    with transaction() as session:
        session.scalars(select(Project)).one().keep_until = local_day(now()) - DAY
    forget(now())
    assert "Mari" not in str(rows())
    assert answered(event) == (1, 0, 1)
