"""Use cases of attendance. Each opens the one transaction, locks its event, decides, writes.

Helpers work on several devices, perhaps without network: what they did comes late, in any order
and more than once. So each act has a name given by the device, and of two acts about the same
person and day the later one counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Literal

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from koostoo.accounts.audit import record
from koostoo.attendance import rules
from koostoo.attendance.models import Attendance, AttendanceMark, Contribution, WalkInEntry
from koostoo.attendance.rules import Known, Mark, Method, Status, WalkIn
from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.events.models import Event
from koostoo.registration.door import answer_at_door, is_of_project, seat_at_door
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.seating import lock_event, lock_registration

Result = Literal["done", "merged", "known", "older", "gone", "day", "closed", "organisation"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one act.

    done; merged: the person added was on the list already; known: the same act came before; older:
    a later one counts. What could not be taken: gone (no such person), day (not one of the
    event's), closed (the event is a draft or called off), organisation (none of the project).
    """

    operation: str
    result: Result
    person: int | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the device may forget the act."""
        return self.result in ("done", "merged", "known", "older")


@retried
def sync(
    event_id: int,
    acts: Sequence[Mark | WalkIn],
    sent_at: datetime,
    now: datetime,
    by: int | None,
) -> list[Outcome]:
    """Take what a device noted, in its order; raise EventNotFound.

    `sent_at` is the device's time of sending. What cannot be taken hinders nothing else.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        known = _operations_seen(session, [act.operation for act in acts])
        outcomes: list[Outcome] = []
        for act in acts:
            if act.operation in known:
                outcomes.append(Outcome(act.operation, "known"))
                continue
            known.add(act.operation)
            at = rules.moment_of(act.at, sent_at, now)
            if isinstance(act, WalkIn):
                outcomes.append(_add(session, event, act, at, now, by))
            else:
                outcomes.append(_mark(session, event, act, at, now, by))
        return outcomes


@retried
def correct(
    registration_id: int,
    statuses: Mapping[date, Status],
    reason: str,
    now: datetime,
    by: int | None,
) -> int:
    """Write attendance as it really was, with the reason; return how many days changed.

    Days that are not the event's are left out. Each change stands in the audit trail.
    """
    with transaction() as session:
        person = lock_registration(session, registration_id)
        if person is None:
            return 0
        changed = 0
        for day in rules.days_of(person.event.when):
            row = _row(session, registration_id, day)
            old, new = row.status if row else "unmarked", statuses.get(day)
            if new is None or new == old:
                continue
            changed += 1
            # It counts whatever a helper's clock said.
            at = now if row is None else max(now, row.marked_at + timedelta(microseconds=1))
            act = Mark(f"desk-{token_hex(12)}", registration_id, day, new, at)
            write_mark(session, registration_id, act, at, now, by)
            record(
                session,
                by,
                "attendance_corrected",
                now,
                event_id=person.event_id,
                registration_id=registration_id,
                reason=reason,
                detail={"day": day.isoformat(), "from": old, "to": new},
            )
        return changed


@retried
def note_paid(
    event_id: int,
    numbers: Sequence[int],
    method: Method | None,
    cents: int | None,
    now: datetime,
    by: int | None,
) -> int:
    """Note that people paid their own contribution, or with `method` None that they did not.

    `cents` None: what the event asks for. Returns for how many it was news; raises EventNotFound.
    """
    with transaction() as session:
        event = lock_event(session, event_id)
        amount = cents or event.contribution_cents
        if method is not None and amount <= 0:
            return 0
        people = session.scalars(
            select(Registration.id)
            .where(Registration.event_id == event_id, Registration.id.in_(numbers))
            .order_by(Registration.id)
        ).all()
        paid = {
            row.registration_id: row
            for row in session.scalars(
                select(Contribution).where(Contribution.registration_id.in_(people))
            )
        }
        news = 0
        for number in people:
            news += _note_paid(session, event, number, paid.get(number), method, amount, now, by)
        return news


def _note_paid(
    session: Session,
    event: Event,
    number: int,
    row: Contribution | None,
    method: Method | None,
    cents: int,
    now: datetime,
    by: int | None,
) -> bool:
    if method is None:
        if row is None:
            return False
        session.delete(row)
    elif row is None:
        session.add(
            Contribution(
                registration_id=number, method=method, cents=cents, noted_at=now, organiser_id=by
            )
        )
    elif (row.method, row.cents) == (method, cents):
        return False
    else:
        row.method, row.cents, row.noted_at, row.organiser_id = method, cents, now, by
    record(
        session,
        by,
        "payment_removed" if method is None else "paid",
        now,
        event_id=event.id,
        registration_id=number,
        detail={} if method is None else {"method": method, "cents": cents},
    )
    return True


def _operations_seen(session: Session, operations: Sequence[str]) -> set[str]:
    """Return which of these acts reached us before."""
    marks = select(AttendanceMark.operation).where(AttendanceMark.operation.in_(operations))
    added = select(WalkInEntry.operation).where(WalkInEntry.operation.in_(operations))
    return set(session.scalars(union_all(marks, added)))


def _mark(
    session: Session, event: Event, act: Mark, at: datetime, now: datetime, by: int | None
) -> Outcome:
    number = _number_of(session, event, act.person)
    if number is None:
        return Outcome(act.operation, "gone")
    refusal = refusal_of(event, act.day)
    if refusal is not None:
        return Outcome(act.operation, refusal, number)
    counts = write_mark(session, number, act, at, now, by)
    if act.answers:
        answer_at_door(session, event, number, act.answers, replaces=counts)
    return Outcome(act.operation, "done" if counts else "older", number)


def _add(
    session: Session, event: Event, act: WalkIn, at: datetime, now: datetime, by: int | None
) -> Outcome:
    refusal = refusal_of(event, act.day)
    if refusal is not None:
        return Outcome(act.operation, refusal)
    if act.organisation_id is not None and not is_of_project(session, event, act.organisation_id):
        return Outcome(act.operation, "organisation")
    entry = SignUp(
        first_name=act.first_name,
        last_name=act.last_name,
        email="",
        # Nobody else's, so that two people of one name can come in.
        email_key=f"door-{act.operation}",
        phone="",
        organisation_id=act.organisation_id,
        other_organisation=act.other_organisation,
        member_organisation=act.member_organisation,
        role="other",
        language=act.language,
        photo_consent=None,
        nonce=act.operation,
        source="desk",
        over_capacity=True,
    )
    person, was_known = seat_at_door(session, event, entry, act.note, now, by)
    session.add(
        WalkInEntry(
            operation=act.operation,
            registration_id=person.id,
            is_new=not was_known,
            note=act.note,
            added_at=at,
            organiser_id=by,
        )
    )
    mark = Mark(act.operation, person.id, act.day, "present", act.at)
    write_mark(session, person.id, mark, at, now, by)
    return Outcome(act.operation, "merged" if was_known else "done", person.id)


def _number_of(session: Session, event: Event, person: int | str) -> int | None:
    """Return the registration meant: by its number, or by the act that added them at the door."""
    wanted = select(Registration.id).where(Registration.event_id == event.id)
    if isinstance(person, int):
        return session.scalar(wanted.where(Registration.id == person))
    added = select(WalkInEntry.registration_id).where(WalkInEntry.operation == person)
    return session.scalar(wanted.where(Registration.id.in_(added)))


def refusal_of(event: Event, day: date) -> Literal["closed", "day"] | None:
    """Return why nobody can be marked on this day: closed (draft or called off), or no such day."""
    if event.state != "published":
        return "closed"
    return None if day in rules.days_of(event.when) else "day"


def _row(session: Session, registration_id: int, day: date) -> Attendance | None:
    return session.scalar(
        select(Attendance).where(
            Attendance.registration_id == registration_id, Attendance.day == day
        )
    )


def write_mark(
    session: Session, number: int, act: Mark, at: datetime, now: datetime, by: int | None
) -> bool:
    """Note an act, and let it count unless a later one does already; say whether it counts."""
    session.add(
        AttendanceMark(
            operation=act.operation,
            registration_id=number,
            day=act.day,
            status=act.status,
            marked_at=at,
            received_at=now,
            organiser_id=by,
        )
    )
    row = _row(session, number, act.day)
    known = None if row is None else Known(row.marked_at, row.operation)
    if not rules.counts_over(Known(at, act.operation), known):
        return False
    if row is None:
        row = Attendance(registration_id=number, day=act.day)
        session.add(row)
    row.status, row.marked_at, row.organiser_id = act.status, at, by
    row.operation = act.operation
    session.flush()
    return True
