"""Events where an organiser confirms each registration."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration.decisions import give_seats, turn_down_all
from koostoo.registration.queries import seats_of
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.registration.people import acts, letters, person, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def come(event: Event, entry: Entry, count: int) -> list[int]:
    return [sign_up(event.id, entry(), now()).registration_id for _ in range(count)]


def test_while_the_organiser_decides_a_seat_is_held(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(capacity=1, approval="holds")
    first, _second = come(event, entry, 2)
    assert states(event.id) == ["pending", "waiting"]
    assert letters(first) == ["pending"]
    assert seats_of([event], now())[event.id].free == 0


def test_where_no_seat_is_held_anybody_may_ask_for_one(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(capacity=1, approval="loose")
    come(event, entry, 3)
    assert states(event.id) == ["pending"] * 3
    assert seats_of([event], now())[event.id].free == 1


def test_many_are_confirmed_at_once_and_who_finds_no_seat_waits(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=2, approval="loose")
    people = come(event, entry, 3)
    outcome = give_seats(event.id, people, now(), None)
    assert (outcome.done, outcome.queued, outcome.left) == (people[:2], people[2:], {})
    assert states(event.id) == ["confirmed", "confirmed", "waiting"]
    assert letters(people[0]) == ["pending", "confirmed"]
    assert letters(people[2]) == ["pending", "waiting"]
    assert acts(event.id) == [("approved", "")] * 3


def test_who_was_confirmed_and_waits_is_not_asked_about_again(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, approval="loose")
    people = come(event, entry, 2)
    give_seats(event.id, people, now(), None)
    cancel(people[0], now())
    assert states(event.id) == ["cancelled", "confirmed"]


def test_without_a_waiting_list_who_finds_no_seat_stays_to_be_confirmed(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, approval="loose", has_waiting_list=False)
    people = come(event, entry, 2)
    assert give_seats(event.id, people, now(), None).left == {people[1]: "full"}
    assert states(event.id) == ["confirmed", "pending"]


def test_a_seat_that_comes_free_is_held_for_the_next_until_the_organiser_decides(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, approval="holds", offer_hours=24)
    first, second = come(event, entry, 2)
    cancel(first, now())
    assert states(event.id) == ["cancelled", "pending"]
    assert letters(second) == ["waiting", "pending"]


def test_turning_down_tells_the_reason_and_frees_the_seat(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, approval="holds")
    first, second = come(event, entry, 2)
    outcome = turn_down_all(event.id, [first, second + 99], "Ainult liikmetele", now(), None)
    assert (outcome.done, outcome.left) == ([first], {second + 99: "gone"})
    assert states(event.id) == ["rejected", "pending"]
    assert person(first).decision_reason == "Ainult liikmetele"
    assert letters(first) == ["pending", "rejected"]
    assert acts(event.id) == [("rejected", "Ainult liikmetele")]


def test_who_was_turned_down_may_ask_again(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(approval="holds")
    typed = entry()
    first = sign_up(event.id, typed, now())
    turn_down_all(event.id, [first.registration_id], "Palun vali teine päev", now(), None)
    again = sign_up(event.id, entry(last_name=typed.last_name, email_key=typed.email_key), now())
    assert (again.state, again.already) == ("pending", False)


def test_nobody_with_a_seat_is_turned_down(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    [first] = come(event, entry, 1)
    assert turn_down_all(event.id, [first], "Eksitus", now(), None).left == {first: "gone"}
    assert states(event.id) == ["confirmed"]


def test_who_is_added_by_hand_is_confirmed_already(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(approval="holds")
    assert sign_up(event.id, entry(source="desk"), now()).state == "confirmed"


def test_after_the_event_nobody_is_confirmed(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(approval="holds")
    [first] = come(event, entry, 1)
    outcome = give_seats(event.id, [first], now() + timedelta(days=60), None)
    assert outcome.left == {first: "closed"}
    assert states(event.id) == ["pending"]


@pytest.mark.parametrize("approval", ["holds", "loose"])
def test_above_the_limit_only_with_a_reason_that_is_kept(
    make_event: MakeEvent, entry: Entry, approval: str
) -> None:
    event = make_event(capacity=1, approval=approval, has_waiting_list=True)
    first, second = come(event, entry, 2)
    give_seats(event.id, [first], now(), None)
    assert give_seats(event.id, [second], now(), None, "Bussijuht").done == [second]
    assert states(event.id) == ["confirmed", "confirmed"]
    assert acts(event.id)[-1] == ("seat_given_above", "Bussijuht")
    assert seats_of([event], now())[event.id].above == 1
