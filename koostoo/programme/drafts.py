"""What organisers decide about a project, as plain values, and what they changed of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from koostoo.base.localtext import LocalText

NO_WORDS = LocalText()
CONTACT = ("contact_name", "contact_email", "contact_phone")


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project without its lists; days are local, both included."""

    title: LocalText
    starts_on: date
    ends_on: date
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    support_text: LocalText = NO_WORDS
    keep_until: date | None = None


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An action group that is not known here yet."""

    name: str
    short_name: str = ""


@dataclass(frozen=True, slots=True)
class PartnersDraft:
    """Who takes part, by numbers of organisations; the host is one of them without being named."""

    host_id: int
    lead_id: int | None
    partner_ids: tuple[int, ...]
    added: NewOrganisation | None = None
    """A new organisation that becomes a partner."""


@dataclass(frozen=True, slots=True)
class OutcomeDraft:
    """An expected outcome; `id` is that of the row it continues."""

    id: int | None
    text: LocalText


@dataclass(frozen=True, slots=True)
class MediaDraft:
    """A piece of news about the project."""

    day: date
    title: LocalText
    url: str = ""


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """A planned activity; `organisation_id` None for a joint one, `outcome_ids` in order."""

    title: LocalText
    description: LocalText
    organisation_id: int | None
    target: int
    counts: str
    only_physical: bool
    outcome_ids: tuple[int, ...] = ()


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], only_named: Collection[str] = ()
) -> dict[str, Any]:
    """Return for the audit trail what changed, old and new by part, as plain values.

    Of parts in `only_named`, which are long or somebody's own, only that they changed is told.
    """
    parts = [name for name in new if old.get(name) != new[name]]
    changed = {
        name: [_plain(old.get(name)), _plain(new[name])] for name in parts if name not in only_named
    }
    found = {"changed": changed, "reworded": [name for name in parts if name in only_named]}
    return {name: value for name, value in found.items() if value}


def values_of(draft: Any) -> dict[str, Any]:
    """Return the fields of a draft by name, texts as they are."""
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}


def _plain(value: Any) -> Any:
    if isinstance(value, LocalText):
        return value.as_dict()
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
