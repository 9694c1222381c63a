"""The post: how many letters a second one worker writes and hands to a local mail server."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from sqlalchemy import select

from benchmarks.server import ROOT
from benchmarks.sink import sink
from benchmarks.stage import FULL, set_stage
from benchmarks.table import Row, least_row
from config import settings
from koostoo import create_app
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.registration.letters import notify_all

LETTERS = 300
LEAST = 100


def post_rows(engine: str, env: Mapping[str, str], log: Path, rounds: int) -> Iterator[Row]:
    """Fill a database, write confirmations with invites, let one worker deliver them."""
    set_stage(env, people=LETTERS)
    rates, spent = [], []
    for _ in range(rounds):
        _write_letters(env)
        rate, cpu = _deliver(env, log)
        rates.append(rate)
        spent.append(cpu)
    name = f"letters delivered by one worker, {engine}"
    yield least_row(name, median(rates), "/s", LEAST, median(spent))


def _write_letters(env: Mapping[str, str]) -> None:
    """Put a confirmation into the outbox for everybody of the large event."""
    app = create_app(settings(env))
    with app.app_context():
        with transaction() as session:
            event = session.scalars(select(Event).where(Event.slug == FULL)).one()
            told = notify_all(session, event, "confirmed", now())
        assert told == LETTERS, told
        db.session.remove()
        db.engine.dispose()


def _deliver(env: Mapping[str, str], log: Path) -> tuple[float, float]:
    """Return letters a second from the first to the last, and processor time of each."""
    used = _children_seconds()
    with sink() as server, log.open("ab") as output:
        subprocess.run(
            [sys.executable, "-m", "flask", "worker", "--once"],
            cwd=ROOT,
            env={
                **os.environ,
                **env,
                "MAIL_TRANSPORT": "smtp",
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_PORT": str(server.port),
            },
            stdout=output,
            stderr=output,
            check=True,
        )
        assert len(server.times) == LETTERS, len(server.times)
        seconds = server.times[-1] - server.times[0]
    return (LETTERS - 1) / seconds, (_children_seconds() - used) / LETTERS


def _children_seconds() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
