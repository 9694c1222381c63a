"""What other parts of the service add to figures; the one place where they are joined in."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select

from koostoo.attendance.figures import Figures, attended_figures
from koostoo.base.database import db
from koostoo.events.models import Event, event_activity
from koostoo.programme.models import Organisation


class ByHand(NamedTuple):
    """How many attended an event whose people are not listed, and how many of each organisation.

    `by_organisation` is by its number, None for others; it may tell of fewer than `total`.
    """

    total: int
    by_organisation: Mapping[int | None, int]


def further_activities(event_ids: Collection[int]) -> Mapping[int, Collection[int]]:
    """Return the activities an event counts for besides its own, by event."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    rows = db.session.execute(
        select(event_activity.c.event_id, event_activity.c.activity_id)
        .where(event_activity.c.event_id.in_(event_ids))
        .order_by(event_activity.c.activity_id)
    )
    for event_id, activity_id in rows:
        found[event_id].append(activity_id)
    return found


def regions(event_ids: Collection[int]) -> Mapping[int, str]:
    """Return the region an event took place in, by event; "": not known.

    It is called by the action group whose area it is, or as the organiser wrote it.
    """
    rows = db.session.execute(
        select(Event.id, Event.region_other, Organisation.short_name, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Event.region_id)
        .where(Event.id.in_(event_ids))
    )
    return {number: other or short or name or "" for number, other, short, name in rows}


def figures_by_hand(event_ids: Collection[int]) -> Mapping[int, ByHand]:
    """Return figures somebody wrote down for events; they count only where nobody is listed."""
    figures = attended_figures(event_ids)
    return {number: ByHand(found.total, _parts(found)) for number, found in figures.items()}


def _parts(found: Figures) -> dict[int | None, int]:
    parts = found.by_organisation.items()
    return {number: people for number, people in parts}  # noqa: C416 - the keys of a wider type
