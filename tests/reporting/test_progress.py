"""Planned against done, counted from the rows."""

from collections.abc import Callable
from datetime import date

import pytest

from koostoo.attendance.figures import Figures, note_figures
from koostoo.attendance.rules import Mark
from koostoo.attendance.service import sync
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.reporting.progress import ActivityProgress, SoFar, project_progress, so_far

MakeEvent = Callable[..., Event]
HELD = When.days(date(2024, 5, 30))


def progress_of(*activities: Activity) -> list[ActivityProgress]:
    db.session.rollback()
    rows = [db.session.get_one(Activity, one.id) for one in activities]
    found = project_progress(rows, now())
    return [found[one.id] for one in activities]


def whole(*activities: Activity) -> SoFar:
    db.session.rollback()
    rows = [db.session.get_one(Activity, one.id) for one in activities]
    return so_far(project_progress(rows, now(), with_people=True).values(), now())


def set_rule(activity: Activity, **values: object) -> None:
    with transaction() as session:
        row = session.get_one(Activity, activity.id)
        for name, value in values.items():
            setattr(row, name, value)


@pytest.fixture
def meetings(programme: Activity) -> Activity:
    """A second activity: meetings in different regions."""
    with transaction() as session:
        activity = Activity(
            project_id=programme.project_id,
            slug="meetings",
            kind="joint",
            position=2,
            title=LocalText("Koosolekud"),
            description=LocalText(),
            target=2,
            counts="regions",
            only_physical=True,
        )
        session.add(activity)
    return activity


def test_an_event_counts_for_its_own_activity_and_for_further_ones(
    programme: Activity, meetings: Activity, make_event: MakeEvent
) -> None:
    partner = programme.project.partners[1].organisation_id
    event = make_event(when=HELD, region_id=partner)
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.further_activities.append(session.get_one(Activity, meetings.id))
    own, further = progress_of(programme, meetings)
    assert (own.found.done, further.found.done) == (1, 1)
    assert [line.is_further for line in own.lines + further.lines] == [False, True]


def test_regions_are_told_apart_as_people_write_them(
    meetings: Activity, make_event: MakeEvent
) -> None:
    for when, values in (
        (date(2024, 5, 1), {"region_other": "Läti,  Riia"}),
        (date(2024, 5, 2), {"region_other": "läti, riia"}),
        (date(2024, 5, 3), {"region_other": "Rumeenia", "mode": "online"}),
        (date(2024, 5, 4), {}),
    ):
        event = make_event(when=When.days(when), **values)
        with transaction() as session:
            session.get_one(Event, event.id).activity_id = meetings.id
    [found] = progress_of(meetings)
    assert [line.why_not for line in found.lines] == [None, "same_region", "web", "no_region"]
    assert (found.found.done, found.found.is_reached) == (1, False)


def test_participants_are_those_who_came_else_the_figures(
    programme: Activity, make_event: MakeEvent, entry: Callable[..., SignUp]
) -> None:
    set_rule(programme, counts="participants", target=30)
    listed = make_event(when=When.days(date(2024, 5, 1)), capacity=5)
    with transaction() as session:
        session.get_one(Event, listed.id).when = When.days(date(2099, 5, 1))
    people = [sign_up(listed.id, entry(), now()) for _ in range(3)]
    with transaction() as session:
        session.get_one(Event, listed.id).when = When.days(date(2024, 5, 1))
    unmarked = [line.why_not for line in progress_of(programme)[0].lines]
    marks = [
        Mark(f"mark-{number}", person.registration_id, date(2024, 5, 1), "present", now())
        for number, person in enumerate(people[:2])
    ]
    sync(listed.id, marks, now(), now(), None)
    by_hand = make_event(when=When.month(2024, 11), takes_registrations=False)
    note_figures(by_hand.id, Figures(40, {}, "leht"), 0, now(), None)

    [found] = progress_of(programme)
    assert unmarked == ["no_people"]
    assert [line.people for line in found.lines] == [(2, False), (40, True)]
    assert found.found.done == 42


def test_a_project_has_come_to_what_was_held_and_an_event_of_two_activities_counts_once(
    programme: Activity, meetings: Activity, make_event: MakeEvent
) -> None:
    partner = programme.project.partners[1].organisation_id
    trip = make_event(when=HELD, region_id=partner)
    seminar = make_event(when=When.days(date(2024, 6, 3)), region_other="Läti,  Riia")
    for left_out in (
        {"when": HELD, "is_sample": True},
        {"when": HELD, "state": "draft"},
        {"when": When.days(date(2099, 5, 30))},
    ):
        make_event(region_other="Rumeenia", **left_out)
    make_event(when=When.days(date(2024, 6, 4)), region_other="läti, riia")
    with transaction() as session:
        row = session.get_one(Event, trip.id)
        row.further_activities.append(session.get_one(Activity, meetings.id))
    for event, number in ((trip, 30), (seminar, 12)):
        note_figures(event.id, Figures(number, {}, "nimekiri"), 0, now(), None)
    make_event(when=When.days(date(2024, 6, 5)), mode="online")
    assert whole(programme, meetings) == SoFar(events=4, regions=2, visits=42)
    make_event(when=When.days(date(2024, 6, 6)))
    assert whole(programme, meetings) == SoFar(events=5, regions=None, visits=42)
