"""Which people of an event a list shows, as a value and as conditions for the database."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Text, cast, func, or_, select

from koostoo.attendance.models import Attendance
from koostoo.base.text import email_key, fold
from koostoo.events.questions import AskedIf
from koostoo.mail.models import MISSED, OutboxMessage
from koostoo.registration.models import ACTIVE, Answer, Registration
from koostoo.roster.models import RegistrationTag

OTHER = "other"
Presence = Literal["present", "absent", "unmarked"]
PRESENCES: tuple[Presence, ...] = get_args(Presence)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the organiser wants to see; empty means all, and all that is given must hold.

    `text` is looked for in names, addresses, phones and the organisations represented;
    `organisation` is a number as text, or "other"; `membership` one of MEMBERSHIPS; `answer` to
    whether they still come after a change of the event is "yes" or "none"; `said` an answer to a
    question; `presence` what is marked for a day; `has_missed_letters` whether a letter never
    arrived. `whose` is not asked for but allowed: the people of these organisations alone; None:
    everybody. Without `in_contacts` the text is looked for in names alone.
    """

    text: str = ""
    state: str = ""
    organisation: str = ""
    membership: str = ""
    answer: str = ""
    said: AskedIf | None = None
    tag_id: int | None = None
    presence: tuple[date, Presence] | None = None
    has_missed_letters: bool = False
    whose: frozenset[int] | None = None
    in_contacts: bool = True


def conditions_of(event_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions a registration of the event must meet to be in the list."""
    conditions: list[ColumnElement[bool]] = [Registration.event_id == event_id]
    if wanted.whose is not None:
        conditions.append(Registration.organisation_id.in_(wanted.whose))
    if wanted.state:
        conditions.append(Registration.state == wanted.state)
    if wanted.organisation:
        conditions.append(of_organisation(wanted.organisation))
    if wanted.membership:
        conditions.append(_is(wanted.membership))
    if wanted.answer:
        has_none = Registration.still_comes_at.is_(None)
        conditions.append(Registration.move_id.is_not(None))
        conditions.append(Registration.state.in_(ACTIVE))
        conditions.append(has_none if wanted.answer == "none" else ~has_none)
    if wanted.said is not None:
        conditions.append(has_said(wanted.said))
    if wanted.tag_id is not None:
        conditions.append(has_tag(wanted.tag_id))
    if wanted.presence is not None:
        conditions.append(_was(*wanted.presence))
    if wanted.has_missed_letters:
        missed = select(OutboxMessage.registration_id).where(OutboxMessage.state.in_(MISSED))
        conditions.append(Registration.id.in_(missed))
    # Keys are stored folded, so words match whatever their case; all words must be there.
    holds = _holds if wanted.in_contacts else _is_called
    conditions.extend(holds(word) for word in fold(wanted.text).split())
    return conditions


def of_organisation(organisation: str) -> ColumnElement[bool]:
    """Return the condition for people of an organisation (a number as text) or of "other"."""
    if organisation == OTHER:
        return Registration.organisation_id.is_(None)
    return Registration.organisation_id == int(organisation)


def has_tag(tag_id: int) -> ColumnElement[bool]:
    """Return the condition for people with this tag."""
    tagged = select(RegistrationTag.registration_id).where(RegistrationTag.tag_id == tag_id)
    return Registration.id.in_(tagged)


def has_said(wanted: AskedIf) -> ColumnElement[bool]:
    """Return the condition for people who gave this answer: an option, yes, or no.

    Answers are compared as text: JSON in the database is not the same in both, its text is.
    """
    text = cast(Answer.value, Text)
    if wanted.option is not None:
        bare = func.replace(func.replace(func.replace(text, " ", ""), "[", ","), "]", ",")
        said = bare.contains(f",{wanted.option},", autoescape=True)
    else:
        said = text == ("true" if wanted.yes else "false")
    given = select(Answer.registration_id).where(Answer.question_id == wanted.on, said)
    return Registration.id.in_(given)


def _is(membership: str) -> ColumnElement[bool]:
    if membership == "unchecked":
        # Who signed up before the event asked was not checked either.
        return func.coalesce(Registration.membership, "unchecked") == "unchecked"
    return Registration.membership == membership


def _was(day: date, presence: Presence) -> ColumnElement[bool]:
    marks = select(Attendance.registration_id).where(Attendance.day == day)
    if presence == "unmarked":
        known = marks.where(Attendance.status.in_(("present", "absent")))
        return Registration.id.not_in(known)
    return Registration.id.in_(marks.where(Attendance.status == presence))


def _is_called(word: str) -> ColumnElement[bool]:
    return Registration.person_key.contains(word, autoescape=True)


def _holds(word: str) -> ColumnElement[bool]:
    return or_(
        # A domain with letters such as õ is stored as mail servers know it.
        *(
            Registration.search_key.contains(part, autoescape=True)
            for part in dict.fromkeys((word, email_key(word)))
        ),
        # The name stays when the rest has been forgotten.
        _is_called(word),
        Registration.phone.contains(word, autoescape=True),
    )
