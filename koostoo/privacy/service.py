"""Forgetting what need not be kept any longer; run daily by the worker, safe to run again.

The classes stand on the columns (`koostoo.base.keep`). Sensitive answers go SENSITIVE_DAYS after
the event; contact data when the project has ended; names, and the files that prove an event, at
the project's keep-until date, after which a row still counts but says nothing of a person. A date
that is not set forgets nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Result,
    Select,
    String,
    cast,
    delete,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from koostoo.accounts.models import (
    ApiToken,
    Attempt,
    AuditEntry,
    DeskSession,
    Download,
    SignInLink,
)
from koostoo.attendance.models import AttendeeImport, EventFigures, WalkInEntry
from koostoo.base import keep
from koostoo.base.clock import local_day
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.correspondence.models import Mailing, NewsRefusal
from koostoo.events.models import Event, Move
from koostoo.feedback.models import FeedbackAnswer, FeedbackGiven, FeedbackQuestion
from koostoo.files.models import NewsLink, StoredFile
from koostoo.files.rules import EVIDENCE_KINDS
from koostoo.mail.models import InboundMessage, MailTrouble, OutboxMessage
from koostoo.programme.models import Activity, Project, RegisterImport
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
from koostoo.work.rules import OPEN, REMEMBERED


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows lost what: for the log, which tells numbers only."""

    answers: int
    contacts: int
    people: int
    files: int
    security: int


@retried
def forget(now: datetime) -> Forgotten:
    """Remove everything whose time is over at `now`."""
    today = local_day(now)
    with transaction() as session:
        return Forgotten(
            answers=_forget_answers(session, today),
            contacts=_forget_contacts(session, today),
            people=_forget_people(session, today),
            files=_forget_files(session, today),
            security=_forget_security(session, now),
        )


def _forget_answers(session: Session, today: date) -> int:
    over = select(Event.id).where(Event.ends_on < today - timedelta(days=keep.SENSITIVE_DAYS))
    registrations = select(Registration.id).where(Registration.event_id.in_(over))
    done = session.execute(delete(Answer).where(Answer.registration_id.in_(registrations)))
    session.execute(delete(Note).where(Note.registration_id.in_(registrations)))
    # What they answered how an event was names nobody and stays.
    session.execute(delete(FeedbackGiven).where(FeedbackGiven.registration_id.in_(registrations)))
    # Whom a letter was meant for may name an answer.
    session.execute(
        update(Mailing)
        .where(Mailing.event_id.in_(over))
        .values(chosen={})
        .execution_options(synchronize_session=False)
    )
    return _count(done)


def _ended(today: date, limit: InstrumentedAttribute[Any]) -> Select[int]:
    return (
        select(Event.id)
        .join(Activity, Event.activity_id == Activity.id)
        .join(Project, Activity.project_id == Project.id)
        .where(limit < today, Event.ends_on < today)
    )


def _forget_contacts(session: Session, today: date) -> int:
    people = select(Registration.id).where(
        Registration.event_id.in_(_ended(today, Project.ends_on)),
        # Who was added at the door has no address, but a search key.
        or_(Registration.email != "", Registration.search_key != ""),
    )
    session.execute(
        update(WalkInEntry)
        .where(WalkInEntry.registration_id.in_(people), WalkInEntry.note != "")
        .values(note="")
        .execution_options(synchronize_session=False)
    )
    for letters in (OutboxMessage, CalendarReply):
        session.execute(delete(letters).where(letters.registration_id.in_(people)))
    _forget_tags(session, today)
    done = session.execute(
        update(Registration)
        .where(Registration.id.in_(people))
        .values(
            email="",
            phone="",
            search_key="",
            decision_reason="",
            email_key=_unique("forgotten-", Registration.id),
            form_nonce=_unique("gone-", Registration.id),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Group)
        .where(Group.event_id.in_(_ended(today, Project.ends_on)), Group.email != "")
        .values(name="", email="", form_nonce=_unique("gone-", Group.id))
        .execution_options(synchronize_session=False)
    )
    known = select(Registration.email_key)
    session.execute(delete(MailboxCalendar).where(MailboxCalendar.email_key.not_in(known)))
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.event_id.in_(_ended(today, Project.ends_on)), AuditEntry.reason != "")
        .values(reason="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Move)
        .where(Move.event_id.in_(_ended(today, Project.ends_on)))
        .values(words=LocalText())
        .execution_options(synchronize_session=False)
    )
    _forget_letters(session, today)
    return _count(done)


def _forget_tags(session: Session, today: date) -> None:
    """Forget what people were tagged with; a tag of nobody goes too, for its name may tell much."""
    people = select(Registration.id).where(
        Registration.event_id.in_(_ended(today, Project.ends_on))
    )
    session.execute(delete(RegistrationTag).where(RegistrationTag.registration_id.in_(people)))
    remove_unused_tags(session)


def _forget_letters(session: Session, today: date) -> None:
    """Forget what organisers wrote, and who wanted no news: none comes any more."""
    session.execute(
        update(Mailing)
        .where(Mailing.event_id.in_(_ended(today, Project.ends_on)))
        .values(subject=LocalText(), text=LocalText())
        .execution_options(synchronize_session=False)
    )
    running = select(Activity.project_id).join(Event).where(Event.ends_on >= today)
    session.execute(
        delete(NewsRefusal).where(
            NewsRefusal.project_id.in_(
                select(Project.id).where(Project.ends_on < today, Project.id.not_in(running))
            )
        )
    )


def _forget_people(session: Session, today: date) -> int:
    over = select(Project.id).where(Project.keep_until < today)
    session.execute(delete(Download).where(Download.project_id.in_(over)))
    # Words may name somebody; the numbers still count.
    words = select(FeedbackQuestion.id).where(
        FeedbackQuestion.kind == "text",
        FeedbackQuestion.event_id.in_(_ended(today, Project.keep_until)),
    )
    session.execute(delete(FeedbackAnswer).where(FeedbackAnswer.question_id.in_(words)))
    # A package holds the evidence that is deleted now.
    session.execute(delete(Job).where(Job.project_id.in_(over)))
    # The figures say nothing of a person; where they come from may.
    session.execute(
        update(EventFigures)
        .where(EventFigures.event_id.in_(_ended(today, Project.keep_until)))
        .values(source="", organiser_id=None)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(
        update(Registration)
        .where(
            Registration.event_id.in_(_ended(today, Project.keep_until)),
            Registration.first_name != "",
        )
        .values(
            first_name="",
            last_name="",
            person_key="",
            sort_key="",
            other_organisation="",
            member_organisation="",
            origin_key="",
            photo_consent=None,
        )
        .execution_options(synchronize_session=False)
    )
    return _count(done)


def _forget_files(session: Session, today: date) -> int:
    """Delete signed lists, photos and the like with their bytes, and links to news stories."""
    session.execute(
        delete(NewsLink).where(NewsLink.event_id.in_(_ended(today, Project.keep_until)))
    )
    done = session.execute(
        delete(StoredFile).where(
            StoredFile.event_id.in_(_ended(today, Project.keep_until)),
            StoredFile.kind.in_(EVIDENCE_KINDS),
        )
    )
    return _count(done)


def _forget_security(session: Session, now: datetime) -> int:
    limit = now - timedelta(days=keep.SECURITY_DAYS)
    number = 0
    for statement in (
        delete(SignInLink).where(SignInLink.expires_at < limit),
        delete(DeskSession).where(DeskSession.seen_at < limit),
        delete(ApiToken).where(ApiToken.expires_on < local_day(limit)),
        delete(Attempt).where(Attempt.expires_at < now),
        # Files nobody applied; a register itself is kept until the organisation removes it.
        delete(RegisterImport).where(RegisterImport.expires_at < now),
        delete(AttendeeImport).where(AttendeeImport.expires_at < now),
        # A result goes with its time, that it was asked for somewhat later.
        delete(JobChunk).where(
            JobChunk.job_id.in_(
                select(Job.id).where(
                    or_(Job.expires_at < now, Job.state.in_(("failed", "cancelled")))
                )
            )
        ),
        delete(Job).where(Job.created_at < now - REMEMBERED, Job.state.not_in(OPEN)),
        delete(MailTrouble).where(MailTrouble.last_at < limit),
        delete(InboundMessage).where(InboundMessage.received_at < limit),
        # Letters that belong to no registration are sign-in letters.
        delete(OutboxMessage).where(
            OutboxMessage.registration_id.is_(None), OutboxMessage.created_at < limit
        ),
    ):
        number += _count(session.execute(statement))
    return number


def _count(done: Result[Any]) -> int:
    # A statement that changes rows answers with a cursor, which knows how many.
    return done.rowcount if isinstance(done, CursorResult) else 0


def _unique(prefix: str, number: InstrumentedAttribute[int]) -> ColumnElement[str]:
    # The column stays unique without saying anything of the person.
    return literal(prefix) + cast(number, String)
