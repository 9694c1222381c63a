"""Events as the rows of a list."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import url_for

from koostoo.base import dates
from koostoo.events.models import Event
from koostoo.registration.queries import seats_of
from koostoo.registration.rules import standing
from koostoo.registration.seating import facts
from koostoo.web.language import current_lang
from koostoo.web.sharing import status_text
from koostoo.web.view import kind_label, local


def cards(events: Iterable[Event], now: datetime) -> list[dict[str, Any]]:
    """Return what `event_card` shows, with one query for all seats."""
    events = list(events)
    seats = seats_of(events, now)
    lang = current_lang()
    return [
        {
            "url": url_for("public.event", slug=event.slug),
            "title": local(event.title),
            "tile": dates.tile(event.when, lang),
            "when": dates.heading(event.when, lang),
            "place": local(event.place),
            "activity_title": local(event.activity.title),
            "kind_label": kind_label(event.activity),
            "seats": seats[event.id],
            "status": status_text(event, standing(facts(event, now), now)),
            "is_sample": event.is_sample,
            "called_off": event.state == "called_off",
        }
        for event in events
    ]
