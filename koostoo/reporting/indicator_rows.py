"""Reads of what stands behind a figure, for pages and files."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from koostoo.base.database import db
from koostoo.programme.models import Organisation
from koostoo.registration.models import Registration
from koostoo.reporting.figures import Counted, Figure, Part, events_of
from koostoo.reporting.indicators import Scene
from koostoo.reporting.recount import behind
from koostoo.reporting.tallies import counted_rows

CHUNK = 5_000


class Named(NamedTuple):
    """A registration in words; nothing by which somebody could be reached."""

    id: int
    name: str
    sort_key: str
    organisation: str
    represents: str
    role: str
    state: str


def rows_behind(
    scene: Scene, part: Part, figure: Figure, organisation_id: int | None
) -> list[Counted]:
    """Return the registrations behind a figure; see `recount.behind`."""
    events = scene.held if figure == "first_timers" else events_of(scene.held, scene.wanted, part)
    numbers, rows = [one.id for one in events], list[Counted]()
    for start in range(0, len(numbers), 50):
        rows += counted_rows(numbers[start : start + 50])
    return behind(scene.held, scene.wanted, rows, part, figure, organisation_id)


def named(numbers: Sequence[int]) -> dict[int, Named]:
    """Return these registrations in words."""
    found = {}
    for start in range(0, len(numbers), CHUNK):
        rows = db.session.execute(
            select(
                Registration.id,
                Registration.first_name,
                Registration.last_name,
                Registration.sort_key,
                func.coalesce(Organisation.name, Registration.other_organisation),
                Registration.member_organisation,
                Registration.role,
                Registration.state,
            )
            .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
            .where(Registration.id.in_(numbers[start : start + CHUNK]))
        )
        for number, first, last, *rest in rows:
            found[number] = Named(number, f"{first} {last}".strip(), *rest)
    return found


def grouped(rows: Iterable[Counted], figure: Figure) -> list[list[Counted]]:
    """Return rows as the page lists them: those of one person or organisation together."""
    if figure == "people":
        key = [(row.person_id, row) for row in rows]
    elif figure == "organisations":
        key = [(row.member_id or 0, row) for row in rows]
    else:
        return [[row] for row in rows]
    groups: dict[int, list[Counted]] = {}
    for number, row in key:
        groups.setdefault(number, []).append(row)
    return list(groups.values())
