"""That somebody still comes: one word settles all we asked; for callers with a transaction open."""

from datetime import datetime

from sqlalchemy.orm import Session

from koostoo.registration.models import CalendarReply, Registration


def current_sequence(registration: Registration) -> int:
    """Return the SEQUENCE an invitation to this person has now."""
    return registration.event.sequence + registration.sequence


def note_that_they_come(session: Session, registration: Registration, now: datetime) -> None:
    """Write down that a person comes: after a change of the event, and whatever a calendar said."""
    note_still_comes(registration, now)
    reply = session.get(CalendarReply, registration.id)
    if reply is None or reply.partstat != "DECLINED":
        return
    # Said later than all their calendar said.
    reply.partstat, reply.source = "ACCEPTED", "page"
    reply.sequence, reply.stamp = current_sequence(registration), now
    reply.received_at, reply.freed_at, reply.comment = now, None, ""


def note_still_comes(registration: Registration, now: datetime) -> None:
    """Answer the question whether they still come after a change, where it was asked."""
    if registration.is_asked:
        registration.still_comes_at = now
