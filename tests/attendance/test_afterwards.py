"""What is put right after the event: attendance with a reason, contributions paid."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.attendance.models import WalkInEntry
from koostoo.attendance.queries import guests, payments, standings, was_taken
from koostoo.attendance.rules import Mark, WalkIn
from koostoo.attendance.service import correct, note_paid, sync
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.privacy.service import forget
from koostoo.programme.models import Project
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.attendance.conftest import TODAY

Events = Callable[..., Event]
Entry = Callable[..., SignUp]
TOMORROW = TODAY + timedelta(days=1)


def test_attendance_is_corrected_with_a_reason_that_stays_in_the_history(
    held_today: Events, entry: Entry, helper: int
) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    assert not was_taken(event.id)
    sync(event.id, [Mark("m", person, TODAY, "present", now())], now(), now(), None)
    days = {TODAY: "absent", TOMORROW: "present", TODAY - timedelta(days=50): "present"}
    assert correct(person, days, "Allkiri puudub", now(), helper) == 2  # type: ignore[arg-type]  # literals widen in a dict
    assert correct(person, {TODAY: "absent"}, "Veel kord", now(), helper) == 0
    found = standings(event.id)[person]
    assert {day: one.status for day, one in found.items()} == {TODAY: "absent", TOMORROW: "present"}
    notes = [
        (act.reason, act.detail)
        for act in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    ]
    first = {"day": TODAY.isoformat(), "from": "present", "to": "absent"}
    assert notes[0] == ("Allkiri puudub", first)
    assert len(notes) == 2


def test_a_correction_counts_over_marks_that_come_in_later(
    held_today: Events, entry: Entry
) -> None:
    event = held_today()
    person = sign_up(event.id, entry(), now()).registration_id
    late = Mark("late", person, TODAY, "present", now() - timedelta(minutes=5))
    correct(person, {TODAY: "absent"}, "Ei olnud", now(), None)
    assert [one.result for one in sync(event.id, [late], now(), now(), None)] == ["older"]
    assert [one.id for one in guests(event.id, never_there=True)] == [person]


def test_contributions_are_noted_changed_and_taken_back(
    held_today: Events, make_event: Events, entry: Entry
) -> None:
    event, other = held_today(contribution_cents=2000), make_event()
    people = [sign_up(event.id, entry(), now()).registration_id for _ in range(3)]
    stranger = sign_up(other.id, entry(), now()).registration_id
    assert note_paid(event.id, [*people[:2], stranger], "cash", None, now(), None) == 2
    assert note_paid(event.id, people[:1], "cash", None, now(), None) == 0
    assert note_paid(event.id, people[1:], "transfer", 1550, now(), None) == 2
    assert payments(event.id) == {
        people[0]: ("cash", 2000),
        people[1]: ("transfer", 1550),
        people[2]: ("transfer", 1550),
    }
    assert note_paid(event.id, people[:1], None, None, now(), None) == 1
    assert sorted(payments(event.id)) == people[1:]
    assert payments(other.id) == {}


def test_of_a_walk_in_the_note_and_then_the_name_are_forgotten(
    held_today: Events, walk_in: Callable[..., WalkIn]
) -> None:
    event = held_today()
    sync(event.id, [walk_in(note="Tuli naabriga")], now(), now(), None)
    with transaction() as session:
        session.get_one(Event, event.id).when = When.days(TODAY - timedelta(days=9))
        project = session.scalars(select(Project)).one()
        project.starts_on, project.ends_on = TODAY.replace(2020), TODAY.replace(2021)
        project.keep_until = TODAY - timedelta(days=1)
    assert forget(now()).contacts == 1
    assert forget(now()).contacts == 0
    assert db.session.scalars(select(WalkInEntry)).one().note == ""
    person = db.session.scalars(select(Registration)).one()
    assert (person.search_key, person.name, person.state) == ("", "", "confirmed")
