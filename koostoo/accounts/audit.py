"""The audit trail: what organisers did and why, written in the transaction of the act itself."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from koostoo.accounts.models import AuditEntry

Action = Literal[
    "role_given",
    "role_taken",
    "created",
    "copied",
    "edited",
    "moved",
    "overfull",
    "published",
    "called_off",
    "promise_moved",
    "added",
    "added_above",
    "approved",
    "seat_given",
    "seat_given_above",
    "rejected",
    "cancelled",
    "moved_in_queue",
    "still_comes",
    "released",
    "letters_again",
    "letter_stopped",
    "address_corrected",
    "words_changed",
    "letters_planned",
    "wrote",
    "walk_in",
    "walk_in_above",
    "attendance_corrected",
    "paid",
    "payment_removed",
    "tagged",
    "untagged",
    "note_changed",
]


def record(
    session: Session,
    by: int | None,
    action: Action,
    now: datetime,
    *,
    event_id: int | None = None,
    registration_id: int | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Note one act of the organiser `by` (None: the service itself, or the command line).

    `detail` holds numbers and codes, old and new; never what a participant typed.
    """
    session.add(
        AuditEntry(
            at=now,
            organiser_id=by,
            action=action,
            event_id=event_id,
            registration_id=registration_id,
            reason=reason,
            detail=detail or {},
        )
    )
