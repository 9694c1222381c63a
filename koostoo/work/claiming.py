"""What a worker does with long work: take it, tell how far it is, hand the result in.

Taken in one transaction, done outside any, told in others: a worker that dies leaves a lease that
runs out, and another begins anew. Each step says which claim it speaks for; one that ran out, or
work that was stopped meanwhile, is told by `Lost`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.work.models import IS_OPEN, Job, JobChunk
from koostoo.work.rules import KEPT, LEASE, is_lost_for_good

LOST = "lost"


class Lost(Exception):
    """The claim holds no longer: the work was stopped, or somebody else has it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a piece of work, with what it is; `attempt` is counted from 1."""

    id: int
    attempt: int
    kind: str
    language: str
    event_id: int | None
    project_id: int | None
    first_day: date | None
    last_day: date | None


class Made(NamedTuple):
    """A result: its name, size, SHA-256; of which state it is; how many people are in it."""

    name: str
    size: int
    digest: str
    fingerprint: str
    rows: int


def is_due(now: datetime) -> bool:
    """Look before taking the write lock: an idle worker must not hinder those who sign up."""
    session = db.session()
    session.rollback()
    try:
        return session.scalar(_due(now)) is not None
    finally:
        session.rollback()


@retried
def claim(now: datetime) -> Claim | None:
    """Take what was asked for first and nobody does; None when there is nothing.

    PostgreSQL: rows other workers hold are skipped. Work over which too many workers died fails.
    """
    with transaction() as session:
        while True:
            job = session.scalar(_due(now).with_for_update(skip_locked=True))
            if job is None:
                return None
            if not is_lost_for_good(job.state, job.attempts):
                break
            _end(job, "failed", now, LOST)
            session.flush()
        # What a worker that died had handed in.
        session.execute(delete(JobChunk).where(JobChunk.job_id == job.id))
        job.state, job.attempts, job.lease_until = "running", job.attempts + 1, now + LEASE
        job.started_at, job.done, job.total = now, 0, 0
        return Claim(
            job.id,
            job.attempts,
            job.kind,
            job.language,
            job.event_id,
            job.project_id,
            job.first_day,
            job.last_day,
        )


@retried
def report(taken: Claim, done: int, total: int, now: datetime) -> None:
    """Say how far it is; the lease begins anew. Raises Lost."""
    with transaction() as session:
        job = _held(session, taken)
        job.done, job.total, job.lease_until = done, total, now + LEASE


@retried
def hand_in(taken: Claim, position: int, pieces: Sequence[bytes], now: datetime) -> None:
    """Keep pieces of the result, the first of them at `position`; raises Lost.

    A few at a time: a large result would hold the write lock for as long as it takes to write.
    """
    with transaction() as session:
        _held(session, taken).lease_until = now + LEASE
        for place, data in enumerate(pieces, start=position):
            session.add(JobChunk(job_id=taken.id, position=place, data=data))


@retried
def finish(taken: Claim, made: Made, now: datetime) -> None:
    """All is handed in: it may be fetched from now on; raises Lost."""
    with transaction() as session:
        job = _held(session, taken)
        _end(job, "done", now)
        job.done = job.total
        job.name, job.size, job.digest, job.fingerprint, job.rows = made
        job.expires_at = now + KEPT


@retried
def fail(taken: Claim, reason: str, now: datetime) -> None:
    """It cannot be done, for a reason the page has words for; raises Lost."""
    with transaction() as session:
        _end(_held(session, taken), "failed", now, reason)
        session.execute(delete(JobChunk).where(JobChunk.job_id == taken.id))


@retried
def put_back(taken: Claim) -> None:
    """The worker is told to end: let another one begin at once. Raises Lost."""
    with transaction() as session:
        job = _held(session, taken)
        job.state, job.lease_until, job.attempts = "queued", None, job.attempts - 1


def _due(now: datetime) -> Select[Job]:
    # In the words of the index of what is open.
    return (
        select(Job)
        .where(IS_OPEN, or_(Job.state == "queued", Job.lease_until <= now))
        .order_by(Job.id)
        .limit(1)
    )


def _held(session: Session, taken: Claim) -> Job:
    job = session.get(Job, taken.id, with_for_update=True)
    if job is None or (job.state, job.attempts) != ("running", taken.attempt):
        raise Lost(taken.id)
    return job


def _end(job: Job, state: str, now: datetime, reason: str = "") -> None:
    job.state, job.reason, job.lease_until, job.finished_at = state, reason, None, now
