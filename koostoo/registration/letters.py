"""Letters about registrations: rows in the outbox, written in the caller's transaction."""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.events.models import Event
from koostoo.mail.outbox import enqueue
from koostoo.registration.models import ACTIVE, Group, Registration


def tell(
    session: Session,
    registration: Registration,
    kind: str,
    now: datetime,
    payload: dict[str, Any] | None = None,
) -> None:
    """Write one letter of `kind` to this person; nothing to one whose address was forgotten."""
    if not registration.email:
        return
    enqueue(
        session,
        kind=kind,
        queue=f"registration:{registration.id}",
        recipient=registration.email,
        language=registration.language,
        now=now,
        domain=mail_domain(),
        registration_id=registration.id,
        payload=payload,
    )


def tell_group(session: Session, group: Group, now: datetime) -> None:
    """Write to the contact of a group how each of its people stands."""
    if not group.email:
        return
    enqueue(
        session,
        kind="group_summary",
        queue=f"group:{group.id}",
        recipient=group.email,
        language=group.language,
        now=now,
        domain=mail_domain(),
        payload={"group_id": group.id},
    )


def mail_domain() -> str:
    """Return the host that stands in UIDs and Message-IDs: that of BASE_URL."""
    return str(current_app.config["BASE_HOST"])


def notify_all(
    session: Session, event: Event, kind: str, now: datetime, payload: dict[str, Any] | None = None
) -> int:
    """Write one letter of `kind` to everybody who has a seat or waits; return how many."""
    people = session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state.in_(ACTIVE))
        .order_by(Registration.id)
    ).all()
    for registration in people:
        tell(session, registration, kind, now, payload)
    return len(people)
