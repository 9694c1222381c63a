"""What is counted, and how: pure. Registrations go in, figures come out.

People and organisations are counted once at every level: the figure of a whole is never the sum of
its parts. `recount` does it slowly and plainly, from rows. `count` does it from cells, in which the
rows of an event are added up once and kept (`reporting.tallies`); tests hold one against the other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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


class Cell(NamedTuple):
    """The people of one event who are alike: of one partner organisation, role and sector.

    `people` are the numbers of who was there, `members` those of the organisations of who was.
    """

    organisation_id: int | None
    role: str
    sector: str
    registered: int
    attended: int
    person_days: int
    marked: int
    people: Sequence[int]
    members: Sequence[int]

    def key(self, by: By) -> str:
        """Return under which key these people are counted."""
        if by == "organisation":
            return key_of(self.organisation_id)
        return self.role if by == "role" else self.sector


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


def recount(
    events: Iterable[Held],
    wanted: Collection[int],
    rows: Sequence[Counted],
    by: By,
    organisation_id: int | None = None,
) -> Table:
    """Count from rows. `events` are all held ones of the project, `wanted` those to be counted.

    The others only tell who was there before. `organisation_id` as in `Choice`.
    """
    held = {one.id: one for one in events}
    listed = [row for row in rows if row.is_listed and row.event_id in held]
    taken = {row.event_id for row in listed if row.marked}
    # Of somebody twice at their first event, one row is their first.
    first: dict[int, tuple[Any, ...]] = {}
    for row in listed:
        if row.days:
            moment = _moment(held[row.event_id], row)
            first[row.person_id] = min(first.get(row.person_id, moment), moment)
    mine = [
        row
        for row in listed
        if row.event_id in wanted
        and (organisation_id is None or (row.organisation_id or 0) == organisation_id)
    ]
    chosen = [one for one in held.values() if one.id in wanted]

    def figures(
        events: Sequence[Held], rows: Sequence[Counted], of_rows: bool, by_hand: int
    ) -> Figures:
        there = [row for row in rows if row.days]
        return Figures(
            events=len({row.event_id for row in rows}) if of_rows else len(events),
            registered=len(rows),
            unmarked=sum(row.event_id not in taken for row in rows),
            attended=len(there) + by_hand,
            by_hand=by_hand,
            no_shows=sum(row.event_id in taken and not row.days for row in rows),
            person_days=sum(row.days for row in rows),
            people=len({row.person_id for row in there}),
            organisations=len({row.member_id for row in there if row.member_id is not None}),
            first_timers=sum(
                first[row.person_id] == _moment(held[row.event_id], row) for row in there
            ),
        )

    def by_event(keys: Callable[[Held], Iterable[str]]) -> dict[str, Figures]:
        found: dict[str, list[Held]] = {}
        for one in chosen:
            for key in keys(one):
                found.setdefault(key, []).append(one)
        return {
            key: figures(
                group,
                [row for row in mine if row.event_id in {one.id for one in group}],
                organisation_id is not None,
                sum(hand_count(one, taken, organisation_id) for one in group),
            )
            for key, group in found.items()
        }

    if by in OF_EVENTS:
        parts = by_event(lambda one: one.keys(by))
    else:
        hands = hands_by_key(chosen, taken, by, organisation_id)
        keys = {row.key(by) for row in mine} | set(hands)
        parts = {
            key: figures([], [row for row in mine if row.key(by) == key], True, hands.get(key, 0))
            for key in keys
        }
    whole = sum(hand_count(one, taken, organisation_id) for one in chosen)
    return Table(
        figures(chosen, mine, organisation_id is not None, whole),
        by_event(lambda one: (one.mode,)),
        parts,
    )


def _moment(event: Held, row: Counted) -> tuple[Any, ...]:
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


def cells_of(rows: Iterable[Counted]) -> list[Cell]:
    """Add up the rows of one event."""
    alike: dict[tuple[int, str, str], list[Counted]] = defaultdict(list)
    for row in rows:
        if row.is_listed:
            alike[(row.organisation_id or 0, row.role, row.sector)].append(row)
    return [_cell(alike[key]) for key in sorted(alike)]


def _cell(rows: Sequence[Counted]) -> Cell:
    there = [row for row in rows if row.days]
    return Cell(
        rows[0].organisation_id,
        rows[0].role,
        rows[0].sector,
        registered=len(rows),
        attended=len(there),
        person_days=sum(row.days for row in there),
        marked=sum(row.marked for row in rows),
        people=sorted({row.person_id for row in there}),
        members=sorted({row.member_id for row in there if row.member_id is not None}),
    )


def count(
    events: Iterable[Held],
    wanted: Collection[int],
    cells: Mapping[int, Sequence[Cell]],
    by: By,
    organisation_id: int | None = None,
) -> Table:
    """Return what `recount` returns, from the cells of each event."""
    return _Counting(list(events), wanted, cells, by, organisation_id).table()


class _Known(NamedTuple):
    """A cell of an event, and how many in it are at an event of the project for the first time."""

    event_id: int
    cell: Cell
    newcomers: int


class _Counting:
    """Puts cells together to the levels of a table."""

    def __init__(
        self,
        events: Sequence[Held],
        wanted: Collection[int],
        cells: Mapping[int, Sequence[Cell]],
        by: By,
        organisation_id: int | None,
    ) -> None:
        self.by, self.organisation_id = by, organisation_id
        self.chosen = [one for one in events if one.id in wanted]
        self.taken = {
            one.id for one in events if any(cell.marked for cell in cells.get(one.id, ()))
        }
        self.of_event: dict[int, list[_Known]] = {}
        seen: set[int] = set()
        for one in sorted(events, key=lambda held: held.place):
            self.of_event[one.id] = []
            for cell in cells.get(one.id, ()):
                before = len(seen)
                seen.update(cell.people)
                # Whoever is in two cells of an event is new in the first of them alone.
                if self._is_mine(cell):
                    self.of_event[one.id].append(_Known(one.id, cell, len(seen) - before))

    def _is_mine(self, cell: Cell) -> bool:
        return self.organisation_id is None or (cell.organisation_id or 0) == self.organisation_id

    def table(self) -> Table:
        """Return the whole table."""
        return Table(
            self._of_events(self.chosen),
            self._by_event("mode"),
            self._by_event(self.by) if self.by in OF_EVENTS else self._by_row(),
        )

    def _by_event(self, by: By) -> dict[str, Figures]:
        found: dict[str, list[Held]] = defaultdict(list)
        for one in self.chosen:
            for key in one.keys(by):
                found[key].append(one)
        return {key: self._of_events(events) for key, events in found.items()}

    def _by_row(self) -> dict[str, Figures]:
        hands = hands_by_key(self.chosen, self.taken, self.by, self.organisation_id)
        found: dict[str, list[_Known]] = defaultdict(list)
        for event in self.chosen:
            for one in self.of_event[event.id]:
                found[one.cell.key(self.by)].append(one)
        return {key: self._of(found.get(key, []), hands.get(key, 0)) for key in {*found, *hands}}

    def _of_events(self, events: Sequence[Held]) -> Figures:
        figures = self._of(
            [known for one in events for known in self.of_event[one.id]],
            sum(hand_count(one, self.taken, self.organisation_id) for one in events),
        )
        if self.organisation_id is None:
            figures.events = len(events)
        return figures

    def _of(self, known: Sequence[_Known], by_hand: int) -> Figures:
        cells = [one.cell for one in known]
        taken = [one.cell for one in known if one.event_id in self.taken]
        registered = sum(cell.registered for cell in cells)
        marked = sum(cell.registered for cell in taken)
        attended = sum(cell.attended for cell in cells)
        return Figures(
            events=len({one.event_id for one in known}),
            registered=registered,
            unmarked=registered - marked,
            attended=attended + by_hand,
            by_hand=by_hand,
            no_shows=marked - attended,
            person_days=sum(cell.person_days for cell in cells),
            people=len(set[int]().union(*(cell.people for cell in cells))),
            organisations=len(set[int]().union(*(cell.members for cell in cells))),
            first_timers=sum(one.newcomers for one in known),
        )


# --- The rows behind a figure -----------------------------------------------------


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


def behind(
    events: Iterable[Held],
    wanted: Collection[int],
    rows: Sequence[Counted],
    part: Part,
    figure: Figure,
    organisation_id: int | None = None,
) -> list[Counted]:
    """Return the registrations behind a figure, by the time of the event.

    Behind people and organisations, and behind events by their people, stand those who make them:
    several of one person, or of one event. Events without people and numbers written down by hand
    have no rows. For first-timers `rows` must hold everybody of all held events.
    """
    held = {one.id: one for one in events}
    listed = [row for row in rows if row.is_listed and row.event_id in held]
    taken = {row.event_id for row in listed if row.marked}
    within = {one.id for one in events_of(held.values(), wanted, part)}
    mine = [
        row
        for row in listed
        if row.event_id in within
        and (organisation_id is None or (row.organisation_id or 0) == organisation_id)
        and (part.by is None or part.by in OF_EVENTS or row.key(part.by) == part.key)
    ]
    mine.sort(key=lambda row: (held[row.event_id].place, row.id))
    if figure == "unmarked":
        return [row for row in mine if row.event_id not in taken]
    if figure == "no_shows":
        return [row for row in mine if row.event_id in taken and not row.days]
    if figure in ("attended", "person_days", "people"):
        return [row for row in mine if row.days]
    if figure == "organisations":
        return [row for row in mine if row.days and row.member_id is not None]
    if figure == "first_timers":
        first: dict[int, Counted] = {}
        for row in sorted(listed, key=lambda row: _moment(held[row.event_id], row)):
            if row.days:
                first.setdefault(row.person_id, row)
        newcomers = {row.id for row in first.values()}
        return [row for row in mine if row.id in newcomers]
    return mine


def plain(table: Table) -> dict[str, Any]:
    """Return a table as plain values, keys in order."""
    return {
        "total": table.total.as_dict(),
        "modes": {key: one.as_dict() for key, one in sorted(table.modes.items())},
        "parts": {key: one.as_dict() for key, one in sorted(table.parts.items())},
    }
