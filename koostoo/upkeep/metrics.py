"""Numbers for Prometheus, counted from the database when they are asked for.

The worker hands them out on a port of their own, with what the web processes of this host have
counted. Names of pages, states and kinds only: no path, no address, nothing of a person.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask import Flask, current_app
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute

from koostoo.base import clock
from koostoo.base.database import db, let_go
from koostoo.mail import health
from koostoo.mail.models import MAIL_STATES, OutboxMessage
from koostoo.registration.models import STATES, Registration
from koostoo.upkeep import readiness
from koostoo.upkeep.models import WorkerBeat
from koostoo.work.models import Job
from koostoo.work.rules import STATES as JOB_STATES

logger = logging.getLogger(__name__)
FOLDER = "metrics"
"""In the instance folder: the counts of the web processes (see deploy/gunicorn.conf.py)."""


@contextmanager
def metrics_served(app: Flask) -> Iterator[None]:
    """Hand out the numbers, where METRICS_PORT is set, until the block ends.

    Where the port is taken, nothing is handed out and the worker works all the same.
    """
    port, registry = app.config["METRICS_PORT"], CollectorRegistry()
    registry.register(Numbers(app))
    try:
        served = start_http_server(port, app.config["METRICS_BIND"], registry) if port else None
    except OSError as error:
        served = None
        logger.error("no numbers are handed out at port %s: %s", port, error.strerror)  # noqa: TRY400
    try:
        yield
    finally:
        if served is not None:
            server, thread = served
            server.shutdown()
            server.server_close()
            thread.join()


class Numbers(Collector):
    """Everything that is handed out; never raises, a database that is away is a number too."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Count anew."""
        with self._app.app_context():
            try:
                yield from of_database(clock.now())
                is_up = True
            except SQLAlchemyError:
                is_up = False
            finally:
                let_go()
            yield _one("koostoo_database_up", "Whether the database answers.", is_up)
            yield _checks(clock.now())
            let_go()
            yield from of_web_processes()


def of_database(now: datetime) -> Iterator[Metric]:
    """Count rows; raises what the database does."""
    for name, words, column, states in (
        ("koostoo_letters", "Letters of the outbox.", OutboxMessage.state, MAIL_STATES),
        ("koostoo_registrations", "Registrations.", Registration.state, STATES),
        ("koostoo_jobs", "Long work asked for.", Job.state, JOB_STATES),
    ):
        yield _by_state(name, words, column, states)
    waiting = health.look(now)
    age = (now - waiting.since).total_seconds() if waiting.since else 0
    yield _one("koostoo_letters_oldest_due_seconds", "How long the oldest due one waits.", age)
    beats = db.session.scalars(select(WorkerBeat.beat_at)).all()
    yield _one("koostoo_workers", "Worker processes that did not say good-bye.", len(beats))
    if beats:
        silent = (now - max(beats)).total_seconds()
        yield _one("koostoo_worker_silent_seconds", "Since the last sign of life.", silent)
    yield _one("koostoo_database_bytes", "Size of the database.", _size())


def of_web_processes() -> Iterator[Metric]:
    """Add up what the web processes of this host have written down since they started."""
    folder = Path(current_app.config["INSTANCE_PATH"]) / FOLDER
    if folder.is_dir():
        yield from MultiProcessCollector(CollectorRegistry(), path=str(folder)).collect()


def _checks(now: datetime) -> Metric:
    family = GaugeMetricFamily(
        "koostoo_check", "Whether each check of /readyz is fine (1) or not (0).", labels=["check"]
    )
    for check in readiness.look(now):
        family.add_metric([check.name], check.fine)
    return family


def _by_state(
    name: str, words: str, column: InstrumentedAttribute[str], states: tuple[str, ...]
) -> Metric:
    counted = {
        str(state): int(number)
        for state, number in db.session.execute(select(column, func.count()).group_by(column))
    }
    family = GaugeMetricFamily(name, f"{words} By state.", labels=["state"])
    for state in states:
        family.add_metric([state], counted.get(state, 0))
    return family


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _size() -> int:
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages = int(db.session.scalar(text("PRAGMA page_count")) or 0)
    return pages * int(db.session.scalar(text("PRAGMA page_size")) or 0)
