"""The page on which a coordinator puts a colleague in somebody's place."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.granting import give_role
from koostoo.accounts.models import RoleGrant
from koostoo.accounts.roles import Grant
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.web.desk_pages import open_form, open_link, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
COLLEAGUE = {
    "first_name": "Jüri",
    "last_name": "Tamm",
    "email": "jyri@example.org",
    "phone": "5552 2385",
    "role": "staff",
    "language": "et",
    "privacy": "y",
}


def path_of(event: Event, number: int) -> str:
    return f"{people_path(event)}/{number}/hand-over"


def test_a_coordinator_swaps_a_name_within_their_organisation(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=2)
    host, partner = (one.organisation_id for one in event.activity.project.partners)
    theirs = sign_up(event.id, entry(organisation_id=partner), now()).registration_id
    others = sign_up(event.id, entry(organisation_id=host), now()).registration_id
    desk = sign_in(client)
    with transaction() as session:
        session.query(RoleGrant).delete()
    give_role("korraldaja@example.org", Grant("coordinator", organisation_id=partner), now(), None)
    open_link(desk, "korraldaja@example.org")
    assert desk.get(path_of(event, others)).status_code == 404
    form = open_form(desk, path_of(event, theirs))
    assert form["organisation"] == str(partner)
    assert f'value="{host}"' not in text_of(desk, path_of(event, theirs))
    assert desk.post(path_of(event, theirs), data={**form, **COLLEAGUE}).status_code == 303
    db.session.rollback()
    found = select(Registration.state, Registration.last_name).where(
        Registration.organisation_id == partner
    )
    assert [tuple(row) for row in db.session.execute(found.order_by(Registration.id))] == [
        ("cancelled", "Maasikas1"),
        ("confirmed", "Tamm"),
    ]
    # Sent again, from the page that is still open.
    again = desk.post(path_of(event, theirs), data={**form, **COLLEAGUE}, follow_redirects=True)
    assert "ei ole enam kohta" in again.get_data(as_text=True)


def test_a_mistake_keeps_what_was_typed_and_says_what_stands_in_the_way(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one = sign_up(event.id, entry(), now()).registration_id
    known = entry(first_name="Jüri", last_name="Tamm", email_key="jyri@example.org")
    sign_up(event.id, known, now())
    desk = sign_in(client)
    form = open_form(desk, path_of(event, one))
    for wrong, words in (({"email": "jyri"}, "aadress"), ({}, "on selle ürituse nimekirjas juba")):
        answer = desk.post(path_of(event, one), data={**form, **COLLEAGUE, **wrong})
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert words in page
        assert 'value="Tamm"' in page
