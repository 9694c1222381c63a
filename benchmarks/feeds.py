"""What a feed of many events costs beside one of few: the whole of it, and that nothing is new."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import insert, select, text

from benchmarks import visits
from benchmarks.load import Browser, Step, hammer
from benchmarks.server import Server, serve
from benchmarks.stage import OPEN, set_stage
from benchmarks.table import Row, growth_row
from config import settings
from koostoo import create_app
from koostoo.base.database import db, transaction
from koostoo.events.models import Event

Settings = Mapping[str, str]
FEW, MANY = 50, 5_000
# The query keeps a server from giving out what it wrote for somebody else in the same second.
FEED = "/calendar.ics?all=1"
CLIENTS = 2
"""At a time: calendar programs come one by one, and a long feed keeps a worker busy for a while."""
WARM_UPS = 8
"""Visits, enough that each worker has written every entry once: that is not measured."""
LIMIT_UNCHANGED = 2.0
LIMIT_WHOLE = MANY / FEW


def feed_rows(
    name: str, databases: Sequence[Settings], log: Path, seconds: float, rounds: int
) -> Iterator[Row]:
    """Serve two fresh databases side by side, fetch their feeds in turn, give out the lines.

    The first database gets FEW events, the second MANY.
    """
    with ExitStack() as running:
        few, many = (
            running.enter_context(_server(env, events, log))
            for env, events in zip(databases, (FEW, MANY), strict=True)
        )
        for visit, what, limit in (
            (unchanged, "feed, 304", LIMIT_UNCHANGED),
            (whole, "feed, whole", LIMIT_WHOLE),
        ):
            pairs = [
                (
                    hammer(few, visit, seconds / 2, CLIENTS),
                    hammer(many, visit, seconds / 2, CLIENTS),
                )
                for _ in range(2 * rounds)
            ]
            yield growth_row(f"{what} on {name}, {MANY} events beside {FEW}", pairs, limit)


def whole(browser: Browser) -> Step:
    """Fetch the feed as a calendar program does the first time."""
    return lambda: (visits.expect(browser.get(FEED), 200), None)[1]


def unchanged(browser: Browser) -> Step:
    """Ask for the feed again with the ETag of the first time."""
    known = {"If-None-Match": visits.expect(browser.get(FEED), 200).etag}
    return lambda: (visits.expect(browser.get(FEED, known), 304), None)[1]


@contextmanager
def _server(env: Settings, events: int, log: Path) -> Iterator[Server]:
    set_stage(env, people=1)
    add_events(env, events)
    port = urlsplit(env["BASE_URL"]).port or 0
    with serve("app:app", env, log, port, visits.EVENT_PAGE) as server:
        for _ in range(WARM_UPS):
            browser = Browser(server)
            visits.expect(browser.get(FEED), 200)
            browser.close()
        yield server


def add_events(env: Settings, events: int) -> None:
    """Copy the open event so many times, a day apart, in one statement."""
    app = create_app(settings(env))
    with app.app_context():
        with transaction() as session:
            source = session.scalars(select(Event).where(Event.slug == OPEN)).one()
            plain = {
                column.key: getattr(source, column.key)
                for column in Event.__mapper__.column_attrs
                if column.key != "id"
            }
            session.execute(insert(Event), [_moved(plain, number) for number in range(events)])
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            # Else it would tidy up by itself, in the middle of the measurement.
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        db.engine.dispose()


def _moved(plain: Mapping[str, object], number: int) -> dict[str, object]:
    days = timedelta(days=number % 1000)
    moved = {
        name: plain[name] + days  # type: ignore[operator]  # days and instants alike
        for name in ("starts_on", "ends_on", "starts_at", "ends_at")
    }
    return {**plain, **moved, "slug": f"{OPEN}-{number}", "uid": f"{number}@example.org"}
