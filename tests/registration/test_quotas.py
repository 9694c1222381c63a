"""Promised seats, limits and members first, with real rows and the real lock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Question, Quota
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.decisions import give_seats
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, change, serve_due, sign_up

DAY = timedelta(days=1)
Entry = Callable[..., SignUp]
MakeEvent = Callable[..., Event]


@pytest.fixture
def host(programme: Activity) -> int:
    return programme.project.partners[0].organisation_id


@pytest.fixture
def partner(programme: Activity) -> int:
    return programme.project.partners[1].organisation_id


def promise(event: Event, organisation: int, seats: int, until: datetime | None) -> int:
    with transaction() as session:
        session.add(
            Quota(event_id=event.id, organisation_id=organisation, seats=seats, release_at=until)
        )
    return event.id


def states(event_id: int) -> list[str]:
    db.session.rollback()
    rows = select(Registration.state).where(Registration.event_id == event_id)
    return list(db.session.scalars(rows.order_by(Registration.id)))


def test_promised_seats_wait_for_their_people(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    number = promise(make_event(capacity=3, allows_others=True), partner, 2, now() + DAY)
    for organisation in (host, host, partner, None, partner, partner):
        sign_up(number, entry(organisation_id=organisation), now())
    assert states(number) == [
        "confirmed", "waiting", "confirmed", "waiting", "confirmed", "waiting",
    ]  # fmt: skip


def test_at_the_release_date_the_worker_gives_unused_seats_to_those_who_wait(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    number = promise(make_event(capacity=2), partner, 2, now() + DAY)
    for _ in range(3):
        sign_up(number, entry(organisation_id=host), now())
    assert serve_due(now()) == 0
    assert states(number) == ["waiting"] * 3
    assert serve_due(now() + DAY) == 2
    assert states(number) == ["confirmed", "confirmed", "waiting"]
    assert serve_due(now() + DAY) == 0
    letters = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)).all()
    assert letters == ["waiting"] * 3 + ["promoted"] * 2


def test_who_signs_up_after_the_release_finds_those_who_waited_served_first(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    number = promise(make_event(capacity=2), partner, 2, now() + DAY)
    sign_up(number, entry(organisation_id=host), now())
    sign_up(number, entry(organisation_id=host), now() + 2 * DAY)
    sign_up(number, entry(organisation_id=host), now() + 2 * DAY)
    assert states(number) == ["confirmed", "confirmed", "waiting"]


def test_a_freed_promised_seat_goes_to_the_first_of_the_same_organisation(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    number = promise(make_event(capacity=1), partner, 1, now() + DAY)
    seated = sign_up(number, entry(organisation_id=partner), now())
    sign_up(number, entry(organisation_id=host), now())
    sign_up(number, entry(organisation_id=partner), now())
    assert cancel(seated.registration_id, now())
    assert states(number) == ["cancelled", "waiting", "confirmed"]


def test_an_organiser_cannot_by_mistake_give_away_a_promised_seat(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    number = promise(make_event(capacity=1), partner, 1, now() + DAY)
    waiting = sign_up(number, entry(organisation_id=host), now())
    one = waiting.registration_id
    assert give_seats(number, [one], now(), None).left == {one: "promised"}
    assert states(number) == ["waiting"]


def test_a_partner_sends_no_more_people_than_the_limit(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    number = make_event(capacity=10, partner_cap=1).id
    first = sign_up(number, entry(organisation_id=host), now())
    sign_up(number, entry(organisation_id=host), now())
    sign_up(number, entry(organisation_id=partner), now())
    assert states(number) == ["confirmed", "waiting", "confirmed"]
    cancel(first.registration_id, now())
    assert states(number) == ["cancelled", "confirmed", "confirmed"]


def test_a_member_organisation_is_the_same_however_it_is_written(
    make_event: MakeEvent, entry: Entry
) -> None:
    number = make_event(capacity=10, member_cap=1).id
    for name in ("Näidise küla selts", "NÄIDISE  KÜLA SELTS", "Teine selts", ""):
        sign_up(number, entry(member_organisation=name), now())
    assert states(number) == ["confirmed", "waiting", "confirmed", "confirmed"]


def test_before_the_date_only_partners_people_sign_up(
    make_event: MakeEvent, entry: Entry, host: int
) -> None:
    number = make_event(allows_others=True, members_first_until=now() + DAY).id
    stranger = entry(organisation_id=None, other_organisation="Naabrid")
    with pytest.raises(SignUpRefused) as refusal:
        sign_up(number, stranger, now())
    assert refusal.value.reason == "members_first"
    assert sign_up(number, entry(organisation_id=host), now()).state == "confirmed"
    assert sign_up(number, stranger, now() + DAY).state == "confirmed"


def test_a_full_bus_stop_puts_on_the_waiting_list_and_frees_with_the_one_who_had_it(
    app: Flask, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=10, questions=[("choice", "Peatus", ["Haapsalu", "Risti"])])
    number, question = event.id, event.questions[0].id
    haapsalu, risti = (option.id for option in event.questions[0].options)
    with transaction() as session:
        asked = session.get_one(Question, question)
        asked.options[0].seats = 1
        asked.label = LocalText("Peatus")
    first = sign_up(number, entry(answers={question: [haapsalu]}), now())
    sign_up(number, entry(answers={question: [haapsalu]}), now())
    sign_up(number, entry(answers={question: [risti]}), now())
    assert states(number) == ["confirmed", "waiting", "confirmed"]
    cancel(first.registration_id, now())
    assert states(number) == ["cancelled", "confirmed", "confirmed"]


def test_a_waiting_list_has_an_end_where_the_organiser_wants_one(
    make_event: MakeEvent, entry: Entry
) -> None:
    number = make_event(capacity=1, waiting_max=1).id
    sign_up(number, entry(), now())
    sign_up(number, entry(), now())
    with pytest.raises(SignUpRefused) as refusal:
        sign_up(number, entry(), now())
    assert refusal.value.reason == "full"


def test_nobody_changes_over_to_a_full_stop_and_who_leaves_one_makes_room(
    app: Flask, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=10, questions=[("choice", "Peatus", ["Haapsalu", "Risti"])])
    number, question = event.id, event.questions[0].id
    haapsalu, risti = (option.id for option in event.questions[0].options)
    with transaction() as session:
        session.get_one(Question, question).options[0].seats = 1
    mari, jaan = entry(answers={question: [haapsalu]}), entry(answers={question: [risti]})
    first = sign_up(number, mari, now()).registration_id
    second = sign_up(number, jaan, now()).registration_id
    sign_up(number, entry(answers={question: [haapsalu]}), now())
    with pytest.raises(SignUpRefused) as refusal:
        change(second, replace(jaan, answers={question: [haapsalu]}), now())
    assert refusal.value.reason == "option"
    assert change(first, replace(mari, phone=""), now())
    assert states(number) == ["confirmed", "confirmed", "waiting"]
    assert change(first, replace(mari, answers={question: [risti]}), now())
    assert states(number) == ["confirmed", "confirmed", "confirmed"]


def test_a_seat_taken_as_promised_cannot_be_turned_into_a_common_one_that_is_not_there(
    make_event: MakeEvent, entry: Entry, host: int, partner: int
) -> None:
    number = promise(make_event(capacity=2), partner, 2, now() + DAY)
    typed = entry(organisation_id=partner)
    seated = sign_up(number, typed, now()).registration_id
    with pytest.raises(SignUpRefused) as refusal:
        change(seated, replace(typed, organisation_id=host), now())
    assert refusal.value.reason == "promised"
    assert change(seated, replace(typed, organisation_id=host), now() + DAY)
