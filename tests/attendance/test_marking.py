"""Marking many people present at once from the desk."""

from collections.abc import Callable
from datetime import date, timedelta

from koostoo.attendance.marking import mark_present
from koostoo.attendance.queries import standings
from koostoo.attendance.rules import Mark, days_of
from koostoo.attendance.service import sync
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def test_each_person_is_reported_and_a_mark_of_the_door_is_not_doubled(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    day = days_of(event.when)[0]
    here, there, gone = (sign_up(event.id, entry(), now()).registration_id for _ in range(3))
    cancel(gone, now())
    at_door = Mark("device-1", here, day, "present", now())
    sync(event.id, [at_door], now(), now(), None)
    outcome = mark_present(event.id, [here, there, gone, 999], day, now(), None)
    assert outcome.done == [there]
    assert outcome.left == {999: "gone", here: "present", gone: "seatless"}
    db.session.rollback()
    assert {number for number, days in standings(event.id).items() if day in days} == {here, there}


def test_only_days_of_a_published_event_are_marked(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    day = days_of(event.when)[0]
    one = sign_up(event.id, entry(), now()).registration_id
    assert mark_present(event.id, [one], date(2020, 1, 1), now(), None).left == {one: "day"}
    with transaction() as session:
        session.get_one(Event, event.id).state = "called_off"
    assert mark_present(event.id, [one], day, now(), None).left == {one: "unpublished"}


def test_a_mark_from_the_desk_counts_over_a_clock_that_ran_ahead(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    day = days_of(event.when)[0]
    one = sign_up(event.id, entry(), now()).registration_id
    ahead = now() + timedelta(seconds=1)
    sync(event.id, [Mark("device-1", one, day, "absent", ahead)], ahead, ahead, None)
    assert mark_present(event.id, [one], day, now(), None).done == [one]
    db.session.rollback()
    assert standings(event.id)[one][day].status == "present"
