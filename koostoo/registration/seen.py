"""Who was seen before: the same form sent again, the same person through another door."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from koostoo.base.text import person_key
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import ACTIVE, HAS_PLACE, Registration
from koostoo.registration.rules import SignUp

# Built once: putting a statement together costs more than running it. Each half of the OR is in the
# words of a unique index, so the answer comes as quickly in an event of a hundred thousand people.
_SEEN = select(Registration).where(
    Registration.event_id == bindparam("event_id"),
    or_(
        Registration.form_nonce == bindparam("nonce"),
        and_(
            Registration.email_key == bindparam("email_key"),
            Registration.person_key == bindparam("person_key"),
            HAS_PLACE,
        ),
    ),
)


class Seen(NamedTuple):
    """Who has a place as this person, and whether this very form was sent before."""

    person: Registration | None
    is_form_used: bool


def who_was_seen(session: Session, event_id: int, entry: SignUp) -> Seen:
    """Look for the person of a sign-up: by address and name, or having come by this very form."""
    wanted = {
        "event_id": event_id,
        "email_key": entry.email_key,
        "person_key": person_key(entry.first_name, entry.last_name),
        "nonce": entry.nonce,
    }
    key = (wanted["email_key"], wanted["person_key"])
    seen = session.scalars(_SEEN, wanted).all()
    # One form may be sent again for somebody else (back, another name): another person.
    same = [one for one in seen if (one.email_key, one.person_key) == key]
    person = min(same, key=lambda one: one.state not in ACTIVE, default=None)
    return Seen(person, any(one.form_nonce == entry.nonce for one in seen))


def was_told_lately(session: Session, registration: Registration, now: datetime) -> bool:
    """Tell whether they heard of it within the hour: nobody may flood another's mailbox."""
    return bool(
        session.scalar(
            select(func.count()).where(
                OutboxMessage.registration_id == registration.id,
                OutboxMessage.kind == "already",
                OutboxMessage.created_at > now - timedelta(hours=1),
            )
        )
    )
