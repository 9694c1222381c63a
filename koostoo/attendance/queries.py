"""Reads about attendance: who is on the list of an event, who was there, who paid."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from koostoo.accounts.models import Organiser
from koostoo.attendance.models import Attendance, AttendeeImport, Contribution, WalkInEntry
from koostoo.base.database import db
from koostoo.base.text import fold
from koostoo.programme.models import Organisation
from koostoo.registration.models import Answer, Registration

_WAS_PRESENT = (
    select(Attendance.id)
    .where(Attendance.registration_id == Registration.id, Attendance.status == "present")
    .exists()
)
ON_LIST = or_(Registration.state == "confirmed", _WAS_PRESENT)
"""Who is expected, and whoever was there all the same: they cancelled and came."""


class Guest(NamedTuple):
    """Somebody on the list of an event: name and whom they come from, nothing else."""

    id: int
    first_name: str
    last_name: str
    organisation: str
    member_organisation: str
    state: str
    link_id: str

    @property
    def name(self) -> str:
        """First and last name as typed."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def comes_from(self) -> str:
        """The organisation they represent and the action group, as far as known."""
        return ", ".join(filter(None, (self.member_organisation, self.organisation)))


class Standing(NamedTuple):
    """What counts for a person on a day, who said so and when."""

    status: str
    marked_at: datetime
    by: str


class Paid(NamedTuple):
    """What somebody paid and how."""

    method: str
    cents: int


def guests(
    event_id: int,
    *,
    text: str = "",
    missing_on: date | None = None,
    never_there: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Guest]:
    """Return who is on the list, in Estonian order.

    `text` is looked for in names; `missing_on`: only who is not present that day; `never_there`:
    only who was present on no day.
    """
    wanted = _guests(event_id, text, missing_on, never_there=never_there)
    rows = db.session.execute(
        wanted.order_by(Registration.sort_key, Registration.id).limit(limit).offset(offset)
    )
    return [Guest._make(row) for row in rows]


def count_guests(event_id: int, *, text: str = "", missing_on: date | None = None) -> int:
    """Return how many `guests` would return without a limit."""
    conditions = _on_list(event_id, text, missing_on, never_there=False)
    return db.session.scalar(select(func.count(Registration.id)).where(*conditions)) or 0


def listed_after(
    event_id: int, whose: frozenset[int] | None, after: int, most: int
) -> Sequence[Registration]:
    """Return who is on the list, by their numbers, beginning after one of them.

    With their organisations; `whose` are those whose people are wanted; None: everybody's.
    """
    return db.session.scalars(
        select(Registration)
        .where(*_listed_of(event_id, whose), Registration.id > after)
        .options(joinedload(Registration.organisation))
        .order_by(Registration.id)
        .limit(most)
    ).all()


def count_listed(event_id: int, whose: frozenset[int] | None) -> int:
    """Return how many people are on the list; `whose` as in `listed_after`."""
    wanted = select(func.count(Registration.id)).where(*_listed_of(event_id, whose))
    return db.session.scalar(wanted) or 0


def _listed_of(event_id: int, whose: frozenset[int] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Registration.event_id == event_id, ON_LIST]
    if whose is not None:
        conditions.append(Registration.organisation_id.in_(whose))
    return conditions


def standings(
    event_id: int, people: Sequence[int] | None = None
) -> dict[int, dict[date, Standing]]:
    """Return what counts for each person of the event on each day, in one query.

    `people` None: for everybody. What was undone is left out: as if nobody had marked it.
    """
    conditions = [Registration.event_id == event_id, Attendance.status != "unmarked"]
    if people is not None:
        conditions.append(Registration.id.in_(people))
    rows = db.session.execute(
        select(
            Attendance.registration_id,
            Attendance.day,
            Attendance.status,
            Attendance.marked_at,
            func.coalesce(Organiser.email, ""),
        )
        .join(Registration, Registration.id == Attendance.registration_id)
        .outerjoin(Organiser, Organiser.id == Attendance.organiser_id)
        .where(*conditions)
    )
    found: dict[int, dict[date, Standing]] = {}
    for number, day, *rest in rows:
        found.setdefault(number, {})[day] = Standing._make(rest)
    return found


def was_taken(event_id: int) -> bool:
    """Tell whether anybody has marked anybody at all."""
    row = db.session.scalar(
        select(Attendance.id)
        .join(Registration, Registration.id == Attendance.registration_id)
        .where(Registration.event_id == event_id)
        .limit(1)
    )
    return row is not None


def walk_ins(event_id: int) -> dict[int, str]:
    """Return the notes about those who were first registered at the door, by their numbers."""
    rows = db.session.execute(
        select(WalkInEntry.registration_id, WalkInEntry.note)
        .join(Registration, Registration.id == WalkInEntry.registration_id)
        .where(Registration.event_id == event_id, WalkInEntry.is_new)
    )
    return {number: note for number, note in rows}  # noqa: C416 - rows are typed pairs


def payments(event_id: int, people: Sequence[int] | None = None) -> dict[int, Paid]:
    """Return what people of the event paid, these alone if given, by their numbers."""
    conditions = [Registration.event_id == event_id]
    if people is not None:
        conditions.append(Registration.id.in_(people))
    rows = db.session.execute(
        select(Contribution.registration_id, Contribution.method, Contribution.cents)
        .join(Registration, Registration.id == Contribution.registration_id)
        .where(*conditions)
    )
    return {number: Paid(method, cents) for number, method, cents in rows}


def answers_of(event_id: int, questions: Iterable[int]) -> dict[int, dict[int, Any]]:
    """Return the answers of the event's people to these questions, by person and question."""
    rows = db.session.execute(
        select(Answer.registration_id, Answer.question_id, Answer.value)
        .join(Registration, Registration.id == Answer.registration_id)
        .where(Registration.event_id == event_id, Answer.question_id.in_(list(questions)))
    )
    found: dict[int, dict[int, Any]] = {}
    for number, question_id, value in rows:
        found.setdefault(number, {})[question_id] = value
    return found


def links_of(event_id: int) -> Sequence[tuple[int, str]]:
    """Return number and link of everybody who ever signed up, those who come first."""
    rows = db.session.execute(
        select(Registration.id, Registration.link_id)
        .where(Registration.event_id == event_id)
        .order_by(Registration.state != "confirmed", Registration.id)
    )
    return [(number, link_id) for number, link_id in rows]


def find_list(event_id: int, key: str, now: datetime) -> AttendeeImport | None:
    """Return the list of this event that is being looked at; None once it has lapsed."""
    return db.session.scalar(
        select(AttendeeImport).where(
            AttendeeImport.event_id == event_id,
            AttendeeImport.key == key,
            AttendeeImport.expires_at > now,
        )
    )


def _on_list(
    event_id: int, text: str, missing_on: date | None, *, never_there: bool
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Registration.event_id == event_id, ON_LIST]
    conditions.extend(
        Registration.person_key.contains(word, autoescape=True) for word in fold(text).split()
    )
    if never_there:
        conditions.append(~_WAS_PRESENT)
    if missing_on is not None:
        on_day = and_(
            Attendance.registration_id == Registration.id,
            Attendance.day == missing_on,
            Attendance.status == "present",
        )
        conditions.append(~select(Attendance.id).where(on_day).exists())
    return conditions


def _guests(
    event_id: int, text: str, missing_on: date | None, *, never_there: bool
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Registration.id,
            Registration.first_name,
            Registration.last_name,
            func.coalesce(
                func.nullif(Organisation.short_name, ""),
                Organisation.name,
                Registration.other_organisation,
            ),
            Registration.member_organisation,
            Registration.state,
            Registration.link_id,
        )
        .outerjoin(Registration.organisation)
        .where(*_on_list(event_id, text, missing_on, never_there=never_there))
    )
