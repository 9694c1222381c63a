"""Several people in one form: all or nobody, or as many as fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

import pytest
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from koostoo.events.service import draft_of
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.decisions import move_in_queue
from koostoo.registration.event_changes import edit_event
from koostoo.registration.groups import GroupSignUp, PeopleRefused, sign_up_group
from koostoo.registration.models import Group
from koostoo.registration.queries import queue_places, why_waiting
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, send_links, sign_up
from tests.registration.people import letters, person, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def typed(entry: Entry) -> Callable[..., GroupSignUp]:
    """A factory of what a contact types for so many people."""

    def make(count: int, *, together: bool = False, **values: object) -> GroupSignUp:
        people = tuple(entry(**values) for _ in range(count))
        return GroupSignUp("Liis Tamm", "liis@example.org", "et", together, token_hex(12), people)

    return make


Typed = Callable[..., GroupSignUp]


def summaries() -> list[str]:
    query = select(OutboxMessage.recipient).where(OutboxMessage.kind == "group_summary")
    return list(db.session.scalars(query))


def test_each_person_has_a_registration_and_a_letter_and_the_contact_a_summary(
    make_event: MakeEvent, typed: Typed
) -> None:
    event = make_event(capacity=5)
    outcome = sign_up_group(event.id, typed(3), now())
    group = db.session.scalars(select(Group)).one()
    assert (outcome.link_id, outcome.left_out) == (group.link_id, ())
    assert states(event.id) == ["confirmed"] * 3
    assert [letters(one.id) for one in group.members] == [["confirmed"]] * 3
    assert len({one.uid for one in group.members} | {one.link_id for one in group.members}) == 6
    assert summaries() == ["liis@example.org"]


def test_as_many_as_fit_get_seats_in_the_order_typed(make_event: MakeEvent, typed: Typed) -> None:
    event = make_event(capacity=2)
    sign_up_group(event.id, typed(3), now())
    assert states(event.id) == ["confirmed", "confirmed", "waiting"]


def test_who_finds_no_place_at_all_is_left_out_and_named(
    make_event: MakeEvent, typed: Typed
) -> None:
    event = make_event(capacity=1, waiting_max=1)
    outcome = sign_up_group(event.id, typed(4), now())
    assert outcome.left_out == (2, 3)
    assert states(event.id) == ["confirmed", "waiting"]


def test_together_all_wait_where_one_would_have_to(make_event: MakeEvent, typed: Typed) -> None:
    event = make_event(capacity=2)
    sign_up_group(event.id, typed(3, together=True), now())
    assert states(event.id) == ["waiting"] * 3
    people = db.session.scalars(select(Group)).one().members
    assert set(why_waiting(event, people, now()).values()) == {"group"}


def test_together_nobody_is_taken_where_the_waiting_list_has_no_room_for_all(
    make_event: MakeEvent, typed: Typed
) -> None:
    event = make_event(capacity=1, waiting_max=2)
    with pytest.raises(SignUpRefused, match="full"):
        sign_up_group(event.id, typed(3, together=True), now())
    assert states(event.id) == []
    assert db.session.scalars(select(Group)).all() == []
    assert summaries() == []


def test_seats_that_come_free_pass_a_group_until_there_are_enough_for_all(
    make_event: MakeEvent, typed: Typed, entry: Entry
) -> None:
    event = make_event(capacity=2)
    first, second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    sign_up_group(event.id, typed(2, together=True), now())
    alone = sign_up(event.id, entry(), now()).registration_id
    cancel(first, now())
    assert states(event.id) == ["cancelled", "confirmed", "waiting", "waiting", "confirmed"]
    cancel(second, now())
    assert states(event.id)[2:4] == ["waiting", "waiting"]
    cancel(alone, now())
    assert states(event.id) == ["cancelled", "cancelled", "confirmed", "confirmed", "cancelled"]
    assert summaries() == ["liis@example.org"] * 2


def test_one_of_a_group_who_gives_up_makes_it_smaller(make_event: MakeEvent, typed: Typed) -> None:
    event = make_event(capacity=2)
    sign_up_group(event.id, typed(3, together=True), now())
    one = db.session.scalars(select(Group)).one().members[1]
    cancel(one.id, now())
    assert states(event.id) == ["confirmed", "cancelled", "confirmed"]


def test_a_group_that_waits_together_moves_together(
    make_event: MakeEvent, typed: Typed, entry: Entry
) -> None:
    event = make_event(capacity=0)
    first = sign_up(event.id, entry(), now()).registration_id
    sign_up_group(event.id, typed(2, together=True), now())
    one, two = (member.id for member in db.session.scalars(select(Group)).one().members)
    assert move_in_queue(event.id, two, 1, "Sõidavad kaugelt", now(), None)
    assert list(queue_places(event.id)) == [one, two, first]


def test_a_couple_shares_an_address(make_event: MakeEvent, typed: Typed) -> None:
    event = make_event()
    sign_up_group(event.id, typed(2, email="pere@example.org", email_key="pere@example.org"), now())
    assert states(event.id) == ["confirmed", "confirmed"]


def test_the_same_form_sent_again_gets_the_same_answer(make_event: MakeEvent, typed: Typed) -> None:
    event, form = make_event(), typed(2)
    first, second = (sign_up_group(event.id, form, now()) for _ in range(2))
    assert first.link_id == second.link_id
    assert states(event.id) == ["confirmed", "confirmed"]
    assert summaries() == ["liis@example.org"]


def test_who_has_a_place_already_or_stands_twice_is_named_and_nobody_is_taken(
    make_event: MakeEvent, typed: Typed
) -> None:
    event, form = make_event(), typed(3)
    sign_up(event.id, form.people[1], now())
    twice = replace(form, people=(*form.people, form.people[0]))
    with pytest.raises(PeopleRefused) as refusal:
        sign_up_group(event.id, twice, now())
    assert refusal.value.reasons == {1: "already", 3: "twice"}
    assert states(event.id) == ["confirmed"]


def test_no_more_people_than_the_event_takes_in_one_form(
    make_event: MakeEvent, typed: Typed
) -> None:
    event = make_event(group_max=2)
    with pytest.raises(SignUpRefused, match="too_many"):
        sign_up_group(event.id, typed(3), now())
    assert states(event.id) == []


def test_limits_of_partner_and_option_hold_inside_a_group_too(
    make_event: MakeEvent, typed: Typed, programme: Activity
) -> None:
    event = make_event(capacity=10, partner_cap=2, allows_others=True)
    sign_up_group(event.id, typed(3), now())
    assert states(event.id) == ["confirmed", "confirmed", "waiting"]
    sign_up_group(event.id, typed(2, organisation_id=None), now())
    assert states(event.id)[3:] == ["confirmed", "confirmed"]


def test_an_event_that_asks_for_approval_asks_about_each_of_them(
    make_event: MakeEvent, typed: Typed
) -> None:
    event = make_event(capacity=2, approval="holds")
    sign_up_group(event.id, typed(3), now())
    assert states(event.id) == ["pending", "pending", "waiting"]


def test_every_one_of_them_may_cancel_alone(make_event: MakeEvent, typed: Typed) -> None:
    event = make_event(capacity=2)
    sign_up_group(event.id, typed(3), now())
    one, _two, three = db.session.scalars(select(Group)).one().members
    first, last = one.id, three.id
    cancel(first, now())
    assert states(event.id) == ["cancelled", "confirmed", "confirmed"]
    assert letters(last) == ["waiting", "promoted"]
    assert person(first).ended_by == "participant"


def test_a_group_that_gets_its_seats_is_written_to_once(
    make_event: MakeEvent, typed: Typed, entry: Entry
) -> None:
    event = make_event(capacity=0, summary=LocalText("Lühidalt"), contact_email="k@example.org")
    sign_up_group(event.id, typed(2, together=True), now())
    alone = sign_up(event.id, entry(), now()).registration_id
    edit_event(event.id, replace(draft_of(event), capacity=9), 1, now())
    assert states(event.id) == ["confirmed"] * 3
    for member in db.session.scalars(select(Group)).one().members:
        assert letters(member.id) == ["waiting", "promoted"]
    assert letters(alone) == ["waiting", "promoted"]


def test_a_contact_who_lost_the_summary_is_sent_it_again(
    make_event: MakeEvent, typed: Typed
) -> None:
    event = make_event(capacity=5)
    sign_up_group(event.id, replace(typed(2), email="Liis@example.org"), now())
    send_links("liis@example.org", now())
    assert summaries() == ["Liis@example.org"] * 2
    # Once the event is over there is nothing to change any more.
    send_links("liis@example.org", event.when.begins_at + timedelta(days=2))
    assert summaries() == ["Liis@example.org"] * 2
