"""Who may have a seat, and who is next, as pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.registration.seats import (
    Claimant,
    Plan,
    Promise,
    Served,
    Skipped,
    Tally,
    free_for,
    free_in_all,
    full_options,
    held_back,
    next_in_line,
    obstacle,
)

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOST, PARTNER, THIRD = 1, 2, 3
EARLY, NEVER = NOW, None


def people(*organisations: int | None) -> list[Claimant]:
    return [Claimant(organisation) for organisation in organisations]


def alone(queue: list[Claimant]) -> list[list[Claimant]]:
    return [[person] for person in queue]


def promise(organisation: int, seats: int, until: datetime | None = NOW + HOUR) -> Promise:
    return Promise(organisation, seats, until)


def test_without_promises_whoever_comes_first_gets_a_seat() -> None:
    plan = Plan(2)
    assert obstacle(plan, Tally.of(people(HOST)), Claimant(PARTNER), NOW) is None
    assert obstacle(plan, Tally.of(people(HOST, HOST)), Claimant(PARTNER), NOW) == "full"


def test_without_a_limit_everybody_gets_a_seat() -> None:
    crowd = Tally.of(people(*[HOST] * 1000))
    assert obstacle(Plan(None), crowd, Claimant(None), NOW) is None
    assert free_for(Plan(None), crowd, HOST, NOW) is None


def test_promised_seats_are_free_only_for_those_they_are_promised_to() -> None:
    plan, tally = Plan(3, (promise(PARTNER, 2),)), Tally.of(people(HOST))
    assert obstacle(plan, tally, Claimant(HOST), NOW) == "promised"
    assert obstacle(plan, tally, Claimant(None), NOW) == "promised"
    assert obstacle(plan, tally, Claimant(PARTNER), NOW) is None
    assert free_for(plan, tally, HOST, NOW) == 0
    assert free_for(plan, tally, PARTNER, NOW) == 2


def test_people_use_their_own_promised_seats_before_common_ones() -> None:
    plan = Plan(4, (promise(PARTNER, 2),))
    assert free_for(plan, Tally.of(people(PARTNER)), HOST, NOW) == 2
    assert free_for(plan, Tally.of(people(PARTNER, PARTNER, PARTNER)), HOST, NOW) == 1


def test_a_promise_ends_at_its_very_instant() -> None:
    plan = Plan(2, (promise(PARTNER, 2, NOW),))
    just_before = NOW - timedelta(microseconds=1)
    assert obstacle(plan, Tally(), Claimant(HOST), just_before) == "promised"
    assert obstacle(plan, Tally(), Claimant(HOST), NOW) is None


def test_a_promise_without_a_date_is_never_released() -> None:
    plan = Plan(2, (promise(PARTNER, 2, NEVER),))
    assert held_back(plan, Tally(), NOW + 10_000 * HOUR) == {PARTNER: 2}


def test_after_the_capacity_was_lowered_promises_shrink_and_nothing_goes_below_zero() -> None:
    plan = Plan(2, (promise(PARTNER, 2), promise(THIRD, 2)))
    tally = Tally.of(people(HOST))
    assert held_back(plan, tally, NOW) == {PARTNER: 1}
    overfull = Tally.of(people(HOST, HOST, HOST))
    assert held_back(plan, overfull, NOW) == {}
    assert free_in_all(plan, overfull.seated) == 0
    assert obstacle(plan, overfull, Claimant(PARTNER), NOW) == "full"


def test_at_most_so_many_come_from_one_partner() -> None:
    plan, tally = Plan(10, partner_cap=2), Tally.of(people(HOST, HOST))
    assert obstacle(plan, tally, Claimant(HOST), NOW) == "partner_cap"
    assert obstacle(plan, tally, Claimant(PARTNER), NOW) is None
    assert obstacle(plan, tally, Claimant(None), NOW) is None
    assert free_for(plan, tally, HOST, NOW) == 0


def test_at_most_so_many_come_from_one_member_organisation() -> None:
    plan = Plan(10, member_cap=1)
    tally = Tally.of([Claimant(HOST, "näidise küla selts")])
    assert obstacle(plan, tally, Claimant(HOST, "näidise küla selts"), NOW) == "member_cap"
    assert obstacle(plan, tally, Claimant(HOST, "teine selts"), NOW) is None
    assert obstacle(plan, tally, Claimant(HOST), NOW) is None


def test_a_full_bus_stop_keeps_only_those_away_who_chose_it() -> None:
    plan = Plan(10, option_limits={7: 1, 8: 1})
    tally = Tally.of([Claimant(HOST, options=frozenset({7}))])
    assert full_options(plan, tally) == {7}
    assert obstacle(plan, tally, Claimant(HOST, options=frozenset({7, 9})), NOW) == "option"
    assert obstacle(plan, tally, Claimant(HOST, options=frozenset({8})), NOW) is None


def test_a_freed_promised_seat_goes_to_the_first_of_its_organisation() -> None:
    plan, tally = Plan(2, (promise(PARTNER, 1),)), Tally.of(people(HOST))
    served = next_in_line(plan, tally, alone(people(HOST, PARTNER, PARTNER)), NOW)
    assert served == Served((1,), (Skipped(0, "promised"),))


def test_who_cannot_take_the_seat_is_passed_over_and_the_next_gets_it() -> None:
    plan = Plan(2, option_limits={7: 1})
    tally = Tally.of([Claimant(HOST, options=frozenset({7}))])
    queue = [Claimant(HOST, options=frozenset({7})), Claimant(HOST), Claimant(HOST)]
    assert next_in_line(plan, tally, alone(queue), NOW) == Served((1,), (Skipped(0, "option"),))


def test_looking_for_the_next_leaves_the_tally_alone() -> None:
    tally = Tally.of(people(HOST))
    next_in_line(Plan(3), tally, alone(people(HOST, PARTNER)), NOW)
    assert tally == Tally.of(people(HOST))


ORGANISATIONS = st.sampled_from([HOST, PARTNER, THIRD, None])
CLAIMANTS = st.builds(
    Claimant,
    ORGANISATIONS,
    st.sampled_from(["", "selts", "ühing"]),
    st.frozensets(st.integers(1, 3), max_size=2),
)
LIMITS = st.one_of(st.none(), st.integers(1, 4))
PLANS = st.builds(
    Plan,
    st.one_of(st.none(), st.integers(0, 8)),
    st.lists(
        st.builds(
            Promise,
            st.sampled_from([HOST, PARTNER, THIRD]),
            st.integers(0, 4),
            st.sampled_from([EARLY, NOW + HOUR, NEVER]),
        ),
        unique_by=lambda one: one.organisation_id,
        max_size=3,
    ).map(tuple),
    LIMITS,
    LIMITS,
    st.dictionaries(st.integers(1, 3), st.integers(0, 3)),
)


@given(PLANS, st.lists(CLAIMANTS, max_size=8), st.lists(CLAIMANTS, max_size=8))
def test_whoever_is_served_fits_and_nobody_left_behind_could_still_have_a_seat(
    plan: Plan, seated: list[Claimant], queue: list[Claimant]
) -> None:
    served = next_in_line(plan, Tally.of(seated), alone(queue), NOW)
    after = Tally.of([*seated, *(queue[position] for position in served.next)])
    assert not {*served.next} & {skipped.position for skipped in served.skipped}
    for position in {*range(len(queue))} - {*served.next}:
        assert obstacle(plan, after, queue[position], NOW) is not None
    if served.next and plan.capacity is not None:
        assert after.seated <= plan.capacity
    for position in served.next:
        person = queue[position]
        if plan.partner_cap is not None and person.organisation_id is not None:
            assert after.partners[person.organisation_id] <= plan.partner_cap
        if plan.member_cap is not None and person.member:
            assert after.members[person.member] <= plan.member_cap
        for option in person.options & set(plan.option_limits):
            assert after.options[option] <= plan.option_limits[option]


@given(PLANS, st.lists(CLAIMANTS, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_people_were_seated_does_not_matter(
    plan: Plan, seated: list[Claimant], chance: object
) -> None:
    shuffled = [*seated]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    for organisation in (HOST, PARTNER, None):
        assert free_for(plan, Tally.of(seated), organisation, NOW) == free_for(
            plan, Tally.of(shuffled), organisation, NOW
        )


@given(PLANS, st.lists(CLAIMANTS, max_size=6), st.lists(CLAIMANTS, max_size=8))
def test_strangers_never_eat_into_a_promise_that_holds(
    plan: Plan, seated: list[Claimant], newcomers: list[Claimant]
) -> None:
    tally = Tally.of(seated)
    before = held_back(plan, tally, NOW)
    for person in newcomers:
        if obstacle(plan, tally, person, NOW) is None:
            tally.add(person)
            before[person.organisation_id or 0] = before.get(person.organisation_id or 0, 0) - 1
    if plan.capacity is not None:
        after = held_back(plan, tally, NOW)
        for organisation, seats in before.items():
            if organisation:
                assert after.get(organisation, 0) >= max(seats, 0)


@pytest.mark.parametrize("capacity", [0, 1, 5])
def test_free_seats_for_anybody_are_those_not_taken_and_not_held(capacity: int) -> None:
    plan = Plan(capacity, (promise(PARTNER, 1),))
    assert free_for(plan, Tally(), None, NOW) == max(capacity - 1, 0)
