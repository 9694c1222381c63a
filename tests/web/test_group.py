"""Signing up several people in one form, and the contact's page about them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.tokens import make_token
from koostoo.events.models import Event, Invitation
from koostoo.programme.models import Activity
from koostoo.registration.models import Group, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.conftest import KEY
from tests.registration.people import person, states
from tests.web.desk_pages import open_form, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def fill(client: FlaskClient, programme: Activity) -> Callable[..., dict[str, Any]]:
    """Open the form of an event and return what a contact would send for these names."""

    def make(event: Event, *names: str, **values: Any) -> dict[str, Any]:
        typed = open_form(client, path(event)) | {
            "name": "Liis Tamm",
            "email": "liis@example.org",
            "organisation": str(programme.project.partners[0].organisation_id),
            "language": "et",
            "together": "fitting",
            "privacy": "y",
        }
        for number, name in enumerate(names):
            first, last = name.split()
            typed |= {f"people-{number}-first_name": first, f"people-{number}-last_name": last}
            typed[f"people-{number}-role"] = "board"
        return typed | values

    return make


Fill = Callable[..., dict[str, Any]]


def path(event: Event) -> str:
    return f"/events/{event.slug}/register/group"


def people() -> list[Registration]:
    db.session.rollback()
    return list(db.session.scalars(select(Registration).order_by(Registration.id)))


def test_it_works(client: FlaskClient, make_event: MakeEvent, fill: Fill) -> None:
    event = make_event(capacity=2)
    typed = fill(event, "Mari Mets", "Jüri Mets", **{"people-1-email": "jyri@example.org"})
    answer = client.post(path(event), data=typed)
    assert answer.status_code == 303
    page = text_of(client, answer.location)
    assert "Mari Mets" in page
    assert page.count("kinnitatud") == 2
    assert [(p.name, p.email, p.role, p.photo_consent) for p in people()] == [
        ("Mari Mets", "liis@example.org", "board", None),
        ("Jüri Mets", "jyri@example.org", "board", None),
    ]


def test_each_answers_the_events_own_questions(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event(questions=[("choice", "Peatus", ["Keila", "Risti"])])
    question = event.questions[0]
    field = f"q{question.id}"
    one, two = (str(option.id) for option in question.options)
    answers = {f"people-0-{field}": one, f"people-1-{field}": two}
    client.post(path(event), data=fill(event, "Mari Mets", "Jüri Mets", **answers))
    assert [[a.value for a in p.answers] for p in people()] == [[[int(one)]], [[int(two)]]]


def test_what_is_wrong_stands_beside_the_person_and_everything_is_kept(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event()
    typed = fill(event, "Mari Mets", "Jüri Mets", **{"people-1-email": "kuskil", "privacy": ""})
    typed["people-1-last_name"] = ""
    del typed["privacy"]
    answer = client.post(path(event), data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#people-1-email"' in page
    assert 'href="#people-1-last_name"' in page
    assert 'href="#privacy"' in page
    assert 'value="kuskil"' in page
    assert 'value="Mari"' in page
    assert people() == []


def test_an_empty_form_asks_for_somebody(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event()
    answer = client.post(path(event), data=fill(event))
    assert answer.status_code == 422
    assert "Kirjuta vähemalt üks inimene." in answer.get_data(as_text=True)


def test_there_is_room_for_more_people_up_to_what_the_event_takes(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event(group_max=4)
    typed = fill(event, "Mari Mets", more="y")
    page = client.post(path(event), data=typed).get_data(as_text=True)
    assert "people-3-first_name" in page
    assert "people-4-first_name" not in page
    assert 'value="Mari"' in page
    assert "Lisa inimesi" not in page
    assert people() == []


def test_together_or_not_at_all(client: FlaskClient, make_event: MakeEvent, fill: Fill) -> None:
    event = make_event(capacity=1)
    typed = fill(event, "Mari Mets", "Jüri Mets", together="together")
    answer = client.post(path(event), data=typed)
    assert states(event.id) == ["waiting", "waiting"]
    page = text_of(client, answer.location)
    assert "Nad ootavad koos" in page
    assert "ootenimekirjas, 2. koht" in page


def test_who_is_registered_already_is_named_beside_their_row(
    client: FlaskClient, make_event: MakeEvent, fill: Fill, entry: Entry
) -> None:
    event = make_event()
    email = {"email": "mari@example.org", "email_key": "mari@example.org"}
    sign_up(event.id, entry(first_name="Mari", last_name="Mets", **email), now())
    typed = fill(event, "Jüri Mets", "Mari Mets", **{"people-1-email": "mari@example.org"})
    page = client.post(path(event), data=typed).get_data(as_text=True)
    assert "See inimene on juba registreeritud. Palun jäta ta välja." in page
    assert 'href="#people-1-last_name"' in page
    assert len(people()) == 1


def test_who_finds_no_place_is_named(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event(capacity=1, has_waiting_list=False)
    answer = client.post(path(event), data=fill(event, "Mari Mets", "Jüri Mets"))
    page = text_of(client, answer.location)
    assert "Jüri Mets jäi välja" in page
    assert states(event.id) == ["confirmed"]


def test_a_closed_event_takes_nobody_and_keeps_what_was_typed(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event(closes_at=now())
    typed = {"name": "Liis", "people-0-first_name": "Mari", "people-0-last_name": "Mets"}
    page = client.post(path(event), data={**fill(make_event(), "Mari Mets"), **typed})
    assert page.status_code == 422
    assert 'value="Mari"' in page.get_data(as_text=True)
    assert people() == []


def test_an_event_for_single_people_has_no_such_form(
    client: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(group_max=1)
    assert client.get(path(event)).location == f"/events/{event.slug}/register"
    assert "register/group" not in text_of(client, f"/events/{event.slug}/register")


def group_path(tail: str = "") -> str:
    group = db.session.scalars(select(Group)).one()
    return f"/my/group/{make_token([KEY], 'group', group.link_id)}{tail}"


def test_the_contact_can_call_one_of_them_off_after_being_asked(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event(capacity=2)
    client.post(path(event), data=fill(event, "Mari Mets", "Jüri Mets", "Ott Mets"))
    first = people()[0].id
    cancel_path = group_path(f"/cancel/{first}")
    form = open_form(client, cancel_path)
    assert person(first).state == "confirmed"
    assert "Mari Mets" in text_of(client, cancel_path)
    client.post(cancel_path, data=form)
    assert states(event.id) == ["cancelled", "confirmed", "confirmed"]


def test_the_contacts_link_opens_nobody_elses_registration(
    client: FlaskClient, make_event: MakeEvent, fill: Fill, entry: Entry
) -> None:
    event = make_event()
    client.post(path(event), data=fill(event, "Mari Mets"))
    other = sign_up(event.id, entry(), now()).registration_id
    assert client.get(group_path(f"/cancel/{other}")).status_code == 404
    assert client.post(group_path(f"/cancel/{other}")).status_code == 404
    token = group_path().rpartition("/")[2]
    assert client.get(f"/my/{token}").status_code == 404
    altered = token[:-1] + ("x" if token[-1] != "x" else "y")
    assert client.get(f"/my/group/{altered}").status_code == 404
    assert person(other).state == "confirmed"


def test_the_contacts_page_shows_nobodys_contacts(
    client: FlaskClient, make_event: MakeEvent, fill: Fill
) -> None:
    event = make_event()
    typed = fill(event, "Mari Mets", **{"people-0-email": "mari@example.org"})
    answer = client.post(path(event), data=typed)
    assert "mari@example.org" not in text_of(client, answer.location)


def test_who_is_no_member_is_named_beside_their_own_row(
    client: FlaskClient,
    make_event: MakeEvent,
    fill: Fill,
    programme: Activity,
    keep_register: Callable[..., None],
) -> None:
    keep_register(programme.project.partners[0].organisation_id, "Näidise küla selts")
    event = make_event(membership="members")
    typed = fill(event, "Mari Mets", "Jaan Kask") | {
        "people-0-member_organisation": "Näidise küla selts",
        "people-1-member_organisation": "Võõras selts",
    }
    answer = client.post(path(event), data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="people-1-member_organisation-error"' in page
    assert 'id="people-0-member_organisation-error"' not in page
    assert "Registreeruda saavad ainult liikmed, aga" in page
    assert people() == []
    typed |= {"people-1-member_organisation": "näidise küla SELTS"}
    assert client.post(path(event), data=typed).status_code == 303
    assert [one.membership for one in people()] == ["member", "member"]


def test_a_form_for_several_opened_before_the_invitation_is_answered_in_words(
    client: FlaskClient, make_event: MakeEvent, fill: Fill, programme: Activity
) -> None:
    event = make_event()
    typed = fill(event, "Mari Mets", "Jaan Kask")
    with transaction() as session:
        partner = programme.project.partners[1].organisation_id
        session.add(Invitation(event_id=event.id, organisation_id=partner))
    answer = client.post(path(event), data=typed)
    assert answer.status_code == 422
    assert "See organisatsioon ei ole üritusele kutsutud." in answer.get_data(as_text=True)
