"""How long the server takes over each page of the desk, with PEOPLE in the event it is about."""

import time
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from sqlalchemy import select
from werkzeug.routing import Rule

from benchmarks.load import Browser
from benchmarks.stage import FULL, PEOPLE
from benchmarks.table import Row, limit_row
from config import settings
from koostoo import create_app
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Organisation, Project
from koostoo.registration.models import Registration

LIMIT = 0.1
"""Seconds a page may take (a wish of the office: a desk that is never waited for)."""
VISITS = 7
LIST = f"/desk/events/{FULL}/registrations"
VARIANTS = (f"{LIST}?sort=organisation&page=80", f"{LIST}?sort=-signed_up", f"{LIST}?q=tamm")
"""Pages that are another thing to the database than their address alone."""
SLOWEST = 5
"""So many pages are named, the slowest first."""


def desk_rows(browser: Browser, engine: str, env: Mapping[str, str]) -> Iterator[Row]:
    """Visit every page of the desk there is, one after another; `browser` is signed in.

    Downloads and pages that lead on, such as one that asks about a letter that is not there, are
    left out: what is counted is a page that is shown.
    """
    found = sorted(
        (
            (_seconds(browser, path), path)
            for path in (*VARIANTS, *_pages(env))
            if _is_shown(browser, path)
        ),
        reverse=True,
    )
    for seconds, path in found[:SLOWEST]:
        yield limit_row(f"desk with {PEOPLE} people, {engine}: {path}", seconds, "s", LIMIT)
    within = sum(seconds < LIMIT for seconds, _path in found)
    name = f"desk, {engine}: pages beyond {LIMIT:g} s, of {len(found)}"
    yield limit_row(name, len(found) - within, "pages", 1)


def _is_shown(browser: Browser, path: str) -> bool:
    answer = browser.get(path)
    return answer.status == 200 and answer.body.lstrip()[:15].lower() == b"<!doctype html>"


def _seconds(browser: Browser, path: str) -> float:
    taken = []
    for _visit in range(VISITS):
        began = time.perf_counter()
        browser.get(path)
        taken.append(time.perf_counter() - began)
    return median(taken)


def _pages(env: Mapping[str, str]) -> list[str]:
    """Return the address of every page under /desk about the large event, or about none."""
    app = create_app(settings(env))
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == FULL)).one()
        person = select(Registration.id).where(Registration.event_id == event.id).limit(1)
        values = {
            "number": db.session.scalar(person),
            "project": db.session.scalar(select(Project.slug).limit(1)),
            "organisation": db.session.scalar(select(Organisation.slug).limit(1)),
        }
        db.session.remove()
        db.engine.dispose()
    adapter = app.url_map.bind("127.0.0.1")
    return sorted(
        {
            adapter.build(rule.endpoint, _filled(rule, values), append_unknown=False)
            for rule in app.url_map.iter_rules()
            if str(rule).startswith("/desk/")
            and "GET" in (rule.methods or ())
            and rule.arguments <= {"slug", "number"}
            and "signin" not in rule.endpoint
            # A file is no page: "attendance.pdf" of ten thousand people takes its time.
            and "." not in str(rule).rsplit("/", 1)[-1]
        }
    )


def _filled(rule: Rule, values: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(rule).split("/")[2]
    slug = {"projects": values["project"], "organisations": values["organisation"]}.get(kind, FULL)
    known = {"slug": slug, "number": values["number"]}
    return {name: known[name] for name in rule.arguments}
