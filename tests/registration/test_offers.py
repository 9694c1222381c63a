"""A freed seat is offered, with a deadline: taken, given up, or lapsed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.mail.models import MailTrouble, OutboxMessage
from koostoo.registration.decisions import cancel_for, give_seats
from koostoo.registration.event_changes import call_off
from koostoo.registration.rules import SignUp
from koostoo.registration.service import accept, cancel, serve_due, sign_up
from tests.registration.people import acts, letters, letters_leave, person, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
HOUR = timedelta(hours=1)


@pytest.fixture
def three(make_event: MakeEvent, entry: Entry) -> tuple[int, list[int]]:
    """An event of one seat with a day to answer, and three people: one seated, two waiting."""
    event = make_event(capacity=1, offer_hours=24)
    return event.id, [sign_up(event.id, entry(), now()).registration_id for _ in range(3)]


def test_a_freed_seat_is_offered_to_the_next_until_the_deadline(
    three: tuple[int, list[int]],
) -> None:
    event, (first, second, third) = three
    moment = now()
    cancel(first, moment)
    assert states(event) == ["cancelled", "offered", "waiting"]
    assert person(second).offer_until == moment + 24 * HOUR
    assert letters(second) == ["waiting", "offered"]
    assert letters(third) == ["waiting"]


def test_a_seat_offered_and_taken_is_confirmed_with_the_usual_letter(
    three: tuple[int, list[int]],
) -> None:
    event, (first, second, _third) = three
    cancel(first, now())
    assert accept(second, now() + 23 * HOUR) == "accepted"
    assert states(event) == ["cancelled", "confirmed", "waiting"]
    assert person(second).offer_until is None
    assert letters(second) == ["waiting", "offered", "confirmed"]
    assert accept(second, now()) == "nothing"


def test_a_seat_given_up_is_offered_to_the_one_after(three: tuple[int, list[int]]) -> None:
    event, (first, second, third) = three
    cancel(first, now())
    assert cancel(second, now())
    assert states(event) == ["cancelled", "cancelled", "offered"]
    assert person(second).ended_by == "participant"
    assert letters(third) == ["waiting", "offered"]


def test_without_an_answer_the_worker_asks_the_next(three: tuple[int, list[int]]) -> None:
    event, (first, second, _third) = three
    moment = now()
    cancel(first, moment)
    letters_leave()
    just_before = moment + 24 * HOUR - timedelta(microseconds=1)
    assert serve_due(just_before) == 0
    assert states(event) == ["cancelled", "offered", "waiting"]
    assert serve_due(moment + 24 * HOUR) == 1
    assert states(event) == ["cancelled", "cancelled", "offered"]
    lapsed = person(second)
    assert (lapsed.ended_by, lapsed.cancelled_late) == ("lapse", False)
    assert letters(second) == ["waiting", "offered", "offer_lapsed"]
    assert serve_due(moment + 24 * HOUR) == 0


def test_an_answer_that_comes_too_late_finds_the_seat_with_the_next(
    three: tuple[int, list[int]],
) -> None:
    event, (first, second, _third) = three
    cancel(first, now())
    letters_leave()
    assert accept(second, now() + 25 * HOUR) == "lapsed"
    assert states(event) == ["cancelled", "cancelled", "offered"]


def offer_in_the_outbox(number: int, *, of_domain: bool = False, **values: Any) -> None:
    """Say what became so far of the letter that offers a seat to somebody."""
    with transaction() as session:
        letters_of = select(OutboxMessage).where(OutboxMessage.registration_id == number)
        waiting, offer = session.scalars(letters_of.order_by(OutboxMessage.id))
        waiting.state = "sent"
        for name, value in values.items():
            setattr(offer, name, value)
        if of_domain:
            session.add(
                MailTrouble(
                    scope=offer.recipient_domain,
                    since=offer.created_at,
                    last_at=offer.created_at,
                    failures=3,
                    last_id=offer.id,
                    reason="later",
                )
            )


@pytest.mark.parametrize(
    "so_far",
    [
        {},
        {"state": "sending", "attempts": 1},
        {"state": "retry", "attempts": 3, "reason": "sign_in"},
        {"state": "retry", "attempts": 1, "reason": "no_connection"},
    ],
)
def test_an_offer_nobody_could_be_told_of_has_its_time_once_the_letter_can_leave(
    three: tuple[int, list[int]], so_far: dict[str, Any]
) -> None:
    event, (first, second, third) = three
    moment = now()
    cancel(first, moment)
    offer_in_the_outbox(second, **so_far)
    late = moment + 30 * HOUR
    assert serve_due(late) == 0
    assert states(event) == ["cancelled", "offered", "waiting"]
    assert person(second).offer_until == late + 24 * HOUR
    assert (letters(second), letters(third)) == (["waiting", "offered"], ["waiting"])
    letters_leave()
    assert serve_due(late + 24 * HOUR) == 1
    assert states(event) == ["cancelled", "cancelled", "offered"]


@pytest.mark.parametrize(
    "so_far",
    [
        {"state": "retry", "attempts": 1, "reason": "mailbox_full"},
        {"state": "failed", "attempts": 1, "reason": "no_mailbox"},
        {"state": "skipped", "reason": "stopped"},
        {"of_domain": True},
    ],
)
def test_an_offer_the_recipients_side_keeps_from_them_lapses(
    three: tuple[int, list[int]], so_far: dict[str, Any]
) -> None:
    event, (first, second, _third) = three
    cancel(first, now())
    offer_in_the_outbox(second, **so_far)
    assert serve_due(now() + 25 * HOUR) == 1
    assert states(event) == ["cancelled", "cancelled", "offered"]


def test_who_finds_an_offer_on_their_page_before_the_late_letter_may_take_it(
    three: tuple[int, list[int]],
) -> None:
    event, (first, second, _third) = three
    cancel(first, now())
    assert accept(second, now() + 25 * HOUR) == "accepted"
    assert states(event) == ["cancelled", "confirmed", "waiting"]


def test_an_offer_nobody_was_told_of_lapses_all_the_same_once_the_event_has_begun(
    make_event: MakeEvent, entry: Entry
) -> None:
    begins = now() + 2 * HOUR
    event = make_event(capacity=1, offer_hours=1, when=When.timed(begins, begins + 5 * HOUR))
    first, second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    cancel(first, now())
    serve_due(now() + HOUR + timedelta(minutes=5))
    assert person(second).offer_until == begins
    serve_due(begins)
    assert person(second).state == "cancelled"


def test_a_newcomer_who_comes_before_the_worker_does_not_pass_those_who_wait(
    three: tuple[int, list[int]], entry: Entry
) -> None:
    event, (first, _second, _third) = three
    cancel(first, now())
    letters_leave()
    assert sign_up(event, entry(), now() + 25 * HOUR).state == "waiting"
    assert states(event) == ["cancelled", "cancelled", "offered", "waiting"]


def test_the_last_who_lets_an_offer_lapse_leaves_the_seat_to_a_newcomer(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, offer_hours=1)
    first, _second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    cancel(first, now())
    letters_leave()
    assert sign_up(event.id, entry(), now() + 2 * HOUR).state == "confirmed"
    assert states(event.id) == ["cancelled", "cancelled", "confirmed"]


def test_nobody_is_asked_to_answer_after_the_beginning(make_event: MakeEvent, entry: Entry) -> None:
    moment = now()
    begins = moment + 2 * HOUR
    event = make_event(capacity=1, offer_hours=24, when=When.timed(begins, begins + 5 * HOUR))
    one, two, three = (sign_up(event.id, entry(), moment).registration_id for _ in range(3))
    cancel(one, moment)
    assert person(two).offer_until == begins
    # Once it has begun, a seat that comes free is given, not offered.
    serve_due(begins)
    assert (person(two).state, person(three).state) == ("cancelled", "confirmed")


def test_an_organiser_may_answer_for_the_person(three: tuple[int, list[int]]) -> None:
    event, (first, second, _third) = three
    cancel(first, now())
    assert give_seats(event, [second], now(), None).done == [second]
    assert (person(second).state, person(second).offer_until) == ("confirmed", None)
    assert acts(event) == [("seat_given", "")]


def test_an_offer_taken_back_by_the_organiser_goes_to_the_next(
    three: tuple[int, list[int]],
) -> None:
    event, (first, second, _third) = three
    cancel(first, now())
    cancel_for(event, [second], now(), None)
    assert states(event) == ["cancelled", "cancelled", "offered"]
    assert person(second).ended_by == "organiser"


def test_an_offer_of_an_event_called_off_stays_as_it_was(
    app: Flask, three: tuple[int, list[int]]
) -> None:
    from_event, (first, second, _third) = three
    cancel(first, now())
    call_off(from_event, LocalText("Torm"), now())
    assert serve_due(now() + 48 * HOUR) == 0
    assert person(second).state == "offered"
    assert accept(second, now()) == "nothing"
