"""A made-up participant, for letters an organiser tries out: rows that are never stored."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from koostoo.base.text import Lang
from koostoo.events.models import Event, Move
from koostoo.events.moves import told_of
from koostoo.events.rules import NO_WORDS
from koostoo.notices.moved import News
from koostoo.registration.models import Registration

STATES = {
    "waiting": "waiting",
    "pending": "pending",
    "offered": "offered",
    "offer_lapsed": "cancelled",
    "cancelled": "cancelled",
    "released": "cancelled",
    "rejected": "rejected",
}
"""The standing in which a letter finds somebody; all others have a seat."""
HOURS_TO_ANSWER = 48
FIRST_LETTERS = {"waiting", "pending", "offered", "confirmed", "promoted"}
"""Standings and letters before which no invitation has gone."""


def participant(event: Event, kind: str, lang: Lang, now: datetime) -> Registration:
    """Return somebody to whom a letter of this kind could go; their link leads nowhere."""
    state = STATES.get(kind, "confirmed")
    hours = event.offer_hours or HOURS_TO_ANSWER
    return Registration(
        id=0,
        event=event,
        state=state,
        first_name="Mari",
        last_name="Näidis",
        email="mari.naidis@example.org",
        language=lang,
        offer_until=now + timedelta(hours=hours) if state == "offered" else None,
        decision_reason=_("(Here stands the reason you give.)") if state == "rejected" else "",
        ended_by="participant" if kind == "cancelled" else None,
        queued_at=now,
        rank=0,
        created_at=now,
        revised_at=now,
        link_id="made-up-name",
        uid=f"made-up@{event.uid.rpartition('@')[2]}",
        sequence=1,
        # As if an invitation had gone before, where the letter takes it back or says it anew.
        invited_sequence=None if state in FIRST_LETTERS or kind in FIRST_LETTERS else 0,
    )


def news(event: Event, now: datetime) -> News:
    """Return a made-up change of time and place, for the letter that tells of one."""
    before = told_of(event) | {
        "when": {"et": "(senine aeg)", "en": "(the time so far)"},
        "place": {"et": "(senine toimumiskoht)", "en": "(the place so far)"},
    }
    return News(before, Move(id=0, event_id=event.id, at=now, words=NO_WORDS))
