"""Figures of a project for pages and reports: which events are counted, and the tables of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from koostoo.base.clock import local_day
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.reporting.cells import Cell, count
from koostoo.reporting.figures import By, Choice, Held, Table, is_held, is_within
from koostoo.reporting.further import figures_by_hand, further_activities, regions


@dataclass(frozen=True, slots=True)
class Scene:
    """The events that are over in a project, by time, and which of them are to be counted."""

    held: tuple[Held, ...]
    wanted: frozenset[int]
    events: dict[int, Event]

    @property
    def chosen(self) -> list[Held]:
        """The events that are counted."""
        return [one for one in self.held if one.id in self.wanted]


def held_ids(project_id: int, now: datetime) -> list[int]:
    """Return the events of a project that may be over at `now`; no column of theirs is read."""
    return list(
        db.session.scalars(
            select(Event.id)
            .join(Event.activity)
            .where(
                Activity.project_id == project_id,
                Event.state == "published",
                Event.ends_on <= local_day(now),
            )
        )
    )


def read_scene(project_id: int, choice: Choice, now: datetime) -> Scene:
    """Return the events of a project that are over at `now`; one query, and what others add."""
    rows = db.session.scalars(
        select(Event)
        .join(Event.activity)
        .where(
            Activity.project_id == project_id,
            Event.state == "published",
            Event.is_sample.is_(False),
        )
        .order_by(Event.starts_on, Event.id)
    ).all()
    over = [event for event in rows if is_held(event.state, event.when, now)]
    numbers = [event.id for event in over]
    more, where, by_hand = (
        further_activities(numbers),
        regions(numbers),
        figures_by_hand(numbers),
    )
    held = []
    for place, event in enumerate(over):
        written = by_hand.get(event.id)
        told = dict(written.by_organisation) if written else {}
        if written and (rest := written.total - sum(told.values())) > 0:
            told[None] = told.get(None, 0) + rest
        held.append(
            Held(
                event.id,
                place,
                event.mode,
                tuple(dict.fromkeys((event.activity_id, *more.get(event.id, ())))),
                where.get(event.id, ""),
                told,
            )
        )
    wanted = frozenset(
        one.id
        for one, event in zip(held, over, strict=True)
        if is_within(event.ends_on, one.activities, choice)
    )
    return Scene(tuple(held), wanted, {event.id: event for event in over})


def table_of(
    scene: Scene, cells: dict[int, list[Cell]], by: By, organisation_id: int | None = None
) -> Table:
    """Return the figures of the events of a scene, from the cells of all of them."""
    return count(scene.held, scene.wanted, cells, by, organisation_id)
