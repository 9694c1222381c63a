"""A participant's calendar, as the tests of registration let it speak."""

from datetime import datetime
from typing import Any

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.calendars.reply import CalendarAnswer, PartStat
from koostoo.mail.sorting import Answer
from koostoo.registration.calendar_replies import Taken, take_answer
from koostoo.registration.coming import current_sequence
from tests.registration.people import person


def answer(
    number: int, partstat: PartStat | None = "DECLINED", at: datetime | None = None, **values: Any
) -> Taken:
    """Let somebody's calendar answer the invitation as it is now, beyond doubt."""
    who, at = person(number), at or now()
    given = {"method": "REPLY", "sequence": current_sequence(who), "stamp": at, **values}
    letter = Answer(
        CalendarAnswer(
            method=given["method"],
            uid=who.uid,
            attendee=given.get("attendee", who.email),
            partstat=partstat,
            sequence=given["sequence"],
            stamp=given["stamp"],
        ),
        sender=given.get("sender", who.email),
        authenticity=given.get("authenticity", "passed"),
        is_automatic=given.get("is_automatic", False),
        date=None,
    )
    with transaction() as session:
        return take_answer(session, letter, at)
