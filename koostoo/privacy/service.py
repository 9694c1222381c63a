"""Forgetting what need not be kept any longer; run daily by the worker, safe to run again.

The classes stand on the columns (`koostoo.base.keep`), the days in `rules`, the tables in `steps`.
What is due is counted first; then each event loses each kind in a transaction of its own, which
also writes down how much it was. Killed half-way, the next run finds the rest still due. A row
that lost its names still counts, and says nothing of a person.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from koostoo.base.database import db, transaction
from koostoo.base.retry import retried
from koostoo.privacy.models import Forgetting
from koostoo.privacy.retention import Planned, due
from koostoo.privacy.steps import STEPS, carry_out, lapsed, rows_of
from koostoo.registration.models import MailboxCalendar, Registration
from koostoo.roster.service import remove_unused_tags


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each kind went (`rules.Kind`): for the log, which tells numbers only."""

    answers: int = 0
    contacts: int = 0
    letters: int = 0
    people: int = 0
    files: int = 0
    security: int = 0

    def __str__(self) -> str:
        kinds = asdict(self).items()
        return ", ".join(f"{kind} {number}" for kind, number in kinds if number) or "nothing"


def forget(now: datetime) -> Forgotten:
    """Remove everything whose time is over at `now`."""
    session = db.session()
    session.rollback()
    wanted = due(session, now)
    session.rollback()
    done: Counter[str] = Counter()
    for one in wanted:
        if one.event_id is not None:
            done[one.kind] += _forget_of_event(one, now)
    done["security"] = _forget_the_rest(now)
    return Forgotten(**done)


@retried
def _forget_of_event(planned: Planned, now: datetime) -> int:
    with transaction() as session:
        number = sum(
            carry_out(session, step, planned.event_id or 0) for step in STEPS[planned.kind]
        )
        _write_down(session, planned, number, now)
        return number


@retried
def _forget_the_rest(now: datetime) -> int:
    """Remove what belongs to no event, and what nothing leads to any more."""
    with transaction() as session:
        number = sum(
            rows_of(session.execute(delete(table).where(where))) for table, where in lapsed(now)
        )
        # A tag of nobody goes too, for its name may tell much.
        remove_unused_tags(session)
        known = select(Registration.email_key)
        session.execute(delete(MailboxCalendar).where(MailboxCalendar.email_key.not_in(known)))
        _write_down(session, Planned(None, "security", None, None, 0), number, now)
        return number


def _write_down(session: Session, planned: Planned, number: int, now: datetime) -> None:
    if number:
        session.add(
            Forgetting(
                at=now,
                kind=planned.kind,
                project_id=planned.project_id,
                event_id=planned.event_id,
                number=number,
            )
        )
