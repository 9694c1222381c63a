"""Who may have a seat now, and who is next: plain values in, a decision out.

Seats carry no labels. Everything is counted from the people who are seated: an organisation's
people use its promised seats first, then common ones, whatever the order they came in. A promise
ends at its release date; what is unused then is common.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Obstacle = Literal["full", "promised", "partner_cap", "member_cap", "option", "group"]
"""Why somebody cannot have a seat now.

full: every seat is taken. promised: those still free are promised to other organisations.
partner_cap, member_cap: as many of this partner or member organisation are in as may be.
option: what they chose (a bus stop, a room) has no room left.
group: seats are free, but not for all who want to come together or not at all.
"""


class Promise(NamedTuple):
    """Seats promised to an organisation until an instant; None: for good."""

    organisation_id: int
    seats: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How an event shares out its seats; None means no limit."""

    capacity: int | None
    promises: tuple[Promise, ...] = ()
    partner_cap: int | None = None
    member_cap: int | None = None
    option_limits: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claimant:
    """What of a person matters for a seat.

    `member` is the key of the member organisation, empty for none; `options` are the numbers of
    the chosen options.
    """

    organisation_id: int | None
    member: str = ""
    options: frozenset[int] = frozenset()


@dataclass(slots=True)
class Tally:
    """How many are seated: in all, of each partner and member organisation, with each option."""

    seated: int = 0
    partners: Counter[int] = field(default_factory=Counter)
    members: Counter[str] = field(default_factory=Counter)
    options: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, people: Iterable[Claimant]) -> "Tally":
        """Count these people."""
        tally = cls()
        for person in people:
            tally.add(person)
        return tally

    def copy(self) -> "Tally":
        """Return a tally of its own to count on."""
        return Tally(
            self.seated, Counter(self.partners), Counter(self.members), Counter(self.options)
        )

    def add(self, person: Claimant) -> None:
        """Count one more who is seated."""
        self.seated += 1
        if person.organisation_id is not None:
            self.partners[person.organisation_id] += 1
        if person.member:
            self.members[person.member] += 1
        self.options.update(person.options)

    def remove(self, person: Claimant) -> None:
        """Count one who was seated no more."""
        self.seated -= 1
        if person.organisation_id is not None:
            self.partners[person.organisation_id] -= 1
        if person.member:
            self.members[person.member] -= 1
        self.options.subtract(person.options)


class Skipped(NamedTuple):
    """Who waits and was passed over though seats were free, by position in the queue, and why."""

    position: int
    obstacle: Obstacle


class Served(NamedTuple):
    """Whom the free seats go to, and who is passed over while there still are some."""

    next: tuple[int, ...]
    skipped: tuple[Skipped, ...]


def free_in_all(plan: Plan, seated: int) -> int | None:
    """Return how many seats nobody has, never below 0; None means no limit."""
    return None if plan.capacity is None else max(plan.capacity - seated, 0)


def held_back(plan: Plan, tally: Tally, now: datetime) -> dict[int, int]:
    """Return the promised seats not used yet, by organisation, released ones left out.

    Never more than are free: after the capacity was lowered, the promises shrink in their order.
    """
    left = free_in_all(plan, tally.seated)
    held: dict[int, int] = {}
    for promise in plan.promises:
        if promise.until is not None and promise.until <= now:
            continue
        unused = max(promise.seats - tally.partners[promise.organisation_id], 0)
        if left is not None:
            unused = min(unused, left)
            left -= unused
        if unused:
            held[promise.organisation_id] = unused
    return held


def free_for(plan: Plan, tally: Tally, organisation_id: int | None, now: datetime) -> int | None:
    """Return how many seats people of this organisation could take now; None means no limit.

    Those promised to them and the common ones, within the limit of one partner.
    """
    free = free_in_all(plan, tally.seated)
    if free is not None:
        held = held_back(plan, tally, now)
        free -= sum(n for owner, n in held.items() if owner != organisation_id)
    if plan.partner_cap is None or organisation_id is None:
        return free
    below_cap = max(plan.partner_cap - tally.partners[organisation_id], 0)
    return below_cap if free is None else min(free, below_cap)


def obstacle(plan: Plan, tally: Tally, person: Claimant, now: datetime) -> Obstacle | None:
    """Say what keeps this person from having a seat now; None: nothing does."""
    if free_in_all(plan, tally.seated) == 0:
        return "full"
    partner, cap = person.organisation_id, plan.partner_cap
    if cap is not None and partner is not None and tally.partners[partner] >= cap:
        return "partner_cap"
    cap = plan.member_cap
    if cap is not None and person.member and tally.members[person.member] >= cap:
        return "member_cap"
    if full_options(plan, tally) & person.options:
        return "option"
    return "promised" if free_for(plan, tally, partner, now) == 0 else None


def obstacle_for_all(
    plan: Plan, tally: Tally, people: Sequence[Claimant], now: datetime
) -> Obstacle | None:
    """Say what keeps these people from having seats now, all of them; None: nothing does.

    In whatever order they are counted: seats are free for all of them, or for too few.
    """
    if len(people) == 1:
        return obstacle(plan, tally, people[0], now)
    counted = tally.copy()
    for number, person in enumerate(people):
        reason = obstacle(plan, counted, person, now)
        if reason is not None:
            return "group" if number and reason in ("full", "promised") else reason
        counted.add(person)
    return None


def obstacle_to_change(
    plan: Plan, tally: Tally, old: Claimant, new: Claimant, now: datetime
) -> Obstacle | None:
    """Say what keeps somebody who has a seat, and is counted, from keeping it as `new`.

    What does not change is no obstacle, even where an organiser went above a limit. Their own
    seat counts as free for them, in an event that is over-full too.
    """
    if old == new:
        return None
    others = tally.copy()
    others.remove(old)
    seat = Plan(
        None if plan.capacity is None else max(plan.capacity, others.seated + 1),
        plan.promises,
        plan.partner_cap if new.organisation_id != old.organisation_id else None,
        plan.member_cap if new.member != old.member else None,
        {o: limit for o, limit in plan.option_limits.items() if o not in old.options},
    )
    return obstacle(seat, others, new, now)


def full_options(plan: Plan, tally: Tally) -> frozenset[int]:
    """Return the options that have no room left."""
    limits = plan.option_limits.items()
    return frozenset(option for option, limit in limits if tally.options[option] >= limit)


def next_in_line(
    plan: Plan, tally: Tally, queue: Iterable[Sequence[Claimant]], now: datetime
) -> Served:
    """Return who of the queue (head first) gets seats now, exactly as many as fit.

    Each place in the queue is one person, or several who come together or not at all. Whoever
    cannot take a seat is passed over and keeps the place. A freed promised seat goes to the first
    of its organisation, for to everybody else it is not free.
    """
    counted = tally.copy()
    served: list[int] = []
    skipped: list[Skipped] = []
    for position, people in enumerate(queue):
        if free_in_all(plan, counted.seated) == 0:
            break
        reason = obstacle_for_all(plan, counted, people, now)
        if reason is None:
            for person in people:
                counted.add(person)
            served.append(position)
        else:
            skipped.append(Skipped(position, reason))
    return Served(tuple(served), tuple(skipped))
