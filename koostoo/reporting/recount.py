"""Counting from rows, slowly and plainly, and the rows behind a figure; pure."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from koostoo.reporting.figures import (
    OF_EVENTS,
    By,
    Counted,
    Figure,
    Figures,
    Held,
    Part,
    Table,
    events_of,
    hand_count,
    hands_by_key,
    moment_of,
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
            moment = moment_of(held[row.event_id], row)
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
                first[row.person_id] == moment_of(held[row.event_id], row) for row in there
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
        for row in sorted(listed, key=lambda row: moment_of(held[row.event_id], row)):
            if row.days:
                first.setdefault(row.person_id, row)
        newcomers = {row.id for row in first.values()}
        return [row for row in mine if row.id in newcomers]
    return mine
