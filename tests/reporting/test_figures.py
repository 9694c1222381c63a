"""Figures: every one equals a slow recount, and the rows behind it; wholes and parts agree."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from koostoo.reporting.cells import cells_of, count
from koostoo.reporting.figures import (
    BYS,
    COUNTED_ONCE,
    FIGURES,
    OF_EVENTS,
    By,
    Counted,
    Figure,
    Held,
    Part,
    plain,
)
from koostoo.reporting.recount import behind, recount


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Held], set[int], list[Counted]]:
    """Some events of a project, which of them are wanted, and their people."""
    number = draw(st.integers(1, 4))
    events = [
        Held(
            one,
            place,
            draw(st.sampled_from(["onsite", "online", "hybrid"])),
            tuple(draw(st.sets(st.integers(1, 3), min_size=1, max_size=2))),
            draw(st.sampled_from(["", "Harju", "Lääne"])),
            draw(st.dictionaries(st.sampled_from([None, 1, 2]), st.integers(0, 9), max_size=2)),
        )
        for place, one in enumerate(draw(st.permutations(range(1, number + 1))))
    ]
    taken = draw(st.sets(st.integers(1, number)))
    rows = []
    for row in range(draw(st.integers(0, 14))):
        event = draw(st.integers(1, number))
        days = draw(st.integers(0, 2)) if event in taken else 0
        rows.append(
            Counted(
                row + 1,
                event,
                draw(st.booleans()),
                draw(st.sampled_from([None, 1, 2])),
                draw(st.sampled_from(["member", "staff"])),
                draw(st.sampled_from(["", "ngo", "public"])),
                draw(st.integers(1, 4)),
                draw(st.sampled_from([None, 1, 2])),
                days,
                days > 0 or (event in taken and draw(st.booleans())),
            )
        )
    return events, draw(st.sets(st.integers(1, number))), rows


World = tuple[list[Held], set[int], list[Counted]]


@given(worlds(), st.sampled_from(BYS), st.sampled_from([None, 0, 1]))
def test_what_is_counted_from_cells_is_what_a_slow_recount_says(
    world: World, by: By, of: int | None
) -> None:
    events, wanted, rows = world
    cells = {one.id: cells_of(row for row in rows if row.event_id == one.id) for one in events}
    assert plain(count(events, wanted, cells, by, of)) == plain(
        recount(events, wanted, rows, by, of)
    )


@given(worlds(), st.sampled_from(BYS))
def test_parts_add_up_to_the_whole_but_for_what_is_counted_once(world: World, by: By) -> None:
    events, wanted, rows = world
    if by == "activity":
        # An event may count for several: only where each counts for one they are a partition.
        events = [
            Held(e.id, e.place, e.mode, e.activities[:1], e.region, e.by_hand) for e in events
        ]
    table = recount(events, wanted, rows, by)
    parts = [one.as_dict() for one in table.parts.values()]
    for figure, whole in table.total.as_dict().items():
        values = [part[figure] for part in parts]
        if figure in COUNTED_ONCE:
            assert max(values, default=0) <= whole <= sum(values)
        elif figure != "events" or by in OF_EVENTS:
            assert sum(values) == whole, figure
        assert all(value >= 0 for value in values)
    total = table.total
    assert total.registered == total.unmarked + total.no_shows + (total.attended - total.by_hand)
    assert total.first_timers <= total.people <= total.attended - total.by_hand


@given(worlds(), st.sampled_from(BYS), st.sampled_from([None, 1]), st.sampled_from(FIGURES))
def test_behind_every_figure_stand_as_many_rows_as_it_says(
    world: World, by: By, of: int | None, figure: Figure
) -> None:
    events, wanted, rows = world
    table = recount(events, wanted, rows, by, of)
    levels: list[tuple[Part, Any]] = [(Part(), table.total)]
    levels += [(Part(by, key), figures) for key, figures in table.parts.items()]
    for part, figures in levels:
        found = behind(events, wanted, rows, part, figure, of)
        told = getattr(figures, figure)
        if figure == "people":
            assert len({row.person_id for row in found}) == told
        elif figure == "organisations":
            assert len({row.member_id for row in found}) == told
        elif figure == "person_days":
            assert sum(row.days for row in found) == told
        elif figure == "attended":
            assert len(found) == told - figures.by_hand
        elif figure not in ("events", "by_hand"):
            assert len(found) == told


@given(worlds())
def test_two_periods_share_no_event_and_first_timers_of_both_are_those_of_the_whole(
    world: World,
) -> None:
    events, _wanted, rows = world
    early = {one.id for one in events if one.place < 2}
    whole = recount(events, {one.id for one in events}, rows, "mode").total
    first = recount(events, early, rows, "mode").total
    later = recount(events, {one.id for one in events} - early, rows, "mode").total
    for figure in FIGURES:
        before, after, both = (getattr(one, figure) for one in (first, later, whole))
        if figure in COUNTED_ONCE:
            assert max(before, after) <= both <= before + after
        else:
            assert before + after == both
    assert whole.first_timers == whole.people
