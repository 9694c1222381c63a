"""What is forgotten of an event, table by table: counted for the preview, carried out by the run.

One list for both, so that a preview can say nothing else than what will be done.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Select,
    String,
    and_,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from koostoo.accounts.factor_models import KnownBrowser, PasskeyChallenge
from koostoo.accounts.guarding import KNOWN_LIFE
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
from koostoo.base.localtext import LocalText
from koostoo.correspondence.models import Mailing, NewsRefusal
from koostoo.events.models import Event, Move
from koostoo.feedback.models import FeedbackAnswer, FeedbackGiven, FeedbackQuestion
from koostoo.files.models import NewsLink, StoredFile
from koostoo.files.rules import EVIDENCE_KINDS
from koostoo.mail.models import InboundMessage, MailTrouble, OutboxMessage
from koostoo.privacy.models import Correction
from koostoo.privacy.rules import Kind
from koostoo.programme.models import Activity, Project, RegisterImport
from koostoo.registration.models import Answer, CalendarReply, Group, Registration
from koostoo.roster.models import Note, RegistrationTag
from koostoo.work.models import Job, JobChunk
from koostoo.work.rules import OPEN, REMEMBERED


class Step(NamedTuple):
    """Rows of one table that go, or lose what `values` names; `where` finds those not done yet."""

    table: Any
    event: InstrumentedAttribute[Any]
    """The column that leads to the event: its number, or that of a registration or a question."""
    where: ColumnElement[bool] | None = None
    values: Mapping[str, Any] | None = None
    """None: the rows are deleted."""


_LEADS: Mapping[str, tuple[Any, Any]] = {
    "registration_id": (Registration.id, Registration.event_id),
    "question_id": (FeedbackQuestion.id, FeedbackQuestion.event_id),
}


def without_a_word(prefix: str, number: InstrumentedAttribute[int]) -> ColumnElement[str]:
    """Return a value that stays unique and says nothing of the person."""
    return literal(prefix) + cast(number, String)


NO_CONTACT: Mapping[str, Any] = {
    "email": "",
    "phone": "",
    "search_key": "",
    "decision_reason": "",
    "email_key": without_a_word("forgotten-", Registration.id),
    "form_nonce": without_a_word("gone-", Registration.id),
}
NO_NAME: Mapping[str, Any] = {
    "first_name": "",
    "last_name": "",
    "person_key": "",
    "sort_key": "",
    "search_key": "",
    "other_organisation": "",
    "member_organisation": "",
    "origin_key": "",
    "photo_consent": None,
}
NO_GROUP: Mapping[str, Any] = {
    "name": "",
    "email": "",
    "form_nonce": without_a_word("gone-", Group.id),
}
STEPS: Mapping[Kind, Sequence[Step]] = {
    "answers": (
        Step(Answer, Answer.registration_id),
        Step(Note, Note.registration_id),
        # What they answered how an event was names nobody and stays.
        Step(FeedbackGiven, FeedbackGiven.registration_id),
        # Whom a letter was meant for may name an answer.
        Step(Mailing, Mailing.event_id, cast(Mailing.chosen, String) != "{}", {"chosen": {}}),
    ),
    "letters": (
        Step(OutboxMessage, OutboxMessage.registration_id),
        Step(CalendarReply, CalendarReply.registration_id),
        Step(RegistrationTag, RegistrationTag.registration_id),
        Step(Correction, Correction.registration_id),
        Step(WalkInEntry, WalkInEntry.registration_id, WalkInEntry.note != "", {"note": ""}),
        Step(AuditEntry, AuditEntry.event_id, AuditEntry.reason != "", {"reason": ""}),
        Step(Group, Group.event_id, Group.email != "", NO_GROUP),
        Step(Move, Move.event_id, cast(Move.words, String) != "{}", {"words": LocalText()}),
        Step(
            Mailing,
            Mailing.event_id,
            or_(cast(Mailing.subject, String) != "{}", cast(Mailing.text, String) != "{}"),
            {"subject": LocalText(), "text": LocalText()},
        ),
    ),
    "contacts": (
        # Who was added at the door has no address, but a search key.
        Step(
            Registration,
            Registration.event_id,
            or_(Registration.email != "", Registration.search_key != ""),
            NO_CONTACT,
        ),
    ),
    "people": (
        Step(Registration, Registration.event_id, Registration.first_name != "", NO_NAME),
        # The figures say nothing of a person; where they come from may.
        Step(
            EventFigures,
            EventFigures.event_id,
            or_(EventFigures.source != "", EventFigures.organiser_id.is_not(None)),
            {"source": "", "organiser_id": None},
        ),
        # Words may name somebody; the numbers still count.
        Step(
            FeedbackAnswer,
            FeedbackAnswer.question_id,
            FeedbackAnswer.question_id.in_(
                select(FeedbackQuestion.id).where(FeedbackQuestion.kind == "text")
            ),
        ),
    ),
    "files": (
        Step(StoredFile, StoredFile.event_id, StoredFile.kind.in_(EVIDENCE_KINDS)),
        Step(NewsLink, NewsLink.event_id),
    ),
}


def count_by_event(step: Step, events: Sequence[int]) -> Select[Any, int]:
    """Return the query that counts what the step will reach, by event."""
    key, event = _LEADS.get(step.event.key, (None, step.event))
    query = select(event, func.count()).select_from(step.table)
    if key is not None:
        query = query.join(key.class_, key == step.event)
    if step.where is not None:
        query = query.where(step.where)
    return query.where(event.in_(events)).group_by(event)


def carry_out(session: Session, step: Step, event_id: int) -> int:
    """Do the step for one event; return how many rows it reached."""
    key, event = _LEADS.get(step.event.key, (None, step.event))
    found = (
        event == event_id if key is None else step.event.in_(select(key).where(event == event_id))
    )
    if step.where is not None:
        found = and_(found, step.where)
    if step.values is None:
        statement: Any = delete(step.table).where(found)
    else:
        statement = update(step.table).where(found).values(step.values)
    return rows_of(session.execute(statement.execution_options(synchronize_session=False)))


def lapsed(now: datetime) -> Iterable[tuple[Any, ColumnElement[bool]]]:
    """Return what lapses by itself or with a whole project: tables, and which of their rows."""
    limit, today = now - timedelta(days=keep.SECURITY_DAYS), local_day(now)
    over = select(Project.id).where(Project.keep_until < today)
    # As long as there are addresses to write to.
    since = today - timedelta(days=keep.CONTACT_DAYS)
    running = select(Activity.project_id).join(Event).where(Event.ends_on >= since)
    ended = select(Project.id).where(Project.ends_on < today, Project.id.not_in(running))
    # A result goes with its time, that it was asked for somewhat later.
    gone = select(Job.id).where(or_(Job.expires_at < now, Job.state.in_(("failed", "cancelled"))))
    return (
        (SignInLink, SignInLink.expires_at < limit),
        (DeskSession, DeskSession.seen_at < limit),
        (PasskeyChallenge, PasskeyChallenge.expires_at < now),
        (KnownBrowser, KnownBrowser.seen_at < now - KNOWN_LIFE),
        (ApiToken, ApiToken.expires_on < local_day(limit)),
        (Attempt, Attempt.expires_at < now),
        # Files nobody applied; a register itself is kept until the organisation removes it.
        (RegisterImport, RegisterImport.expires_at < now),
        (AttendeeImport, AttendeeImport.expires_at < now),
        (JobChunk, JobChunk.job_id.in_(gone)),
        # A package holds the evidence that is deleted now.
        (
            Job,
            or_(
                and_(Job.created_at < now - REMEMBERED, Job.state.not_in(OPEN)),
                Job.project_id.in_(over),
            ),
        ),
        (Download, Download.project_id.in_(over)),
        # Who wanted no news: none comes any more.
        (NewsRefusal, NewsRefusal.project_id.in_(ended)),
        (MailTrouble, MailTrouble.last_at < limit),
        (InboundMessage, InboundMessage.received_at < limit),
        # Letters that belong to no registration are sign-in letters.
        (
            OutboxMessage,
            and_(OutboxMessage.registration_id.is_(None), OutboxMessage.created_at < limit),
        ),
    )


def rows_of(done: Any) -> int:
    """Return how many rows a statement reached; one that changes rows has a cursor that knows."""
    return done.rowcount if isinstance(done, CursorResult) else 0
