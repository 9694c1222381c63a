"""Every place where something of one person stands, emptied in the caller's transaction.

`tests/privacy/test_every_copy.py` finds what this forgets: a marker in each column that belongs to
a person, and none left in the database afterwards.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from koostoo.accounts.models import AuditEntry
from koostoo.attendance.models import AttendeeImport, WalkInEntry
from koostoo.base.localtext import LocalText
from koostoo.base.text import email_key, fold
from koostoo.correspondence.models import Mailing, MailingLetter, NewsRefusal
from koostoo.correspondence.news import mailbox_of
from koostoo.events.models import Event, Move
from koostoo.feedback.models import FeedbackGiven
from koostoo.mail.models import MailTrouble, OutboxMessage
from koostoo.privacy.models import Correction
from koostoo.privacy.steps import NO_CONTACT, NO_GROUP, NO_NAME
from koostoo.programme.models import Activity, RegisterImport
from koostoo.registration.models import (
    Answer,
    CalendarReply,
    Group,
    MailboxCalendar,
    Registration,
)
from koostoo.roster.models import Note, RegistrationTag
from koostoo.roster.service import remove_unused_tags
from koostoo.work.models import Job, JobChunk
from koostoo.work.rules import OPEN

BLOCK = "█"
"""Stands where a name or an address stood in words of others."""
THEIR_OWN = (
    Answer,
    Note,
    FeedbackGiven,
    RegistrationTag,
    CalendarReply,
    Correction,
    OutboxMessage,
)
"""Rows that are about one registration alone, and go with it; tries of letters go with letters."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What a person can be told by, as it stood before it went."""

    registration_id: int
    event_id: int
    project_id: int
    email: str
    email_key: str
    name: tuple[str, str]
    words: tuple[str, ...]
    """Address, phone and, where it goes, the name: what is looked for in words of others."""


def traces_of(person: Registration, *, keeps_name: bool) -> Traces:
    """Return what to look for, before the row itself is emptied."""
    names = () if keeps_name else (person.name, f"{person.last_name} {person.first_name}")
    return Traces(
        person.id,
        person.event_id,
        person.event.activity.project_id,
        person.email,
        person.email_key,
        (person.first_name, person.last_name),
        tuple(filter(None, (person.email, person.phone, *(name.strip() for name in names)))),
    )


def empty(session: Session, person: Registration, now: datetime, *, keeps_name: bool) -> None:
    """Take all that need not be kept of this person from the database."""
    traces = traces_of(person, keeps_name=keeps_name)
    _forget_letter_to_one(session, person.id)
    for table in THEIR_OWN:
        session.execute(_quietly(delete(table).where(table.registration_id == person.id)))
    theirs = {"registration_id": person.id}
    session.execute(_quietly(update(AuditEntry).filter_by(**theirs).values(reason="")))
    session.execute(_quietly(update(WalkInEntry).filter_by(**theirs).values(note="")))
    _empty_row(session, person, keeps_name=keeps_name)
    if traces.email:
        _forget_contact(session, person.group_id, traces)
        _forget_mailbox(session, traces)
    remove_unused_tags(session, traces.project_id)
    _black_out(session, traces)
    _drop_previews(session, traces)
    _drop_packages(session, traces, now)


def _quietly(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def _empty_row(session: Session, person: Registration, *, keeps_name: bool) -> None:
    values = {**NO_CONTACT, "photo_consent": None}
    if keeps_name:
        # Still to be found by name at the desk.
        values["search_key"] = fold(
            f"{person.first_name} {person.last_name} "
            f"{person.member_organisation} {person.other_organisation}"
        )
    else:
        values.update(NO_NAME)
    session.flush()
    session.execute(
        _quietly(update(Registration).where(Registration.id == person.id).values(values))
    )
    session.expire(person)


def _forget_letter_to_one(session: Session, registration_id: int) -> None:
    """Empty what an organiser wrote to this person and nobody else."""
    theirs = (
        select(MailingLetter.mailing_id)
        .join(OutboxMessage, OutboxMessage.id == MailingLetter.outbox_id)
        .where(OutboxMessage.registration_id == registration_id)
    )
    session.execute(
        _quietly(
            update(Mailing)
            .where(Mailing.id.in_(theirs), Mailing.letters == 1)
            .values(subject=LocalText(), text=LocalText(), chosen={})
        )
    )


def _forget_contact(session: Session, group_id: int | None, traces: Traces) -> None:
    """Where the person filled the form in for several, no contact of the group is left."""
    group = None if group_id is None else session.get(Group, group_id)
    if group is None or not group.email or email_key(group.email) != traces.email_key:
        return
    session.execute(
        _quietly(delete(OutboxMessage).where(OutboxMessage.queue == f"group:{group.id}"))
    )
    session.execute(_quietly(update(Group).where(Group.id == group.id).values(NO_GROUP)))
    session.expire(group)


def _forget_mailbox(session: Session, traces: Traces) -> None:
    """Forget what is kept of the address itself, as far as no other registration has it."""
    others = select(Registration.id).where(Registration.email_key == traces.email_key)
    if session.scalar(others.limit(1)) is None:
        session.execute(
            delete(MailboxCalendar).where(MailboxCalendar.email_key == traces.email_key)
        )
    in_project = (
        others.join(Event, Registration.event_id == Event.id)
        .join(Activity, Event.activity_id == Activity.id)
        .where(Activity.project_id == traces.project_id)
    )
    if session.scalar(in_project.limit(1)) is None:
        session.execute(
            delete(NewsRefusal).where(
                NewsRefusal.project_id == traces.project_id,
                NewsRefusal.mailbox == mailbox_of(traces.email_key),
            )
        )
    for trouble in session.scalars(select(MailTrouble).where(MailTrouble.answer != "")):
        if traces.email.casefold() in trouble.answer.casefold():
            trouble.answer = ""


def _black_out(session: Session, traces: Traces) -> None:
    """Put a block where others wrote the person's name or address into words about the event."""
    pattern = _pattern(traces.words)
    if pattern is None:
        return
    about = or_(AuditEntry.event_id == traces.event_id, AuditEntry.project_id == traces.project_id)
    for act in session.scalars(select(AuditEntry).where(about, AuditEntry.reason != "")):
        act.reason = pattern.sub(BLOCK, act.reason)
    for move in session.scalars(select(Move).where(Move.event_id == traces.event_id)):
        move.words = _without(pattern, move.words)
    for letter in session.scalars(select(Mailing).where(Mailing.event_id == traces.event_id)):
        letter.subject = _without(pattern, letter.subject)
        letter.text = _without(pattern, letter.text)


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    known = [re.escape(word) for word in words]
    return re.compile("|".join(known), re.IGNORECASE) if known else None


def _without(pattern: re.Pattern[str], words: LocalText) -> LocalText:
    return LocalText(pattern.sub(BLOCK, words.et), pattern.sub(BLOCK, words.en))


def _drop_previews(session: Session, traces: Traces) -> None:
    """Drop uploaded lists that nobody has taken yet and that hold the person."""
    for list_ in session.scalars(
        select(AttendeeImport).where(AttendeeImport.event_id == traces.event_id)
    ):
        if any(_names(row, traces) for row in list_.rows):
            session.delete(list_)
    for register in session.scalars(select(RegisterImport)):
        if any(_names(member, traces) for member in register.members):
            session.delete(register)


def _names(row: Any, traces: Traces) -> bool:
    """Tell whether a row of an uploaded list is about this person, by address or by name."""
    text = dumps(row, ensure_ascii=False).casefold()
    address, (first, last) = traces.email.casefold(), (part.casefold() for part in traces.name)
    return bool((address and address in text) or (last and first in text and last in text))


def _drop_packages(session: Session, traces: Traces, now: datetime) -> None:
    """Throw away packages with lists of this event's people; who needs one has it made anew."""
    about = or_(Job.event_id == traces.event_id, Job.project_id == traces.project_id)
    session.execute(
        _quietly(delete(JobChunk).where(JobChunk.job_id.in_(select(Job.id).where(about))))
    )
    session.execute(
        _quietly(
            update(Job)
            .where(about, Job.state.in_(OPEN))
            .values(state="cancelled", lease_until=None, finished_at=now)
        )
    )
    session.execute(
        _quietly(update(Job).where(about, Job.expires_at.is_not(None)).values(expires_at=now))
    )
