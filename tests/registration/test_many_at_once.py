"""Many at once over HTTP, two web processes: what everybody was told holds together."""

import time
from collections import Counter
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from benchmarks import visits
from benchmarks.desk import invite, sign_in
from benchmarks.load import Browser
from benchmarks.server import Server, serve
from benchmarks.stage import RUSH, set_stage
from config import settings
from koostoo import create_app
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Quota
from koostoo.programme.models import Partner
from tests.registration.checker import violations
from tests.registration.ending import look_at_the_end
from tests.registration.history import Entry, History, Plan, read
from tests.registration.operations import MEMBER, ORGANISER, Board, Client, act, run_all

MEMBERS, ORGANISERS, STEPS, SECONDS = 8, 2, 25, 10.0
CAPACITY, PROMISED, STOP_SEATS = 12, 2, 4


def set_up_event(env: dict[str, str]) -> Board:
    """Fill a database; in the event of the rush promise seats and give one stop only a few."""
    set_stage(env, people=1)
    app = create_app(settings(env))
    with app.app_context():
        with transaction() as session:
            event = session.scalars(select(Event).where(Event.slug == RUSH)).one()
            event.capacity, event.allows_others = CAPACITY, True
            event.summary = LocalText("Kes jõuab.", "Whoever comes.")
            event.contact_email = "korraldaja@example.org"
            first, second = session.scalars(
                select(Partner.organisation_id)
                .where(Partner.project_id == event.activity.project_id)
                .order_by(Partner.id)
                .limit(2)
            )
            session.add(Quota(event_id=event.id, organisation_id=first, seats=PROMISED))
            question = event.questions[0]
            few, many = question.options
            few.seats = STOP_SEATS
            board = Board(
                Plan(CAPACITY, str(first), PROMISED, few.id, STOP_SEATS),
                (str(first), str(second), "other"),
                question.id,
                (few.id, many.id),
            )
        db.session.remove()
        db.engine.dispose()
    return board


def mix(server: Server, env: dict[str, str], board: Board, folder: Path) -> list[Entry]:
    """Let everybody do something for a while; return what they wrote down."""
    logs = [folder / f"client-{number}.jsonl" for number in range(MEMBERS + ORGANISERS)]
    browsers = [Browser(server) for _ in logs]
    clients = [
        Client(browser, board, number, log)
        for number, (browser, log) in enumerate(zip(browsers, logs, strict=True))
    ]
    try:
        for browser in browsers[MEMBERS:]:
            sign_in(browser, invite(env))
        until = time.monotonic() + SECONDS
        run_all(
            partial(act, client, MEMBER if number < MEMBERS else ORGANISER, STEPS, until)
            for number, client in enumerate(clients)
        )
    finally:
        for browser in browsers:
            browser.close()
    return read(logs)


@pytest.mark.slow
def test_whatever_is_done_at_once_the_promises_about_seats_hold(
    env: dict[str, str], tmp_path: Path
) -> None:
    board = set_up_event(env)
    # The code is loaded once; what both processes do with the database is their own.
    env["GUNICORN_CMD_ARGS"] = "--preload"
    port = urlsplit(env["BASE_URL"]).port or 0
    with serve("app:app", env, tmp_path / "log", port, visits.EVENT_PAGE) as server:
        entries = mix(server, env, board, tmp_path)
        browser = Browser(server)
        end = look_at_the_end(browser, env, board)
        browser.close()
    assert violations(History(board.plan, entries), end) == []
    told = Counter((entry.kind, entry.told) for entry in entries)
    assert len(end.rows) > CAPACITY
    for kind, answer in (("cancel", "cancelled"), ("change", "saved"), ("capacity", "saved")):
        assert told[kind, answer] > 0, told
