"""Reads for matching: what tells who somebody is, what was decided, what has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.matching.doubts import Pair
from koostoo.matching.models import CountedRegistration, MatchDecision, MatchedProject, MatchPair
from koostoo.matching.rules import Decision, Sighting, Subject, company_keys, person_name
from koostoo.programme.models import Activity, MemberOrganisation, Organisation, Partner
from koostoo.registration.models import Registration

OVERLAP = timedelta(minutes=1)
"""A change may be committed so long after the moment it is dated at: use cases end within some
eight seconds, and clocks of hosts differ by less than the rest."""
FORGOTTEN = "forgotten-"
"""How the address of somebody begins whose contacts were forgotten (`privacy.service`)."""


class Counted(NamedTuple):
    """As what a registration counts; see `CountedRegistration`."""

    person_id: int
    member_id: int | None
    sector: str
    revised_at: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """All that matching needs of a project, read at once."""

    sightings: list[Sighting]
    known: dict[int, tuple[int, Counted]]
    """What stands there, with the project it was matched in."""
    revised: dict[int, datetime]
    events: dict[int, int]
    sectors: dict[str, str]
    """By the name of an organisation without its legal form."""


def read_project(project_id: int) -> Read:
    """Return the registrations of a project as matching sees them, in two queries."""
    counted = CountedRegistration
    rows = db.session.execute(
        select(
            Registration.id,
            Registration.event_id,
            Registration.person_key,
            Registration.email,
            Registration.email_key,
            Registration.member_organisation,
            Registration.other_organisation,
            Registration.revised_at,
            counted.project_id,
            counted.person_id,
            counted.member_id,
            counted.sector,
            counted.revised_at,
        )
        .join(Registration.event)
        .join(Event.activity)
        .outerjoin(counted, counted.registration_id == Registration.id)
        .where(Activity.project_id == project_id)
        .order_by(Registration.id)
    )
    sightings, known, revised, events = [], {}, {}, {}
    keys: dict[str, tuple[str, str]] = {}
    for number, event_id, key, email, email_key, member, other, at, matched_in, *as_what in rows:
        represents = member or other
        if represents not in keys:
            keys[represents] = company_keys(represents)
        kept_person = kept_company = None
        if matched_in == project_id:
            if email_key.startswith(FORGOTTEN):
                kept_person = as_what[0]
            if not key:
                kept_company = as_what[1]
        sightings.append(
            Sighting(
                number,
                person_name(key),
                email_key if email else "",
                *keys[represents],
                kept_person,
                kept_company,
            )
        )
        if matched_in is not None:
            known[number] = (matched_in, Counted(*as_what))
        revised[number] = at
        events[number] = event_id
    return Read(sightings, known, revised, events, _sectors(project_id))


def _sectors(project_id: int) -> dict[str, str]:
    rows = db.session.execute(
        select(MemberOrganisation.bare_name_key, MemberOrganisation.sector)
        .join(Partner, Partner.organisation_id == MemberOrganisation.organisation_id)
        .where(Partner.project_id == project_id, MemberOrganisation.sector != "")
        .order_by(MemberOrganisation.id.desc())
    )
    return {key: sector for key, sector in rows}  # noqa: C416 - rows are typed pairs


def register_stamp(project_id: int) -> int:
    """Return a number that grows whenever the register of a partner changes."""
    return (
        db.session.scalar(
            select(func.sum(Organisation.register_version))
            .join(Partner, Partner.organisation_id == Organisation.id)
            .where(Partner.project_id == project_id)
        )
        or 0
    )


def find_state(project_id: int) -> MatchedProject | None:
    """Return how far a project is matched; None: never."""
    return db.session.get(MatchedProject, project_id)


def standing_decisions(project_id: int, subject: Subject) -> list[Decision]:
    """Return what was decided by hand and not undone, the oldest first."""
    rows = db.session.scalars(
        select(MatchDecision)
        .where(
            MatchDecision.project_id == project_id,
            MatchDecision.subject == subject,
            MatchDecision.undone_at.is_(None),
        )
        .order_by(MatchDecision.id)
    )
    return [Decision(row.id, row.first_id, row.second_id, row.verdict) for row in rows]  # type: ignore[arg-type]  # the CHECK of the table keeps it


def latest_registration() -> int:
    """Return the greatest number of a registration there is."""
    return db.session.scalar(select(func.max(Registration.id))) or 0


def is_stale(project_id: int) -> bool:
    """Say whether anything changed since the project was matched; three queries.

    Looked at are new rows and those revised lately: whoever changes a name, an address or whom
    somebody represents dates the registration anew. After many came at once these are many, so
    only what differs is followed to its event.
    """
    state = find_state(project_id)
    if state is None or state.registers != register_stamp(project_id):
        return True
    since = state.matched_at - OVERLAP
    return bool(
        db.session.scalar(
            select(
                or_(
                    _has_other(project_id, Registration.id > state.last_id),
                    _has_other(project_id, Registration.revised_at >= since),
                    _has_come(project_id, since),
                )
            )
        )
    )


def _has_other(project_id: int, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say whether one of these registrations of the project is not as it was matched.

    They are read by the index of the condition and compared before anything else is joined.
    """
    counted = CountedRegistration
    other = (
        select(Registration.event_id)
        .outerjoin(counted, counted.registration_id == Registration.id)
        .where(
            condition,
            or_(
                counted.registration_id.is_(None),
                counted.revised_at != Registration.revised_at,
            ),
        )
        .cte()
        .prefix_with("MATERIALIZED")
    )
    return (
        select(other.c.event_id)
        .join(Event, Event.id == other.c.event_id)
        .join(Event.activity)
        .where(Activity.project_id == project_id)
        .exists()
    )


def _has_come(project_id: int, since: datetime) -> ColumnElement[bool]:
    """Say whether an event came from another project: it was revised then.

    One of its people tells it of all: they are matched together, or not at all.
    """
    counted = CountedRegistration
    matched_in = (
        select(func.coalesce(counted.project_id, 0))
        .select_from(Registration)
        .outerjoin(counted, counted.registration_id == Registration.id)
        .where(Registration.event_id == Event.id)
        # Any would do; in an order PostgreSQL finds one in the index of it, and none as well.
        .order_by(Registration.revised_at)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Event.id)
        .join(Event.activity)
        .where(
            Activity.project_id == project_id, Event.revised_at >= since, matched_in != project_id
        )
        .exists()
    )


# --- What a manager looks at ------------------------------------------------------


def doubtful_pairs(project_id: int, subject: Subject, most: int, offset: int = 0) -> list[Pair]:
    """Return what was doubtful at the last match, a page of it."""
    return _pairs(MatchPair.doubt != "joined", project_id, subject, most, offset)


def count_doubtful(project_id: int, subject: Subject) -> int:
    """Return how many pairs were doubtful at the last match."""
    return (
        db.session.scalar(
            select(func.count()).where(
                MatchPair.project_id == project_id,
                MatchPair.subject == subject,
                MatchPair.doubt != "joined",
            )
        )
        or 0
    )


def joined_pairs(project_id: int, subject: Subject, most: int) -> list[Pair]:
    """Return what the last match joined although something differs, at most so many."""
    return _pairs(MatchPair.doubt == "joined", project_id, subject, most)


def _pairs(
    which: ColumnElement[bool], project_id: int, subject: Subject, most: int, offset: int = 0
) -> list[Pair]:
    rows = db.session.execute(
        select(MatchPair.doubt, MatchPair.first_id, MatchPair.second_id)
        .where(MatchPair.project_id == project_id, MatchPair.subject == subject, which)
        .order_by(MatchPair.id)
        .limit(most)
        .offset(offset)
    )
    return [Pair._make(row) for row in rows]


def shown(numbers: Sequence[int]) -> dict[int, Registration]:
    """Return the registrations of pairs with their events, by number."""
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(numbers))
        .options(joinedload(Registration.event), joinedload(Registration.organisation))
    )
    return {row.id: row for row in rows}


def history(project_id: int, subject: Subject, limit: int) -> Sequence[MatchDecision]:
    """Return what was decided by hand, undone or not, the latest first."""
    return db.session.scalars(
        select(MatchDecision)
        .where(MatchDecision.project_id == project_id, MatchDecision.subject == subject)
        .options(
            joinedload(MatchDecision.first),
            joinedload(MatchDecision.second),
            joinedload(MatchDecision.organiser),
        )
        .order_by(MatchDecision.id.desc())
        .limit(limit)
    ).all()
