"""What the tests of registration ask of the rows."""

from sqlalchemy import select, update

from koostoo.accounts.models import AuditEntry
from koostoo.base.database import db, transaction
from koostoo.mail.models import UNSENT, OutboxMessage
from koostoo.registration.models import Registration


def person(registration_id: int) -> Registration:
    """A registration as it stands now."""
    db.session.rollback()
    return db.session.get_one(Registration, registration_id, populate_existing=True)


def letters(registration_id: int) -> list[str]:
    """The kinds of letters written to a person, in order."""
    return list(
        db.session.scalars(
            select(OutboxMessage.kind)
            .where(OutboxMessage.registration_id == registration_id)
            .order_by(OutboxMessage.id)
        )
    )


def letters_leave() -> None:
    """Let all letters that wait be sent, as the worker does a moment later."""
    with transaction() as session:
        waiting = update(OutboxMessage).where(OutboxMessage.state.in_(UNSENT))
        session.execute(waiting.values(state="sent", attempts=1))


def states(event_id: int) -> list[str]:
    """The states of an event's registrations in the order they came."""
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Registration.state)
            .where(Registration.event_id == event_id)
            .order_by(Registration.id)
        )
    )


def acts(event_id: int) -> list[tuple[str, str]]:
    """What the audit trail says of an event: acts and reasons, in order."""
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.reason)
        .where(AuditEntry.event_id == event_id)
        .order_by(AuditEntry.id)
    )
    return [(action, reason) for action, reason in rows]
