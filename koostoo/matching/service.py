"""Use cases of matching: working out who counts as whom; deciding by hand, and undoing it.

Signing up knows nothing of this: registrations are matched when somebody looks at figures, and by
the worker. Working it out reads everything and writes only what differs, in a transaction of its
own that begins anew when something was decided meanwhile.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from koostoo.accounts.audit import Scope, record
from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.events.models import Event
from koostoo.matching.doubts import Pair, to_look_at
from koostoo.matching.models import CountedRegistration, MatchDecision, MatchedProject, MatchPair
from koostoo.matching.queries import (
    Counted,
    find_state,
    is_stale,
    latest_registration,
    read_project,
    register_stamp,
    standing_decisions,
)
from koostoo.matching.rules import (
    Subject,
    Verdict,
    companies,
    people,
)
from koostoo.programme.models import Activity, Project
from koostoo.registration.models import Registration

TRIES = 3
CHUNK = 500
LOOK_BACK = timedelta(minutes=10)
"""After so long it is noted that nothing has changed, so that nobody looks further back."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What matching found, and against which version of the project's state it was worked out."""

    version: int
    changed: dict[int, Counted]
    events: frozenset[int]
    """Whose people these are."""
    last_id: int
    registers: int
    pairs: dict[Subject, list[Pair]]


def match(project_id: int, now: datetime) -> int:
    """Match the registrations of a project anew where anything changed; raises Busy.

    Returns how many were written down.
    """
    for _try in range(TRIES):
        latest = latest_registration()
        if not is_stale(project_id):
            state = find_state(project_id)
            if state is not None and state.matched_at < now - LOOK_BACK:
                note_unchanged(project_id, state.version, latest, now)
            return 0
        plan = work_out(project_id)
        if note_matches(project_id, plan, now):
            return len(plan.changed)
    return 0


def match_all(now: datetime, *, anew: bool = False) -> int:
    """Match every project in which anything changed; with `anew` every one, whatever is known.

    Returns how many registrations were written down.
    """
    number = 0
    for project_id in db.session.scalars(select(Project.id)).all():
        if anew:
            note_matches(project_id, work_out(project_id), now)
        else:
            number += match(project_id, now)
    return number


def work_out(project_id: int) -> Plan:
    """Return as what each registration of the project counts, where that is not known yet."""
    state = find_state(project_id)
    version, registers = state.version if state else 0, register_stamp(project_id)
    latest = latest_registration()
    read = read_project(project_id)
    by_person = standing_decisions(project_id, "person")
    by_company = standing_decisions(project_id, "organisation")
    persons = people(read.sightings, by_person)
    members = companies(read.sightings, by_company)
    sectors: dict[int, str] = {}
    for one in read.sightings:
        if one.id in members:
            known = read.known.get(one.id)
            kept = known[1].sector if known and one.kept_company is not None else ""
            sector = kept or read.sectors.get(one.company, "")
            if not sectors.get(members[one.id]):
                sectors[members[one.id]] = sector
    changed = {}
    for one in read.sightings:
        member = members.get(one.id)
        found = Counted(
            persons[one.id],
            member,
            "" if member is None else sectors[member],
            read.revised[one.id],
        )
        if read.known.get(one.id) != (project_id, found):
            changed[one.id] = found
    return Plan(
        version,
        changed,
        frozenset(read.events[number] for number in changed),
        latest,
        registers,
        {
            "person": to_look_at(read.sightings, persons, by_person, "person"),
            "organisation": to_look_at(read.sightings, members, by_company, "organisation"),
        },
    )


@retried
def note_matches(project_id: int, plan: Plan, now: datetime) -> bool:
    """Write down what was worked out; False where it was overtaken by somebody else."""
    with transaction() as session:
        state = _locked_state(session, project_id, now)
        if state.version != plan.version:
            return False
        state.version += 1
        state.matched_at = now
        state.last_id, state.registers = plan.last_id, plan.registers
        state.doubtful_people = _count_doubtful(plan.pairs["person"])
        state.doubtful_companies = _count_doubtful(plan.pairs["organisation"])
        changed = list(plan.changed)
        for start in range(0, len(changed), CHUNK):
            numbers = changed[start : start + CHUNK]
            session.execute(
                delete(CountedRegistration).where(CountedRegistration.registration_id.in_(numbers))
            )
            rows = [
                {
                    "registration_id": number,
                    "project_id": project_id,
                    "matched_at": now,
                    **plan.changed[number]._asdict(),
                }
                for number in _there(session, numbers)
            ]
            if rows:
                session.execute(insert(CountedRegistration), rows)
        _keep_pairs(session, project_id, plan.pairs)
        if _went_away(session, project_id, plan.events):
            session.rollback()
            return False
        return True


def _went_away(session: Session, project_id: int, events: Collection[int]) -> bool:
    """Say whether one of these events belongs to another project by now.

    Asked after everything is written: the other may have matched its people meanwhile, and all
    people of an event must be matched in one.
    """
    wanted = (
        select(Event.id)
        .join(Event.activity)
        .where(Event.id.in_(events), Activity.project_id != project_id)
    )
    return session.scalar(wanted.limit(1)) is not None


def _keep_pairs(session: Session, project_id: int, pairs: Mapping[Subject, Sequence[Pair]]) -> None:
    """Replace the pairs that are kept of a project where others were found."""
    kept = session.execute(
        select(MatchPair.subject, MatchPair.doubt, MatchPair.first_id, MatchPair.second_id)
        .where(MatchPair.project_id == project_id)
        .order_by(MatchPair.id)
    ).all()
    there = _there(session, {one.first for ones in pairs.values() for one in ones}) | _there(
        session, {one.second for ones in pairs.values() for one in ones}
    )
    found = [
        (subject, *one)
        for subject, ones in pairs.items()
        for one in ones
        if {one.first, one.second} <= there
    ]
    if [tuple(row) for row in kept] == found:
        return
    session.execute(delete(MatchPair).where(MatchPair.project_id == project_id))
    columns = ("subject", "doubt", "first_id", "second_id")
    rows = [{"project_id": project_id, **dict(zip(columns, one, strict=True))} for one in found]
    if rows:
        session.execute(insert(MatchPair), rows)


def _there(session: Session, numbers: Collection[int]) -> set[int]:
    """Return those registrations that are still there: an event may be deleted meanwhile."""
    found: set[int] = set()
    wanted = sorted(numbers)
    for start in range(0, len(wanted), CHUNK):
        some = Registration.id.in_(wanted[start : start + CHUNK])
        found.update(session.scalars(select(Registration.id).where(some)))
    return found


def _count_doubtful(pairs: Sequence[Pair]) -> int:
    return sum(one.doubt != "joined" for one in pairs)


@retried
def note_unchanged(project_id: int, version: int, latest: int, now: datetime) -> None:
    """Note that nothing had changed at `now` in what was matched at this version.

    `latest` is the greatest number of a registration there was before anybody looked.
    """
    with transaction() as session:
        state = _locked_state(session, project_id, now)
        if state.version == version:
            state.matched_at = now
            state.last_id = max(state.last_id, latest)


@retried
def decide_match(
    project_id: int,
    subject: Subject,
    verdict: Verdict,
    pair: tuple[int, int],
    now: datetime,
    by: int | None,
) -> None:
    """Decide that two registrations are of one person or organisation, or of two.

    A decision about the same two that stands is replaced. Raises LookupError where they are not
    two registrations of the project.
    """
    with transaction() as session:
        state = _locked_state(session, project_id, now)
        first, second = sorted(pair)
        found = session.scalars(
            select(Registration.id)
            .join(Registration.event)
            .join(Event.activity)
            .where(Registration.id.in_([first, second]), Activity.project_id == project_id)
        ).all()
        if len(found) != 2:
            raise LookupError(pair)
        before = session.scalars(
            select(MatchDecision).where(
                MatchDecision.subject == subject,
                MatchDecision.first_id == first,
                MatchDecision.second_id == second,
                MatchDecision.undone_at.is_(None),
            )
        ).one_or_none()
        if before is not None:
            if before.verdict == verdict:
                return
            before.undone_at = now
            session.flush()
        session.add(
            MatchDecision(
                project_id=project_id,
                subject=subject,
                verdict=verdict,
                first_id=first,
                second_id=second,
                decided_at=now,
                organiser_id=by,
            )
        )
        _changed(session, state)
        detail = {"subject": subject, "verdict": verdict, "first": first, "second": second}
        record(session, by, "matched", now, scope=Scope(project_id), detail=detail)


@retried
def undo_decision(project_id: int, number: int, now: datetime, by: int | None) -> bool:
    """Undo a decision: the rule alone counts again. False where it was undone before.

    Raises LookupError where the project has no such decision.
    """
    with transaction() as session:
        state = _locked_state(session, project_id, now)
        row = session.get(MatchDecision, number)
        if row is None or row.project_id != project_id:
            raise LookupError(number)
        if row.undone_at is not None:
            return False
        row.undone_at = now
        _changed(session, state)
        detail = {
            "subject": row.subject,
            "verdict": row.verdict,
            "first": row.first_id,
            "second": row.second_id,
        }
        record(session, by, "match_undone", now, scope=Scope(project_id), detail=detail)
        return True


def _locked_state(session: Session, project_id: int, now: datetime) -> MatchedProject:
    state = session.get(MatchedProject, project_id, with_for_update=True)
    if state is None:
        state = MatchedProject(project_id=project_id, version=0, matched_at=now, registers=-1)
        session.add(state)
        session.flush()
    return state


def _changed(session: Session, state: MatchedProject) -> None:
    """Let the project be matched anew by whoever looks next."""
    state.version += 1
    # No register has this number of versions.
    state.registers = -1
    session.flush()
