"""Who was seen before: the same form sent again, the same person through another door."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from koostoo.base.text import person_key
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.rules import SignUp

# Built once: putting a statement together costs more than running it.
_SAME_PERSON = (
    select(Registration)
    .where(
        Registration.event_id == bindparam("event_id"),
        Registration.email_key == bindparam("email_key"),
        Registration.person_key == bindparam("person_key"),
        # One form may be sent again for somebody else (back, another name): another person.
        or_(Registration.form_nonce == bindparam("nonce"), Registration.state.in_(ACTIVE)),
    )
    .order_by(Registration.state.in_(ACTIVE).desc(), Registration.id)
    .limit(1)
)
_SAME_FORM = select(Registration.id).where(
    Registration.event_id == bindparam("event_id"), Registration.form_nonce == bindparam("nonce")
)


def find_same_person(session: Session, event_id: int, entry: SignUp) -> Registration | None:
    """Return who has a place under this address and name, or had one through this very form."""
    wanted = {
        "event_id": event_id,
        "email_key": entry.email_key,
        "person_key": person_key(entry.first_name, entry.last_name),
        "nonce": entry.nonce,
    }
    return session.scalar(_SAME_PERSON, wanted)


def is_nonce_used(session: Session, event_id: int, nonce: str) -> bool:
    """Tell whether this very form was sent before, for whomever."""
    return session.scalar(_SAME_FORM, {"event_id": event_id, "nonce": nonce}) is not None


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
