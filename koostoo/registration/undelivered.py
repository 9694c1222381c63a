"""What an organiser does about letters of a registration that could not be delivered."""

from datetime import datetime

from sqlalchemy import select

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.mail import outbox
from koostoo.registration.models import Registration


@retried
def send_again(event_id: int, registration_id: int, now: datetime) -> int:
    """Put the failed letters of a registration of this event back in the outbox; return how many.

    Zero when none failed, also for the second of two clicks, and for a person of another event.
    """
    with transaction() as session:
        number = session.scalar(
            select(Registration.id).where(
                Registration.id == registration_id, Registration.event_id == event_id
            )
        )
        return 0 if number is None else outbox.try_again(session, number, now)
