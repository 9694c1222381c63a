"""Every desk route with every role, and with what belongs to others: from the URL map itself."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from koostoo.accounts.api_tokens import make_token as make_api_token
from koostoo.accounts.granting import give_role
from koostoo.accounts.models import ApiToken, Organiser, RoleGrant
from koostoo.accounts.roles import Grant
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.correspondence.mailing import Draft, Words, send_mailing
from koostoo.correspondence.models import Mailing
from koostoo.events.models import Event
from koostoo.files.models import StoredFile
from koostoo.files.preparing import prepare
from koostoo.files.service import keep_file, keep_logo
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity, Organisation, Partner, Project
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.reporting.figures import Choice
from koostoo.reporting.freezing import freeze, gather
from koostoo.web.rights import API_RIGHTS, RIGHTS, right_of
from tests.accounts.made import add_passkey
from tests.files.made import LOG, picture
from tests.web.desk_pages import open_form, open_link, people_path, text_of

OPEN, FORBIDDEN, HIDDEN = "open", 403, 404
OUTSIDE_DESK = {"public", "secret_link", "monitor"} | API_RIGHTS
# A right about one event, asked of somebody with this role: for the event of the stage, in which
# the person coordinates the organisation that runs it, another partner, or one from elsewhere.
EXPECTED: dict[str, dict[str, Any]] = {
    #                manager other-manager runs partner elsewhere helper other-helper viewer
    **{name: dict.fromkeys(
        (
            "manager", "of-all", "other-manager", "runs", "partner", "elsewhere",
            "helper", "other-helper", "viewer", "none",
        ),
        OPEN,
    ) for name in ("signing_in", "setting_up", "organiser")},
    "manager": {"manager": OPEN, "of-all": OPEN, "other-manager": OPEN},
    "manager_of_all": {"of-all": OPEN},
    "event_creator": {
        "manager": OPEN, "of-all": OPEN, "other-manager": OPEN, "runs": OPEN, "partner": OPEN,
        "elsewhere": OPEN,
    },
    "event_check_in": {"manager": OPEN, "of-all": OPEN, "runs": OPEN, "helper": OPEN},
    "event_look": {
        "manager": OPEN, "of-all": OPEN, "runs": OPEN, "partner": OPEN, "viewer": OPEN,
    },
    "event_fill": {"manager": OPEN, "of-all": OPEN, "runs": OPEN, "partner": OPEN},
    "event_run": {"manager": OPEN, "of-all": OPEN, "runs": OPEN},
    "event_files": {"manager": OPEN, "of-all": OPEN, "runs": OPEN, "viewer": OPEN},
    "person_run": {"manager": OPEN, "of-all": OPEN, "runs": OPEN},
    "letter_run": {"manager": OPEN, "of-all": OPEN, "runs": OPEN},
    "partner_list": {"manager": OPEN, "of-all": OPEN, "runs": OPEN, "partner": OPEN},
    "register": {"manager": OPEN, "of-all": OPEN, "runs": OPEN},
    "project_look": {"manager": OPEN, "of-all": OPEN, "viewer": OPEN},
    "project_manage": {"manager": OPEN, "of-all": OPEN},
    # Nobody of the cast has asked for anything; see test_evidence.
    "job": {},
}  # fmt: skip
KNOWS = {"manager", "of-all", "runs", "partner", "helper", "viewer"}
"""Who finds the event of the stage at the desk at all; for the others it is not there."""
ROLES = sorted(EXPECTED["organiser"])


@pytest.fixture
def stage(
    app: Flask, programme: Activity, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> dict[str, Any]:
    """An event run by the host with one of its people, a partner's event, a foreign project."""
    event = make_event(slug="oppereis")
    partner = event.activity.project.partners[1].organisation_id
    with transaction() as session:
        foreign = Organisation(slug="foreign", name="MTÜ Võõras", short_name="")
        other = Project(
            slug="other",
            title=LocalText("Teine projekt"),
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            support_text=LocalText(""),
            partners=[Partner(organisation=foreign, role="host", position=1)],
        )
        session.add(other)
        session.flush()
        other_id, foreign_id = other.id, foreign.id
    theirs = make_event(slug="partneri-oma")
    with transaction() as session:
        session.get_one(Event, theirs.id).organiser_id = partner
    person = sign_up(event.id, entry(organisation_id=event.organiser_id), now()).registration_id
    project, period = event.activity.project_id, Choice(event.starts_on, event.ends_on)
    content = gather(project, period, now())
    content.pop("is_settled")
    report = freeze(project, "Maksetaotlus 1", period, content, now(), None)
    draft = Draft(Words(LocalText("Buss"), LocalText("Buss väljub kell 9.")), "nonce")
    send_mailing(event.id, draft, 1, now(), None)
    letter = db.session.query(OutboxMessage).first()
    mailing = db.session.query(Mailing).one()
    photo = prepare(BytesIO(picture()), "foto.jpg", "photo")
    keep_file(event.id, "photo", photo, now(), None)
    keep_logo(event.activity.project_id, photo, LocalText("Näidisfond"), now(), None)
    return {
        "event": event.id,
        "project": event.activity.project_id,
        "activity": event.activity_id,
        "other": other_id,
        "host": event.organiser_id,
        "partner": partner,
        "foreign": foreign_id,
        "theirs": theirs.id,
        "person": person,
        "letter": letter.id if letter else 1,
        "mailing": mailing.id,
        "report": report,
        **{row.kind: row.id for row in db.session.query(StoredFile)},
    }


def grant_of(role: str, stage: dict[str, Any]) -> Grant | None:
    """Return what the person of the cast may do."""
    return {
        "of-all": Grant("manager"),
        "manager": Grant("manager", project_id=stage["project"]),
        "other-manager": Grant("manager", project_id=stage["other"]),
        "runs": Grant("coordinator", organisation_id=stage["host"]),
        "partner": Grant("coordinator", organisation_id=stage["partner"]),
        "elsewhere": Grant("coordinator", organisation_id=stage["foreign"]),
        "helper": Grant("helper", event_id=stage["event"]),
        "other-helper": Grant("helper", event_id=stage["theirs"]),
        "viewer": Grant("viewer", project_id=stage["project"]),
        "none": None,
    }[role]


def sign_in_as(client: FlaskClient, role: str, stage: dict[str, Any]) -> FlaskClient:
    """Sign in a person who has this role alone."""
    email, grant = f"{role}@example.org", grant_of(role, stage)
    give_role(email, grant or Grant("viewer"), now(), None)
    if grant is None:
        with transaction() as session:
            session.execute(db.text("DELETE FROM role_grant"))
    return open_link(client, email)


def token_of(role: str) -> int:
    """Make a token of the person of the cast, and return its number."""
    owner = db.session.query(Organiser.id).filter_by(email=f"{role}@example.org").scalar()
    make_api_token(owner, "Arvutustabel", None, now())
    return db.session.query(ApiToken.id).filter_by(organiser_id=owner).scalar()  # type: ignore[no-any-return]


def routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Give out every route behind the desk's rights, with each of its methods."""
    for rule in app.url_map.iter_rules():
        declared = right_of(app, rule.endpoint)
        if declared is not None and declared not in OUTSIDE_DESK:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, declared, method


def address(app: Flask, rule: Rule, declared: str, stage: dict[str, Any]) -> str:
    """Build the route's address with the things of the stage."""
    slugs = {"register": "host", "project_manage": "project", "project_look": "project"}
    values: dict[str, Any] = {
        "slug": slugs.get(declared, "oppereis"),
        "number": stage["person"],
        "organisation": "partner",
        "reader": "hotel",
    }
    if rule.rule.startswith("/desk/outbox"):
        values["number"] = stage["letter"]
    elif rule.rule.startswith("/desk/projects/<slug>/reports"):
        values["number"] = stage["report"]
    elif rule.rule.startswith("/desk/roles"):
        values["number"] = stage["grant"]
    elif rule.rule.startswith("/desk/tokens"):
        values["number"] = stage["token"]
    elif rule.rule.startswith("/desk/account/passkeys"):
        values["number"] = stage["passkey"]
    elif "/activities/" in rule.rule:
        values["number"] = stage["activity"]
    elif rule.rule.startswith(("/desk/events/<slug>/files", "/desk/projects")):
        values["number"] = stage["logo" if declared == "project_manage" else "photo"]
    elif rule.endpoint == "desk.letter":
        values["number"] = stage["mailing"]
    values |= dict.fromkeys(rule.arguments - set(values), "confirmed")
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, {n: values[n] for n in rule.arguments})


def expected(declared: str, role: str) -> Any:
    """Return what somebody with this role gets to see behind this right."""
    found = EXPECTED[declared].get(role)
    if found is not None:
        return found
    if declared in ("register", "job") or (declared == "person_run" and role == "partner"):
        return HIDDEN
    if declared == "letter_run" and role != "viewer":
        return HIDDEN
    about_event = (
        declared.startswith(("event_", "person_", "partner_")) and declared != "event_creator"
    )
    return HIDDEN if about_event and role not in KNOWS else FORBIDDEN


@pytest.mark.parametrize("role", ROLES)
def test_every_route_opens_for_whom_its_right_names_and_for_nobody_else(
    app: Flask,
    client: FlaskClient,
    stage: dict[str, Any],
    role: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in_as(client, role, stage)
    stage["grant"] = db.session.scalar(db.select(RoleGrant.id)) or 1
    stage["token"] = token_of(role)
    stage["passkey"] = add_passkey(f"{role}@example.org")
    tried, wrong = 0, []
    for rule, declared, method in routes(app):
        path = address(app, rule, declared, stage)
        if rule.endpoint == "signin.sign_out":
            continue
        answer = client.open(path, method=method)
        # Without a form token an allowed POST changes nothing: it is answered as a form to send
        # again, or leads back.
        seen = answer.status_code if answer.status_code in (403, 404) else OPEN
        if answer.is_json:
            # A device at the door gets 403 with words of its own when the form token is missing.
            seen = OPEN
        answer.close()
        if seen != expected(declared, role):
            wrong.append((method, path, declared, answer.status_code))
        tried += 1
    assert wrong == []
    assert tried >= 50


def test_every_right_has_its_expectations() -> None:
    assert set(EXPECTED) == set(RIGHTS) - OUTSIDE_DESK


@pytest.mark.parametrize("role", ["partner", "viewer"])
def test_who_does_not_run_the_event_sees_only_what_is_theirs(
    client: FlaskClient,
    stage: dict[str, Any],
    entry: Callable[..., SignUp],
    role: str,
) -> None:
    event = db.session.get_one(Event, stage["event"])
    hidden = entry(
        last_name="Võõras", email="vooras@example.org", organisation_id=event.organiser_id
    )
    own = entry(last_name="Oma", email="oma@example.org", organisation_id=stage["partner"])
    for one in (hidden, own):
        sign_up(event.id, one, now())
    sign_in_as(client, role, stage)
    path = people_path(event)
    for page in (text_of(client, path), text_of(client, path + ".csv")):
        assert "vooras@example.org" not in page
        assert ("Võõras" in page) == (role == "viewer")
        assert ("oma@example.org" in page) == (role == "partner")
    assert "Võõras" not in text_of(client, path + "?q=vooras@example")
    to_print = text_of(client, "/desk/events/oppereis/paper")
    assert "poster.pdf" in to_print
    assert "badges" not in to_print
    assert "attendance.pdf" not in to_print


def test_a_viewer_opens_evidence_but_no_log_of_a_meeting_and_changes_nothing(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    log = prepare(BytesIO(LOG), "logi.csv", "meeting_log")
    keep_file(stage["event"], "meeting_log", log, now(), None)
    number = db.session.query(StoredFile.id).filter_by(kind="meeting_log").scalar()
    sign_in_as(client, "viewer", stage)
    page = text_of(client, "/desk/events/oppereis/files")
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert f"/files/{stage['photo']}" in page
    assert f"/files/{number}" not in page
    assert client.get(f"/desk/events/oppereis/files/{stage['photo']}").status_code == 200
    assert client.get(f"/desk/events/oppereis/files/{number}").status_code == 403


def test_a_coordinator_opens_events_of_their_own_organisation_alone(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    sign_in_as(client, "partner", stage)
    page = text_of(client, "/desk/events/new")
    organiser = page.split('id="organiser"')[1].split("</select>")[0]
    assert "MTÜ Partner" in organiser
    assert "MTÜ Näidis" not in organiser


def test_the_list_of_events_shows_what_is_within_reach(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    sign_in_as(client, "other-helper", stage)
    page = text_of(client, "/desk/")
    assert "/desk/events/partneri-oma" in page
    assert "/desk/events/oppereis" not in page


def test_a_manager_of_one_project_gives_and_takes_only_what_is_in_it(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    give_role("korge@example.org", Grant("manager"), now(), None)
    give_role("kaugel@example.org", Grant("viewer", project_id=stage["other"]), now(), None)
    give_role("abi@example.org", Grant("helper", event_id=stage["theirs"]), now(), None)
    sign_in_as(client, "manager", stage)
    page = text_of(client, "/desk/roles")
    assert "abi@example.org" in page
    assert "korge@example.org" not in page
    assert "kaugel@example.org" not in page
    for project in ("all", str(stage["other"])):
        sent = open_form(client, "/desk/roles") | {
            "email": "x@example.org",
            "role": "viewer",
            "project": project,
        }
        assert client.post("/desk/roles", data=sent).status_code == 422
    assert role_of("x@example.org") is None
    out_of_reach = role_of("korge@example.org")
    assert client.get(f"/desk/roles/{out_of_reach}/take").status_code == 404


def role_of(email: str) -> int | None:
    """Return the number of a role of this person."""
    db.session.rollback()
    row = (
        db.session.query(RoleGrant.id)
        .join(Organiser, Organiser.id == RoleGrant.organiser_id)
        .filter(Organiser.email == email)
        .first()
    )
    return row[0] if row else None


@pytest.mark.parametrize(("role", "letters"), [("runs", 1), ("manager", 2)])
def test_news_reaches_people_of_other_events_only_from_who_manages_the_project(
    client: FlaskClient,
    stage: dict[str, Any],
    entry: Callable[..., SignUp],
    role: str,
    letters: int,
) -> None:
    sign_up(stage["theirs"], entry(email="partner@example.org"), now())
    desk = sign_in_as(client, role, stage)
    path = "/desk/events/oppereis/write"
    typed = {"subject_et": "Kutse", "text_et": "Tule!", "activity": "y", "is_news": "y"}
    page = desk.post(path, data={**open_form(desk, path), **typed, "do": "preview"})
    assert f'name="letters" value="{letters}"' in page.get_data(as_text=True)
