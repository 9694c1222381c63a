"""Whatever people and organisers do, in whatever order: the promises about seats hold.

A random walk over the real use cases and real rows; after each step a plain recount.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Option, Quota
from koostoo.events.service import draft_of
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.decisions import (
    NotPromised,
    cancel_for,
    give_seats,
    move_in_queue,
    move_promise,
    turn_down_all,
)
from koostoo.registration.event_changes import SeatsTaken, edit_event
from koostoo.registration.groups import GroupSignUp, sign_up_group
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import accept, cancel, change, serve_due, sign_up
from tests.registration.people import letters_leave
from tests.registration.recount import (
    CAPACITY,
    MEMBER_CAP,
    PARTNER_CAP,
    PROMISED,
    STOP_SEATS,
    Sight,
    look,
    members,
    partners,
    stops,
)

CROWD = [(0, "Selts"), (0, ""), (None, "Küla"), (1, "Ühing"), (0, ""), (None, ""), (0, "Küla")]
OFFER_HOURS = 36
ORGANISATIONS = st.sampled_from([0, 1, None])
MEMBERS = st.sampled_from(["", "Selts", "Ühing", "Küla"])
WALKS = settings(
    # As many as the whole check has time for on two databases; TEST_WALKS=100 looks deeper.
    max_examples=int(os.environ.get("TEST_WALKS") or 6),
    stateful_step_count=40,
    deadline=None,
    # The same walks every time, with the seed below: a change is judged by itself, not by luck.
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


# Else every edit of this class would choose others, and now and then twice as many.
@seed(2)
class Seats(RuleBasedStateMachine):
    """One event with everything on: a promise, both limits, a stop with few seats.

    `approval` and `offer_hours` are those of the walk.
    """

    approval: ClassVar[str]
    offer_hours: ClassVar[int | None]
    stage: ClassVar[tuple[Callable[..., Event], Callable[..., SignUp], Activity]]
    happened: ClassVar[Counter[str]] = Counter()
    """What the walks came across, so that one that never gets anywhere is noticed."""

    def __init__(self) -> None:
        super().__init__()
        make_event, entry, programme = self.stage
        self.entry = entry
        self.organisations = [partner.organisation_id for partner in programme.project.partners]
        self.clock = now()
        self.release_at = self.clock + timedelta(days=5)
        event = make_event(
            capacity=CAPACITY,
            summary=LocalText("Lühidalt"),
            contact_email="korraldaja@example.org",
            allows_others=True,
            partner_cap=PARTNER_CAP,
            member_cap=MEMBER_CAP,
            approval=self.approval,
            offer_hours=self.offer_hours,
            questions=[("choice", "Peatus", ["Haapsalu", "Risti"])],
        )
        self.event_id, self.question_id = event.id, event.questions[0].id
        self.few, self.many = (option.id for option in event.questions[0].options)
        with transaction() as session:
            session.get_one(Option, self.few).seats = STOP_SEATS
            session.add(
                Quota(
                    event_id=self.event_id,
                    organisation_id=self.organisations[1],
                    seats=PROMISED,
                    release_at=self.release_at,
                )
            )
        # What organisers did above or below the limits, which they may: it is recounted too.
        self.above: set[int] = set()
        self.was_lowered = False
        self.accepted: list[int] = []
        self.typed: dict[int, SignUp] = {}
        for organisation, member in CROWD:
            self.somebody_signs_up(organisation, member, few=False)

    @rule(organisation=ORGANISATIONS, member=MEMBERS, few=st.booleans())
    def somebody_signs_up(self, organisation: int | None, member: str, few: bool) -> None:
        typed = self.person(organisation, member, few)
        one = sign_up(self.event_id, typed, self.clock).registration_id
        self.accepted.append(one)
        self.typed[one] = typed

    @rule(
        organisation=ORGANISATIONS,
        members=st.lists(MEMBERS, min_size=1, max_size=3),
        few=st.booleans(),
        together=st.booleans(),
    )
    def several_sign_up_in_one_form(
        self, organisation: int | None, members: list[str], few: bool, together: bool
    ) -> None:
        people = tuple(self.person(organisation, member, few) for member in members)
        before = {person.id for person in self.people()}
        form = GroupSignUp("Liis", "liis@example.org", "et", together, token_hex(8), people)
        sign_up_group(self.event_id, form, self.clock)
        came = sorted(person.id for person in self.people() if person.id not in before)
        assert len(came) == len(people)
        self.accepted.extend(came)
        self.typed |= dict(zip(came, people, strict=True))
        if together and self.approval != "loose":
            assert len({p.state == "waiting" for p in self.people() if p.id in came}) == 1

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), organisation=ORGANISATIONS, member=MEMBERS, few=st.booleans())
    def somebody_changes_their_answers(
        self, data: st.DataObject, organisation: int | None, member: str, few: bool
    ) -> None:
        one = data.draw(st.sampled_from(self.accepted))
        typed = replace(
            self.typed[one],
            organisation_id=None if organisation is None else self.organisations[organisation],
            member_organisation=member,
            answers={self.question_id: [self.few if few else self.many]},
        )
        with suppress(SignUpRefused):
            change(one, typed, self.clock)

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), by_organiser=st.booleans())
    def somebody_cancels(self, data: st.DataObject, by_organiser: bool) -> None:
        one = data.draw(st.sampled_from(self.accepted))
        if by_organiser:
            cancel_for(self.event_id, [one], self.clock, None)
        else:
            cancel(one, self.clock)

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def somebody_takes_the_seat_offered(self, data: st.DataObject) -> None:
        offered = [person.id for person in self.people("offered")]
        one = data.draw(st.sampled_from(offered or self.accepted))
        had_time = self.offer_holds(one)
        outcome = accept(one, self.clock)
        self.happened[outcome] += 1
        assert (outcome == "accepted") == had_time

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), above=st.sampled_from(["", "", "Esineja"]))
    def the_organiser_confirms_some(self, data: st.DataObject, above: str) -> None:
        some = data.draw(st.lists(st.sampled_from(self.accepted), max_size=3, unique=True))
        seated = {person.id for person in self.seated()}
        outcome = give_seats(self.event_id, some, self.clock, None, above)
        assert sorted([*outcome.done, *outcome.queued, *outcome.left]) == sorted(some)
        if above:
            self.above |= set(outcome.done) - seated

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def the_organiser_turns_somebody_down(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.accepted))
        turn_down_all(self.event_id, [one], "Ei sobi", self.clock, None)

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), place=st.integers(1, 4))
    def the_organiser_moves_somebody_in_the_queue(self, data: st.DataObject, place: int) -> None:
        one = data.draw(st.sampled_from(self.accepted))
        move_in_queue(self.event_id, one, place, "Põhjus", self.clock, None)

    @rule(back=st.booleans())
    def the_organiser_moves_a_promised_seat(self, back: bool) -> None:
        giver, taker = self.organisations[::-1] if not back else self.organisations
        with suppress(NotPromised):
            move_promise(self.event_id, giver, taker, 1, "Kokkulepe", self.clock, None)

    @rule(capacity=st.integers(3, 9), reason=st.sampled_from(["", "Väiksem buss"]))
    def the_organiser_changes_the_number_of_seats(self, capacity: int, reason: str) -> None:
        event = self.look().event
        before, draft = event.capacity or 0, replace(draft_of(event), capacity=capacity)
        taken = len(self.seated())
        refused: int | None = None
        try:
            edit_event(self.event_id, draft, event.version, self.clock, overfull=reason)
        except SeatsTaken as refusal:
            refused = refusal.taken
        else:
            # Then there may be fewer seats than are promised and taken: promises shrink.
            self.was_lowered |= capacity < before
            if capacity < before and capacity < taken:
                self.above |= {person.id for person in self.seated()}
        assert refused is None or (capacity < refused == taken and not reason)

    @rule(
        hours=st.sampled_from([1, 8, 20, 40]), first=st.sampled_from(["worker", "form", "answer"])
    )
    def time_passes(self, hours: int, first: str) -> None:
        letters_leave()
        self.clock = min(self.clock + timedelta(hours=hours), self.release_at + timedelta(days=3))
        if first == "form":
            # Whoever comes before the worker must see what fell due.
            self.somebody_signs_up(None, "", few=False)
            return
        late = [person.id for person in self.people("offered") if not self.offer_holds(person.id)]
        if first == "answer" and late:
            self.happened["too late"] += 1
            assert accept(late[0], self.clock) == "lapsed"
        serve_due(self.clock)
        assert all(self.offer_holds(person.id) for person in self.people("offered"))

    @invariant()
    def all_that_was_promised_holds(self) -> None:
        # Read once: what each promise is recounted from are the same rows.
        seen = self.look()
        self.no_limit_is_ever_passed_but_by_the_organisers_word(seen)
        self.a_promise_is_kept_until_its_date(seen)
        self.nobody_waits_for_a_seat_they_could_have(seen)
        self.an_offer_has_a_deadline_and_nothing_else_has(seen)
        self.nobody_has_a_seat_unseen_where_the_organiser_confirms(seen)
        self.nobody_is_lost_and_each_heard_of_it(seen)

    def no_limit_is_ever_passed_but_by_the_organisers_word(self, seen: Sight) -> None:
        seated = seen.seated()
        by_rule = [person for person in seated if person.id not in self.above]
        if len(seated) > (seen.event.capacity or 0):
            self.happened["over-full"] += 1
            assert self.above & {person.id for person in seated}
        assert len(by_rule) <= (seen.event.capacity or 0)
        through = partners([p for p in by_rule if p.organisation_id is not None])
        assert all(n <= PARTNER_CAP for n in through.values())
        assert all(n <= MEMBER_CAP for n in members(by_rule).values())
        assert stops(by_rule)[self.few] <= STOP_SEATS

    def a_promise_is_kept_until_its_date(self, seen: Sight) -> None:
        if self.was_lowered or self.above:
            return
        seated = seen.seated()
        unused = sum(seen.unused(seated).values())
        assert len(seated) + unused <= (seen.event.capacity or 0)

    def nobody_waits_for_a_seat_they_could_have(self, seen: Sight) -> None:
        seated = seen.seated()
        together: dict[int, list[Registration]] = {}
        for person in seen.people("waiting"):
            group = person.group
            is_bound = group is not None and group.mode == "together"
            key = -group.id if group is not None and is_bound else person.id
            together.setdefault(key, []).append(person)
        for party in together.values():
            people = list(seated)
            for person in party:
                if not seen.has_room_for(person, people):
                    break
                people.append(person)
            else:
                raise AssertionError(f"{party[0].name} waits although there are seats")

    def an_offer_has_a_deadline_and_nothing_else_has(self, seen: Sight) -> None:
        for person in seen.people():
            self.happened[person.state] += 1
            self.happened["lapse"] += person.ended_by == "lapse"
            self.happened["moved ahead"] += person.rank < 0
            group = person.group
            bound = group is not None and group.mode == "together"
            self.happened["together"] += bound and person.state == "waiting"
            assert (person.offer_until is not None) == (person.state == "offered")

    def nobody_has_a_seat_unseen_where_the_organiser_confirms(self, seen: Sight) -> None:
        if self.approval == "none":
            assert not seen.people("pending")
        else:
            assert all(p.approved_at for p in seen.people("confirmed", "offered"))

    def nobody_is_lost_and_each_heard_of_it(self, seen: Sight) -> None:
        everybody = seen.people()
        assert sorted(person.id for person in everybody) == sorted(self.accepted)
        told = select(func.count(OutboxMessage.registration_id.distinct())).where(
            OutboxMessage.registration_id.in_(self.accepted)
        )
        assert db.session.scalar(told) == len(self.accepted)

    def person(self, organisation: int | None, member: str, few: bool) -> SignUp:
        number = None if organisation is None else self.organisations[organisation]
        answers = {self.question_id: [self.few if few else self.many]}
        return self.entry(organisation_id=number, member_organisation=member, answers=answers)

    def offer_holds(self, number: int) -> bool:
        person = next(one for one in self.people() if one.id == number)
        return person.offer_until is not None and self.clock < person.offer_until

    def look(self) -> Sight:
        return look(self.event_id, self.clock, self.few)

    def people(self, *states: str) -> list[Registration]:
        return self.look().people(*states)

    def seated(self) -> list[Registration]:
        return self.look().seated()


def walk(machine: type[Seats], sights: set[str], walks: int) -> set[str]:
    """Walk so often, and on until all of `sights` were come across; return those still missed.

    A few walks may pass by what is rare. Each round goes the ways of the one before, and as many
    new ones.
    """
    machine.happened, missed = Counter(), sights
    for longer in (1, 2, 4, 8):
        run_state_machine_as_test(machine, settings=settings(WALKS, max_examples=walks * longer))
        missed = {sight for sight in sights if not machine.happened[sight]}
        if not missed:
            break
    return missed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("approval", "offer_hours", "sights"),
    [
        ("none", None, {"confirmed", "together", "moved ahead", "over-full"}),
        ("none", OFFER_HOURS, {"offered", "accepted", "lapse", "too late", "rejected", "together"}),
        ("holds", OFFER_HOURS, {"pending", "confirmed", "waiting", "together"}),
        ("loose", None, {"pending", "confirmed", "waiting"}),
    ],
)
def test_the_promises_about_seats_hold_whatever_is_done(
    app: Flask,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
    approval: str,
    offer_hours: int | None,
    sights: set[str],
) -> None:
    Seats.stage = (make_event, entry, programme)
    Seats.approval, Seats.offer_hours = approval, offer_hours
    assert walk(Seats, sights, WALKS.max_examples) == set(), "no walk ever came across this"
