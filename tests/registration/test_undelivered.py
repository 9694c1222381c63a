"""What organisers do about letters: those missed leave again, one is stopped, an address mended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.base.database import db, transaction
from koostoo.calendars.reply import PartStat
from koostoo.events.models import Event
from koostoo.mail import delivery
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.registration.calendar_replies import take_seat_back
from koostoo.registration.models import CalendarReply
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.registration.undelivered import (
    PersonNotFound,
    correct_address,
    send_again,
    stop_letter,
    try_letter_again,
)
from tests.registration.calendar import answer

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
            row.state, row.reason, row.attempts = state, "no_mailbox", 1


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
        assert delivery.claim(session, moment) == delivery.Claim(again.id, attempt=2)


def test_several_leave_in_the_order_they_were_written(seat: tuple[int, int]) -> None:
    event_id, number = seat
    mark(number, "failed", "failed")
    assert send_again(event_id, number, now()) == 2
    first, second = (letter.id for letter in letters(number))
    with transaction() as session:
        taken = delivery.claim(session, now())
        assert taken is not None
        assert taken.id == first
        assert delivery.claim(session, now()) is None
        delivery.mark_sent(session, taken, "mari1@example.org", "mail.example.ee", "250", now())
        session.flush()
        following = delivery.claim(session, now())
    assert following is not None
    assert following.id == second


def test_an_earlier_letter_goes_before_one_that_waits(seat: tuple[int, int]) -> None:
    event_id, number = seat
    mark(number, "failed", "queued")
    assert send_again(event_id, number, now()) == 1
    with transaction() as session:
        taken = delivery.claim(session, now())
    assert taken is not None
    assert taken.id == letters(number)[0].id


def test_only_what_failed_is_touched(seat: tuple[int, int]) -> None:
    event_id, number = seat
    for states in (("sent", "queued"), ("skipped", "sending"), ("retry", "sent")):
        mark(number, *states)
        before = [letter.next_try_at for letter in letters(number)]
        assert send_again(event_id, number, now() + timedelta(hours=1)) == 0
        assert tuple(letter.state for letter in letters(number)) == states
        assert [letter.next_try_at for letter in letters(number)] == before


def test_what_came_back_counts_as_missed(seat: tuple[int, int]) -> None:
    event_id, number = seat
    mark(number, "bounced", "sent")
    assert send_again(event_id, number, now()) == 1
    assert [letter.state for letter in letters(number)] == ["queued", "sent"]


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


def test_a_letter_that_waits_is_tried_at_once_and_starts_anew(seat: tuple[int, int]) -> None:
    _event_id, number = seat
    mark(number, "retry", "queued")
    with transaction() as session:
        row = session.get_one(OutboxMessage, letters(number)[0].id)
        row.put_offs, row.put_off_since = 9, now() - timedelta(days=2)
    moment = now()
    assert try_letter_again(letters(number)[0].id, moment)
    found = letters(number)[0]
    assert (found.state, found.next_try_at, found.put_offs) == ("queued", moment, 0)
    assert found.put_off_since is None
    assert not try_letter_again(letters(number)[0].id, moment)


@pytest.mark.parametrize(
    ("state", "stopped"),
    [
        ("queued", True),
        ("retry", True),
        ("sending", False),
        ("sent", False),
        ("failed", False),
        ("bounced", False),
        ("skipped", False),
    ],
)
def test_only_what_has_not_left_can_be_stopped(
    seat: tuple[int, int], state: str, stopped: bool
) -> None:
    mark(seat[1], state, "sent")
    letter = letters(seat[1])[0]
    assert stop_letter(letter.id, now()) is stopped
    found = letters(seat[1])[0]
    assert (found.state, found.reason) == (
        ("skipped", "stopped") if stopped else (state, "no_mailbox")
    )


def test_a_stopped_letter_lets_the_next_one_go(seat: tuple[int, int]) -> None:
    first, second = (letter.id for letter in letters(seat[1]))
    assert stop_letter(first, now())
    with transaction() as session:
        taken = delivery.claim(session, now())
    assert taken is not None
    assert taken.id == second


def test_a_letter_that_is_not_there_is_neither_tried_nor_stopped(app: Flask) -> None:
    assert not try_letter_again(999, now())
    assert not stop_letter(999, now())


def test_a_letter_under_way_while_the_address_is_corrected_goes_to_the_new_one(
    seat: tuple[int, int],
) -> None:
    event_id, number = seat
    with transaction() as session:
        taken = delivery.claim(session, now())
    assert taken is not None
    assert correct_address(event_id, number, parse_email("right@example.org"), now()) == 2
    with transaction() as session:
        delivery.mark_sent(session, taken, "mari1@example.org", "mail.example.ee", "250", now())
    assert [letter.state for letter in letters(number)] == ["queued", "queued"]
    assert {letter.recipient for letter in letters(number)} == {"right@example.org"}


@pytest.mark.parametrize("said", ["ACCEPTED", "DECLINED"])
def test_what_a_calendar_at_the_wrong_address_answered_is_forgotten(
    make_event: MakeEvent, entry: Entry, said: PartStat
) -> None:
    event = make_event(on_decline="ask")
    number = sign_up(event.id, entry(), now()).registration_id
    answer(number, said)
    assert db.session.get(CalendarReply, number) is not None
    assert correct_address(event.id, number, parse_email("oige@example.org"), now())
    assert db.session.get(CalendarReply, number) is None
    # The question meant for the wrong calendar, where it still waits, is no longer true.
    sent = [letter.id for letter in letters(number) if render(letter.id, now())]
    assert [letter.kind for letter in letters(number) if letter.id in sent] == ["confirmed"]


def test_a_seat_freed_by_the_calendar_at_the_wrong_address_can_be_asked_for_again(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(on_decline="free")
    number = sign_up(event.id, entry(), now()).registration_id
    assert answer(number) == "freed"
    correct_address(event.id, number, parse_email("oige@example.org"), now())
    assert take_seat_back(number, now()) == "seat"


def test_two_organisers_who_correct_the_same_address_do_not_double_the_letters(
    seat: tuple[int, int],
) -> None:
    event_id, number = seat
    mark(number, "failed", "bounced")
    for _ in range(2):
        assert correct_address(event_id, number, parse_email("right@example.org"), now()) == 2
    assert len(letters(number)) == 2


def test_no_address_is_corrected_through_another_event(
    seat: tuple[int, int], make_event: MakeEvent
) -> None:
    _event_id, number = seat
    with pytest.raises(PersonNotFound):
        correct_address(make_event().id, number, parse_email("right@example.org"), now())


def test_a_person_who_left_may_get_the_address_of_one_who_came_back(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    gone = sign_up(event.id, entry(last_name="Maasikas"), now()).registration_id
    cancel(gone, now())
    address = parse_email("right@example.org")
    sign_up(
        event.id,
        entry(last_name="Maasikas", email=address.normalised, email_key=address.key),
        now(),
    )
    assert correct_address(event.id, gone, address, now()) == 2
