"""What people were told of an event's time and place, kept when it changes."""

from typing import Any

from koostoo.base.dates import in_full
from koostoo.events.models import Event
from koostoo.events.rules import EventDraft

Told = dict[str, Any]
"""Plain values for storing: `when` and `place` in both languages, `mode`, `join_link`."""


def told_of(event: Event | EventDraft) -> Told:
    """Return what is told of an event's time, place and way of taking part.

    The date stands in words: what was told stays readable, whatever kinds of dates come later.
    """
    return {
        "when": {lang: in_full(event.when, lang) for lang in ("et", "en")},
        "place": event.place.as_dict(),
        "mode": event.mode,
        "join_link": event.join_link,
    }


def touched(before: Told, after: Told) -> list[str]:
    """Return which parts differ, in the order of `told_of`."""
    return [part for part in after if before[part] != after[part]]
