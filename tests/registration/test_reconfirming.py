"""Asked whether they still come: what answers do, and who may be released without one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.events.service import draft_of
from koostoo.registration.event_changes import call_off, edit_event
from koostoo.registration.reconfirming import answer, note_coming, release
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.registration.moves import DAY, ask, last_move, move
from tests.registration.people import acts, letters, person, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    """Two seats, and a deadline to sign up that is not near."""
    return make_event(
        capacity=2, summary=LocalText("Läheme külla."), contact_email="info@example.org"
    )


@pytest.fixture
def people(event: Event, entry: Entry) -> list[int]:
    """Two who have a seat, and one who waits."""
    return [sign_up(event.id, entry(), now()).registration_id for _ in range(3)]


def test_still_coming_keeps_the_seat_and_counts_once(event: Event, people: list[int]) -> None:
    ask(event)
    number, asked = people[0], last_move(event).id
    first = now()
    assert answer(number, asked, first, comes=True) == "comes"
    assert answer(number, asked, now() + DAY, comes=True) == "comes"
    assert (person(number).state, person(number).still_comes_at) == ("confirmed", first)
    # An old button in another tab.
    assert answer(number, asked, now(), comes=False) == "nothing"
    assert person(number).state == "confirmed"


def test_who_cannot_come_frees_the_seat_for_the_next(event: Event, people: list[int]) -> None:
    ask(event)
    assert answer(people[1], last_move(event).id, now(), comes=False) == "cancelled"
    assert states(event.id) == ["confirmed", "cancelled", "confirmed"]
    assert letters(people[1])[-1] == "cancelled"
    assert letters(people[2])[-1] == "promoted"


def test_giving_up_a_seat_after_a_change_is_not_late(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(
        closes_at=now() + DAY, summary=LocalText("Läheme."), contact_email="info@example.org"
    )
    asked, plain = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    ask(event)
    answer(plain, last_move(event).id, now(), comes=True)
    for number in (asked, plain):
        cancel(number, now() + 2 * DAY)
    assert (person(asked).cancelled_late, person(plain).cancelled_late) == (False, True)


def test_an_answer_after_its_time_still_counts(event: Event, people: list[int]) -> None:
    ask(event)
    late = now() + 4 * DAY
    assert answer(people[0], last_move(event).id, late, comes=True) == "comes"


def test_an_answer_to_a_change_before_the_last_is_asked_for_again(
    event: Event, people: list[int]
) -> None:
    ask(event)
    first = last_move(event).id
    answer(people[0], first, now(), comes=True)
    ask(event, place=LocalText("Paralepa"))
    assert person(people[0]).is_asked
    for comes in (True, False):
        assert answer(people[0], first, now(), comes=comes) == "outdated"
    assert person(people[0]).is_asked
    assert person(people[0]).state == "confirmed"


def test_a_further_change_without_a_question_leaves_the_open_one(
    event: Event, people: list[int]
) -> None:
    ask(event)
    first = last_move(event).id
    answer(people[0], first, now(), comes=True)
    move(event, place=LocalText("Paralepa"))
    assert [person(number).is_asked for number in people] == [False, True, False]
    assert answer(people[1], first, now(), comes=True) == "comes"


def test_nobody_answers_about_an_event_that_is_called_off(event: Event, people: list[int]) -> None:
    ask(event)
    call_off(event.id, LocalText("Torm"), now())
    assert answer(people[0], last_move(event).id, now(), comes=False) == "nothing"
    assert person(people[0]).state == "confirmed"


def test_only_who_did_not_answer_in_time_can_be_released(event: Event, people: list[int]) -> None:
    ask(event)
    answer(people[0], last_move(event).id, now(), comes=True)
    early = release(event.id, people, now(), None)
    assert early.left == dict.fromkeys(people, "answered")
    outcome = release(event.id, people, now() + 4 * DAY, None)
    assert outcome.done == [people[1]]
    assert outcome.left == {people[0]: "answered", people[2]: "answered"}
    assert states(event.id) == ["confirmed", "cancelled", "confirmed"]
    assert letters(people[1])[-1] == "released"
    assert (person(people[1]).ended_by, person(people[1]).cancelled_late) == ("organiser", False)
    assert [action for action, _reason in acts(event.id)] == ["moved", "released"]


def test_time_alone_releases_nobody(event: Event, people: list[int]) -> None:
    ask(event)
    sign_up_later = now() + 10 * DAY
    edit_event(
        event.id,
        replace(draft_of(db.session.get_one(Event, event.id)), capacity=3),
        2,
        sign_up_later,
    )
    assert states(event.id) == ["confirmed"] * 3


def test_who_phoned_is_noted_as_coming(event: Event, people: list[int]) -> None:
    ask(event)
    outcome = note_coming(event.id, people, now(), None)
    assert outcome.done == people[:2]
    assert outcome.left == {people[2]: "unasked"}
    assert release(event.id, people, now() + 4 * DAY, None).done == []
