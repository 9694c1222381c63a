"""The flat cost: a sign-up among many registrations takes as long as among few."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import String, cast, insert, inspect, literal, select, text, true
from sqlalchemy.orm import Session, aliased

from benchmarks import visits
from benchmarks.load import Browser, Step, hammer
from benchmarks.server import Server, serve
from benchmarks.stage import FULL, OPEN, RUSH, set_stage
from benchmarks.table import Row, growth_row
from config import settings
from koostoo import create_app
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration

Settings = Mapping[str, str]
FEW, MANY = 1_000, 100_000
LIMIT = 1.3
TARGETS = ((OPEN, "in the same event"), (RUSH, "in another event"))
"""To which event people sign up, and where the many are, seen from there."""


def growth_rows(
    name: str, databases: Sequence[Settings], log: Path, seconds: float, rounds: int
) -> Iterator[Row]:
    """Serve two fresh databases side by side, let people sign up in turn, give out the lines.

    The first database gets FEW registrations, the second MANY.
    """
    with ExitStack() as running:
        few, many = (
            running.enter_context(_server(env, people, log))
            for env, people in zip(databases, (FEW, MANY), strict=True)
        )
        for slug, where in TARGETS:
            visit = _post_to(f"/events/{slug}/register")
            # Short turns, so that whatever else the machine does strikes both alike.
            pairs = [
                (hammer(few, visit, seconds / 2), hammer(many, visit, seconds / 2))
                for _ in range(2 * rounds)
            ]
            yield growth_row(f"sign-up POST on {name}, {MANY} {where}", pairs, LIMIT)


@contextmanager
def _server(env: Settings, people: int, log: Path) -> Iterator[Server]:
    set_stage(env, people=1)
    add_crowd(env, people)
    port = urlsplit(env["BASE_URL"]).port or 0
    with serve("app:app", env, log, port, visits.EVENT_PAGE) as server:
        yield server


def _post_to(form: str) -> Callable[[Browser], Step]:
    """Send the form of this address filled in: each time another person, fetched once."""

    def prepare(browser: Browser) -> Step:
        page = visits.expect(browser.get(form), 200).text
        return lambda: (visits.send_form(browser, page, form), None)[1]

    return prepare


def add_crowd(env: Settings, people: int) -> None:
    """Sign so many up to the event without a limit, each with a letter long sent.

    One statement a table, which copies the one person of the full event.
    """
    app = create_app(settings(env))
    with app.app_context():
        with transaction() as session:
            target = session.scalars(select(Event.id).where(Event.slug == OPEN)).one()
            source = session.scalars(
                select(Registration.id).join(Event).where(Event.slug == FULL)
            ).one()
            _copy_person(session, source, target, people)
            _write_letters(session, target)
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            # Else it would tidy up by itself, in the middle of the measurement.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        db.engine.dispose()


def _copy_person(session: Session, source: int, target: int, people: int) -> None:
    numbers = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.number + 1).where(numbers.c.number < people))
    number = cast(numbers.c.number, String)
    person = aliased(Registration)
    columns: dict[str, Any] = {
        column.name: getattr(person, column.name)
        for column in inspect(Registration).columns
        if column.name != "id"
    }
    columns["event_id"] = literal(target)
    for name in ("person_key", "sort_key", "email_key", "link_id", "form_nonce", "uid"):
        columns[name] = literal(f"{name[0]}-") + number
    copies = select(*columns.values()).join(numbers, true()).where(person.id == source)
    session.execute(insert(Registration).from_select([*columns], copies))


def _write_letters(session: Session, target: int) -> None:
    person = Registration
    number = cast(person.id, String)
    columns: dict[str, Any] = {
        "kind": literal("confirmed"),
        "queue": literal("registration:") + number,
        "registration_id": person.id,
        "recipient": person.email,
        "language": person.language,
        "payload": literal({}, OutboxMessage.payload.type),
        "message_id": literal("<") + number + "@example.org>",
        "state": literal("sent"),
        "attempts": literal(1),
        "created_at": person.created_at,
        "next_try_at": person.created_at,
        "sent_at": person.created_at,
        "answer": literal(""),
    }
    letters = select(*columns.values()).where(person.event_id == target)
    session.execute(insert(OutboxMessage).from_select([*columns], letters))
