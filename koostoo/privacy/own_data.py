"""A copy of what is kept of a person: of one registration, or of all of a mailbox.

GDPR, Articles 15 and 20. Plain values for JSON: instants in UTC and days in ISO 8601, texts in the
languages there are. Which field is what stands in `own_fields`; the copy itself says how long each
part is kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, or_, select
from sqlalchemy.orm import joinedload, selectinload

from koostoo.base.database import Base, db
from koostoo.base.localtext import LocalText
from koostoo.base.text import email_key
from koostoo.correspondence.models import Mailing, MailingLetter, NewsRefusal
from koostoo.correspondence.news import mailbox_of
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.privacy.own_fields import FIELDS
from koostoo.privacy.rules import Days, Kind, forgotten_on
from koostoo.programme.models import MemberOrganisation, MemberPerson, Organisation, Project
from koostoo.registration.models import Group, MailboxCalendar, Registration
from koostoo.roster.models import RegistrationTag, Tag

FORMAT = "koostoo-own-data-1"
"""Named in the copy; another number means that fields went away or mean something else."""
OF_A_REGISTRATION = (
    "attendance",
    "attendance_mark",
    "walk_in",
    "contribution",
    "calendar_reply",
    "registration_note",
    "correction",
    "erasure",
    "audit_entry",
    "counted_registration",
)
"""Tables whose rows about a registration stand in the copy under their own name."""
PARTS: Mapping[str, Kind] = {
    "taking_part": "people",
    "contact": "contacts",
    "letters": "letters",
    "answers": "answers",
    "files": "files",
}
"""The parts of what is kept, as pages and copy call them, with what ends each."""


def kept_until(event: Event) -> dict[str, date | None]:
    """Return the last day on which each part is kept; None where the project names none."""
    project = event.activity.project
    days = Days(event.ends_on, project.ends_on, project.keep_until)
    ends = {part: forgotten_on(kind, days) for part, kind in PARTS.items()}
    return {part: day - timedelta(days=1) if day else None for part, day in ends.items()}


def copy_of_registration(person: Registration, now: datetime) -> dict[str, Any]:
    """Return all that is kept of one registration."""
    return {"format": FORMAT, "made_at": plain(now), "registrations": [_registration(person)]}


def copy_of_mailbox(key: str, now: datetime) -> dict[str, Any]:
    """Return all that is kept of an address (its `email_key`), whatever it was signed up for."""
    return {
        "format": FORMAT,
        "made_at": plain(now),
        "registrations": [_registration(person) for person in registrations_of(key)],
        "has_calendar": db.session.scalar(
            select(MailboxCalendar.id).where(MailboxCalendar.email_key == key)
        )
        is not None,
        "news_refused": [
            {"project": plain(title), "refused_at": plain(at)}
            for title, at in db.session.execute(
                select(Project.title, NewsRefusal.refused_at)
                .join(NewsRefusal, NewsRefusal.project_id == Project.id)
                .where(NewsRefusal.mailbox == mailbox_of(key))
            )
        ],
        "registers": register_entries(key),
    }


def registrations_of(key: str) -> Sequence[Registration]:
    """Return all registrations of an address, the latest event first."""
    return db.session.scalars(
        select(Registration)
        .join(Registration.event)
        .where(Registration.email_key == key)
        .options(joinedload(Registration.event), selectinload(Registration.answers))
        .order_by(Event.starts_on.desc(), Registration.id.desc())
    ).all()


def register_entries(key: str) -> list[dict[str, Any]]:
    """Return where an action group's register of members names this address."""
    rows = db.session.execute(
        select(MemberPerson, MemberOrganisation.name, Organisation.name)
        .join(MemberOrganisation, MemberOrganisation.id == MemberPerson.member_organisation_id)
        .join(Organisation, Organisation.id == MemberOrganisation.organisation_id)
        .where(MemberPerson.email_key == key, MemberPerson.email_key != "")
        .order_by(Organisation.name, MemberPerson.id)
    )
    return [
        {
            "action_group": group,
            "member": member,
            **{name: getattr(person, column) for column, name in FIELDS["member_person"].items()},
        }
        for person, member, group in rows
    ]


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, LocalText):
        return value.as_dict()
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _registration(person: Registration) -> dict[str, Any]:
    event = person.event
    project = event.activity.project
    found: dict[str, Any] = {
        "project": {"title": plain(project.title), "slug": project.slug},
        "event": {
            "title": plain(event.title),
            "slug": event.slug,
            "first_day": plain(event.starts_on),
            "last_day": plain(event.ends_on),
        },
        "kept_until": {part: plain(day) for part, day in kept_until(event).items()},
        "registration": _one("registration", Registration.id == person.id),
        "action_group": person.organisation.name if person.organisation else None,
        "signed_up_by": _contact(person),
        "answers": _answers(person),
        "tags": _rows(
            "tag",
            Tag.id.in_(
                select(RegistrationTag.tag_id).where(RegistrationTag.registration_id == person.id)
            ),
        ),
        "has_given_feedback": bool(_about("feedback_given", person.id)),
        "letters": _letters(person.id),
    }
    for name in OF_A_REGISTRATION:
        found[name] = _about(name, person.id)
    for name in ("match_decision", "match_pair"):
        columns = _table(name).c
        found[name] = _rows(
            name, or_(columns.first_id == person.id, columns.second_id == person.id)
        )
    return found


def _contact(person: Registration) -> dict[str, Any] | None:
    """Return who filled the form in, where it was this person; another one is none of it."""
    group = person.group
    if group is None or not group.email or email_key(group.email) != person.email_key:
        return None
    return _one("registration_group", Group.id == group.id)


def _answers(person: Registration) -> list[dict[str, Any]]:
    given = {answer.question_id: answer.value for answer in person.answers}
    return [
        {
            "question": plain(question.label),
            "value": given[question.id],
            "chosen": [
                plain(option.label)
                for option in question.options
                if isinstance(given[question.id], list) and option.id in given[question.id]
            ],
        }
        for question in person.event.questions
        if given.get(question.id) is not None
    ]


def _letters(registration_id: int) -> list[dict[str, Any]]:
    table, attempts = _table("outbox_message"), _table("mail_attempt")
    letters = []
    for row in db.session.execute(
        select(table).where(table.c.registration_id == registration_id).order_by(table.c.id)
    ).mappings():
        written = (
            select(MailingLetter.mailing_id)
            .join(OutboxMessage, OutboxMessage.id == MailingLetter.outbox_id)
            .where(OutboxMessage.id == row["id"])
        )
        letters.append(
            _named("outbox_message", row)
            | {"tries": _rows("mail_attempt", attempts.c.outbox_id == row["id"])}
            | {"organiser_wrote": _rows("mailing", Mailing.id.in_(written))}
        )
    return letters


def _about(name: str, registration_id: int) -> list[dict[str, Any]]:
    return _rows(name, _table(name).c.registration_id == registration_id)


def _one(name: str, where: ColumnElement[bool]) -> dict[str, Any]:
    return _rows(name, where)[0]


def _rows(name: str, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    table = _table(name)
    found = db.session.execute(select(table).where(where).order_by(*table.primary_key.columns))
    return [_named(name, row) for row in found.mappings()]


def _named(name: str, row: RowMapping) -> dict[str, Any]:
    return {field: plain(row[column]) for column, field in FIELDS[name].items()}


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
