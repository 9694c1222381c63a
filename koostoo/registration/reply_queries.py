"""Reads about what participants' calendars answered."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from koostoo.base.database import db
from koostoo.calendars.reply import PARTSTATS, PartStat
from koostoo.registration import reply_rules
from koostoo.registration.models import CalendarReply, Registration


def find_reply(registration_id: int) -> CalendarReply | None:
    """Return the last word of a participant's calendar, None where it never said any."""
    return db.session.get(CalendarReply, registration_id)


def answer_to(sequence: int, reply: CalendarReply | None) -> PartStat | None:
    """Return what `reply` answers to the invitation with this SEQUENCE, if anything."""
    return None if reply is None or reply.sequence != sequence else PARTSTATS[reply.partstat]


def undo_ends(reply: CalendarReply | None, now: datetime) -> datetime | None:
    """Return until when a seat that was freed at once can be asked for again, None: no more."""
    if reply is None or not reply_rules.may_take_back(reply.freed_at, now):
        return None
    return None if reply.freed_at is None else reply.freed_at + reply_rules.UNDO


def replies_of(registrations: Iterable[Registration]) -> dict[int, CalendarReply]:
    """Return the last word of these people's calendars, by the number of the registration."""
    numbers = [registration.id for registration in registrations]
    rows = db.session.scalars(
        select(CalendarReply).where(CalendarReply.registration_id.in_(numbers))
    )
    return {reply.registration_id: reply for reply in rows}
