"""The promises about seats while calendars free them and people ask for them again."""

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from koostoo.base.database import transaction
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.registration.calendar_replies import take_seat_back
from koostoo.registration.reply_queries import find_reply, undo_ends
from koostoo.registration.rules import SignUp
from tests.registration.calendar import answer
from tests.registration.test_seat_promises import Seats, walk


class Calendars(Seats):
    """The same walk in an event whose seats calendars may free."""

    def __init__(self) -> None:
        super().__init__()
        with transaction() as session:
            session.get_one(Event, self.event_id).on_decline = "free"

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), is_proved=st.booleans())
    def somebodys_calendar_declines(self, data: st.DataObject, is_proved: bool) -> None:
        seated = [person.id for person in self.people("confirmed")]
        one = data.draw(st.sampled_from(seated or self.accepted))
        others = {person.id: person.state for person in self.people()}
        doubt = "passed" if is_proved else "unknown"
        outcome = answer(one, at=self.clock, authenticity=doubt)
        self.happened[outcome] += 1
        assert (outcome == "freed") <= (is_proved and one in seated)
        gone = {p.id for p in self.people("cancelled") if others[p.id] == "confirmed"}
        assert gone == ({one} if outcome == "freed" else set())

    @precondition(lambda self: self.people("cancelled"))
    @rule(data=st.data())
    def somebody_asks_for_the_freed_seat_again(self, data: st.DataObject) -> None:
        gone = [person.id for person in self.people("cancelled")]
        freed = [one for one in gone if undo_ends(find_reply(one), self.clock)]
        one = data.draw(st.sampled_from(freed or gone))
        seated = {person.id for person in self.people("confirmed")}
        self.happened[f"back: {take_seat_back(one, self.clock)}"] += 1
        assert seated <= {person.id for person in self.people("confirmed")}


@pytest.mark.slow
def test_the_promises_hold_whatever_calendars_say(
    app: Flask,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
) -> None:
    Calendars.stage = (make_event, entry, programme)
    Calendars.approval, Calendars.offer_hours = "none", None
    sights = {"freed", "asked", "back: seat", "back: waiting", "back: late"}
    assert walk(Calendars, sights, walks=8) == set()
