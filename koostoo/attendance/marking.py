"""An organiser marks many people of an event present at once, from the list at the desk."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from secrets import token_hex

from sqlalchemy import select

from koostoo.attendance.models import Attendance
from koostoo.attendance.rules import Mark
from koostoo.attendance.service import refusal_of, write_mark
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.registration.decisions import Decided
from koostoo.registration.models import Registration
from koostoo.registration.seating import lock_event


@retried
def mark_present(
    event_id: int, numbers: Sequence[int], day: date, now: datetime, by: int | None
) -> Decided:
    """Mark people who have a seat as present on a day of the event; raise EventNotFound.

    Left are, with the reason: "gone" (nobody of this event), "seatless", "present" (marked
    already), "day" (not one of the event's), "unpublished" (a draft, or called off).
    """
    outcome = Decided()
    with transaction() as session:
        event = lock_event(session, event_id)
        people = session.execute(
            select(Registration.id, Registration.state)
            .where(Registration.event_id == event_id, Registration.id.in_(numbers))
            .order_by(Registration.sort_key, Registration.id)
        ).all()
        found = {number for number, _state in people}
        outcome.left = dict.fromkeys((n for n in numbers if n not in found), "gone")
        refusal = refusal_of(event, day)
        if refusal is not None:
            why = {"closed": "unpublished", "day": "day"}[refusal]
            outcome.left |= dict.fromkeys(found, why)
            return outcome
        known = {
            row.registration_id: row
            for row in session.scalars(
                select(Attendance).where(
                    Attendance.registration_id.in_(found), Attendance.day == day
                )
            )
        }
        for number, state in people:
            row = known.get(number)
            if row is not None and row.status == "present":
                outcome.left[number] = "present"
            elif state != "confirmed":
                outcome.left[number] = "seatless"
            else:
                # It counts whatever a helper's clock said.
                at = now if row is None else max(now, row.marked_at + timedelta(microseconds=1))
                act = Mark(f"desk-{token_hex(12)}", number, day, "present", at)
                write_mark(session, number, act, at, now, by)
                outcome.done.append(number)
    return outcome
