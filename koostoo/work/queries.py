"""Reads about long work; each one query, but for the bytes."""

from collections.abc import Iterator, Sequence
from itertools import count

from sqlalchemy import select

from koostoo.base.database import db
from koostoo.work.models import Job, JobChunk

SHOWN = 5


def find_job(number: int, asked_by: int) -> Job | None:
    """Return work this organiser asked for, or None."""
    return db.session.scalar(select(Job).where(Job.id == number, Job.asked_by == asked_by))


def latest(asked_by: int, kind: str, project_id: int, event_id: int | None = None) -> Sequence[Job]:
    """Return what this organiser asked for lately about an event, or a whole project.

    The latest first.
    """
    return db.session.scalars(
        select(Job)
        .where(
            Job.asked_by == asked_by,
            Job.kind == kind,
            Job.project_id == project_id,
            Job.event_id.is_(None) if event_id is None else Job.event_id == event_id,
        )
        .order_by(Job.id.desc())
        .limit(SHOWN)
    ).all()


def read(number: int) -> Iterator[bytes]:
    """Give out the bytes of a result piece by piece, one in memory at a time.

    Each is read for itself: on a slow line a download takes long, and a read that lasted as long
    would keep the database from tidying up.
    """
    for position in count():
        piece = db.session.scalar(
            select(JobChunk.data).where(JobChunk.job_id == number, JobChunk.position == position)
        )
        db.session.rollback()
        if piece is None:
            return
        yield piece
