"""An event as calendars know it: what stands in feeds, in a file, behind the add buttons."""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from koostoo.base.dates import hours_of_days
from koostoo.base.markdown import markdown_to_plain
from koostoo.base.text import Lang
from koostoo.base.when import When
from koostoo.calendars.values import CalendarEntry
from koostoo.events.models import Event
from koostoo.events.uid import day_uid

HISTORY = timedelta(days=366)
"""How far back a feed goes unless everything is asked for."""
CANCELLED_STAYS = timedelta(days=28)
"""How long after its date an event that was called off is still in feeds, marked so."""
# A programme is read again for each feed it stands in: that takes longer than writing the entry.
_plain = lru_cache(maxsize=10_000)(markdown_to_plain)
PREFIX = {"et": "ÄRA JÄETUD: ", "en": "CALLED OFF: "}


def calendar_entry(event: Event, lang: Lang, url: str) -> CalendarEntry:
    """Return the public entry of a dated event, in one piece from its beginning to its end.

    No join link and no private address: a feed is public. Days with hours of their own stand in
    the description. Raises ValueError for an undated event.
    """
    when = event.when
    if not when.is_fixed:
        raise ValueError("an undated event has no calendar entry")
    off = event.state == "called_off"
    about = (
        event.summary.to(lang),
        "\n".join(hours_of_days(when, lang)),
        _plain(event.programme.to(lang)),
        url,
    )
    return CalendarEntry(
        uid=event.uid,
        sequence=event.sequence,
        summary=(PREFIX[lang] if off else "") + event.title.to(lang),
        start=when.starts_at or when.first,
        end=when.ends_at or when.last,
        place=event.place.to(lang),
        description="\n\n".join(part for part in about if part),
        url=url,
        status="CANCELLED" if off else "CONFIRMED",
        created_at=event.created_at,
        revised_at=event.revised_at,
        transparent=off or leaves_days_free(when),
    )


def calendar_entries(event: Event, lang: Lang, url: str) -> list[CalendarEntry]:
    """Return the entries of a feed: one, or one for each day that has hours of its own.

    The number of a day is part of its UID, so a day that is moved stays the same entry.
    """
    whole, days = calendar_entry(event, lang, url), event.when.by_day
    return [
        replace(
            whole,
            uid=day_uid(event.uid, number),
            summary=f"{whole.summary} ({number}/{len(days)})",
            start=start,
            end=end,
            transparent=whole.status == "CANCELLED",
        )
        for number, (start, end) in enumerate(days, 1)
    ] or [whole]


def leaves_days_free(when: When) -> bool:
    """Tell whether days lie in between that are not part of it: then nobody is busy all along."""
    return bool(when.by_day) and len(when.held_on) <= (when.last - when.first).days
