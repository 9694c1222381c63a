"""Decisions of the programme: plain values in, a decision out; no clock, no database."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Counts = Literal["events", "regions", "participants"]
COUNTS: tuple[Counts, ...] = get_args(Counts)
"""What an activity counts against its target: events held, different regions in which they were
held, people who were there."""
WhyNot = Literal[
    "sample",
    "draft",
    "called_off",
    "ahead",
    "web",
    "no_region",
    "same_region",
    "no_people",
]
WHY_NOT: tuple[WhyNot, ...] = get_args(WhyNot)
"""Why an event does not count: a sample; nobody sees it yet; called off; not over yet; held only on
the web where only physical ones count; nobody said in which region it was; an earlier one was in
the same region; nobody knows how many were there."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What an activity is to reach, and by which rule."""

    counts: Counts
    target: int
    only_physical: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event of an activity, its own or a further one, as the rule looks at it.

    `region` is anything that tells regions apart, None where it is not known; `people` how many
    were there, None where nobody knows.
    """

    state: str
    is_over: bool
    mode: str
    is_sample: bool = False
    region: Hashable | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an activity is: `why_not` says of each event what keeps it from counting."""

    done: int
    target: int
    why_not: tuple[WhyNot | None, ...]

    @property
    def is_reached(self) -> bool:
        """Whether all that was planned is done."""
        return self.done >= self.target


def progress(goal: Goal, events: Sequence[Candidate]) -> Progress:
    """Count what was done of a goal; `events` come in the order in which they were held.

    Of several events in one region the first that counts stands for it.
    """
    done, seen = 0, set[Hashable]()
    verdicts: list[WhyNot | None] = []
    for event in events:
        why = _why_not(goal, event, seen)
        verdicts.append(why)
        if why is None:
            seen.add(event.region)
            done += (event.people or 0) if goal.counts == "participants" else 1
    return Progress(done, goal.target, tuple(verdicts))


def _why_not(goal: Goal, event: Candidate, seen: set[Hashable]) -> WhyNot | None:
    by_region = goal.counts == "regions"
    checks: list[tuple[bool, WhyNot]] = [
        (event.is_sample, "sample"),
        (event.state == "draft", "draft"),
        (event.state == "called_off", "called_off"),
        (not event.is_over, "ahead"),
        (goal.only_physical and event.mode == "online", "web"),
        (by_region and event.region is None, "no_region"),
        (by_region and event.region in seen, "same_region"),
        (goal.counts == "participants" and event.people is None, "no_people"),
    ]
    return next((why for found, why in checks if found), None)
