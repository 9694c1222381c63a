"""Whichever statement the database breaks off: the letter counts once, as in a clean run."""

from collections import Counter
from itertools import cycle

import pytest
from sqlalchemy import select

from koostoo.base.database import db
from koostoo.mail.models import OutboxMessage
from koostoo.registration.incoming import receive
from koostoo.registration.models import Registration
from tests.inbound.conftest import Invite, waiter
from tests.inbound.post import DAY, letter
from tests.mail.world import NOW, make_event
from tests.trouble import SQLITE_CODES, SQLSTATES, Fault


@pytest.mark.slow
def test_a_freed_seat_is_freed_once_whatever_statement_breaks_off(invite: Invite) -> None:
    def run(number: int, code: int | str = 0) -> tuple[int, str, list[str], Counter[str]]:
        event = make_event(on_decline="free", capacity=1)
        guest = invite(to=event)
        waiter(event)
        raw = letter("gmail.eml", guest, NOW + DAY, partstat="DECLINED")
        with Fault(number, code) as fault:
            outcome = receive(raw, NOW + DAY)
        assert fault.was_met == bool(number)
        db.session.rollback()
        people = db.session.scalars(
            select(Registration).where(Registration.event_id == event).order_by(Registration.id)
        ).all()
        written = db.session.scalars(
            select(OutboxMessage.kind).where(
                OutboxMessage.registration_id.in_([person.id for person in people])
            )
        )
        return fault.count, outcome.word, [person.state for person in people], Counter(written)

    count, *clean = run(0)
    assert clean == [
        "freed",
        ["cancelled", "confirmed"],
        Counter({"confirmed": 1, "cancelled": 1, "promoted": 1}),
    ]
    codes: tuple[int | str, ...] = (
        SQLITE_CODES[:2] if db.engine.dialect.name == "sqlite" else SQLSTATES
    )
    for number, code in zip(range(1, count + 1), cycle(codes), strict=False):
        _count, *broken_off = run(number, code)
        assert broken_off == clean, f"statement {number}, {code}"
