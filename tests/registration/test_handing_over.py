"""A place goes to a colleague: exact seats, both are told, nobody who waits is passed by."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Option
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.event_changes import call_off
from koostoo.registration.groups import GroupSignUp, sign_up_group
from koostoo.registration.handing_over import NotHandedOver, hand_over
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def states(event: Event) -> list[str]:
    db.session.rollback()
    found = select(Registration.state).where(Registration.event_id == event.id)
    return list(db.session.scalars(found.order_by(Registration.id)))


def get(number: int) -> Registration:
    db.session.rollback()
    return db.session.get_one(Registration, number)


def letters_to(number: int) -> list[str]:
    found = select(OutboxMessage.kind).where(OutboxMessage.registration_id == number)
    return list(db.session.scalars(found.order_by(OutboxMessage.id)))


def test_the_colleague_has_the_seat_and_whoever_waits_goes_on_waiting(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    seated = sign_up(event.id, entry(), now()).registration_id
    sign_up(event.id, entry(), now())
    coming = hand_over(seated, entry(first_name="Jüri", source="desk"), now(), None)
    assert states(event) == ["cancelled", "waiting", "confirmed"]
    assert letters_to(seated) == ["confirmed", "cancelled"]
    assert letters_to(coming) == ["confirmed"]
    assert not get(seated).cancelled_late
    trail = db.session.scalars(select(AuditEntry)).one()
    assert (trail.action, trail.registration_id, trail.detail) == (
        "handed_over",
        seated,
        {"to": coming},
    )


def test_who_waits_hands_over_the_place_in_the_queue(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(capacity=1)
    seated, first, second = [sign_up(event.id, entry(), now()).registration_id for _one in "abc"]
    coming = hand_over(first, entry(), now(), None)
    assert letters_to(coming) == ["waiting"]
    cancel(seated, now())
    assert (get(coming).state, get(second).state) == ("confirmed", "waiting")


def test_who_waits_together_with_others_is_replaced_among_them(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    seated = sign_up(event.id, entry(), now()).registration_id
    group = GroupSignUp(
        people=(entry(), entry()),
        name="Mari Maasikas",
        email="mari@example.org",
        language="et",
        together=True,
        nonce="a group's form",
    )
    sign_up_group(event.id, group, now())
    db.session.rollback()
    members = db.session.scalars(
        select(Registration).where(Registration.group_id.is_not(None)).order_by(Registration.id)
    ).all()
    coming = hand_over(members[0].id, entry(), now(), None)
    cancel(seated, now())
    # One seat is not enough for two who come together, whoever they are.
    assert get(coming).state == "waiting"
    assert get(coming).group_id == members[0].group_id


def test_a_seat_promised_to_one_group_does_not_go_to_another(
    make_event: MakeEvent, entry: Entry, programme: Activity
) -> None:
    host, partner = (one.organisation_id for one in programme.project.partners)
    event = make_event(partner_cap=1)
    mine = sign_up(event.id, entry(organisation_id=host), now()).registration_id
    sign_up(event.id, entry(organisation_id=partner), now())
    with pytest.raises(SignUpRefused, match="partner_cap"):
        hand_over(mine, entry(organisation_id=partner), now(), None)
    assert states(event) == ["confirmed", "confirmed"]
    hand_over(mine, entry(organisation_id=host), now(), None)
    assert states(event) == ["cancelled", "confirmed", "confirmed"]


def test_nothing_is_handed_over_in_vain(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    listed: dict[str, Any] = {
        "first_name": "Jüri",
        "last_name": "Tamm",
        "email_key": "j@example.org",
    }
    one = sign_up(event.id, entry(), now()).registration_id
    sign_up(event.id, entry(**listed), now())
    with pytest.raises(NotHandedOver, match="known"):
        hand_over(one, entry(**listed), now(), None)
    cancel(one, now())
    with pytest.raises(NotHandedOver, match="gone"):
        hand_over(one, entry(), now(), None)
    other = sign_up(event.id, entry(), now()).registration_id
    call_off(event.id, LocalText("Torm"), now())
    with pytest.raises(NotHandedOver, match="closed"):
        hand_over(other, entry(), now(), None)


def test_a_full_bus_stop_is_kept_and_one_that_comes_free_is_given_on(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("choice", "Peatus", ["Keila", "Saku"])])
    question = event.questions[0]
    keila, saku = (option.id for option in question.options)
    from_question = question.id
    with transaction() as session:
        session.get_one(Option, keila).seats = 1
    one = sign_up(event.id, entry(answers={from_question: [keila]}), now()).registration_id
    waiting = sign_up(event.id, entry(answers={from_question: [keila]}), now()).registration_id
    assert get(waiting).state == "waiting"
    coming = hand_over(one, entry(answers={from_question: [saku]}), now(), None)
    assert (get(coming).state, get(waiting).state) == ("confirmed", "confirmed")
