"""Reads of the letters at the desk: the outbox joined with whom and what it writes about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload, selectinload

from koostoo.base.database import db
from koostoo.base.text import email_key
from koostoo.events.models import Event
from koostoo.mail.models import MAIL_STATES, MISSED, UNSENT, OutboxMessage
from koostoo.registration.models import Group, Registration

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """What the organiser wants to see; empty means all. `text` is looked for in addresses."""

    text: str = ""
    state: str = ""
    event_id: int | None = None


class LetterRow(NamedTuple):
    """A letter, the person it is about and the event; None where it is about none."""

    letter: OutboxMessage
    person: Registration | None
    event: Event | None


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One page of the letters, counted from 1, the newest first."""

    rows: Sequence[LetterRow]
    total: int
    number: int
    count: int


def letters_page(wanted: LetterFilter, number: int) -> LetterPage:
    """Return one page of the letters with people and events: three queries whatever the length."""
    conditions = _conditions(wanted)
    if wanted.state:
        conditions.append(OutboxMessage.state == wanted.state)
    total = db.session.scalar(_joined(func.count(OutboxMessage.id)).where(*conditions)) or 0
    count = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), count)
    rows = db.session.execute(
        _joined(OutboxMessage, Registration, Event)
        .where(*conditions)
        .order_by(OutboxMessage.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return LetterPage(_with_groups(LetterRow(*row) for row in rows), total, number, count)


def letter_counts(wanted: LetterFilter) -> dict[str, int]:
    """Return how many letters there are in each state, the state asked for aside."""
    rows = db.session.execute(
        _joined(OutboxMessage.state, func.count(OutboxMessage.id))
        .where(*_conditions(wanted))
        .group_by(OutboxMessage.state)
    )
    found: dict[str, int] = {state: number for state, number in rows}  # noqa: C416 - typed pairs
    return {state: found.get(state, 0) for state in MAIL_STATES}


def find_letter(letter_id: int) -> LetterRow | None:
    """Return a letter with all tries to send it."""
    row = db.session.execute(
        _joined(OutboxMessage, Registration, Event)
        .where(OutboxMessage.id == letter_id)
        .options(selectinload(OutboxMessage.tries))
    ).one_or_none()
    return None if row is None else _with_groups([LetterRow(*row)])[0]


def waits_for(letter: OutboxMessage) -> OutboxMessage | None:
    """Return the earlier letter of the same queue that has to be done with before this one leaves.

    None where there is none, or this one is no longer in line.
    """
    if letter.state != "queued":
        return None
    return db.session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.queue == letter.queue,
            OutboxMessage.id < letter.id,
            OutboxMessage.state.in_(UNSENT),
        )
        .order_by(OutboxMessage.id)
        .limit(1)
    )


class About(NamedTuple):
    """Of which event a letter tells, and of which organisation its person is, if of one."""

    event_id: int
    organisation_id: int | None


def find_whom_letter_is_about(letter_id: int) -> About | None:
    """Return what decides who may see a letter; None for one of no event, or none at all."""
    row = db.session.execute(
        select(OutboxMessage.payload, Registration.event_id, Registration.organisation_id)
        .outerjoin(Registration, Registration.id == OutboxMessage.registration_id)
        .where(OutboxMessage.id == letter_id)
    ).one_or_none()
    if row is None:
        return None
    payload, event_id, organisation_id = row
    if event_id is None and "group_id" in payload:
        event_id = db.session.scalar(select(Group.event_id).where(Group.id == payload["group_id"]))
    return None if event_id is None else About(event_id, organisation_id)


def letters_of(registration_id: int) -> Sequence[OutboxMessage]:
    """Return the letters to one person, the newest first."""
    return db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.registration_id == registration_id)
        .order_by(OutboxMessage.id.desc())
    ).all()


def missed_letters(people: Iterable[Registration]) -> dict[int, OutboxMessage]:
    """Return, for those of these people who missed a letter, the last one they missed."""
    rows = db.session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.registration_id.in_([person.id for person in people]),
            OutboxMessage.state.in_(MISSED),
        )
        .order_by(OutboxMessage.id)
    )
    return {letter.registration_id: letter for letter in rows if letter.registration_id is not None}


def events_to_choose() -> Sequence[Event]:
    """Return the events that take registrations, the latest first."""
    return db.session.scalars(
        select(Event)
        .where(Event.takes_registrations, Event.state != "draft")
        .order_by(Event.starts_on.desc(), Event.id.desc())
    ).all()


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(OutboxMessage)
        .outerjoin(Registration, Registration.id == OutboxMessage.registration_id)
        .outerjoin(Event, Event.id == Registration.event_id)
    )


def _conditions(wanted: LetterFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.event_id is not None:
        # The summary for the contact of a group belongs to no one registration.
        groups = select(literal("group:") + cast(Group.id, String)).where(
            Group.event_id == wanted.event_id
        )
        conditions.append(
            or_(Registration.event_id == wanted.event_id, OutboxMessage.queue.in_(groups))
        )
    # Addresses are ASCII, so both databases agree about small letters.
    address = func.lower(OutboxMessage.recipient)
    conditions.extend(
        or_(
            *(
                # A domain with letters such as õ is stored as mail servers know it.
                address.contains(part, autoescape=True)
                for part in dict.fromkeys((word, email_key(word)))
            )
        )
        for word in wanted.text.lower().split()
    )
    return conditions


def _with_groups(rows: Iterable[LetterRow]) -> list[LetterRow]:
    """Add the events of letters about groups, in one query and only where there are any."""
    listed = list(rows)
    numbers = {row.letter.payload["group_id"] for row in listed if "group_id" in row.letter.payload}
    if not numbers:
        return listed
    groups = db.session.scalars(
        select(Group).where(Group.id.in_(numbers)).options(joinedload(Group.event))
    )
    events = {group.id: group.event for group in groups}
    return [
        row._replace(event=row.event or events.get(row.letter.payload.get("group_id", 0)))
        for row in listed
    ]
