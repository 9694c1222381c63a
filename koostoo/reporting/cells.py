"""Counting from cells: the rows of an event, added up once; pure.

A cell holds numbers and the numbers of who was there, so a table of many events is put together
without a look at their rows. It says the same as `reporting.recount`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from koostoo.reporting.figures import (
    OF_EVENTS,
    By,
    Counted,
    Figures,
    Held,
    Table,
    hand_count,
    hands_by_key,
    key_of,
)


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
