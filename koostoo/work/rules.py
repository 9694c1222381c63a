"""Decisions about long work: who may take it, whether it is still good; no clock, no database."""

from datetime import datetime, timedelta
from typing import Literal, get_args

from koostoo.base import keep

State = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
OPEN: tuple[State, ...] = ("queued", "running")
"""States in which something is still to be done."""

LEASE = timedelta(minutes=2)
"""How long a worker may be silent before another takes its work over; one piece takes seconds, a
document to print a minute at the very most."""
MOST_LOST = 3
"""After so many workers died over it the work itself may be to blame."""
KEPT = timedelta(days=keep.WORK_DAYS)
"""How long a result may be fetched."""
PATIENCE = timedelta(minutes=2)
"""Who has waited for so long to have it begun is told what may be the matter."""
REMEMBERED = timedelta(days=30)
"""How long a row tells that the work was asked for."""


def is_lost_for_good(state: str, attempts: int) -> bool:
    """Say whether work whose worker fell silent is given up instead of being taken again."""
    return state == "running" and attempts >= MOST_LOST


def is_good_for(
    state: str, fingerprint: str, expires_at: datetime | None, wanted: str, now: datetime
) -> bool:
    """Say whether somebody who asks now, for the state `wanted`, is served by this work.

    By what is still to be done, whatever it was asked for: it is made of what holds when it is
    done. By a result only while it may be fetched and nothing has changed since.
    """
    if state in OPEN:
        return True
    is_kept = expires_at is not None and now < expires_at
    return state == "done" and is_kept and fingerprint == wanted


def waits_long(state: str, created_at: datetime, now: datetime) -> bool:
    """Say whether nobody has begun it for a while: others come first, or no worker runs."""
    return state == "queued" and now >= created_at + PATIENCE


def may_fetch(state: str, expires_at: datetime | None, now: datetime) -> bool:
    """Say whether there is a result to take along."""
    return state == "done" and expires_at is not None and now < expires_at
