"""Reads of the pages about an event's letters; each a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from koostoo.base.database import db
from koostoo.correspondence.due import plan_of
from koostoo.correspondence.models import Mailing, MailingLetter, TimedLetter
from koostoo.correspondence.rules import FEEDBACK, THANKS, due_now, timetable
from koostoo.events.models import Event
from koostoo.mail.models import MISSED, UNSENT, OutboxMessage

SHOWN = 200
"""So many letters of an event are listed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many copies of a letter have left, may still leave, never arrived, and were not sent.

    Not sent is what was no longer true, or stopped. What is missing to the whole is forgotten.
    """

    sent: int = 0
    unsent: int = 0
    missed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class TimedRow:
    """One letter of an event's plan: when, and what became of it.

    `at` is None where it has no moment: the day or the hour is not known.
    """

    code: str
    at: datetime | None
    state: Literal["ahead", "written", "passed", "off"]
    letters: int = 0


def mailings_of(event_id: int) -> Sequence[Mailing]:
    """Return what organisers wrote from an event's page, the latest first."""
    return db.session.scalars(
        select(Mailing)
        .where(Mailing.event_id == event_id)
        .options(joinedload(Mailing.organiser))
        .order_by(Mailing.id.desc())
        .limit(SHOWN)
    ).all()


def find_mailing(event: Event, number: int) -> Mailing | None:
    """Return a letter written from this event's page; None for one of another."""
    return db.session.scalar(
        select(Mailing)
        .where(Mailing.id == number, Mailing.event_id == event.id)
        .options(joinedload(Mailing.organiser))
    )


def outcomes(mailings: Iterable[Mailing]) -> dict[int, Outcome]:
    """Return what became of the copies of these letters, in one query."""
    numbers = [mailing.id for mailing in mailings]
    rows = db.session.execute(
        select(MailingLetter.mailing_id, OutboxMessage.state, func.count())
        .join(MailingLetter.message)
        .where(MailingLetter.mailing_id.in_(numbers))
        .group_by(MailingLetter.mailing_id, OutboxMessage.state)
    ).all()
    return {number: _outcome([row[1:] for row in rows if row[0] == number]) for number in numbers}


def _outcome(rows: Iterable[Sequence[object]]) -> Outcome:
    counts = {str(state): int(str(number)) for state, number in rows}
    return Outcome(
        sent=counts.get("sent", 0),
        unsent=sum(counts.get(state, 0) for state in UNSENT),
        missed=sum(counts.get(state, 0) for state in MISSED),
        skipped=counts.get("skipped", 0),
    )


def timed_rows(event: Event, now: datetime) -> list[TimedRow]:
    """Return what an event writes by itself, as it stands at `now`."""
    plan, when = plan_of(event), event.when
    moments = dict(timetable(plan, when))
    done = {
        row.code: row
        for row in db.session.scalars(
            select(TimedLetter).where(
                TimedLetter.event_id == event.id, TimedLetter.begins_at == when.begins_at
            )
        )
    }
    codes = [one.code for one in plan.reminders] + ([THANKS] if plan.thanks_after else [])
    codes += [FEEDBACK] if plan.feedback else []
    due, _ = due_now(plan, when, set(done), now)
    rows = []
    for code in codes:
        at, row = moments.get(code), done.get(code)
        if row is not None:
            state: Literal["ahead", "written", "passed", "off"] = (
                "passed" if row.letters is None else "written"
            )
        elif event.state == "called_off" or at is None:
            state = "off"
        elif at > now or (due is not None and due.code == code):
            state = "ahead"
        else:
            state = "passed"
        rows.append(TimedRow(code, at, state, (row.letters or 0) if row else 0))
    return rows
