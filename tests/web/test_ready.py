"""Public pages kept ready: never another reader's, never out of date."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import bindparam, create_engine, text

from koostoo.base.database import UtcDateTime, db
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event
from tests.statements import statements

MakeEvent = Callable[..., Event]
MOMENT = datetime(2026, 3, 2, 10, tzinfo=UTC)
PATHS = [
    "/",
    "/events/trip",
    "/project/project",
    "/calendar.ics",
    "/events.atom",
    "/embed/events?max=3",
]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MOMENT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def trip(make_event: MakeEvent) -> Event:
    return make_event(slug="trip", title=LocalText("Õppereis", "Study trip"))


@pytest.fixture
def get(app: Flask, client: FlaskClient) -> Callable[..., str]:
    """A reader whose request starts with a fresh database session, as on the server."""

    def fetch(path: str, headers: dict[str, str] | None = None) -> str:
        db.session.remove()
        answer = client.get(path, headers=headers)
        assert answer.status_code in (200, 304)
        return answer.get_data(as_text=True)

    return fetch


def queries_during(step: Callable[[], object]) -> list[str]:
    with statements() as seen:
        step()
    return [one for one in seen if one.startswith("SELECT") and "pg_current_snapshot" not in one]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_made_once_while_nothing_changes(
    trip: Event, get: Callable[..., str], path: str
) -> None:
    first = get(path)
    # On PostgreSQL a commit in any database of the server counts, those of the tests beside this
    # one too; between two of them there is a quiet moment.
    asked = [queries_during(lambda: get(path)) for _ in range(20)]
    assert [] in asked
    assert get(path) == first


@pytest.mark.parametrize("path", PATHS)
def test_what_another_process_commits_shows_at_once(
    trip: Event, get: Callable[..., str], path: str
) -> None:
    assert "Õppereis" in get(path)
    other = create_engine(db.engine.url)
    with other.begin() as connection:
        change = text("""UPDATE event SET title = '{"et": "Talgud"}', revised_at = :at""")
        change = change.bindparams(bindparam("at", type_=UtcDateTime()))
        connection.execute(change, {"at": MOMENT + timedelta(seconds=1)})
    other.dispose()
    assert "Talgud" in get(path)


def test_what_changes_with_the_clock_shows_in_the_same_second(
    make_event: MakeEvent, get: Callable[..., str], clock: time_machine.Traveller
) -> None:
    make_event(slug="soon", opens_at=MOMENT + timedelta(seconds=1))
    assert "/events/soon/register" not in get("/events/soon")
    clock.shift(1)
    assert "/events/soon/register" in get("/events/soon")


def test_each_language_has_its_own_page(trip: Event, get: Callable[..., str]) -> None:
    assert "Õppereis" in get("/events/trip")
    assert "Study trip" in get("/en/events/trip")


def test_a_message_reaches_its_reader_only(
    app: Flask, client: FlaskClient, trip: Event, get: Callable[..., str]
) -> None:
    get("/")
    with client.session_transaction() as session:
        session["_flashes"] = [("success", "Sinu kiri läks teele")]
    assert "Sinu kiri läks teele" in get("/")
    assert "Sinu kiri läks teele" not in get("/")
    assert "Sinu kiri läks teele" not in app.test_client().get("/").get_data(as_text=True)


def test_a_kept_304_goes_only_to_whom_it_is_true_for(
    client: FlaskClient, trip: Event, get: Callable[..., str]
) -> None:
    db.session.remove()
    etag = client.get("/calendar.ics").headers["ETag"]
    for _ in range(2):
        assert get("/calendar.ics", {"If-None-Match": etag}) == ""
        assert "BEGIN:VEVENT" in get("/calendar.ics", {"If-None-Match": '"another"'})
        assert "BEGIN:VEVENT" in get("/calendar.ics")


def test_a_kept_page_has_the_headers_of_a_fresh_one(
    app: Flask, client: FlaskClient, trip: Event
) -> None:
    answers = []
    for _ in range(2):
        db.session.remove()
        answers.append(dict(app.test_client().get("/events/trip").headers))
    numbers = {answer.pop("X-Request-Id") for answer in answers}
    assert answers[0] == answers[1]
    # Each is told of under a number of its own.
    assert len(numbers) == 2
    assert "Cookie" in answers[0]["Vary"]
