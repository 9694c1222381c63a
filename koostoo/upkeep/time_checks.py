"""What the doctor asks about time: clocks, and when they change in Tallinn."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from koostoo.base.clock import ZONE
from koostoo.base.database import db
from koostoo.mail.check import Finding
from koostoo.upkeep import readiness

SUMMER, WINTER = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)
"""Instants at which the offset of Tallinn is known: three hours, two hours."""
SET_CLOCK = "Have it set over the network: apt install systemd-timesyncd; timedatectl set-ntp true."


def of_time(now: datetime) -> Iterator[Finding]:
    """Look at our clock, the database's, and the data about time zones."""
    yield Finding(True, f"It is {now.astimezone(ZONE):%d.%m.%Y %H:%M} in Tallinn; is it?")
    try:
        clock = readiness.clock(now)
        yield Finding(clock.fine, f"Clock: {clock.words}", "" if clock.fine else SET_CLOCK)
    except SQLAlchemyError:
        yield Finding(False, "The database does not tell what time it has")
    finally:
        db.session.rollback()
    yield zone()
    yield synchronised()


def zone() -> Finding:
    """Say whether the data about time zones know Tallinn and its summer time."""
    hours = [moment.astimezone(ZONE).utcoffset() for moment in (WINTER, SUMMER)]
    if hours == [timedelta(hours=2), timedelta(hours=3)]:
        return Finding(True, "The data about time zones know when clocks change in Tallinn")
    return Finding(
        False,
        "The data about time zones are wrong about Tallinn: hours in letters would be too",
        "apt install --reinstall tzdata",
    )


def synchronised() -> Finding:
    """Ask systemd whether the clock is set over the network."""
    program = shutil.which("timedatectl")
    answer = "" if program is None else _ask(program)
    if answer == "yes":
        return Finding(True, "The clock is set over the network")
    if answer == "no":
        return Finding(False, "The clock is not set over the network", SET_CLOCK, is_serious=False)
    return Finding(True, "Whether the clock is set over the network nobody here can tell")


def _ask(program: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed program, no shell
        [program, "show", "--property=NTPSynchronized", "--value"],
        capture_output=True, text=True, check=False, timeout=10,
    )  # fmt: skip
    return done.stdout.strip()
