"""Who was seen before: the same form sent again, the same person through another door."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from koostoo.base.text import person_key
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.rules import SignUp

# Built once: putting a statement together costs more than running it.
_IS_SAME_PERSON = and_(
    Registration.email_key == bindparam("email_key"),
    Registration.person_key == bindparam("person_key"),
    # One form may be sent again for somebody else (back, another name): another person.
    or_(Registration.form_nonce == bindparam("nonce"), Registration.state.in_(ACTIVE)),
)
_SEEN = (
    select(Registration, _IS_SAME_PERSON.label("is_same_person"))
    .where(
        Registration.event_id == bindparam("event_id"),
        or_(_IS_SAME_PERSON, Registration.form_nonce == bindparam("nonce")),
    )
    .order_by(_IS_SAME_PERSON.desc(), Registration.state.in_(ACTIVE).desc(), Registration.id)
    .limit(1)
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
    found = session.execute(_SEEN, wanted).one_or_none()
    if found is None:
        return Seen(None, is_form_used=False)
    registration, is_same_person = found
    if is_same_person:
        return Seen(registration, registration.form_nonce == entry.nonce)
    return Seen(None, is_form_used=True)


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
