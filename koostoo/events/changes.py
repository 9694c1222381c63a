"""What an organiser changed of an event, as plain values for the audit trail."""

from datetime import datetime
from typing import Any

from koostoo.base.dates import in_full
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.rules import EventDraft, QuotaDraft

SHOWN = (
    "title",
    "when",
    "place",
    "region_id",
    "region_other",
    "mode",
    "activity_id",
    "further",
    "organiser_id",
    "takes_registrations",
    "capacity",
    "has_waiting_list",
    "waiting_max",
    "offer_hours",
    "approval",
    "on_decline",
    "group_max",
    "opens_at",
    "closes_at",
    "invited",
    "allows_others",
    "membership",
    "asks_photo_consent",
    "contribution_cents",
    "quotas",
    "partner_cap",
    "member_cap",
    "members_first_until",
)
"""Parts of a draft of which old and new are kept."""
NAMED = (
    "summary",
    "programme",
    "audience",
    "join_link",
    "contact_name",
    "contact_email",
    "contact_phone",
    "questions",
)
"""Parts that are long, somebody's own, or not for everybody: only that they changed is kept."""


def changes(old: EventDraft, new: EventDraft) -> dict[str, Any]:
    """Return `changed`, old and new by part, and `reworded`, the names of others; or nothing."""
    changed = {
        name: [_plain(getattr(old, name)), _plain(getattr(new, name))]
        for name in SHOWN
        if getattr(old, name) != getattr(new, name)
    }
    reworded = [name for name in NAMED if getattr(old, name) != getattr(new, name)]
    found: dict[str, Any] = {"changed": changed, "reworded": reworded}
    return {name: value for name, value in found.items() if value}


def _plain(value: Any) -> Any:
    if isinstance(value, LocalText):
        return value.as_dict()
    if isinstance(value, When):
        return {lang: in_full(value, lang) for lang in ("et", "en")}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, QuotaDraft):
        return [value.organisation_id, value.seats]
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
