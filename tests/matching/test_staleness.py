"""What is matched is looked at again where something changed, and nowhere else."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.matching.models import CountedRegistration, MatchedProject
from koostoo.matching.queries import is_stale
from koostoo.matching.service import match, note_matches, work_out
from koostoo.programme.models import Activity, Project
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.statements import plans_of, statements

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
LONG = timedelta(minutes=30)


@pytest.fixture
def elsewhere(programme: Activity) -> Activity:
    """An activity of another project."""
    with transaction() as session:
        project = Project(
            slug="other",
            title=LocalText("Teine"),
            starts_on=date(2024, 1, 1),
            ends_on=date(2030, 12, 31),
        )
        session.add(project)
        session.flush()
        activity = Activity(
            project_id=project.id, slug="there", kind="joint", position=1, target=1,
            title=LocalText("Kohtumised"), description=LocalText(""),
        )  # fmt: skip
        session.add(activity)
        session.flush()
        number = activity.id
    return db.session.get_one(Activity, number)


def move(event_id: int, activity: Activity) -> None:
    with transaction() as session:
        event = session.get_one(Event, event_id)
        event.activity_id, event.revised_at = activity.id, now()


def matched_in(person: int) -> int:
    db.session.rollback()
    return db.session.get_one(CountedRegistration, person).project_id


def test_who_is_new_or_revised_is_noticed_however_late_it_is_committed(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    event_id, project_id = event.id, event.activity.project_id
    began = now()
    assert is_stale(project_id)
    match(project_id, began)
    assert not is_stale(project_id)
    person = sign_up(event_id, entry(), began).registration_id
    assert is_stale(project_id)
    match(project_id, began)
    assert not is_stale(project_id)
    with transaction() as session:
        # Dated before the match, seen after it.
        session.get_one(Registration, person).revised_at = began - timedelta(seconds=30)
    assert is_stale(project_id)


def test_an_event_that_comes_from_another_project_is_matched_in_its_new_one(
    make_event: MakeEvent, entry: Entry, elsewhere: Activity
) -> None:
    event = make_event()
    event_id, here, there = event.id, event.activity.project_id, elsewhere.project_id
    person = sign_up(event_id, entry(), now()).registration_id
    match(here, now())
    match(there, now())
    assert matched_in(person) == here
    with time_machine.travel(now() + LONG):
        move(event_id, elsewhere)
        assert is_stale(there)
        match(there, now())
        assert not is_stale(there)
    assert matched_in(person) == there


def test_a_match_overtaken_by_a_move_writes_nothing(
    make_event: MakeEvent, entry: Entry, elsewhere: Activity
) -> None:
    event, stays = make_event(), make_event()
    event_id, here, there = event.id, event.activity.project_id, elsewhere.project_id
    gone = sign_up(event_id, entry(), now()).registration_id
    rest = sign_up(stays.id, entry(), now()).registration_id
    plan = work_out(here)
    move(event_id, elsewhere)
    match(there, now())
    assert not note_matches(here, plan, now())
    assert matched_in(gone) == there
    assert db.session.get(CountedRegistration, rest) is None
    assert match(here, now()) == 1
    assert (matched_in(gone), matched_in(rest)) == (there, here)
    assert not is_stale(here)
    assert not is_stale(there)


def test_the_people_of_other_projects_are_not_looked_at_for_ever(
    make_event: MakeEvent, entry: Entry, elsewhere: Activity
) -> None:
    event = make_event()
    event_id, there = event.id, elsewhere.project_id
    match(there, now())
    last = sign_up(event_id, entry(), now()).registration_id
    with time_machine.travel(now() + LONG, tick=False):
        match(there, now())
        state = db.session.get_one(MatchedProject, there)
        assert (state.last_id, state.matched_at) == (last, now())


def test_looking_takes_three_queries_and_an_index_for_each_kind_of_change(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    project_id = event.activity.project_id
    for _ in range(3):
        sign_up(event.id, entry(), now())
    match(project_id, now())
    with statements() as seen:
        assert not is_stale(project_id)
    assert sum(one.startswith(("SELECT", "WITH")) for one in seen) == 3
    plan = plans_of(lambda: is_stale(project_id))[-1]
    assert "USING INTEGER PRIMARY KEY (rowid>?)" in plan
    assert "ix_registration_revised_at (revised_at>?)" in plan
    assert "SCAN registration" not in plan
