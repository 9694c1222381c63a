"""Many at once over HTTP, two web processes: what everybody was told holds together."""

import re
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
from koostoo.base.tokens import make_token
from koostoo.events.models import Event, Quota
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Partner
from koostoo.registration.models import Registration
from tests.registration.checker import violations
from tests.registration.history import End, Entry, History, Plan, Row, read
from tests.registration.operations import MEMBER, ORGANISER, Board, Client, act, run_all
from tests.registration.visitors import number_of

MEMBERS, ORGANISERS, STEPS, SECONDS = 8, 2, 25, 10.0
CAPACITY, PROMISED, STOP_SEATS = 12, 2, 4
PLACE = re.compile(r"Sinu koht järjekorras: (\d+)\.")


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
    clients = [Client(server, board, number, log) for number, log in enumerate(logs)]
    try:
        for client in clients[MEMBERS:]:
            sign_in(client.browser, invite(env))
        until = time.monotonic() + SECONDS
        run_all(
            partial(act, client, MEMBER if number < MEMBERS else ORGANISER, STEPS, until)
            for number, client in enumerate(clients)
        )
    finally:
        for client in clients:
            client.browser.close()
    return read(logs)


def look_at_the_end(server: Server, env: dict[str, str], board: Board) -> End:
    """Read the rows, and the places the own pages show."""
    app = create_app(settings(env))
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == RUSH)).one()
        people = db.session.scalars(
            select(Registration).where(Registration.event_id == event.id)
        ).all()
        rows = tuple(
            Row(
                number_of(person.email),
                person.state,
                str(person.organisation_id or "other"),
                next(a.value[0] for a in person.answers if a.question_id == board.question),
                tuple(
                    db.session.scalars(
                        select(OutboxMessage.kind).where(OutboxMessage.registration_id == person.id)
                    )
                ),
            )
            for person in people
        )
        capacity = event.capacity or 0
        key = app.config["SECRET_KEY"]
        pages = {
            number_of(person.email): f"/my/{make_token([key], 'my', person.link_id)}"
            for person in people
        }
        db.session.remove()
        db.engine.dispose()
    places, browser = {}, Browser(server)
    for number, page in pages.items():
        found = PLACE.search(visits.expect(browser.get(page), 200).text)
        if found is not None:
            places[number] = int(found[1])
    browser.close()
    return End(rows, capacity, places)


@pytest.mark.slow
def test_whatever_is_done_at_once_the_promises_about_seats_hold(
    env: dict[str, str], tmp_path: Path
) -> None:
    board = set_up_event(env)
    port = urlsplit(env["BASE_URL"]).port or 0
    with serve("app:app", env, tmp_path / "log", port, visits.EVENT_PAGE) as server:
        entries = mix(server, env, board, tmp_path)
        end = look_at_the_end(server, env, board)
    assert violations(History(board.plan, entries), end) == []
    told = Counter((entry.kind, entry.told) for entry in entries)
    assert len(end.rows) > CAPACITY
    for kind, answer in (("cancel", "cancelled"), ("change", "saved"), ("capacity", "saved")):
        assert told[kind, answer] > 0, told
