"""What is counted: the words of figures as values, and the few decisions all counting shares; pure.

People and organisations are counted once at every level: the figure of a whole is never the sum of
its parts. `reporting.recount` counts slowly and plainly, from rows; `reporting.cells` from what was
added up of each event. Tests hold one against the other.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, get_args

from koostoo.base.when import When

By = Literal["activity", "organisation", "sector", "role", "region", "mode", "event"]
BYS: tuple[By, ...] = get_args(By)
"""By what figures are broken down."""
OF_EVENTS: frozenset[By] = frozenset(("activity", "region", "mode", "event"))
"""What an event has; the others are of a registration."""
Figure = Literal[
    "events",
    "registered",
    "unmarked",
    "attended",
    "by_hand",
    "no_shows",
    "person_days",
    "people",
    "organisations",
    "first_timers",
]
FIGURES: tuple[Figure, ...] = get_args(Figure)
COUNTED_ONCE: frozenset[Figure] = frozenset(("people", "organisations"))
"""Figures of different people or organisations: they cannot be added up."""


@dataclass(frozen=True, slots=True)
class Held:
    """An event that is over, as far as figures need it.

    `place` is its place in time among all of the project. `by_hand` is by organisation, None for
    others and for whom nobody knows.
    """

    id: int
    place: int
    mode: str
    activities: tuple[int, ...]
    region: str = ""
    by_hand: Mapping[int | None, int] = field(default_factory=dict)

    def keys(self, by: By) -> tuple[str, ...]:
        """Return under which keys the event is counted."""
        if by == "activity":
            return tuple(map(str, self.activities))
        if by == "event":
            return (str(self.id),)
        return (self.region if by == "region" else self.mode,)


class Counted(NamedTuple):
    """A registration: a seat at an event, or somebody who came without one.

    `days` is on how many days they were there, `marked` whether anybody marked them at all.
    """

    id: int
    event_id: int
    has_seat: bool
    organisation_id: int | None
    role: str
    sector: str
    person_id: int
    member_id: int | None
    days: int
    marked: bool

    @property
    def is_listed(self) -> bool:
        """Whether they were expected, or came all the same."""
        return self.has_seat or self.days > 0

    def key(self, by: By) -> str:
        """Return under which key the registration is counted."""
        if by == "organisation":
            return key_of(self.organisation_id)
        return self.role if by == "role" else self.sector


class Choice(NamedTuple):
    """What is counted; None: whatever it is.

    Events that ended between two days, events of an activity, people of a partner organisation (0:
    of none of them).
    """

    first: date | None = None
    last: date | None = None
    activity_id: int | None = None
    organisation_id: int | None = None


@dataclass(slots=True)
class Figures:
    """The figures of one level.

    `registered` had a seat, or came; of these `attended`, `no_shows`, or `unmarked`: nobody took
    attendance at their event, so nobody knows. `by_hand` of those who attended are only known as a
    number. `first_timers` came to their first event of the project.
    """

    events: int = 0
    registered: int = 0
    unmarked: int = 0
    attended: int = 0
    by_hand: int = 0
    no_shows: int = 0
    person_days: int = 0
    people: int = 0
    organisations: int = 0
    first_timers: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return all figures by their names."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of the whole, of each way of taking part, and of each key of a breakdown."""

    total: Figures
    modes: dict[str, Figures]
    parts: dict[str, Figures]


def key_of(organisation_id: int | None) -> str:
    """Return the key of a partner organisation; "" for none of them."""
    return "" if organisation_id is None else str(organisation_id)


def is_held(state: str, when: When, now: datetime) -> bool:
    """Say whether an event counts: it was published, not called off, and is over."""
    return state == "published" and when.is_over(now)


def is_within(last_day: date, activities: Collection[int], choice: Choice) -> bool:
    """Say whether an event belongs to the choice: it ended in the period.

    So every event is in exactly one of two periods that follow each other.
    """
    return (
        (choice.first is None or choice.first <= last_day)
        and (choice.last is None or last_day <= choice.last)
        and (choice.activity_id is None or choice.activity_id in activities)
    )


def moment_of(event: Held, row: Counted) -> tuple[Any, ...]:
    """Return what a row is ordered by: of somebody twice at an event, one row comes first."""
    return event.place, row.organisation_id or 0, row.role, row.sector, row.id


def hand_count(event: Held, taken: Collection[int], organisation_id: int | None) -> int:
    """Return how many attended an event by what somebody wrote down; 0 where people were marked."""
    if event.id in taken:
        return 0
    return sum(
        number
        for of, number in event.by_hand.items()
        if organisation_id is None or (of or 0) == organisation_id
    )


def hands_by_key(
    events: Iterable[Held], taken: Collection[int], by: By, organisation_id: int | None
) -> dict[str, int]:
    """Return by key how many attended by what somebody wrote down; role and sector: not known."""
    found: dict[str, int] = {}
    for event in events:
        if event.id in taken:
            continue
        for of, number in event.by_hand.items():
            if number and (organisation_id is None or (of or 0) == organisation_id):
                key = key_of(of) if by == "organisation" else ""
                found[key] = found.get(key, 0) + number
    return found


class Part(NamedTuple):
    """Which part of a table: a key of a breakdown; `by` None: the whole."""

    by: By | None = None
    key: str = ""


def events_of(events: Iterable[Held], wanted: Collection[int], part: Part) -> list[Held]:
    """Return the events a part of a table is about, before its people are looked at."""
    chosen = [one for one in events if one.id in wanted]
    if part.by is None or part.by not in OF_EVENTS:
        return chosen
    return [one for one in chosen if part.key in one.keys(part.by)]


def plain(table: Table) -> dict[str, Any]:
    """Return a table as plain values, keys in order."""
    return {
        "total": table.total.as_dict(),
        "modes": {key: one.as_dict() for key, one in sorted(table.modes.items())},
        "parts": {key: one.as_dict() for key, one in sorted(table.parts.items())},
    }
