"""Letters that could not be delivered, put back in the outbox by an organiser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.mail import outbox
from koostoo.mail.models import OutboxMessage
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.registration.undelivered import send_again

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def letters(registration_id: int) -> list[OutboxMessage]:
    db.session.expire_all()
    return list(
        db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.registration_id == registration_id)
            .order_by(OutboxMessage.id)
        )
    )


def mark(registration_id: int, *states: str) -> None:
    """Write down what became of a person's letters, in order."""
    with transaction() as session:
        for letter, state in zip(letters(registration_id), states, strict=True):
            row = session.get_one(OutboxMessage, letter.id)
            row.state, row.last_error, row.attempts = state, "550 no such mailbox", 1


@pytest.fixture
def seat(make_event: MakeEvent, entry: Entry) -> tuple[int, int]:
    """An event and a person who signed up and withdrew: two letters."""
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    cancel(number, now())
    return event.id, number


def test_a_failed_letter_leaves_again_under_the_same_message_id(seat: tuple[int, int]) -> None:
    event_id, number = seat
    mark(number, "sent", "failed")
    known = letters(number)[1].message_id
    moment = now()
    assert send_again(event_id, number, moment) == 1
    sent, again = letters(number)
    assert (sent.state, again.state) == ("sent", "queued")
    assert (again.message_id, again.next_try_at) == (known, moment)
    with transaction() as session:
        assert outbox.claim(session, moment) == outbox.Claim(again.id, attempt=2)


def test_several_leave_in_the_order_they_were_written(seat: tuple[int, int]) -> None:
    event_id, number = seat
    mark(number, "failed", "failed")
    assert send_again(event_id, number, now()) == 2
    first, second = (letter.id for letter in letters(number))
    with transaction() as session:
        taken = outbox.claim(session, now())
        assert taken is not None
        assert taken.id == first
        assert outbox.claim(session, now()) is None
        outbox.mark_sent(session, taken, now())
        session.flush()
        following = outbox.claim(session, now())
    assert following is not None
    assert following.id == second


def test_an_earlier_letter_goes_before_one_that_waits(seat: tuple[int, int]) -> None:
    event_id, number = seat
    mark(number, "failed", "queued")
    assert send_again(event_id, number, now()) == 1
    with transaction() as session:
        taken = outbox.claim(session, now())
    assert taken is not None
    assert taken.id == letters(number)[0].id


def test_only_what_failed_is_touched(seat: tuple[int, int]) -> None:
    event_id, number = seat
    for states in (("sent", "queued"), ("dropped", "sending"), ("sent", "sent")):
        mark(number, *states)
        before = [letter.next_try_at for letter in letters(number)]
        assert send_again(event_id, number, now() + timedelta(hours=1)) == 0
        assert tuple(letter.state for letter in letters(number)) == states
        assert [letter.next_try_at for letter in letters(number)] == before


def test_pressing_twice_sends_once(seat: tuple[int, int]) -> None:
    event_id, number = seat
    mark(number, "sent", "failed")
    assert [send_again(event_id, number, now()) for _ in range(2)] == [1, 0]


def test_nobody_elses_letters_and_no_other_events_are_touched(
    seat: tuple[int, int], make_event: MakeEvent, entry: Entry
) -> None:
    event_id, number = seat
    neighbour = sign_up(event_id, entry(), now()).registration_id
    elsewhere = make_event()
    stranger = sign_up(elsewhere.id, entry(), now()).registration_id
    mark(number, "sent", "failed")
    mark(neighbour, "failed")
    mark(stranger, "failed")
    assert send_again(elsewhere.id, number, now()) == 0
    assert send_again(event_id, stranger, now()) == 0
    assert letters(number)[1].state == "failed"
    assert send_again(event_id, number, now()) == 1
    assert (letters(neighbour)[0].state, letters(stranger)[0].state) == ("failed", "failed")
