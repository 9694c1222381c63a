"""What a letter is made of before its templates are filled in."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, joinedload

from koostoo.base.localtext import LocalText
from koostoo.base.text import Lang
from koostoo.events.models import Event, LetterWords
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity
from koostoo.registration.models import CalendarReply, Registration

# Built once: putting a statement together costs more than running it.
_ASKED = (
    select(OutboxMessage, Registration, CalendarReply, LetterWords.words)
    .outerjoin(Registration, Registration.id == OutboxMessage.registration_id)
    .outerjoin(CalendarReply, CalendarReply.registration_id == Registration.id)
    .outerjoin(
        LetterWords,
        and_(LetterWords.event_id == Registration.event_id, LetterWords.kind == OutboxMessage.kind),
    )
    .where(OutboxMessage.id == bindparam("number"))
    .options(
        joinedload(Registration.event).joinedload(Event.activity).joinedload(Activity.project),
        joinedload(Registration.event).joinedload(Event.organiser),
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter as it was asked for, with the rows of the registration it is about, if it is."""

    message: OutboxMessage
    registration: Registration | None = None
    reply: CalendarReply | None = None
    """The last word of the participant's calendar."""
    words: LocalText = field(default_factory=LocalText)
    """An organiser's own words for letters of this kind about this event."""


def find_asked(session: Session, message_id: int) -> Asked | None:
    """Return a letter of the outbox with all it may tell of a registration, in one query."""
    row = session.execute(_ASKED, {"number": message_id}).first()
    if row is None:
        return None
    own: LocalText | None = row.words
    return Asked(row.OutboxMessage, row.Registration, row.CalendarReply, own or LocalText())


@dataclass(frozen=True, slots=True)
class Content:
    """The values of a letter's templates; `registration` and `event` where it is about one."""

    values: dict[str, Any] = field(default_factory=dict)
    registration: Registration | None = None
    event: Event | None = None
    reply: CalendarReply | None = None
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
