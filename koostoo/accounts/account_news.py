"""What is told of a change of how somebody signs in: the audit trail, and a letter to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask import current_app
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Action, record
from koostoo.accounts.models import Organiser
from koostoo.mail.outbox import enqueue

KIND = "account_changed"
"""The kind of these letters."""
What = Literal[
    "passkey_added",
    "passkey_removed",
    "passkey_refused",
    "totp_set",
    "totp_removed",
    "codes_made",
    "code_used",
    "codes_guessed",
    "factors_reset",
]
"""What there is to tell; all but what was only tried stand in the audit trail by the same name."""
_ACTS: dict[What, Action] = {
    "passkey_added": "passkey_added",
    "passkey_removed": "passkey_removed",
    "totp_set": "totp_set",
    "totp_removed": "totp_removed",
    "codes_made": "codes_made",
    "code_used": "code_used",
    "factors_reset": "factors_reset",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """When something is done, in which language it is told, by which kind of browser."""

    now: datetime
    language: str = "et"
    browser: str = ""


def tell(
    session: Session,
    organiser: Organiser,
    what: What,
    occasion: Occasion,
    by: int | None,
    **detail: Any,
) -> None:
    """Write it into the audit trail and to the organiser; part of the caller's transaction.

    `by` is who did it, None for the command line. `detail` is for the letter alone: the name of a
    passkey, how many codes are left.
    """
    if what in _ACTS:
        whom = {"organiser_id": organiser.id}
        record(session, by, _ACTS[what], occasion.now, detail=whom)
    enqueue(
        session,
        kind=KIND,
        queue=f"account:{organiser.id}",
        recipient=organiser.email,
        language=occasion.language,
        now=occasion.now,
        domain=str(current_app.config["BASE_HOST"]),
        payload={
            "what": what,
            "at": occasion.now.isoformat(),
            "browser": occasion.browser,
            **detail,
        },
    )
