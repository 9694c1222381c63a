"""What other parts of the service add to figures; the one place where they are joined in.

Nothing adds anything yet: each function returns what is true then.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple


class ByHand(NamedTuple):
    """How many attended an event whose people are not listed, and how many of each organisation.

    `by_organisation` is by its number, None for others; it may tell of fewer than `total`.
    """

    total: int
    by_organisation: Mapping[int | None, int]


def further_activities(event_ids: Collection[int]) -> Mapping[int, Collection[int]]:
    """Return the activities an event counts for besides its own, by event."""
    return dict.fromkeys(event_ids, ())


def regions(event_ids: Collection[int]) -> Mapping[int, str]:
    """Return the region an event took place in, by event; "": not known."""
    return dict.fromkeys(event_ids, "")


def figures_by_hand(event_ids: Collection[int]) -> Mapping[int, ByHand]:
    """Return figures somebody wrote down for events; they count only where nobody was marked."""
    return dict.fromkeys(event_ids, ByHand(0, {}))
