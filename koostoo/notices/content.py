"""What a letter is made of before its templates are filled in."""

from dataclasses import dataclass, field
from typing import Any

from koostoo.base.text import Lang
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration


@dataclass(frozen=True, slots=True)
class Content:
    """The values of a letter's templates; `registration` and `event` where it is about one."""

    values: dict[str, Any] = field(default_factory=dict)
    registration: Registration | None = None
    event: Event | None = None
    has_calendar: bool = False
    unsubscribe_url: str = ""
    """Where the recipient ends letters of this sort; empty for one about their own business."""
    template: str = ""
    """Whose templates are filled in; empty: those of the message's kind."""
    is_test: bool = False
    reply_to: str = ""
    """Empty: the event's contact."""


def language_of(message: OutboxMessage) -> Lang:
    """Return the language a letter is written in."""
    return "en" if message.language == "en" else "et"
