"""Use cases of whoever asks for long work: ask for it, stop it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.work.models import Job
from koostoo.work.rules import OPEN, is_good_for


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, plain values; an event, or a project and perhaps a period of days.

    `fingerprint` is that of the state the result would be made of now.
    """

    kind: str
    language: str
    fingerprint: str
    event_id: int | None = None
    project_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def about(self) -> str:
        """What it is in codes: the same for the same wish."""
        parts = (self.event_id, self.project_id, self.first_day, self.last_day, self.language)
        return " ".join([self.kind, *("-" if part is None else str(part) for part in parts)])


@retried
def ask_for(wish: Wish, now: datetime, by: int) -> int:
    """Have it done for the organiser `by`; return the number of the work.

    What they asked for already and is not done, or was made of the same state and may still be
    fetched, is not done again.
    """
    with transaction() as session:
        known = session.scalars(
            select(Job)
            .where(Job.asked_by == by, Job.about == wish.about)
            .order_by(Job.id.desc())
            .with_for_update()
        ).all()
        for job in known:
            if is_good_for(job.state, job.fingerprint, job.expires_at, wish.fingerprint, now):
                return job.id
        job = Job(
            kind=wish.kind,
            about=wish.about,
            event_id=wish.event_id,
            project_id=wish.project_id,
            first_day=wish.first_day,
            last_day=wish.last_day,
            language=wish.language,
            asked_by=by,
            created_at=now,
        )
        session.add(job)
        session.flush()
        return job.id


@retried
def stop(number: int, now: datetime) -> None:
    """Have it done no further; what is done, failed or gone stays as it is."""
    with transaction() as session:
        job = session.get(Job, number, with_for_update=True)
        if job is not None and job.state in OPEN:
            job.state, job.lease_until, job.finished_at = "cancelled", None, now
