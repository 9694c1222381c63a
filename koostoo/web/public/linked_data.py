"""An event as search engines read it: schema.org's Event in JSON-LD."""

from datetime import date, datetime
from typing import Any

from koostoo.base.when import ZONE
from koostoo.events.models import Event
from koostoo.registration.queries import Seats
from koostoo.registration.rules import Standing
from koostoo.web.language import current_lang
from koostoo.web.public.page_head import PageHead
from koostoo.web.view import local

SCHEMA = "https://schema.org"
MODES = {
    "onsite": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "hybrid": "MixedEventAttendanceMode",
}


def event_data(
    event: Event, head: PageHead, seats: Seats, state: Standing
) -> dict[str, Any] | None:
    """Return the public facts of an event whose day is known; None for another.

    A web meeting is where the event's page is: the link for joining it is nobody's but theirs who
    have a seat. What is empty is left out.
    """
    when = event.when
    if not when.is_fixed:
        return None
    status = "EventCancelled" if event.state == "called_off" else "EventScheduled"
    facts: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Event",
        "name": local(event.title),
        "url": head.address,
        "inLanguage": current_lang(),
        "startDate": _moment(when.starts_at or when.first),
        "endDate": _moment(when.ends_at or when.last),
        "eventStatus": f"{SCHEMA}/{status}",
        "eventAttendanceMode": f"{SCHEMA}/{MODES[event.mode]}",
        "location": _location(event, head),
        "organizer": {"@type": "Organization", "name": event.organiser.name},
        "description": head.description,
        "image": head.picture.address if head.picture else "",
        "isAccessibleForFree": not event.contribution_cents,
        "offers": _offer(event, head, seats, state),
    }
    return {name: value for name, value in facts.items() if value not in ("", [], None)}


def _moment(value: date | datetime) -> str:
    """Return a day, or an instant by the clock of Tallinn with its offset (ISO 8601)."""
    return (value.astimezone(ZONE) if isinstance(value, datetime) else value).isoformat()


def _location(event: Event, head: PageHead) -> Any:
    place = local(event.place)
    where: list[dict[str, str]] = []
    if event.mode != "online" and place:
        where.append({"@type": "Place", "name": place, "address": place})
    if event.mode != "onsite":
        where.append({"@type": "VirtualLocation", "url": head.address})
    return where[0] if len(where) == 1 else where


def _offer(event: Event, head: PageHead, seats: Seats, state: Standing) -> Any:
    """Return what a seat costs and whether one can be had; None where nobody signs up here."""
    if not event.takes_registrations or event.state == "called_off":
        return None
    is_left = state in ("open", "not_yet") and not seats.is_full
    return {
        "@type": "Offer",
        "price": f"{event.contribution_cents / 100:.2f}",
        "priceCurrency": "EUR",
        "url": head.address,
        "availability": f"{SCHEMA}/{'InStock' if is_left else 'SoldOut'}",
    }
