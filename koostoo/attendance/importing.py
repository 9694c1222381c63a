"""Use cases of lists of people: look at one, take it as a whole, forget it.

An event that is over takes everybody who was there, whatever its number of seats, and nobody is
written to. One ahead gives seats by its rules, and the organiser says whether letters go out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.attendance import rules
from koostoo.attendance.attendee_file import Attendee, Known, Named, named
from koostoo.attendance.models import Attendance, AttendanceMark, AttendeeImport
from koostoo.attendance.rules import Status
from koostoo.base import keep
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import fold
from koostoo.documents.table import Row
from koostoo.events.models import Event
from koostoo.registration.admission import SignUpRefused, check_open, first_states
from koostoo.registration.letters import tell
from koostoo.registration.models import ACTIVE, Registration
from koostoo.registration.origins import admit
from koostoo.registration.records import new_registration
from koostoo.registration.rules import SignUp
from koostoo.registration.seating import count_seated, facts, lock_event
from koostoo.registration.standing import line_up


class ListGone(LookupError):
    """The list lapsed, was taken, or another one was uploaded since."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: how many were added, were there already, got which standing.

    `above`: how many more have a seat now than there are seats; only of an event that is over.
    """

    added: int = 0
    known: int = 0
    waiting: int = 0
    present: int = 0
    letters: int = 0
    above: int = 0


@retried
def keep_list(event_id: int, rows: Sequence[Row], source: dict[str, Any], now: datetime) -> str:
    """Keep a list that was read for REGISTER_HOURS; return the key of its address.

    It takes the place of one kept before; lapsed ones of others go too. Raises EventNotFound.
    """
    with transaction() as session:
        lock_event(session, event_id)
        session.execute(
            delete(AttendeeImport).where(
                (AttendeeImport.event_id == event_id) | (AttendeeImport.expires_at < now)
            )
        )
        kept = AttendeeImport(
            event_id=event_id,
            key=token_urlsafe(18),
            source=source,
            rows=[[row.line, list(row.cells)] for row in rows],
            expires_at=now + timedelta(hours=keep.REGISTER_HOURS),
        )
        session.add(kept)
        return kept.key


@retried
def drop_list(event_id: int) -> None:
    """Forget a list that was looked at and is not to be taken."""
    with transaction() as session:
        session.execute(delete(AttendeeImport).where(AttendeeImport.event_id == event_id))


@retried
def take_list(
    event_id: int,
    key: str,
    people: Sequence[Attendee],
    now: datetime,
    by: int | None,
    *,
    status: Status = "unmarked",
    letters: bool = False,
) -> Imported:
    """Register the people of the list kept under `key`, all but those who are there already.

    `status` is what is noted of who the list says nothing about. Raises ListGone, EventNotFound, or
    SignUpRefused where the event cannot take them all; then nothing is written.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        kept = session.scalar(
            select(AttendeeImport).where(
                AttendeeImport.event_id == event_id,
                AttendeeImport.key == key,
                AttendeeImport.expires_at > now,
            )
        )
        if kept is None:
            raise ListGone
        if event.state != "published":
            raise SignUpRefused(event.state)
        session.delete(kept)
        known = known_people(session, event_id)
        new = [person for person in people if not known.has(named(person))]
        is_over = event.when.is_over(now)
        rows = _register(session, event, new, now, is_over=is_over)
        done = Imported(
            added=len(rows),
            known=len(people) - len(rows),
            waiting=sum(row.state == "waiting" for row in rows),
            present=_note_attendance(session, event, rows, new, status, now, by) if is_over else 0,
            letters=_write(session, rows, now) if letters and not is_over else 0,
            above=_above(session, event) if is_over else 0,
        )
        record(
            session,
            by,
            "imported",
            now,
            event_id=event_id,
            detail={"added": done.added, "known": done.known, "present": done.present},
        )
        return done


def known_people(session: Session, event_id: int) -> Known:
    """Return who has a place in the event, in one query."""
    known = Known()
    rows = session.execute(
        select(
            Registration.person_key,
            Registration.email,
            Registration.email_key,
            Registration.organisation_id,
            Registration.other_organisation,
        ).where(Registration.event_id == event_id, Registration.state.in_(ACTIVE))
    )
    for key, email, email_key, organisation_id, other in rows:
        known.add(Named(key, email_key if email else "", organisation_id, fold(other)))
    return known


def _register(
    session: Session, event: Event, people: Sequence[Attendee], now: datetime, *, is_over: bool
) -> list[Registration]:
    entries = [_entry(person) for person in people]
    states: Sequence[str] = ["confirmed"] * len(entries)
    if not is_over and entries:
        event_facts = facts(event, now)
        check_open(event_facts, entries[0], now)
        states = first_states(session, event, event_facts, entries, now)
        if "full" in states:
            raise SignUpRefused("full")
    rows = []
    for entry, state in zip(entries, states, strict=True):
        row = new_registration(event, entry, state, now)
        if event.membership != "open":
            row.membership = admit(session, event, entry).membership
        rows.append(row)
    line_up(session, event.id, [row for row in rows if row.state == "waiting"], now)
    session.add_all(rows)
    session.flush()
    return rows


def _entry(person: Attendee) -> SignUp:
    nonce = f"import-{token_hex(12)}"
    return SignUp(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        # Of who has no address, nobody else's: two people of one name may come.
        email_key=person.email_key or nonce,
        phone=person.phone,
        organisation_id=person.organisation_id,
        other_organisation=person.other_organisation,
        member_organisation=person.member_organisation,
        role=person.role,
        language="et",
        photo_consent=None,
        nonce=nonce,
        source="import",
    )


def _note_attendance(
    session: Session,
    event: Event,
    rows: Sequence[Registration],
    people: Sequence[Attendee],
    status: Status,
    now: datetime,
    by: int | None,
) -> int:
    """Note who was there, on every day of the event; return how many were."""
    statuses: dict[bool | None, Status] = {True: "present", False: "absent", None: status}
    days = rules.days_of(event.when)
    there = 0
    for row, person in zip(rows, people, strict=True):
        said = statuses[person.present]
        there += bool(days) and said == "present"
        for day in days if said != "unmarked" else ():
            operation = f"import-{token_hex(12)}"
            shared = {
                "operation": operation,
                "registration_id": row.id,
                "day": day,
                "status": said,
                "marked_at": now,
                "organiser_id": by,
            }
            session.add_all([AttendanceMark(received_at=now, **shared), Attendance(**shared)])
    return there


def _write(session: Session, rows: Sequence[Registration], now: datetime) -> int:
    for row in rows:
        tell(session, row, row.state, now)
    return sum(bool(row.email) for row in rows)


def _above(session: Session, event: Event) -> int:
    if event.capacity is None:
        return 0
    return max(0, count_seated(session, event) - event.capacity)
