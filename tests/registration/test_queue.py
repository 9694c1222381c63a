"""The order of those who wait, changed by an organiser; promised seats moved between partners."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Quota
from koostoo.events.service import draft_of
from koostoo.programme.models import Activity
from koostoo.registration import rules
from koostoo.registration.decisions import NotPromised, move_in_queue, move_promise
from koostoo.registration.event_changes import SeatsTaken, edit_event
from koostoo.registration.queries import queue_place, queue_places, seats_of
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.registration.people import acts, letters, person, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
START = now()


@given(st.permutations(range(7)), st.integers(0, 7))
def test_ranks_keep_any_order_and_newcomers_line_up_behind(order: list[int], same: int) -> None:
    # The first `same` came in one instant, so that only their number tells them apart.
    came = [(START + timedelta(minutes=0 if n < same else n), n) for n in range(7)]
    wanted = [came[n] for n in order]
    ranked = list(zip(rules.ranks(wanted), wanted, strict=True))
    assert sorted(ranked) == ranked
    newcomer = (0, (START + timedelta(days=1), 8))
    assert max(ranked) < newcomer


def test_an_order_that_needs_no_help_has_no_ranks() -> None:
    assert rules.ranks([(START, 1), (START + timedelta(minutes=1), 2)]) == [0, 0]
    assert rules.ranks([]) == []


@pytest.fixture
def queue(make_event: MakeEvent, entry: Entry) -> tuple[int, list[int]]:
    """An event of one seat: who has it, and four who wait."""
    event = make_event(capacity=1, summary=LocalText("Lühidalt"), contact_email="k@example.org")
    return event.id, [sign_up(event.id, entry(), now()).registration_id for _ in range(5)]


def test_who_comes_later_stands_behind_though_the_clock_of_their_host_is_behind(
    queue: tuple[int, list[int]], entry: Entry
) -> None:
    event, (_seated, *waiting) = queue
    for seconds in (60, 5, 90):
        waiting.append(sign_up(event, entry(), now() - timedelta(seconds=seconds)).registration_id)
    assert queue_places(event) == {one: place for place, one in enumerate(waiting, 1)}


def test_who_was_moved_ahead_gets_the_next_seat(queue: tuple[int, list[int]], entry: Entry) -> None:
    event, (seated, second, third, fourth, fifth) = queue
    assert move_in_queue(event, fourth, 1, "Räägib seminaril", now(), None)
    late = sign_up(event, entry(), now()).registration_id
    assert queue_places(event) == {fourth: 1, second: 2, third: 3, fifth: 4, late: 5}
    assert [queue_place(person(n)) for n in (fourth, second, late)] == [1, 2, 5]
    cancel(seated, now())
    assert states(event) == ["cancelled", "waiting", "waiting", "confirmed", "waiting", "waiting"]
    assert acts(event) == [("moved_in_queue", "Räägib seminaril")]


def test_a_place_beyond_the_end_is_the_end(queue: tuple[int, list[int]]) -> None:
    event, (_seated, second, third, fourth, fifth) = queue
    assert move_in_queue(event, second, 99, "Soovib hiljem", now(), None)
    assert list(queue_places(event)) == [third, fourth, fifth, second]


def test_only_who_waits_is_moved(queue: tuple[int, list[int]]) -> None:
    event, (seated, *_waiting) = queue
    assert not move_in_queue(event, seated, 1, "Eksitus", now(), None)
    assert acts(event) == []


@pytest.fixture
def partners(programme: Activity) -> tuple[int, int]:
    host, partner = programme.project.partners
    return host.organisation_id, partner.organisation_id


def promise(event: Event, organisation: int, seats: int) -> None:
    with transaction() as session:
        until = now() + timedelta(days=5)
        session.add(
            Quota(event_id=event.id, organisation_id=organisation, seats=seats, release_at=until)
        )


def test_a_promised_seat_moved_goes_to_whoever_waits_for_it(
    make_event: MakeEvent, entry: Entry, partners: tuple[int, int]
) -> None:
    host, partner = partners
    event = make_event(capacity=3)
    promise(event, partner, 3)
    _first, second = (
        sign_up(event.id, entry(organisation_id=host), now()).registration_id for _ in range(2)
    )
    move_promise(event.id, partner, host, 1, "Kokkulepe", now(), None)
    assert states(event.id) == ["confirmed", "waiting"]
    move_promise(event.id, partner, None, 1, "Teistele ka", now(), None)
    assert states(event.id) == ["confirmed", "confirmed"]
    assert letters(second) == ["waiting", "promoted"]
    assert acts(event.id) == [("promise_moved", "Kokkulepe"), ("promise_moved", "Teistele ka")]


def test_nobody_gives_away_more_than_was_promised(
    make_event: MakeEvent, partners: tuple[int, int]
) -> None:
    host, partner = partners
    event = make_event(capacity=3)
    promise(event, partner, 2)
    for giver, taker, seats in ((partner, host, 3), (host, partner, 1), (partner, partner, 1)):
        with pytest.raises(NotPromised):
            move_promise(event.id, giver, taker, seats, "Põhjus", now(), None)
    assert acts(event.id) == []


def test_fewer_seats_than_people_only_with_a_reason_and_nobody_loses_theirs(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=3, summary=LocalText("Lühidalt"), contact_email="k@example.org")
    people = [sign_up(event.id, entry(), now()).registration_id for _ in range(4)]
    lower = replace(draft_of(event), capacity=1)
    with pytest.raises(SeatsTaken, match="3"):
        edit_event(event.id, lower, 1, now())
    edit_event(event.id, lower, 1, now(), overfull="Väiksem buss")
    assert states(event.id) == ["confirmed"] * 3 + ["waiting"]
    assert seats_of([event], now())[event.id].above == 2
    cancel(people[0], now())
    cancel(people[1], now())
    assert states(event.id) == ["cancelled", "cancelled", "confirmed", "waiting"]
    cancel(people[2], now())
    assert states(event.id)[-1] == "confirmed"
    assert acts(event.id) == [("overfull", "Väiksem buss")]


def test_a_promised_seat_somebody_has_already_is_not_given_away(
    make_event: MakeEvent, entry: Entry, partners: tuple[int, int]
) -> None:
    host, partner = partners
    event = make_event(capacity=2)
    promise(event, partner, 2)
    sign_up(event.id, entry(organisation_id=partner), now())
    with pytest.raises(NotPromised):
        move_promise(event.id, partner, host, 2, "Põhjus", now(), None)
    move_promise(event.id, partner, host, 1, "Põhjus", now(), None)
    assert sign_up(event.id, entry(organisation_id=host), now()).state == "confirmed"
