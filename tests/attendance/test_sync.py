"""Marks from several devices, late, in any order, more than once."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select

from koostoo.attendance.counting import counts
from koostoo.attendance.models import Attendance, AttendanceMark
from koostoo.attendance.queries import guests, standings
from koostoo.attendance.rules import Mark, Status, WalkIn
from koostoo.attendance.service import sync
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.attendance.conftest import TODAY

Events = Callable[..., Event]
Entry = Callable[..., SignUp]
START = now()


def mark(
    person: int | str, status: Status = "present", minute: int = 0, operation: str = ""
) -> Mark:
    """An act at this minute of a device's clock."""
    at = START + timedelta(minutes=minute)
    return Mark(operation or f"{person}-{status}-{minute}", person, TODAY, status, at)


def send(event: Event, *acts: Mark | WalkIn, by: int | None = None) -> list[str]:
    """Let a device whose clock is right send these; return the results."""
    moment = now()
    return [one.result for one in sync(event.id, acts, moment, moment, by)]


def present(event: Event) -> int:
    db.session.rollback()
    return counts(event.id).present.get(TODAY, 0)


def number_of(model: type[Attendance | AttendanceMark]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_who_marked_a_person_and_when_is_kept(
    held_today: Events, entry: Entry, helper: int
) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    assert send(event, mark(person), by=helper) == ["done"]
    found = standings(event.id)[person][TODAY]
    assert (found.status, found.by) == ("present", "abiline@example.org")
    assert abs(found.marked_at - START) < timedelta(seconds=30)


def test_the_same_person_marked_on_two_devices_counts_once(
    held_today: Events, entry: Entry
) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    assert send(event, mark(person, operation="one")) == ["done"]
    assert send(event, mark(person, operation="two")) == ["done"]
    assert (present(event), number_of(Attendance), number_of(AttendanceMark)) == (1, 1, 2)


def test_a_sync_that_is_repeated_changes_nothing(held_today: Events, entry: Entry) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    acts = (mark(person), mark(person, "unmarked", 1))
    assert send(event, *acts, acts[0]) == ["done", "done", "known"]
    assert send(event, *acts) == ["known", "known"]
    assert (present(event), number_of(AttendanceMark)) == (0, 2)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_latest_act_counts_in_whatever_order_they_arrive(
    held_today: Events, entry: Entry, order: tuple[int, ...]
) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    acts = [mark(person, minute=-9), mark(person, "unmarked", -5), mark(person, minute=-2)]
    for place in order:
        send(event, acts[place])
    assert present(event) == 1
    assert send(event, mark(person, "unmarked", -4)) == ["older"]
    assert present(event) == 1


def test_an_undo_is_remembered_so_that_a_late_mark_does_not_come_back(
    held_today: Events, entry: Entry
) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    send(event, mark(person, "unmarked", -1))
    assert send(event, mark(person, minute=-3)) == ["older"]
    assert present(event) == 0


def test_what_cannot_be_taken_is_told_and_hinders_nothing_else(
    held_today: Events, make_event: Events, entry: Entry
) -> None:
    event, other = held_today(), make_event(slug="other")
    person = sign_up(event.id, entry(), now()).registration_id
    stranger = sign_up(other.id, entry(), now()).registration_id
    wrong_day = Mark("wrong-day", person, TODAY - timedelta(days=9), "present", START)
    assert send(event, mark(stranger), mark(999_999), mark("nobody"), wrong_day, mark(person)) == [
        "gone",
        "gone",
        "gone",
        "day",
        "done",
    ]


def test_who_cancelled_and_came_is_counted_and_stays_on_the_list(
    held_today: Events, entry: Entry
) -> None:
    event = held_today()
    people = [sign_up(event.id, entry(), now()).registration_id for _ in range(2)]
    for person in people:
        cancel(person, now())
    send(event, mark(people[0]))
    assert counts(event.id).expected == 1
    assert [one.id for one in guests(event.id)] == [people[0]]


def test_marks_of_an_event_called_off_are_not_taken(held_today: Events, entry: Entry) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    with transaction() as session:
        session.get_one(Event, event.id).state = "called_off"
    assert send(event, mark(person)) == ["closed"]


def test_names_are_found_whatever_the_case_and_who_is_here_is_left_out(
    held_today: Events, entry: Entry
) -> None:
    event = held_today()
    names = [("Õie", "Žukov"), ("Mari", "Õunapuu"), ("Jüri", "Tamm")]
    people = [
        sign_up(event.id, entry(first_name=f, last_name=n), now()).registration_id for f, n in names
    ]
    assert [one.id for one in guests(event.id, text="õUNA mari")] == [people[1]]
    send(event, mark(people[0]))
    missing = [one.last_name for one in guests(event.id, missing_on=TODAY)]
    assert missing == ["Tamm", "Õunapuu"]
    assert [one.last_name for one in guests(event.id, never_there=True, limit=1)] == ["Tamm"]


def test_a_person_added_at_the_door_can_be_unmarked_by_the_act_that_added_them(
    held_today: Events, walk_in: Callable[..., WalkIn]
) -> None:
    event = held_today()
    added = walk_in(at=START)
    assert send(event, added, mark(added.operation, "unmarked", 1, "taken-back")) == [
        "done",
        "done",
    ]
    assert (present(event), counts(event.id).expected) == (0, 1)
    assert db.session.scalars(select(Registration)).one().state == "confirmed"
