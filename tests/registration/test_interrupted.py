"""Whichever statement the database breaks off: the use case runs again and nothing is doubled."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event, Option, Quota
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.trouble import SQLITE_CODES, SQLSTATES, Fault

MOMENT = now()


@pytest.fixture
def stage(make_event: Callable[..., Event], entry: Callable[..., SignUp]) -> Callable[[], Event]:
    """A factory of events with everything on: two seated, two waiting, a promise that has ended."""

    def make() -> Event:
        event = make_event(
            allows_others=True,
            capacity=3,
            partner_cap=9,
            questions=[("choice", "Peatus", ["Haapsalu", "Risti"])],
        )
        stop = event.questions[0].options[0]
        with transaction() as session:
            session.get_one(Option, stop.id).seats = 2
            session.add(
                Quota(
                    event_id=event.id,
                    organisation_id=event.organiser_id,
                    seats=1,
                    release_at=MOMENT + timedelta(hours=1),
                )
            )
        for number in range(4):
            # Of another organisation: the promised seat is not for them before its date.
            person = entry(first_name=f"Mari{number}", organisation_id=None)
            sign_up(event.id, person, MOMENT + timedelta(seconds=number))
        return event

    return make


def rows(event_id: int) -> list[dict[str, Any]]:
    """What stands in the database of this event, without what is drawn by lot."""
    db.session.rollback()
    people = db.session.scalars(
        select(Registration).where(Registration.event_id == event_id).order_by(Registration.id)
    ).all()
    found: list[dict[str, Any]] = []
    for person in people:
        letters = db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.registration_id == person.id)
            .order_by(OutboxMessage.id)
        )
        found.append(
            {
                "name": person.first_name,
                "state": person.state,
                "at": (person.queued_at, person.revised_at, person.cancelled_at),
                "sequence": person.sequence,
                "answers": [len(answer.value) for answer in person.answers],
                "letters": [(letter.kind, letter.state, letter.created_at) for letter in letters],
            }
        )
    return found


def codes() -> tuple[int | str, ...]:
    return SQLITE_CODES[:2] if db.engine.dialect.name == "sqlite" else SQLSTATES


@pytest.mark.slow
@pytest.mark.parametrize("what", ["sign_up", "cancel"])
def test_the_outcome_is_that_of_a_clean_run(
    app: Flask, stage: Callable[[], Event], entry: Callable[..., SignUp], what: str
) -> None:
    late = MOMENT + timedelta(hours=2)

    def run(number: int, code: int | str = 0) -> tuple[int, list[dict[str, Any]]]:
        event = stage()
        event_id, stop = event.id, event.questions[0].options[0].id
        answers = {event.questions[0].id: [stop]}
        person = entry(first_name="Uus", organisation_id=event.organiser_id, answers=answers)
        seated = db.session.scalars(
            select(Registration.id)
            .where(Registration.event_id == event_id, Registration.state == "confirmed")
            .order_by(Registration.id)
        ).first()
        assert seated is not None
        with Fault(number, code) as fault:
            if what == "sign_up":
                sign_up(event_id, person, late)
            else:
                cancel(seated, late)
        assert fault.was_met == bool(number)
        return fault.count, rows(event_id)

    count, clean = run(0)
    states = [row["state"] for row in clean]
    if what == "sign_up":
        assert states == ["confirmed"] * 3 + ["waiting"] * 2
    else:
        assert states == ["cancelled"] + ["confirmed"] * 3
    assert count > 10
    for number, code in zip(range(1, count + 1), cycle(codes()), strict=False):
        _count, broken_off = run(number, code)
        assert broken_off == clean, f"statement {number}, {code}"
