"""A secret link is replaced: by its owner, or by an organiser; the old one then opens nothing."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.registration.groups import GroupSignUp, sign_up_group
from koostoo.registration.models import Group, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.registration.undelivered import correct_address
from tests.conftest import KEY
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
OWN = {"my": "", "feed": "/calendar.ics"}


@pytest.fixture
def seat(make_event: MakeEvent, entry: Entry) -> Registration:
    """Mari has a seat."""
    number = sign_up(make_event().id, entry(email="mari@example.org"), now()).registration_id
    return db.session.get_one(Registration, number)


def own_path(link_id: str, purpose: str = "my", tail: str = "") -> str:
    return f"/my/{make_token([KEY], purpose, link_id)}{tail}"


def link_of(seat: Registration) -> str:
    db.session.rollback()
    return db.session.get_one(Registration, seat.id).link_id


def letters(kind: str) -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


def words_of(message: OutboxMessage) -> str:
    written = render(message.id, now())
    assert written is not None
    return written.text


def press(client: FlaskClient, path: str) -> str:
    """Open the page, press its button, and return where that leads."""
    answer = client.post(path, data=open_form(client, path))
    assert answer.status_code == 303
    return str(answer.location)


def test_the_owner_replaces_it_and_gets_the_new_one_by_letter_alone(
    client: FlaskClient, seat: Registration
) -> None:
    old = seat.link_id
    asked = own_path(old, tail="/link")
    assert asked in text_of(client, own_path(old))
    assert "mari@example.org" in text_of(client, asked)
    leads_to = press(client, asked)
    new = link_of(seat)
    assert new != old
    said = text_of(client, leads_to)
    assert "Uus on teel aadressile mari@example.org" in said
    assert own_path(new) not in said
    (letter,) = letters("new_link")
    assert own_path(new) in words_of(letter)
    assert client.get(own_path(new)).status_code == 200


def test_everything_the_old_link_led_to_ends(client: FlaskClient, seat: Registration) -> None:
    old = seat.link_id
    press(client, own_path(old, tail="/link"))
    for tail in ("", "/edit", "/cancel", "/link", "/offer", "/coming", "/calendar"):
        assert client.get(own_path(old, tail=tail)).status_code == 404, tail
        assert client.post(own_path(old, tail=tail)).status_code == (404 if tail else 405), tail
    for folder, purpose in (("news", "news"), ("feedback", "feedback")):
        token = make_token([KEY], purpose, old)
        assert client.get(f"/my/{folder}/{token}").status_code == 404, folder
    # As other calendars whose address was replaced: programs are told to stop asking.
    assert client.get(own_path(old, "feed", "/calendar.ics")).status_code == 410
    assert client.get(own_path(link_of(seat), "feed", "/calendar.ics")).status_code == 200


def test_looking_at_the_page_replaces_nothing(client: FlaskClient, seat: Registration) -> None:
    asked = own_path(seat.link_id, tail="/link")
    for method in ("GET", "HEAD", "OPTIONS"):
        client.open(asked, method=method)
    assert client.post(asked).status_code == 422
    assert link_of(seat) == seat.link_id


def test_the_form_of_the_sign_up_sent_once_more_does_not_lead_to_the_new_link(
    client: FlaskClient, make_event: MakeEvent, fill_in: Callable[..., dict[str, str]]
) -> None:
    event = make_event()
    path, typed = f"/events/{event.slug}/register", fill_in(event)
    first = client.post(path, data=typed).location.partition("?")[0]
    assert client.post(path, data=typed).location.startswith(first)
    press(client, f"{first}/link")
    assert client.post(path, data=typed).location == f"/events/{event.slug}/already"


def test_a_letter_that_still_waits_brings_the_new_link(
    client: FlaskClient, seat: Registration
) -> None:
    old = seat.link_id
    press(client, own_path(old, tail="/link"))
    (waiting,) = letters("confirmed")
    text = words_of(waiting)
    assert own_path(old) not in text
    assert own_path(link_of(seat)) in text


def test_who_cancelled_gets_a_new_link_too(client: FlaskClient, seat: Registration) -> None:
    cancel(seat.id, now())
    press(client, own_path(seat.link_id, tail="/link"))
    (letter,) = letters("new_link")
    assert own_path(link_of(seat)) in words_of(letter)


def test_an_organiser_replaces_a_link_that_was_passed_on(
    client: FlaskClient, seat: Registration
) -> None:
    desk, old = sign_in(client), seat.link_id
    person = f"{people_path(seat.event)}/{seat.id}"
    assert f"{person}/link" in text_of(desk, person)
    assert press(desk, f"{person}/link") == person
    new = link_of(seat)
    assert new != old
    assert client.get(own_path(old)).status_code == 404
    page = text_of(desk, person)
    assert "Vahetas salajase lingi" in page
    assert make_token([KEY], "my", new) not in page
    (letter,) = letters("new_link")
    assert letter.recipient == "mari@example.org"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "link_renewed")).one()
    assert (entry.registration_id, entry.detail) == (seat.id, {})


def test_without_an_address_there_is_no_link_to_replace(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    walk_in = entry(email="", email_key="none-1", source="desk")
    number = sign_up(event.id, walk_in, now()).registration_id
    desk, person = sign_in(client), f"{people_path(event)}/{number}"
    assert f"{person}/link" not in text_of(desk, person)
    assert desk.get(f"{person}/link").status_code == 404
    link_id = db.session.get_one(Registration, number).link_id
    assert client.get(own_path(link_id)).status_code == 404


def test_whoever_signed_up_others_replaces_only_their_own(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    contact = GroupSignUp("Liis Tamm", "liis@example.org", "et", False, "g", (entry(), entry()))
    sign_up_group(event.id, contact, now())
    group = db.session.scalars(select(Group)).one()
    old, members = group.link_id, [one.link_id for one in group.members]
    path = f"/my/group/{make_token([KEY], 'group', old)}"
    assert f"{path}/link" in text_of(client, path)
    press(client, f"{path}/link")
    assert client.get(path).status_code == 404
    db.session.rollback()
    group = db.session.scalars(select(Group)).one()
    assert [one.link_id for one in group.members] == members
    new = make_token([KEY], "group", group.link_id)
    assert new in words_of(letters("group_summary")[-1])


def test_of_who_was_signed_up_by_another_the_organiser_replaces_that_link_too(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    contact = GroupSignUp("Liis Tamm", "liis@example.org", "et", False, "g", (entry(), entry()))
    sign_up_group(event.id, contact, now())
    old = db.session.scalars(select(Group.link_id)).one()
    number = db.session.scalars(select(Registration.id)).first()
    press(sign_in(client), f"{people_path(event)}/{number}/link")
    db.session.rollback()
    assert db.session.scalars(select(Group.link_id)).one() != old
    assert len(letters("group_summary")) == 2


def test_a_corrected_address_ends_the_link_that_went_to_the_wrong_one(
    client: FlaskClient, seat: Registration
) -> None:
    old = seat.link_id
    correct_address(seat.event_id, seat.id, parse_email("mari@example.com"), now())
    assert client.get(own_path(old)).status_code == 404
    (letter,) = letters("confirmed")
    assert own_path(link_of(seat)) in words_of(letter)
