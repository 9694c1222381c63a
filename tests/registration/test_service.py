"""Signing up, cancelling and promoting, on a real database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.decisions import cancel_for, give_seats
from koostoo.registration.models import Registration
from koostoo.registration.queries import queue_place
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, change, sign_up
from tests.registration.people import letters, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def test_a_member_gets_a_seat_and_a_letter_in_one_transaction(
    make_event: MakeEvent, entry: Entry
) -> None:
    outcome = sign_up(make_event(capacity=5).id, entry(), now())
    assert outcome.state == "confirmed"
    assert letters(outcome.registration_id) == ["confirmed"]


def test_a_rolled_back_sign_up_leaves_no_letter(
    make_event: MakeEvent, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event()
    monkeypatch.setattr(db.session(), "commit", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sign_up(event.id, entry(), now())
    monkeypatch.undo()
    assert states(event.id) == []
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_full_event_puts_people_on_the_waiting_list_in_order(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    outcomes = [sign_up(event.id, entry(), now()) for _ in range(3)]
    assert [o.state for o in outcomes] == ["confirmed", "waiting", "waiting"]
    last = db.session.get_one(Registration, outcomes[2].registration_id)
    assert queue_place(last) == 2
    assert letters(last.id) == ["waiting"]


def test_a_full_event_without_waiting_list_refuses(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(capacity=0, has_waiting_list=False)
    with pytest.raises(SignUpRefused, match="full"):
        sign_up(event.id, entry(), now())
    assert states(event.id) == []


def test_the_deadline_is_checked_inside_the_transaction(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(closes_at=now() - timedelta(seconds=1))
    with pytest.raises(SignUpRefused, match="closed"):
        sign_up(event.id, entry(), now())


def test_the_same_form_sent_twice_counts_once(make_event: MakeEvent, entry: Entry) -> None:
    event, typed = make_event(), entry()
    first, second = sign_up(event.id, typed, now()), sign_up(event.id, typed, now())
    assert (first.registration_id, second.repeated) == (second.registration_id, True)
    assert letters(first.registration_id) == ["confirmed"]


def test_a_form_sent_again_mends_what_it_said_only_within_the_hour(
    make_event: MakeEvent, entry: Entry
) -> None:
    event, first = make_event(), entry(phone="+3725552385")
    sign_up(event.id, first, now())
    mended = replace(first, phone="+3725552386")
    outcome = sign_up(event.id, mended, now())
    assert letters(outcome.registration_id) == ["confirmed", "changed"]
    sign_up(event.id, first, now() + timedelta(hours=2))
    row = db.session.get_one(Registration, outcome.registration_id, populate_existing=True)
    assert row.phone == "+3725552386"


def test_a_form_kept_from_one_event_does_not_hinder_another(
    make_event: MakeEvent, entry: Entry
) -> None:
    typed = entry()
    for event in (make_event(), make_event()):
        assert sign_up(event.id, typed, now()).state == "confirmed"


def test_the_same_person_keeps_one_seat_and_is_told_so_by_mail(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    first = sign_up(event.id, entry(first_name="Mari", last_name="Männik", email_key="m@x"), now())
    again = entry(first_name=" MARI", last_name="männik", email_key="m@x")
    second = sign_up(event.id, again, now())
    assert second.already
    assert states(event.id) == ["confirmed"]
    assert letters(first.registration_id) == ["confirmed", "already"]
    sign_up(event.id, again, now())
    assert letters(first.registration_id) == ["confirmed", "already"]


def test_a_couple_may_share_an_address(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    sign_up(event.id, entry(first_name="Mari", email_key="pere@x"), now())
    sign_up(event.id, entry(first_name="Mart", email_key="pere@x"), now())
    assert states(event.id) == ["confirmed", "confirmed"]


def test_cancelling_promotes_exactly_the_next_in_the_same_transaction(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    first, second, third = (sign_up(event.id, entry(), now()).registration_id for _ in range(3))
    assert cancel(first, now())
    assert states(event.id) == ["cancelled", "confirmed", "waiting"]
    assert letters(first) == ["confirmed", "cancelled"]
    assert letters(second) == ["waiting", "promoted"]
    assert letters(third) == ["waiting"]


def test_cancelling_twice_frees_one_seat(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(capacity=1)
    first, *_ = (sign_up(event.id, entry(), now()).registration_id for _ in range(3))
    assert cancel(first, now())
    assert cancel_for(event.id, [first], now(), None).left == {first: "gone"}
    assert states(event.id) == ["cancelled", "confirmed", "waiting"]


def test_cancelling_after_the_deadline_is_late_and_still_frees_the_seat(
    make_event: MakeEvent, entry: Entry
) -> None:
    deadline = now() + timedelta(days=1)
    event = make_event(capacity=1, closes_at=deadline)
    first, second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    assert cancel(first, deadline + timedelta(hours=1))
    assert db.session.get_one(Registration, first).cancelled_late
    assert db.session.get_one(Registration, second).state == "confirmed"


def test_who_has_cancelled_may_sign_up_again(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    first = sign_up(event.id, entry(last_name="Mets", email_key="m@x"), now())
    cancel(first.registration_id, now())
    again = sign_up(event.id, entry(last_name="Mets", email_key="m@x"), now())
    assert again.state == "confirmed"


def test_an_organiser_cannot_confirm_into_a_full_event(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(capacity=1)
    _, second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    assert give_seats(event.id, [second], now(), None).left == {second: "full"}


def test_changed_answers_do_not_change_whose_seat_it_is(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    outcome = sign_up(event.id, entry(last_name="Mets"), now())
    assert change(outcome.registration_id, entry(last_name="Kask", phone=""), now())
    row = db.session.get_one(Registration, outcome.registration_id)
    assert (row.last_name, row.phone) == ("Mets", "")
    assert letters(row.id) == ["confirmed", "changed"]


def test_the_database_itself_refuses_a_second_seat_and_an_unknown_state(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    outcome = sign_up(event.id, entry(), now())
    unique = ("id", "form_nonce", "link_id", "uid")
    columns = ", ".join(c.name for c in Registration.__table__.columns if c.name not in unique)
    twin = (
        f"INSERT INTO registration ({columns}, form_nonce, link_id, uid) "  # noqa: S608 - fixed names
        f"SELECT {columns}, 'n2', 'l2', 'u2' FROM registration"
    )
    unknown = "UPDATE registration SET state = 'maybe'"
    for statement in (twin, unknown, "UPDATE event SET capacity = -1"):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(text(statement))
    assert db.session.get_one(Registration, outcome.registration_id).state == "confirmed"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    capacity=st.integers(0, 3),
    steps=st.lists(st.tuples(st.sampled_from(["in", "out"]), st.integers(0, 9)), max_size=14),
)
def test_no_seat_is_given_twice_and_none_stays_empty_while_somebody_waits(
    app: Flask,
    make_event: MakeEvent,
    entry: Entry,
    capacity: int,
    steps: list[tuple[str, int]],
) -> None:
    event_id = make_event(capacity=capacity).id
    people: list[int] = []
    for step, number in steps:
        if step == "in":
            people.append(sign_up(event_id, entry(), now()).registration_id)
        elif people:
            cancel(people[number % len(people)], now())
        counted = states(event_id)
        taken, waiting = counted.count("confirmed"), counted.count("waiting")
        assert taken <= capacity
        assert waiting == 0 or taken == capacity
        assert taken + waiting + counted.count("cancelled") == len(people)
