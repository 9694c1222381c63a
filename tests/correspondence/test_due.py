"""Reminders and thanks: who gets one, when, and never twice."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import now as clock_now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.correspondence.due import write_due
from koostoo.correspondence.models import TimedLetter
from koostoo.correspondence.planning import plan_feedback, plan_letters
from koostoo.correspondence.rules import Plan
from koostoo.events.models import Event
from koostoo.events.rules import EventDraft
from koostoo.events.service import draft_of
from koostoo.mail.models import OutboxMessage
from koostoo.registration.event_changes import call_off, edit_event
from koostoo.registration.models import Registration
from koostoo.registration.moving import MoveNotice
from koostoo.worker import run_once
from tests.correspondence.post import delivered, kinds, local, text_of
from tests.mail.world import change, make_event, make_registration, post
from tests.trouble import SQLITE_CODES, SQLSTATES, Fault

START = local("2026-09-08 09:30")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TRIP = When.timed(START, START + 6 * HOUR)

pytestmark = pytest.mark.usefixtures("app")


def remind(event_id: int, at: datetime) -> int:
    """Look for what is due at this instant; return how many letters were written."""
    written = write_due(at)
    assert db.session.get(Event, event_id) is not None
    return written


def make(reminders: str = "1d", **values: Any) -> int:
    return make_event(**{"when": TRIP, "reminders": reminders, **values})


def edited(event_id: int, at: datetime, **changes: Any) -> None:
    event = db.session.get_one(Event, event_id)
    draft: EventDraft = draft_of(event)
    values = {name: getattr(draft, name) for name in EventDraft.__dataclass_fields__}
    changed = EventDraft(**{**values, **changes})
    edit_event(event_id, changed, event.version, at, notice=MoveNotice())


def test_everybody_with_a_seat_is_reminded_once_and_nobody_else() -> None:
    event = make()
    seated = [make_registration(event, email=f"p{n}@example.com") for n in range(2)]
    others = [
        make_registration(event, email=f"{state}@example.com", state=state)
        for state in ("waiting", "pending", "offered", "cancelled", "rejected")
    ]
    assert remind(event, START - DAY - timedelta(seconds=1)) == 0
    assert remind(event, START - DAY) == 2
    assert remind(event, START - DAY) == 0
    assert remind(event, START - HOUR) == 0
    assert [kinds(person) for person in seated] == [["reminder"]] * 2
    assert [kinds(person) for person in others] == [[]] * 5


def test_each_time_of_the_plan_brings_a_letter() -> None:
    event = make("7d 1d 2h")
    person = make_registration(event)
    for moment in (START - 7 * DAY, START - DAY, START - 2 * HOUR):
        assert remind(event, moment) == 1
        assert remind(event, moment + timedelta(minutes=1)) == 0
    assert kinds(person) == ["reminder"] * 3


def test_who_was_confirmed_after_the_moment_is_not_reminded() -> None:
    event = make()
    early, late, moved_up = (make_registration(event, email=f"{n}@example.com") for n in range(3))
    post("confirmed", early, after=START - DAY - HOUR - TRIP_NOW)
    post("confirmed", late, after=START - DAY + timedelta(minutes=5) - TRIP_NOW)
    post("waiting", moved_up, after=START - 3 * DAY - TRIP_NOW)
    post("promoted", moved_up, after=START - DAY + timedelta(minutes=9) - TRIP_NOW)
    # The worker was away for ten minutes.
    assert remind(event, START - DAY + timedelta(minutes=10)) == 1
    assert [person for person in (early, late, moved_up) if "reminder" in kinds(person)] == [early]


TRIP_NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
"""`tests.mail.world.NOW`, from which `post` counts."""


def test_a_moved_date_moves_the_reminder() -> None:
    event = make(contact_email="kai@example.org")
    person = make_registration(event)
    later = When.timed(START + 5 * DAY, START + 5 * DAY + HOUR)
    edited(event, START - 3 * DAY, when=later)
    assert remind(event, START - DAY) == 0
    assert remind(event, START + 4 * DAY) == 1
    assert kinds(person) == ["event_changed", "reminder"]


def test_who_was_just_told_the_new_date_is_not_reminded_of_it() -> None:
    event = make()
    person = make_registration(event)
    edited(event, START - 3 * DAY, when=When.timed(START - 2 * DAY - HOUR, START - 2 * DAY))
    assert remind(event, START - 3 * DAY + HOUR) == 0
    assert kinds(person) == ["event_changed"]


def test_one_start_is_never_reminded_of_twice_wherever_the_event_was_meanwhile() -> None:
    event = make()
    person = make_registration(event)
    assert remind(event, START - DAY) == 1
    edited(event, START - 20 * HOUR, when=When.timed(START + 5 * DAY, START + 6 * DAY))
    edited(event, START - 19 * HOUR, when=TRIP)
    change(Event, event, reminders="")
    plan_letters(event, Plan.read("1d", None), START - 18 * HOUR)
    assert remind(event, START - 17 * HOUR) == 0
    assert kinds(person).count("reminder") == 1


def test_a_reminder_that_waited_is_dropped_when_the_date_moved() -> None:
    event = make()
    person = make_registration(event)
    remind(event, START - DAY)
    edited(event, START - DAY + HOUR, when=When.timed(START + DAY, START + 2 * DAY))
    run_once(START - DAY + HOUR)
    assert [letter["Subject"] for letter in delivered()] == ["Uus aeg: Õppereis Võrru"]
    assert kinds(person) == ["reminder", "event_changed"]


@pytest.mark.parametrize("late", [timedelta(), HOUR])
def test_nothing_is_written_or_sent_after_the_start(late: timedelta) -> None:
    event = make("1h")
    make_registration(event)
    assert remind(event, START + late) == 0
    make_registration(event, email="b@example.com")
    # Written in time, and held up by the mail server until the start.
    assert remind(event, START - HOUR) == 2
    run_once(START + late)
    assert delivered() == []


@pytest.mark.parametrize("state", ["called_off", "draft"])
def test_an_event_that_is_not_on_reminds_nobody(state: str) -> None:
    event = make(state=state)
    make_registration(event)
    assert remind(event, START - DAY) == 0


def test_a_reminder_under_way_is_dropped_when_the_event_is_called_off() -> None:
    event = make()
    make_registration(event)
    remind(event, START - DAY)
    call_off(event, LocalText("torm"), START - DAY)
    run_once(START - DAY)
    assert [letter["Subject"] for letter in delivered()] == ["Üritus jääb ära: Õppereis Võrru"]


@pytest.mark.parametrize("when", [When.month(2026, 9), When.of_season(2026, "autumn")])
def test_an_event_without_a_day_reminds_nobody(when: When) -> None:
    event = make("7d 2h", when=when, thanks_after=3)
    make_registration(event)
    for moment in (START - 7 * DAY, START - 2 * HOUR, START + 3 * DAY, START + 90 * DAY):
        assert remind(event, moment) == 0


def test_after_a_week_without_a_worker_only_what_is_still_worth_it_is_written() -> None:
    event = make("7d 2d 1d")
    person = make_registration(event)
    assert remind(event, START - DAY + HOUR) == 1
    assert kinds(person) == ["reminder"]
    marks = db.session.execute(select(TimedLetter.code, TimedLetter.letters)).all()
    assert sorted(map(tuple, marks)) == [("1d", 1), ("2d", None), ("7d", None)]


def test_a_time_set_after_it_has_passed_is_left_out() -> None:
    event = make("")
    person = make_registration(event)
    plan_letters(event, Plan.read("1d 2h", None), START - 20 * HOUR)
    assert remind(event, START - 19 * HOUR) == 0
    assert remind(event, START - 2 * HOUR) == 1
    assert kinds(person) == ["reminder"]


def test_whose_address_was_forgotten_gets_nothing() -> None:
    event = make(thanks_after=1)
    make_registration(event, email="", email_key="forgotten-1")
    assert remind(event, START - DAY) == 0
    assert remind(event, START + 8 * HOUR) == 0
    assert kinds() == []


# --- Thanks -------------------------------------------------------------------


def test_people_are_thanked_once_after_the_event() -> None:
    event = make("", thanks_after=3)
    person = make_registration(event)
    make_registration(event, email="w@example.com", state="waiting")
    assert remind(event, START + 9 * HOUR - timedelta(seconds=1)) == 0
    assert remind(event, START + 9 * HOUR) == 1
    assert remind(event, START + 10 * HOUR) == 0
    assert kinds(person) == ["thanks"]


def test_without_the_wish_nobody_is_thanked() -> None:
    event = make("")
    make_registration(event)
    assert remind(event, START + 9 * HOUR) == 0


def test_thanks_switched_on_the_day_after_still_go_out() -> None:
    event = make("")
    make_registration(event)
    plan_letters(event, Plan.of([], 3), START + 2 * DAY)
    plan_feedback(event, None, "https://vorm.example.org/1", START + 2 * DAY)
    assert remind(event, START + 2 * DAY) == 1
    run_once(START + 2 * DAY)
    [letter] = delivered()
    assert "https://vorm.example.org/1" in text_of(letter)


def test_thanks_for_a_long_event_are_found_after_its_end() -> None:
    days = When.days(START.date(), START.date() + 60 * DAY)
    event = make("", when=days, thanks_after=168)
    make_registration(event)
    assert remind(event, local("2026-11-15 09:00")) == 1


# --- The worker, with a moved clock -------------------------------------------


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        # The clocks go forward on 29 March, back on 25 October.
        ("2026-03-29 09:30", "2026-03-28 09:30"),
        ("2026-03-30 03:15", "2026-03-29 04:15"),
        ("2026-10-25 09:30", "2026-10-24 09:30"),
        ("2026-10-26 03:15", "2026-10-25 03:15"),
    ],
)
def test_the_worker_reminds_at_the_same_hour_the_day_before_a_change_of_clocks(
    start: str, moment: str
) -> None:
    begins, due = local(start), local(moment)
    event = make(when=When.timed(begins, begins + HOUR))
    make_registration(event)
    for step, letters in ((timedelta(seconds=-1), 0), (timedelta(), 1), (HOUR, 1), (12 * HOUR, 1)):
        with time_machine.travel(due + step, tick=False):
            run_once(clock_now())
            assert len(delivered()) == letters


def test_a_clock_that_jumps_back_and_forth_doubles_nothing() -> None:
    event = make("1d 2h", thanks_after=3)
    person = make_registration(event)
    for hours in (-25, -23, -26, -24, -1, -3, -2, 9, 7, 10, -24, 10):
        with time_machine.travel(START + timedelta(hours=hours), tick=False):
            run_once(clock_now())
    assert sorted(kinds(person)) == ["reminder", "reminder", "thanks"]


# --- Two workers, and crashes -------------------------------------------------


def test_several_workers_at_once_write_each_letter_once(app: Flask) -> None:
    event = make()
    people = [make_registration(event, email=f"p{n}@example.com") for n in range(10)]
    db.session.rollback()
    gate, written = Barrier(4), []

    def work() -> None:
        with app.app_context():
            gate.wait()
            written.append(write_due(START - DAY))

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(written) == [0, 0, 0, 10]
    assert [kinds(person) for person in people] == [["reminder"]] * 10


def test_whichever_statement_breaks_off_the_letters_are_written_once() -> None:
    codes = SQLITE_CODES if db.engine.dialect.name == "sqlite" else SQLSTATES

    def letters(number: int) -> int:
        event = make()
        make_registration(event)
        make_registration(event, email="b@example.com")
        with Fault(number, codes[number % len(codes)]) as fault:
            try:
                write_due(START - DAY)
            except Exception:  # noqa: BLE001 - the look is not tried again; the next round looks
                db.session.rollback()
        write_due(START - DAY)
        rows = db.session.scalars(
            select(OutboxMessage.id)
            .join(Registration, Registration.id == OutboxMessage.registration_id)
            .where(Registration.event_id == event)
        ).all()
        assert len(rows) == 2, number
        with transaction() as session:
            session.get_one(Event, event).reminders = ""
        return fault.count

    count = letters(0)
    assert count > 5
    for number in range(1, count + 1):
        letters(number)


def test_what_is_due_is_found_in_two_queries_however_many_events() -> None:
    for number in range(6):
        make_registration(make(), email=f"p{number}@example.com")
    with Fault() as fault:
        write_due(START - 3 * DAY)
    # Events, marks, and the end of the transaction that read them.
    assert fault.count <= 3
