"""What is forgotten when, and what an erasure takes: pure decisions.

The days come from the retention classes (`koostoo.base.keep`); preview, run and privacy notice
ask the same functions.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from koostoo.base import keep

Kind = Literal["answers", "contacts", "letters", "people", "files", "security"]
"""What is forgotten together: answers and notes; addresses and phones; letters and what was written
about people; names; files that prove an event; what lapses by itself and belongs to no event."""
KINDS: tuple[Kind, ...] = get_args(Kind)
OF_EVENTS: tuple[Kind, ...] = ("answers", "contacts", "letters", "people", "files")
How = Literal["page", "phone", "letter", "talk"]
"""How somebody's wish to be erased reached us."""
HOWS: tuple[How, ...] = get_args(How)


@dataclass(frozen=True, slots=True)
class Days:
    """The last days that decide about an event: its own, its project's; days in Tallinn."""

    event_ends: date
    project_ends: date
    keep_until: date | None


def forgotten_on(kind: Kind, days: Days) -> date | None:
    """Return the first day on which this is gone; None where no day is named."""
    if kind == "answers":
        return days.event_ends + timedelta(days=keep.SENSITIVE_DAYS + 1)
    last = None if days.keep_until is None else max(days.keep_until, days.event_ends)
    if kind in ("contacts", "letters"):
        contacts = max(days.project_ends, days.event_ends + timedelta(days=keep.CONTACT_DAYS))
        # An address does not outlive the name it belongs to.
        last = contacts if last is None else min(contacts, last)
    return None if last is None else last + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about an erasure: the registration's state, its event, and what was noted."""

    state: str
    is_over: bool
    is_called_off: bool
    was_present: bool
    has_paid: bool


def keeps_name(person: Standing) -> bool:
    """Say whether name, organisation and attendance must stay as evidence.

    GDPR, Article 17(3)(b): who took part, or paid, is shown to the funder until the project's
    keep-until date. Who never had a seat at an event that was held is no evidence of anything.
    """
    took_part = person.state == "confirmed" and person.is_over and not person.is_called_off
    return took_part or person.was_present or person.has_paid
