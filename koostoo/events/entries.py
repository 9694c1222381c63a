"""An event as a calendar knows it: the same entry for feed, download and invite."""

from datetime import date, datetime, timedelta

from koostoo.base.markdown import markdown_to_plain
from koostoo.calendars.values import CalendarEntry
from koostoo.events.models import Event

HISTORY = timedelta(days=366)
PREFIX = {"et": "ÄRA JÄETUD: ", "en": "CALLED OFF: "}


def calendar_entry(event: Event, lang: str, url: str) -> CalendarEntry:
    """Return the public entry of a dated event; raise ValueError for an undated one.

    No join link and no private address: a feed is public.
    """
    when = event.when
    if not when.is_fixed:
        raise ValueError("an undated event has no calendar entry")
    off = event.state == "called_off"
    start: date | datetime = when.starts_at or when.first
    end: date | datetime = when.ends_at or when.last
    about = (event.summary.to(lang), markdown_to_plain(event.programme.to(lang)), url)
    return CalendarEntry(
        uid=event.uid,
        sequence=event.sequence,
        summary=(PREFIX[lang] if off else "") + event.title.to(lang),
        start=start,
        end=end,
        place=event.place.to(lang),
        description="\n\n".join(part for part in about if part),
        url=url,
        status="CANCELLED" if off else "CONFIRMED",
        created_at=event.created_at,
        revised_at=event.revised_at,
        transparent=off,
    )
