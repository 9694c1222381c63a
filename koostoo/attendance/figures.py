"""How many people were at events of which there is no list: figures by hand, noted and read.

An event has a list or figures. Where anybody has a confirmed registration, such as from a list that
was brought in later, the list alone counts and the figures are passed over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, selectinload

from koostoo.accounts.audit import Action, record
from koostoo.attendance.models import Attendance, EventFigures, FiguresPart
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.seating import lock_event


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people were there, how many of them from which organisation, and who says so.

    `by_organisation` holds what is known, by the numbers of organisations: at most `total` in all.
    """

    total: int
    by_organisation: Mapping[int, int] = field(default_factory=dict)
    source: str = ""


class People(NamedTuple):
    """How many were there, and whether that is a number by hand and not counted from a list."""

    number: int
    by_hand: bool = False


class FiguresRefused(Exception):
    """There can be no figures of this event: it is not over, did not take place, or has a list."""


class FiguresChanged(Exception):
    """Somebody else wrote figures meanwhile; `version` is theirs, 0 where they were removed."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


def attended_figures(event_ids: Collection[int]) -> dict[int, Figures]:
    """Return the figures by hand of those events that have some and no list, in two queries."""
    rows = db.session.scalars(
        select(EventFigures)
        .where(EventFigures.event_id.in_(event_ids), ~_has_list(EventFigures.event_id))
        .options(selectinload(EventFigures.parts))
    )
    return {row.event_id: as_figures(row) for row in rows}


def find_figures(event_id: int) -> EventFigures | None:
    """Return what was noted of an event, also where a list counts instead."""
    return db.session.scalar(
        select(EventFigures)
        .where(EventFigures.event_id == event_id)
        .options(selectinload(EventFigures.parts))
    )


def has_list(event_id: int) -> bool:
    """Say whether there are people of the event, so that its figures do not count."""
    return bool(db.session.scalar(select(_has_list(Event.id)).where(Event.id == event_id)))


def as_figures(row: EventFigures) -> Figures:
    """Return a row and its parts as a plain value."""
    return Figures(row.total, {one.organisation_id: one.people for one in row.parts}, row.source)


def people_at(event_ids: Collection[int]) -> dict[int, People]:
    """Return how many people were at each of these events, where that is known; four queries.

    Who was marked as present on any day; of an event with a list whose days are not known, so that
    nobody could be marked, all of the list; without a list the figures by hand.
    """
    lists = db.session.execute(
        select(Event.id, Event.date_kind, func.count())
        .join(Registration, Registration.event_id == Event.id)
        .where(Event.id.in_(event_ids), Registration.state == "confirmed")
        .group_by(Event.id)
    )
    came = db.session.execute(
        select(Registration.event_id, func.count(Registration.id.distinct()))
        .join(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.event_id.in_(event_ids), Attendance.status == "present")
        .group_by(Registration.event_id)
    )
    found = {
        number: People(one.total, by_hand=True)
        for number, one in attended_figures(event_ids).items()
    }
    found |= {number: People(all_) for number, kind, all_ in lists if kind in ("month", "season")}
    return found | {number: People(people) for number, people in came}


@retried
def note_figures(
    event_id: int, figures: Figures | None, version: int, now: datetime, by: int | None
) -> None:
    """Write how many people were at an event that is over; None removes what was noted.

    `version` is that of the row the organiser saw, 0 for none. Raises EventNotFound,
    FiguresRefused, FiguresChanged.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        if not _takes_figures(session, event, now):
            raise FiguresRefused(event_id)
        row = session.scalar(select(EventFigures).where(EventFigures.event_id == event_id))
        known = row.version if row else 0
        if known != version:
            raise FiguresChanged(known)
        old = as_figures(row) if row else None
        if old == figures:
            return
        if row is not None and figures is None:
            session.delete(row)
        elif figures is not None:
            if row is None:
                row = EventFigures(event_id=event_id)
                session.add(row)
            row.total, row.source = figures.total, figures.source
            row.version, row.noted_at, row.organiser_id = known + 1, now, by
            _write_parts(row, figures.by_organisation)
        action: Action = "figures_removed" if figures is None else "figures_noted"
        record(session, by, action, now, event_id=event_id, detail=_changes(old, figures))


def _has_list(event_id: Any) -> ColumnElement[bool]:
    return exists().where(Registration.event_id == event_id, Registration.state == "confirmed")


def _takes_figures(session: Session, event: Event, now: datetime) -> bool:
    if event.state != "published" or not event.when.is_over(now):
        return False
    return not session.scalar(select(_has_list(event.id)))


def _write_parts(row: EventFigures, people: Mapping[int, int]) -> None:
    kept = {one.organisation_id: one for one in row.parts}
    for number, one in kept.items():
        if number not in people:
            row.parts.remove(one)
    for number, count in people.items():
        if number in kept:
            kept[number].people = count
        else:
            row.parts.append(FiguresPart(organisation_id=number, people=count))


def _changes(old: Figures | None, new: Figures | None) -> dict[str, Any]:
    """Return old and new numbers; of the source, which somebody wrote, only that it changed."""
    before, after = _numbers(old), _numbers(new)
    changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    reworded = ["source"] if old and new and old.source != new.source else []
    found: dict[str, Any] = {"changed": changed, "reworded": reworded}
    return {name: value for name, value in found.items() if value}


def _numbers(figures: Figures | None) -> dict[str, Any]:
    if figures is None:
        return {"people": None, "people_of": []}
    parts = [[number, count] for number, count in sorted(figures.by_organisation.items())]
    return {"people": figures.total, "people_of": parts}
