"""Whatever people and organisers do, in whatever order: the promises about seats hold.

A random walk over the real use cases and real rows; after each step a plain recount.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from flask import Flask
from hypothesis import HealthCheck, settings
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
from koostoo.registration.event_changes import SeatsTaken, edit_event
from koostoo.registration.models import SEATED, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import (
    SignUpRefused,
    cancel,
    change,
    confirm,
    release_due,
    sign_up,
)

CAPACITY, PROMISED, PARTNER_CAP, MEMBER_CAP, STOP_SEATS = 6, 2, 4, 2, 2
WALKS = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    # The same walks every time: a change is judged by itself, not by luck.
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


class Seats(RuleBasedStateMachine):
    """One event with everything on: a promise, both limits, a stop with few seats."""

    stage: ClassVar[tuple[Callable[..., Event], Callable[..., SignUp], Activity]]

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
            partner_cap=PARTNER_CAP,
            member_cap=MEMBER_CAP,
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
        self.was_lowered = False
        self.accepted: list[int] = []
        self.typed: dict[int, SignUp] = {}

    @rule(
        organisation=st.sampled_from([0, 1, None]),
        member=st.sampled_from(["", "Selts", "Ühing", "Küla"]),
        few=st.booleans(),
    )
    def somebody_signs_up(self, organisation: int | None, member: str, few: bool) -> None:
        number = None if organisation is None else self.organisations[organisation]
        answers = {self.question_id: [self.few if few else self.many]}
        typed = self.entry(organisation_id=number, member_organisation=member, answers=answers)
        one = sign_up(self.event_id, typed, self.clock).registration_id
        self.accepted.append(one)
        self.typed[one] = typed

    @precondition(lambda self: self.accepted)
    @rule(
        data=st.data(),
        organisation=st.sampled_from([0, 1, None]),
        member=st.sampled_from(["", "Selts", "Ühing", "Küla"]),
        few=st.booleans(),
    )
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
    @rule(data=st.data(), by=st.sampled_from(["participant", "organiser"]))
    def somebody_cancels(self, data: st.DataObject, by: Any) -> None:
        cancel(data.draw(st.sampled_from(self.accepted)), self.clock, by)

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def the_organiser_gives_a_seat(self, data: st.DataObject) -> None:
        confirm(data.draw(st.sampled_from(self.accepted)), self.clock)

    @rule(capacity=st.integers(3, 9))
    def the_organiser_changes_the_number_of_seats(self, capacity: int) -> None:
        event = self.event()
        before, draft = event.capacity or 0, replace(draft_of(event), capacity=capacity)
        refused: int | None = None
        try:
            edit_event(self.event_id, draft, event.version, self.clock)
        except SeatsTaken as refusal:
            refused = refusal.taken
        else:
            # Then there may be fewer seats than are promised and taken: promises shrink.
            self.was_lowered |= capacity < before
        assert refused is None or capacity < refused == len(self.people(*SEATED))

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.clock = min(self.clock + timedelta(days=days), self.release_at + timedelta(days=1))
        release_due(self.clock)

    @invariant()
    def no_limit_is_ever_passed(self) -> None:
        seated = self.people(*SEATED)
        assert len(seated) <= (self.event().capacity or 0)
        partners = self.partners([p for p in seated if p.organisation_id is not None])
        assert all(n <= PARTNER_CAP for n in partners.values())
        members = Counter(p.member_organisation for p in seated if p.member_organisation)
        assert all(n <= MEMBER_CAP for n in members.values())
        assert self.stops(seated)[self.few] <= STOP_SEATS

    @invariant()
    def a_promise_is_kept_until_its_date(self) -> None:
        if self.clock >= self.release_at or self.was_lowered:
            return
        seated = self.people(*SEATED)
        unused = max(PROMISED - self.partners(seated)[self.organisations[1]], 0)
        assert len(seated) + unused <= (self.event().capacity or 0)

    @invariant()
    def nobody_waits_for_a_seat_they_could_have(self) -> None:
        seated, capacity = self.people(*SEATED), self.event().capacity or 0
        free = capacity - len(seated)
        partners, stops = self.partners(seated), self.stops(seated)
        members = Counter(p.member_organisation for p in seated if p.member_organisation)
        for person in self.people("waiting"):
            held = 0
            if self.clock < self.release_at and person.organisation_id != self.organisations[1]:
                held = max(PROMISED - partners[self.organisations[1]], 0)
            could = (
                free > held
                and (
                    person.organisation_id is None or partners[person.organisation_id] < PARTNER_CAP
                )
                and members[person.member_organisation] < MEMBER_CAP
                and not (self.few in chosen(person) and stops[self.few] >= STOP_SEATS)
            )
            assert not could, f"{person.name} waits although a seat is free"

    @invariant()
    def nobody_is_lost_and_each_heard_of_it(self) -> None:
        everybody = self.people()
        assert sorted(person.id for person in everybody) == sorted(self.accepted)
        told = select(func.count(OutboxMessage.registration_id.distinct())).where(
            OutboxMessage.registration_id.in_(self.accepted)
        )
        assert db.session.scalar(told) == len(self.accepted)

    def event(self) -> Event:
        db.session.rollback()
        return db.session.get_one(Event, self.event_id, populate_existing=True)

    def people(self, *states: str) -> list[Registration]:
        db.session.rollback()
        query = select(Registration).where(Registration.event_id == self.event_id)
        if states:
            query = query.where(Registration.state.in_(states))
        return list(db.session.scalars(query))

    @staticmethod
    def partners(people: list[Registration]) -> Counter[int | None]:
        return Counter(person.organisation_id for person in people)

    @staticmethod
    def stops(people: list[Registration]) -> Counter[int]:
        return Counter(option for person in people for option in chosen(person))


def chosen(person: Registration) -> list[int]:
    return [option for answer in person.answers for option in answer.value or ()]


def test_the_promises_about_seats_hold_whatever_is_done(
    app: Flask,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
) -> None:
    Seats.stage = (make_event, entry, programme)
    run_state_machine_as_test(Seats, settings=WALKS)
