"""My data: seen, taken along, corrected and erased through the own link."""

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.privacy.models import Erasure
from koostoo.programme.models import Project
from koostoo.registration.models import MailboxCalendar, Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import send_links, sign_up
from tests.conftest import KEY, form_values
from tests.privacy.marked import make_past
from tests.web.desk_pages import sign_in, text_of

MakeEvent = Callable[..., Event]
Entrant = Callable[..., SignUp]


@pytest.fixture
def number(make_event: MakeEvent, entry: Entrant) -> int:
    """Somebody signed up, with an allergy."""
    event = make_event(capacity=1, questions=[("text", "Allergia", [])])
    with transaction() as session:
        session.scalars(select(Project)).one().keep_until = date(2035, 12, 31)
    answers = {event.questions[0].id: "pähklid"}
    return sign_up(event.id, entry(answers=answers), now()).registration_id


def own(number: int, tail: str = "/data") -> str:
    """Return the address of a page of theirs."""
    db.session.rollback()
    link_id = db.session.get_one(Registration, number).link_id
    return f"/my/{make_token([KEY], 'my', link_id)}{tail}"


def press(client: FlaskClient, path: str, **values: str) -> str:
    """Send the form of a page as it stands, with these values, and return where it leads."""
    page = client.get(path).get_data(as_text=True)
    answer = client.post(path, data={**form_values(page), **values})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def test_the_page_says_what_is_kept_until_when(client: FlaskClient, number: int) -> None:
    page = text_of(client, own(number))
    for words in ("Mari Maasikas1", "mari1@example.org", "pähklid", "Hoiame kuni 31.12.2035"):
        assert words in page
    assert "Minu andmed" in text_of(client, own(number, ""))


def test_the_copy_is_a_file_for_programs_that_no_cache_keeps(
    client: FlaskClient, number: int
) -> None:
    answer = client.get(own(number, "/data.json"))
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    copy = json.loads(answer.get_data(as_text=True))
    assert copy["format"] == "koostoo-own-data-1"
    [one] = copy["registrations"]
    assert one["registration"]["email"] == "mari1@example.org"
    assert one["answers"][0]["value"] == "pähklid"
    assert one["kept_until"]["taking_part"] == "2035-12-31"


def test_erasing_before_the_event_gives_the_seat_to_who_waits(
    client: FlaskClient, number: int, entry: Entrant
) -> None:
    event_id = db.session.get_one(Registration, number).event_id
    waiting = sign_up(event_id, entry(), now()).registration_id
    page = text_of(client, own(number, "/erase"))
    assert "Sellega loobud oma kohast" in page
    assert db.session.get(Erasure, number) is None
    where = press(client, own(number, "/erase"))
    answer = client.get(where)
    assert answer.status_code == 410
    assert "Sinu andmed on kustutatud" in answer.get_data(as_text=True)
    for tail in ("/edit", "/data", "/data.json", "/cancel", "/erase", "/correct"):
        assert client.get(own(number, tail)).status_code == 410
    assert db.session.get_one(Registration, waiting).state == "confirmed"
    letters = db.session.scalars(select(OutboxMessage.registration_id)).all()
    assert number not in letters


def test_erasing_afterwards_says_what_must_stay_and_why(client: FlaskClient, number: int) -> None:
    make_past(db.session.get_one(Registration, number).event_id)
    page = text_of(client, own(number, "/erase"))
    assert "Sellega loobud" not in page
    assert "artikli 17 lõike 3 punkt b" in page
    assert "kuni 31.12.2035" in page
    press(client, own(number, "/erase"))
    row = db.session.get_one(Registration, number)
    assert (row.last_name, row.email, row.state) == ("Maasikas1", "", "confirmed")


def test_a_correction_goes_to_the_organiser_who_decides(client: FlaskClient, number: int) -> None:
    press(
        client, own(number, "/correct"),
        first_name="Marii", last_name="Maasikas", email="mari1@example.org", words="Olin mõlemal",
    )  # fmt: skip
    assert "ei ole veel otsustanud" in text_of(client, own(number))
    desk = sign_in(client)
    slug = db.session.get_one(Registration, number).event.slug
    assert "1 inimene palub midagi parandada" in text_of(desk, "/desk/")
    assert "Mari Maasikas1" in text_of(desk, f"/desk/events/{slug}/corrections")
    person = f"/desk/events/{slug}/registrations/{number}"
    page = desk.get(person).get_data(as_text=True)
    assert "Marii Maasikas" in text_of(desk, person)
    token = form_values(page)
    desk.post(f"{person}/correction", data={**token, "answer": "yes"})
    assert db.session.get_one(Registration, number).name == "Marii Maasikas"
    acts = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "corrected")).all()
    assert [act.detail for act in acts] == [{"parts": ["name"]}]


def test_a_bad_correction_keeps_what_was_typed(client: FlaskClient, number: int) -> None:
    path = own(number, "/correct")
    form = form_values(client.get(path).get_data(as_text=True))
    answer = client.post(path, data={**form, "first_name": "", "last_name": "K", "email": "x"})
    assert answer.status_code == 422
    assert 'value="x"' in answer.get_data(as_text=True)


def test_an_organiser_erases_for_who_telephones(client: FlaskClient, number: int) -> None:
    desk = sign_in(client)
    slug = db.session.get_one(Registration, number).event.slug
    person = f"/desk/events/{slug}/registrations/{number}"
    page = desk.get(f"{person}/erase").get_data(as_text=True)
    bare = desk.post(f"{person}/erase", data=form_values(page))
    assert bare.status_code == 422
    assert "Kuidas inimene seda soovis?</a> Palun" in bare.get_data(as_text=True)
    done = desk.post(f"{person}/erase", data={**form_values(page), "how": "phone"})
    assert done.status_code == 303
    shown = text_of(desk, person)
    assert "Kustutatud inimese soovil" in shown
    assert "palus telefoni teel" in shown
    act = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "erased")).one()
    assert act.detail == {"how": "phone", "keeps_name": False}
    assert "Mari" not in str((act.reason, act.detail))
    assert desk.get(f"{person}/erase").status_code == 303


def test_a_letter_to_the_mailbox_leads_to_all_its_data_also_after_the_event(
    client: FlaskClient, number: int
) -> None:
    make_past(db.session.get_one(Registration, number).event_id)
    send_links("mari1@example.org", now())
    row = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "links")).one()
    letter = render(row.id, now())
    assert letter is not None
    found = re.search(r"http://localhost(/my/calendar/\S+/data)", letter.text)
    assert found is not None
    page = client.get(found[1]).get_data(as_text=True)
    assert own(number) in page
    copy = json.loads(client.get(f"{found[1]}.json").get_data(as_text=True))
    assert len(copy["registrations"]) == 1
    press(client, own(number, "/erase"))
    assert db.session.scalars(select(MailboxCalendar)).all() == []
    assert client.get(found[1]).status_code == 404


def test_a_project_manager_sees_what_is_forgotten_when_and_what_was(
    client: FlaskClient, number: int
) -> None:
    make_past(db.session.get_one(Registration, number).event_id, 40)
    desk = sign_in(client)
    page = text_of(desk, "/desk/projects/project/retention")
    for words in (
        "järgmisel korral", "Vastused, märkmed", "30 päeva pärast üritust", "01.01.2036",
        "30 päeva pärast üritust, kuid mitte enne projekti lõppu",
    ):  # fmt: skip
        assert words in page
    assert "Veel mitte midagi." in page


def test_the_list_of_people_says_until_when_it_is_kept(client: FlaskClient, number: int) -> None:
    slug = db.session.get_one(Registration, number).event.slug
    page = text_of(sign_in(client), f"/desk/events/{slug}/registrations")
    assert "nimesid kuni 31.12.2035" in page
    assert "/desk/projects/project/retention" in page
