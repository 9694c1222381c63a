"""What programs read: whose eyes a token lends, pages, ETags, errors, and what is noted."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from koostoo.accounts.api_tokens import MOST, PREFIX, TooManyTokens, make_token, revoke_token
from koostoo.accounts.granting import take_role
from koostoo.accounts.models import ApiToken, Download, Organiser, RoleGrant
from koostoo.attendance.models import Attendance
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event, Question
from koostoo.privacy.service import forget
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.web import bearer
from koostoo.web.rights import API_RIGHTS, right_of
from tests.statements import selects_of
from tests.web import test_roles
from tests.web.desk_pages import open_form, text_of
from tests.web.test_roles import HIDDEN, KNOWS, OPEN, ROLES, grant_of, sign_in_as

stage = test_roles.stage
Ask = Callable[..., TestResponse]
EVENT = "/api/v1/events/oppereis"
PEOPLE = f"{EVENT}/registrations"


def token_for(role: str, stage: dict[str, Any], **values: Any) -> str:
    """Make a token of somebody who has this role alone."""
    email = f"{role}@example.org"
    grant = grant_of(role, stage)
    with transaction() as session:
        owner = Organiser(email=email, email_key=email, created_at=now())
        session.add(owner)
        session.flush()
        if grant is not None:
            session.add(RoleGrant(organiser_id=owner.id, created_at=now(), **grant._asdict()))
        number = owner.id
    return make_token(number, values.get("name", "Arvutustabel"), values.get("expires_on"), now())


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Ask for an address with a token."""

    def get(token: str, path: str, **headers: str) -> TestResponse:
        shown = {"Authorization": f"Bearer {token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return client.get(path, headers=shown)

    return get


def items(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def problem(answer: TestResponse) -> dict[str, Any]:
    """Return an error as a program reads it, which no cache may keep."""
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = json.loads(answer.data)
    assert found["status"] == answer.status_code
    return found


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Give out every address behind a token with its right, for the things of the stage."""
    slugs = {"api_project": "project", "api_figures": "project"}
    for rule in app.url_map.iter_rules():
        declared = right_of(app, rule.endpoint)
        if declared in API_RIGHTS:
            yield rule.rule, declared, rule.rule.replace("<slug>", slugs.get(declared, "oppereis"))


# --- Who may read what -------------------------------------------------------


def test_no_address_opens_without_a_token_that_works(app: Flask, client: FlaskClient) -> None:
    tried = 0
    for _rule, _right, path in routes(app):
        for shown in (None, "Bearer", "Bearer koostoo_x", "Basic a29vc3Rvbzp4", "Bearer é"):
            answer = client.get(path, headers={"Authorization": shown} if shown else {})
            assert problem(answer)["status"] == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer realm=koostoo"
            tried += 1
    assert tried >= 30


def test_a_signed_in_browser_is_no_token(client: FlaskClient, stage: dict[str, Any]) -> None:
    sign_in_as(client, "of-all", stage)
    answer = client.get("/api/v1/events")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


EXPECTED: dict[str, Callable[[str], Any]] = {
    "api": lambda _role: OPEN,
    "api_project": lambda role: OPEN if role in KNOWS | {"other-helper"} else HIDDEN,
    "api_figures": lambda role: (
        OPEN
        if role in {"of-all", "manager", "viewer"}
        else 403
        if role in KNOWS | {"other-helper"}
        else HIDDEN
    ),
    "api_event": lambda role: OPEN if role in KNOWS else HIDDEN,
    "api_people": lambda role: HIDDEN if role not in KNOWS else 403 if role == "helper" else OPEN,
}


@pytest.mark.parametrize("role", ROLES)
def test_every_address_opens_for_whom_its_right_names_and_for_nobody_else(
    app: Flask, ask: Ask, stage: dict[str, Any], role: str
) -> None:
    token = token_for(role, stage)
    wrong = []
    for _rule, declared, path in routes(app):
        answer = ask(token, path)
        seen = OPEN if answer.status_code == 200 else problem(answer)["status"]
        if seen != EXPECTED[declared](role):
            wrong.append((path, declared, answer.status_code))
    assert wrong == []


def test_every_right_of_the_api_has_its_expectations() -> None:
    assert set(EXPECTED) == API_RIGHTS


def test_lists_hold_what_is_within_reach_alone(ask: Ask, stage: dict[str, Any]) -> None:
    for role, events, projects in (
        ("of-all", ["oppereis", "partneri-oma"], ["project", "other"]),
        ("manager", ["oppereis", "partneri-oma"], ["project"]),
        ("elsewhere", [], ["other"]),
        ("helper", ["oppereis"], ["project"]),
        ("none", [], []),
    ):
        token = token_for(role, stage)
        assert [one["slug"] for one in items(ask(token, "/api/v1/events"))] == events, role
        assert [one["slug"] for one in items(ask(token, "/api/v1/projects"))] == projects, role


def test_the_figures_of_a_project_are_those_of_its_page(
    ask: Ask, stage: dict[str, Any], make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    held = make_event(slug="toimunud")
    sign_up(held.id, entry(), now())
    with transaction() as session:
        session.get_one(Event, held.id).when = When.days((now() - timedelta(days=3)).date())
    token, path = token_for("viewer", stage), "/api/v1/projects/project/indicators"
    found = ask(token, f"{path}?by=event").get_json()
    assert (found["total"]["events"], found["total"]["registered"]) == (1, 1)
    assert [one["key"] for one in found["parts"]] == ["toimunud"]
    later = ask(token, f"{path}?first={now().date()}").get_json()
    assert (later["total"]["events"], later["parts"]) == (0, [])
    assert problem(ask(token, f"{path}?by=colour"))["status"] == 400


def test_contacts_and_answers_come_only_to_who_may_see_them_at_the_desk(
    ask: Ask, stage: dict[str, Any], entry: Callable[..., SignUp]
) -> None:
    with transaction() as session:
        event = session.get_one(Event, stage["event"])
        for position, (label, is_sensitive) in enumerate((("Buss", False), ("Toit", True)), 1):
            event.questions.append(
                Question(
                    position=position,
                    kind="text",
                    label=LocalText(label),
                    is_sensitive=is_sensitive,
                )
            )
        session.flush()
        bus, food = (question.id for question in event.questions)
    for name, whose in (("Oma", stage["partner"]), ("Võõras", stage["host"])):
        answers = {bus: "Keila", food: "pähklid"}
        sign_up(
            stage["event"], entry(last_name=name, organisation_id=whose, answers=answers), now()
        )

    def seen(role: str) -> dict[str, tuple[bool, int | None]]:
        people = items(ask(token_for(role, stage), PEOPLE))
        return {
            one["last_name"]: (
                one["email"] is not None,
                None if one["answers"] is None else len(one["answers"]),
            )
            for one in people
            if one["last_name"] in ("Oma", "Võõras")
        }

    assert seen("runs") == {"Oma": (True, 2), "Võõras": (True, 2)}
    assert seen("partner") == {"Oma": (True, 1)}
    assert seen("viewer") == {"Oma": (False, None), "Võõras": (False, None)}


def test_a_role_taken_away_closes_the_token_and_taking_it_back_ends_it(
    ask: Ask, stage: dict[str, Any]
) -> None:
    token_for("of-all", stage)
    token = token_for("manager", stage)
    assert len(items(ask(token, "/api/v1/events"))) == 2
    row = db.session.scalars(select(RoleGrant).where(RoleGrant.project_id.is_not(None))).one()
    owner = row.organiser_id
    take_role(row.id, now(), None)
    assert items(ask(token, "/api/v1/events")) == []
    assert ask(token, PEOPLE).status_code == 404
    held = db.session.scalars(select(ApiToken.id).where(ApiToken.organiser_id == owner)).one()
    assert not revoke_token(owner + 1, held, now())
    assert revoke_token(owner, held, now())
    assert ask(token, "/api/v1/events").status_code == 401


def test_a_token_works_until_the_end_of_its_last_day_and_is_forgotten_later(
    ask: Ask, stage: dict[str, Any]
) -> None:
    today = local_day(now())
    token = token_for("manager", stage, expires_on=today)
    assert ask(token, "/api/v1/events").status_code == 200
    assert db.session.scalars(select(ApiToken.last_used_on)).one() == today
    with time_machine.travel(now() + timedelta(days=1)):
        assert ask(token, "/api/v1/events").status_code == 401
    forget(now() + timedelta(days=32))
    assert db.session.scalars(select(ApiToken)).all() == []


def test_the_database_holds_no_token_and_an_organiser_at_most_twenty(
    stage: dict[str, Any],
) -> None:
    token = token_for("manager", stage)
    assert token.startswith(PREFIX)
    assert len(token) >= 50
    kept = db.session.scalars(select(ApiToken)).one()
    assert token not in str(vars(kept))
    for _ in range(MOST - 1):
        make_token(kept.organiser_id, "veel", None, now())
    with pytest.raises(TooManyTokens):
        make_token(kept.organiser_id, "veel", None, now())


def test_who_asks_too_often_is_told_when_to_go_on(
    ask: Ask, stage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bearer, "PER_MINUTE", 2)
    token, other = token_for("manager", stage), token_for("viewer", stage)
    with time_machine.travel(datetime(2026, 3, 2, 10, 0, 20).astimezone(), tick=False):
        assert [ask(token, "/api/v1/projects").status_code for _ in range(3)] == [200, 200, 429]
        answer = ask(token, "/api/v1/projects")
        assert problem(answer)["title"] == "Too Many Requests"
        assert answer.headers["Retry-After"] == "40"
        assert ask(other, "/api/v1/projects").status_code == 200


# --- How it is read ----------------------------------------------------------


def test_pages_lead_from_one_to_the_next_and_keep_what_was_asked(
    ask: Ask, stage: dict[str, Any], make_event: Callable[..., Event]
) -> None:
    for _ in range(3):
        make_event()
    token = token_for("of-all", stage)
    path, sizes, seen = "/api/v1/events?limit=2&state=published", [], []
    while path:
        page = ask(token, path).get_json()
        sizes.append(len(page["items"]))
        seen += [one["slug"] for one in page["items"]]
        path = (page["next"] or "").removeprefix("http://localhost")
        assert "state=published" in (path or "state=published")
    assert sizes == [2, 2, 1]
    assert len(set(seen)) == 5


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=x", "limit=", "limit=1&limit=2", "cursor=-1",
        "cursor=99999999999", "from=8.11.2026", "from=2026-02-30", "to=0", "state=lost",
        "updated_since=2026-11-08", "updated_since=0001-01-01T00:00:00%2B10:00", "project=",
        "sate=draft", "From=2026-11-08", "from_=2026-11-08",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named(ask: Ask, stage: dict[str, Any], query: str) -> None:
    answer = ask(token_for("of-all", stage), f"/api/v1/events?{query}")
    [wrong] = problem(answer)["errors"]
    assert wrong["parameter"] == query.partition("=")[0]
    assert wrong["detail"]
    assert answer.status_code == 400


def test_events_are_found_by_project_activity_day_state_and_change(
    ask: Ask, stage: dict[str, Any], make_event: Callable[..., Event]
) -> None:
    make_event(slug="mustand", state="draft", when=When.month(2031, 5))
    with transaction() as session:
        draft = session.scalars(select(Event).where(Event.slug == "mustand")).one()
        draft.revised_at = now() - timedelta(days=400)
    token = token_for("of-all", stage)

    def found(query: str) -> set[str]:
        return {one["slug"] for one in items(ask(token, f"/api/v1/events?{query}"))}

    others = {"oppereis", "partneri-oma"}
    since = (now() - timedelta(hours=1)).isoformat().replace("+", "%2B")
    assert found("project=project") == others | {"mustand"}
    assert found("project=other") == found("activity=puudub") == found("to=2000-01-01") == set()
    assert found("from=2031-05-31&to=2031-06-30") == found("state=draft") == {"mustand"}
    assert found(f"updated_since={since}") == others
    assert found("activity=trip&state=published") == others


def test_an_event_tells_its_facts_but_not_the_link_for_joining(
    ask: Ask, stage: dict[str, Any], make_event: Callable[..., Event]
) -> None:
    make_event(
        slug="veebis",
        mode="online",
        join_link="https://meet.example.org/secret",
        when=When.of_season(2031, "spring"),
        capacity=20,
    )
    answer = ask(token_for("of-all", stage), "/api/v1/events/veebis")
    assert "secret" not in answer.text
    event = answer.get_json()
    assert event["title"] == {"et": "Õppereis Voorele", "en": "Study trip to Voore"}
    assert event["when"] == {
        "kind": "season", "starts_on": "2031-03-01", "ends_on": "2031-05-31",
        "starts_at": None, "ends_at": None, "season": "spring", "days": [],
    }  # fmt: skip
    assert event["people"] == {"seated": 0, "waiting": 0, "pending": 0}
    assert event["created_at"].endswith("Z")
    known = ask(token_for("manager", stage), EVENT).get_json()
    assert known["people"]["seated"] == 1
    assert known["url"] == "http://localhost/events/oppereis"


def test_attendance_tells_the_days_that_were_marked(ask: Ask, stage: dict[str, Any]) -> None:
    with transaction() as session:
        session.add(
            Attendance(
                registration_id=stage["person"],
                day=date(2026, 3, 2),
                status="present",
                marked_at=now(),
                operation="x",
            )
        )
    [person] = items(ask(token_for("viewer", stage), f"{EVENT}/attendance"))
    assert person["registration"] == stage["person"]
    assert person["marks"] == [{"day": "2026-03-02", "status": "present"}]
    assert "email" not in person


def test_what_has_not_changed_is_answered_with_304(
    ask: Ask, stage: dict[str, Any], entry: Callable[..., SignUp]
) -> None:
    token, viewer = token_for("runs", stage), token_for("viewer", stage)
    tags = {}
    for path in ("/api/v1/projects", "/api/v1/events", EVENT, PEOPLE):
        answer = ask(token, path)
        tags[path] = answer.headers["ETag"]
        again = ask(token, path, If_None_Match=tags[path])
        assert (again.status_code, again.data) == (304, b""), path
        zipped = ask(token, path, Accept_Encoding="gzip")
        assert zipped.headers["ETag"] != tags[path]
        assert ask(token, path, If_None_Match=zipped.headers["ETag"]).status_code == 304
        cached = answer.headers["Cache-Control"]
        assert cached == ("no-store" if path == PEOPLE else "private, no-cache")
    # Another token sees less of the same people, so it has not got them.
    assert ask(viewer, PEOPLE, If_None_Match=tags[PEOPLE]).status_code == 200
    sign_up(stage["event"], entry(), now())
    assert ask(token, EVENT, If_None_Match=tags[EVENT]).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: FlaskClient,
    stage: dict[str, Any],
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
) -> None:
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token_for('manager', stage)}"
    paths = ["/api/v1/projects", "/api/v1/events", EVENT, PEOPLE, f"{EVENT}/attendance"]
    for path in paths:
        client.get(path)
    before = [selects_of(client, path) for path in paths]
    for _ in range(3):
        make_event()
        sign_up(stage["event"], entry(), now())
    assert [selects_of(client, path) for path in paths] == before


def test_no_other_site_may_read_it_from_a_browser_and_nothing_can_be_written(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    shown = {"Authorization": f"Bearer {token_for('of-all', stage)}"}
    origin = {"Origin": "https://evil.example"}
    answer = client.get("/api/v1/events", headers=shown | origin)
    assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.open("/api/v1/events", method=method, headers=shown)
        assert problem(answer)["status"] == 405
        assert "GET" in answer.headers["Allow"]
    assert problem(client.get("/api/v1/nowhere"))["status"] == 404


# --- What is noted -----------------------------------------------------------


def test_reading_people_is_noted_once_for_a_token_a_list_and_a_day(
    client: FlaskClient, ask: Ask, stage: dict[str, Any]
) -> None:
    token = token_for("partner", stage, name="Leht")

    def noted() -> list[Download]:
        db.session.rollback()
        return list(db.session.scalars(select(Download).order_by(Download.id)))

    for path in ("/api/v1/events", EVENT, PEOPLE, PEOPLE + "?limit=1", PEOPLE):
        assert ask(token, path).status_code == 200
    [note] = noted()
    assert (note.what, note.format, note.event_id, note.rows) == ("api", "json", stage["event"], 0)
    assert note.detail["chosen"] == {"program": "Leht", "whose": [stage["partner"]]}
    assert "email" in note.detail["columns"]
    ask(token, f"{EVENT}/attendance")
    ask(token_for("runs", stage), PEOPLE)
    with time_machine.travel(now() + timedelta(days=1)):
        ask(token, PEOPLE)
    assert [one.rows for one in noted()] == [0, 0, 1, 0]
    sign_in_as(client, "manager", stage)
    page = text_of(client, "/desk/events/oppereis/history")
    assert "Inimesed, programmi loetud" in page
    assert "võtmega „Leht“" in page


# --- The desk ----------------------------------------------------------------


def test_a_token_is_shown_once_and_is_nobody_elses(
    app: Flask, client: FlaskClient, ask: Ask, stage: dict[str, Any]
) -> None:
    desk = sign_in_as(client, "manager", stage)
    typed = open_form(desk, "/desk/tokens") | {"name": "Arvutustabel", "expires_on": ""}
    page = desk.post("/desk/tokens", data=typed)
    assert page.headers["Cache-Control"] == "no-store"
    token = PREFIX + page.text.split(f'value="{PREFIX}')[1].split('"')[0]
    assert token not in text_of(desk, "/desk/tokens")
    assert len(items(ask(token, "/api/v1/events"))) == 2
    number = db.session.scalars(select(ApiToken.id)).one()
    other = sign_in_as(app.test_client(), "of-all", stage)
    assert "Arvutustabel" not in text_of(other, "/desk/tokens")
    assert other.get(f"/desk/tokens/{number}/revoke").status_code == 404
    path = f"/desk/tokens/{number}/revoke"
    assert desk.post(path, data=open_form(desk, path)).status_code == 303
    assert ask(token, "/api/v1/events").status_code == 401


@pytest.mark.parametrize(
    "typed", [{"name": ""}, {"expires_on": "eile"}, {"expires_on": "2020-01-01"}]
)
def test_a_mistake_makes_no_token_and_keeps_what_was_typed(
    client: FlaskClient, stage: dict[str, Any], typed: dict[str, str]
) -> None:
    desk = sign_in_as(client, "manager", stage)
    sent = open_form(desk, "/desk/tokens") | {"name": "Tabel", "expires_on": ""} | typed
    page = desk.post("/desk/tokens", data=sent)
    assert page.status_code == 422
    assert all(value in page.text for value in typed.values())
    assert db.session.scalars(select(ApiToken)).all() == []
    assert db.session.scalars(select(Registration)).all()
