"""The page of roles: giving, taking, and what a manager of one project may give."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from koostoo.accounts.granting import LastManager, give_role, take_role
from koostoo.accounts.models import DeskSession, Organiser, RoleGrant
from koostoo.accounts.roles import Grant
from koostoo.accounts.service import invite_organiser
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from tests.web.desk_pages import open_form, sign_in, text_of

PAGE = "/desk/roles"


def grants(email: str) -> list[Grant]:
    """Return the roles of the person with this address."""
    db.session.rollback()
    rows = (
        db.session.query(RoleGrant)
        .join(Organiser, Organiser.id == RoleGrant.organiser_id)
        .filter(Organiser.email == email)
        .order_by(RoleGrant.id)
    )
    return [
        Grant(row.role, row.project_id, row.organisation_id, row.event_id)  # type: ignore[arg-type]  # checked by the column
        for row in rows
    ]


@pytest.fixture
def desk(client: FlaskClient, programme: Activity) -> FlaskClient:
    """The browser of who manages everything."""
    return sign_in(client)


def test_a_manager_gives_a_role_and_the_person_may_sign_in(
    desk: FlaskClient, make_event: Callable[..., Event]
) -> None:
    event = make_event()
    sent = open_form(desk, PAGE) | {
        "email": "abi@example.org",
        "role": "helper",
        "event": str(event.id),
    }
    assert desk.post(PAGE, data=sent).status_code == 303
    assert grants("abi@example.org") == [Grant("helper", event_id=event.id)]
    page = text_of(desk, PAGE)
    assert "abi@example.org" in page
    assert "abiline üritusel" in page
    assert desk.post(PAGE, data=sent).status_code == 303
    assert len(grants("abi@example.org")) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "abi"}, "abi"),
        ({"role": ""}, "Palun vali roll."),
        ({"organisation": ""}, "Palun vali, mille kohta roll käib."),
        ({"organisation": "999999"}, "999999"),
        ({"email": "abi@example.org\r\nBcc: x@example.org"}, "Bcc"),
    ],
)
def test_what_is_wrong_is_said_and_gives_nothing(
    desk: FlaskClient, programme: Activity, changed: dict[str, str], words: str
) -> None:
    partner = programme.project.partners[1].organisation_id
    good = {"email": "abi@example.org", "role": "coordinator", "organisation": str(partner)}
    before = db.session.query(RoleGrant).count()
    answer = desk.post(PAGE, data=open_form(desk, PAGE) | good | changed)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "error-summary" in page
    assert words == "999999" or words in page
    db.session.rollback()
    assert db.session.query(RoleGrant).count() == before


def test_taking_a_role_signs_the_person_out_at_once(desk: FlaskClient, app: object) -> None:
    invite_organiser("teine@example.org", now())
    other = sign_in(desk.application.test_client())
    row = (
        db.session.query(RoleGrant)
        .join(Organiser, Organiser.id == RoleGrant.organiser_id)
        .filter(Organiser.email == "korraldaja@example.org")
        .one()
    )
    path = f"{PAGE}/{row.id}/take"
    assert "korraldaja@example.org" in text_of(other, path)
    assert desk.post(path, data=open_form(desk, path)).status_code == 303
    assert grants("korraldaja@example.org") == []
    assert db.session.query(DeskSession).count() == 0
    assert other.get("/desk/").location.startswith("/desk/signin")


def test_somebody_always_manages_everything(desk: FlaskClient) -> None:
    row = db.session.query(RoleGrant).one()
    path = f"{PAGE}/{row.id}/take"
    answer = desk.post(path, data=open_form(desk, path), follow_redirects=True)
    assert "Keegi peab kõike juhtima" in answer.get_data(as_text=True)
    with pytest.raises(LastManager):
        take_role(row.id, now(), None)
    assert grants("korraldaja@example.org") == [Grant("manager")]


def test_an_incomplete_role_is_refused() -> None:
    for grant in (Grant("helper"), Grant("coordinator", project_id=1), Grant("viewer", event_id=2)):
        with pytest.raises(ValueError, match=grant.role):
            give_role("abi@example.org", grant, now(), None)
