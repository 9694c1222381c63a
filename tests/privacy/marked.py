"""Somebody with a marker in every column that may hold something of them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, String, Text, select

from koostoo.accounts.audit import record
from koostoo.accounts.models import Organiser
from koostoo.accounts.service import invite_organiser
from koostoo.attendance.models import AttendeeImport, WalkInEntry
from koostoo.base.clock import now
from koostoo.base.database import LocalTextType, db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.correspondence.mailing import Draft, Words, send_mailing
from koostoo.correspondence.news import refuse_news
from koostoo.events.models import Event, Move
from koostoo.feedback.models import FeedbackForm, FeedbackGiven
from koostoo.mail.models import MailAttempt, MailTrouble, OutboxMessage
from koostoo.privacy.models import Correction
from koostoo.programme.models import RegisterImport
from koostoo.registration.groups import GroupSignUp, sign_up_group
from koostoo.registration.mailbox_calendar import ensure_calendar
from koostoo.registration.models import CalendarReply, Registration
from koostoo.registration.rules import SignUp
from koostoo.roster.service import set_note, tag_people
from koostoo.work.models import Job, JobChunk

MARK = "qwzjx"
FIRST, LAST = "Qwzjxeesi", "Qwzjxpere"
EMAIL = "qwzjxpost@example.org"
MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def add_marked(make_event: MakeEvent, entry: Entry, **values: Any) -> int:
    """Sign the marked person up for an event of their own; return the registration's number."""
    event = make_event(questions=[("text", "Allergia", [])], allows_others=True, **values)
    form = entry(
        first_name=FIRST,
        last_name=LAST,
        email=EMAIL,
        email_key=EMAIL,
        phone="+3725550199",
        organisation_id=None,
        other_organisation="Qwzjx muu rühm",
        member_organisation="Qwzjx selts",
        photo_consent=True,
        answers={event.questions[0].id: "qwzjx pähklid"},
    )
    contact = GroupSignUp(f"{FIRST} {LAST}", EMAIL, "et", False, "qwzjx-rühm", (form,))
    sign_up_group(event.id, contact, now())
    number = db.session.scalars(select(Registration.id).where(Registration.email == EMAIL)).one()
    _add_words(event.id, number)
    _add_rows(event.id, number)
    return number


def _add_words(event_id: int, number: int) -> None:
    """What organisers wrote about the person and to them."""
    moment = now()
    invite_organiser("korraldaja@example.org", moment)
    by = db.session.scalars(select(Organiser.id)).one()
    set_note(number, "qwzjx märkus", 0, moment, by)
    tag_people(event_id, [number], "qwzjx silt", "", moment, by)
    draft = Draft(Words(LocalText("Qwzjx teema"), LocalText("Qwzjx sõnad")), "nonce")
    send_mailing(event_id, draft, 1, moment, by)
    refuse_news(number, moment)
    with transaction() as session:
        ensure_calendar(session, EMAIL)
        record(
            session, by, "rejected", moment,
            event_id=event_id, registration_id=number, reason="qwzjx põhjus",
        )  # fmt: skip
        record(session, by, "overfull", moment, event_id=event_id, reason=f"Sest {FIRST} {LAST}")
        person = session.get_one(Registration, number)
        person.decision_reason, person.form_nonce = "qwzjx otsus", "qwzjx-vorm"
        session.add(
            Move(event_id=event_id, at=moment, before={}, words=LocalText(f"{FIRST} {LAST}!"))
        )
        session.add(FeedbackForm(event_id=event_id, is_on=True))
        session.add(FeedbackGiven(registration_id=number))


def _add_rows(event_id: int, number: int) -> None:
    """What servers, calendars and lists say of the person, and what is made of it."""
    moment = now()
    row = ["qwzjxpost@example.org", FIRST, LAST]
    later = moment + timedelta(minutes=30)
    with transaction() as session:
        letters = session.scalars(
            select(OutboxMessage).where(OutboxMessage.registration_id == number)
        ).all()
        letters[0].answer, letters[0].payload = "550 qwzjxpost", {"comment": "qwzjx"}
        session.add(
            MailAttempt(
                outbox_id=letters[0].id,
                number=1,
                at=moment,
                outcome="recipient",
                answer="550 qwzjxpost",
                recipient=EMAIL,
            )
        )
        session.add(
            MailTrouble(
                scope="example.org",
                since=moment,
                last_at=moment,
                failures=1,
                last_id=letters[0].id,
                reason="mailbox",
                answer=f"452 <{EMAIL}> is full",
            )
        )
        session.add(
            CalendarReply(
                registration_id=number,
                partstat="DECLINED",
                comment="qwzjx haige",
                sequence=0,
                stamp=moment,
                received_at=moment,
            )
        )
        session.add(
            WalkInEntry(
                operation="op-1", registration_id=number, is_new=False, note="qwzjx uks",
                added_at=moment,
            )
        )  # fmt: skip
        session.add(
            Correction(
                registration_id=number,
                first_name=FIRST,
                last_name=LAST,
                email=EMAIL,
                words="qwzjx sõnad",
                asked_at=moment,
            )
        )
        event = session.get_one(Event, event_id)
        session.add(
            AttendeeImport(event_id=event_id, key="a", source={}, rows=[[2, row]], expires_at=later)
        )
        session.add(
            RegisterImport(
                organisation_id=event.organiser_id, key="r", replaces=True, rows=1, source={},
                members=[{"name": "Selts", "people": [row]}], expires_at=later,
            )
        )  # fmt: skip
        job = Job(
            kind="evidence", about="qw", event_id=event_id, language="et", state="done",
            asked_by=session.scalars(select(Organiser.id)).one(), created_at=moment,
            expires_at=later,
        )  # fmt: skip
        session.add(job)
        session.flush()
        session.add(JobChunk(job_id=job.id, position=0, data=b"zip qwzjx"))


def make_past(event_id: int, days: int = 5) -> None:
    """Let the event have been so many days ago."""
    with transaction() as session:
        day = (now() - timedelta(days=days)).date()
        session.get_one(Event, event_id).when = When.days(day)


def marked_columns() -> set[str]:
    """Return the columns in which the marker stands now, whatever their table."""
    db.session.rollback()
    return {name for name, value in _cells() if MARK in str(value).casefold()}


def _cells() -> Iterator[tuple[str, object]]:
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for name, value in row.items():
                yield f"{table.name}.{name}", value


def text_columns() -> set[str]:
    """Return the columns that can hold words, of rows that belong to a registration or a group."""
    found = set()
    for table in db.metadata.sorted_tables:
        targets = {key.column.table.name for key in table.foreign_keys}
        if table.name in PERSONAL or targets & {"registration", "outbox_message"}:
            found |= {
                f"{table.name}.{column.name}"
                for column in table.columns
                if isinstance(column.type, (String, Text, JSON, LocalTextType))
                and column.info["keep"] != "structure"
            }
    return found


PERSONAL = {"registration", "registration_group", "mailbox_calendar", "tag", "mailing"}
