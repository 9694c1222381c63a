"""The page of indicators of a project with EVENTS events and PEOPLE registrations."""

import random
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert, select, text

from benchmarks import visits
from benchmarks.desk import invite, sign_in
from benchmarks.load import Browser
from benchmarks.server import serve
from benchmarks.stage import FIRST_NAMES, FULL, LAST_NAMES, set_stage
from benchmarks.table import Row, limit_row
from config import settings
from koostoo import create_app
from koostoo.attendance.models import Attendance
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.text import email_key, person_key, person_sort_key
from koostoo.events.models import Event
from koostoo.matching.service import match
from koostoo.programme.models import Activity, Organisation, Project
from koostoo.registration.models import ROLES, Registration

EVENTS, REGISTRATIONS = 200, 100_000
PERSONS, COMPANIES = 20_000, 500
PRESENT = 0.85
LIMIT = 0.3
"""Seconds the page may take."""
VISITS = 7
CHUNK = 5_000


def indicator_rows(name: str, env: Mapping[str, str], log: Path) -> Iterator[Row]:
    """Fill a fresh database, serve it, visit the page broken down in each way."""
    set_stage(env, people=1)
    slug, seconds = fill(env, EVENTS, REGISTRATIONS)
    yield limit_row(
        f"matching {REGISTRATIONS} registrations for the first time on {name}", seconds, "s"
    )
    page = f"/desk/projects/{slug}/indicators"
    port = urlsplit(env["BASE_URL"]).port or 0
    with serve("app:app", env, log, port, visits.EVENT_PAGE) as server:
        browser = Browser(server, {})
        sign_in(browser, invite(env))
        began = time.perf_counter()
        visits.expect(browser.get(page), 200)
        first = time.perf_counter() - began
        yield limit_row(f"indicators, everything added up anew, on {name}", first, "s")
        for by in ("activity", "organisation", "role"):
            taken = []
            for _visit in range(VISITS):
                began = time.perf_counter()
                visits.expect(browser.get(f"{page}?by={by}"), 200)
                taken.append(time.perf_counter() - began)
            about = f"indicators by {by}, {EVENTS} events, {REGISTRATIONS} registrations on {name}"
            yield limit_row(about, median(taken), "s", LIMIT)
        browser.close()


def fill(env: Mapping[str, str], events: int, registrations: int) -> tuple[str, float]:
    """Add so many past events with people; return the project and how long matching them took."""
    app = create_app(settings(env))
    moment = now()
    with app.app_context():
        with transaction() as session:
            source = session.scalars(select(Event).where(Event.slug == FULL)).one()
            project = session.get_one(Project, source.activity.project_id)
            slug, project_id = project.slug, project.id
            activities = session.scalars(
                select(Activity.id).where(Activity.project_id == project_id)
            ).all()
            organisations = session.scalars(select(Organisation.id)).all()
            columns = {
                column.name: getattr(source, column.name)
                for column in Event.__table__.columns
                if column.name not in ("id", "starts_at", "ends_at", "day_hours")
            }
            made = []
            for number in range(events):
                day = local_day(moment) - timedelta(days=number * 3 + 1)
                made.append(
                    columns
                    | {
                        "slug": f"moodetud-{number}",
                        "uid": f"moodetud-{number}@example.org",
                        "activity_id": activities[number % len(activities)],
                        "mode": ("onsite", "online", "hybrid")[number % 3],
                        "date_kind": "days",
                        "starts_on": day,
                        "ends_on": day,
                        # Long ago, as nearly all of so many are.
                        "revised_at": moment - timedelta(days=30),
                    }
                )
            session.execute(insert(Event), made)
            numbers = session.execute(
                select(Event.id, Event.starts_on).where(
                    Event.slug.like("moodetud-%"), Event.date_kind == "days"
                )
            ).all()
            _add_people(
                session, [tuple(row) for row in numbers], organisations, registrations, moment
            )
        began = time.perf_counter()
        match(project_id, now() - timedelta(hours=1))
        seconds = time.perf_counter() - began
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            # Else it would tidy up by itself, in the middle of the measurement.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        db.engine.dispose()
    return slug, seconds


def _add_people(
    session: Any, events: list[Any], organisations: Any, registrations: int, moment: datetime
) -> None:
    chance = random.Random(1)  # noqa: S311 - the same people in every run
    each = registrations // len(events)
    persons = range(max(each, registrations * PERSONS // REGISTRATIONS))
    rows: list[dict[str, Any]] = []
    for event_id, _day in events:
        rows += [
            _person(event_id, number, organisations, moment)
            for number in chance.sample(persons, each)
        ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Registration), rows[start : start + CHUNK])
    days = dict(events)
    there = session.execute(
        select(Registration.id, Registration.event_id).where(Registration.event_id.in_(days))
    ).all()
    marks = [
        {
            "registration_id": number,
            "day": days[event_id],
            "status": "present" if chance.random() < PRESENT else "absent",
            "marked_at": moment,
            "operation": f"bench-{number}",
        }
        for number, event_id in there
    ]
    for start in range(0, len(marks), CHUNK):
        session.execute(insert(Attendance), marks[start : start + CHUNK])


def _person(event_id: int, number: int, organisations: Any, moment: datetime) -> dict[str, Any]:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = f"{LAST_NAMES[number // 7 % len(LAST_NAMES)]}{number}"
    address = f"osaleja{number}@example.org"
    return {
        "event_id": event_id,
        "state": "confirmed",
        "first_name": first,
        "last_name": last,
        "person_key": person_key(first, last),
        "sort_key": person_sort_key(first, last),
        "search_key": f"{first} {last} {address}",
        "email": address,
        "email_key": email_key(address),
        "phone": f"+37255{number:06}",
        "organisation_id": organisations[number % len(organisations)],
        "member_organisation": f"MTÜ Näidise küla selts {number % COMPANIES}",
        "role": ROLES[number % len(ROLES)],
        "language": "et",
        "privacy_accepted_at": moment,
        "source": "form",
        "queued_at": moment,
        "created_at": moment,
        "revised_at": moment - timedelta(days=30),
        "link_id": token_hex(6),
        "form_nonce": token_hex(12),
        "uid": f"registration-{token_hex(12)}@example.org",
    }
