"""The audit trail: what organisers did and why, written in the transaction of the act itself."""

from datetime import datetime
from typing import Any, Literal, NamedTuple

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
    "link_renewed",
    "words_changed",
    "letters_planned",
    "feedback_planned",
    "wrote",
    "walk_in",
    "walk_in_above",
    "attendance_corrected",
    "file_added",
    "file_changed",
    "file_removed",
    "logo_added",
    "logo_changed",
    "logo_removed",
    "paid",
    "payment_removed",
    "handed_over",
    "register_changed",
    "register_removed",
    "imported",
    "answered_for",
    "tagged",
    "untagged",
    "note_changed",
    "token_made",
    "token_revoked",
    "passkey_added",
    "passkey_removed",
    "totp_set",
    "totp_removed",
    "codes_made",
    "code_used",
    "factors_reset",
    "figures_noted",
    "figures_removed",
    "project_created",
    "project_edited",
    "activity_added",
    "activity_changed",
    "activity_removed",
    "matched",
    "match_undone",
    "report_frozen",
    "report_withdrawn",
    "erased",
    "corrected",
    "correction_declined",
]


class Scope(NamedTuple):
    """What an act was about that was about no one event: a project, or an organisation."""

    project_id: int | None = None
    organisation_id: int | None = None


NO_SCOPE = Scope()


def record(
    session: Session,
    by: int | None,
    action: Action,
    now: datetime,
    *,
    event_id: int | None = None,
    registration_id: int | None = None,
    scope: Scope = NO_SCOPE,
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
            project_id=scope.project_id,
            organisation_id=scope.organisation_id,
            reason=reason,
            detail=detail or {},
        )
    )
