"""The list of people at the desk: filters that combine, orders, what stays in the address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.attendance.marking import mark_present
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.roster.models import Tag
from koostoo.roster.service import tag_people
from tests.statements import selects_of
from tests.web.desk_pages import people_path, sign_in, text_of
from tests.web.test_desk_people import csv_rows, names

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
BUS: tuple[str, str, list[str]] = ("yesno", "Kas tuled bussiga?", [])
FOOD = ("choices", "Toit", ["liha", "kala"])


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def tag(event: Event, numbers: list[int], name: str = "Esineja") -> int:
    tag_people(event.id, numbers, name, "", now(), None)
    return db.session.scalars(select(Tag.id).where(Tag.name == name)).one()


def shown(desk: FlaskClient, event: Event, query: str) -> list[str]:
    found = names(text_of(desk, people_path(event) + query))
    assert [row[5] for row in csv_rows(desk, event, query)[1:]] == found
    return found


def test_answers_tags_and_standing_combine_and_each_can_be_taken_away(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=3, questions=[BUS, FOOD])
    bus, food = event.questions
    meat, fish = (option.id for option in food.options)
    given = {
        "Ader": {bus.id: True, food.id: [meat, fish]},
        "Kask": {bus.id: False, food.id: [fish]},
        "Tamm": {bus.id: True, food.id: [meat]},
        "Zirk": {bus.id: True, food.id: [fish]},
    }
    numbers = {
        name: sign_up(event.id, entry(last_name=name, answers=answers), now()).registration_id
        for name, answers in given.items()
    }
    number = tag(event, [numbers["Ader"], numbers["Kask"], numbers["Zirk"]])
    assert shown(desk, event, f"?said={bus.id}:yes") == ["Ader", "Zirk", "Tamm"]
    assert shown(desk, event, f"?said={bus.id}:no") == ["Kask"]
    assert shown(desk, event, f"?said={food.id}:{fish}") == ["Ader", "Kask", "Zirk"]
    query = f"?said={food.id}:{fish}&tag={number}&state=confirmed&q=mari"
    assert shown(desk, event, query) == ["Ader", "Kask"]
    page = text_of(desk, people_path(event) + query)
    without_tag = f"?q=mari&amp;state=confirmed&amp;said={food.id}:{fish}"
    assert without_tag in page.replace("%3A", ":")
    assert "Toit: kala" in page


@pytest.mark.parametrize(
    "query", ["?tag=999999", "?said=1:zz&tag=x&attendance=present:x&sort=-&columns=x&letters=no"]
)
def test_what_makes_no_sense_in_the_address_does_no_harm(
    desk: FlaskClient, make_event: MakeEvent, query: str
) -> None:
    assert desk.get(people_path(make_event()) + query).status_code == 200


def test_people_are_found_by_what_is_marked_for_a_day(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    start = now() - timedelta(hours=1)
    event = make_event()
    here, _away = (
        sign_up(event.id, entry(last_name=name), now()).registration_id for name in ("Ader", "Kask")
    )
    with transaction() as session:
        session.get_one(Event, event.id).when = When.timed(start, start + timedelta(hours=3))
    day = days_of(db.session.get_one(Event, event.id).when)[0]
    mark_present(event.id, [here], day, now(), None)
    assert shown(desk, event, f"?attendance=present:{day}") == ["Ader"]
    assert shown(desk, event, f"?attendance=unmarked:{day}") == ["Kask"]
    assert shown(desk, event, f"?attendance=absent:{day}") == []


def test_people_are_found_by_letters_that_did_not_arrive(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    for name in ("Ader", "Kask"):
        sign_up(event.id, entry(last_name=name), now())
    with transaction() as session:
        letter = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()[1]
        letter.state, letter.reason = "failed", "no_mailbox"
    assert shown(desk, event, "?letters=missed") == ["Kask"]


def test_each_head_sorts_in_estonian_order_and_back(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=2, allows_others=True)
    partner = event.activity.project.partners[1].organisation_id
    for last_name, more in (
        ("Tamm", {"member_organisation": "Õunaaed"}),
        ("Ader", {"member_organisation": "Zooselts"}),
        ("Kask", {"organisation_id": None, "other_organisation": "Vald"}),
        ("Saar", {"organisation_id": None, "other_organisation": "Ühing"}),
        ("Põld", {"organisation_id": partner}),
    ):
        sign_up(event.id, entry(last_name=last_name, **more), now())
    by_organisation = ["Ader", "Tamm", "Põld", "Kask", "Saar"]
    assert shown(desk, event, "?sort=organisation") == by_organisation
    assert shown(desk, event, "?sort=-organisation") == by_organisation[::-1]
    assert shown(desk, event, "?sort=signed_up") == ["Tamm", "Ader", "Kask", "Saar", "Põld"]
    assert shown(desk, event, "?sort=standing") == ["Ader", "Tamm", "Kask", "Põld", "Saar"]
    assert shown(desk, event, "?sort=-name") == ["Tamm", "Saar", "Põld", "Kask", "Ader"]
    page = text_of(desk, people_path(event) + "?sort=name&state=waiting")
    assert 'aria-sort="ascending"><a href="' in page
    assert "sort=-name" in page


def test_no_filter_nor_order_asks_more_of_the_database_for_more_people(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[BUS])
    bus = event.questions[0].id
    one = sign_up(event.id, entry(answers={bus: True}), now()).registration_id
    path = f"{people_path(event)}?said={bus}:yes&tag={tag(event, [one])}&sort=organisation"
    before = selects_of(desk, path)
    more = [sign_up(event.id, entry(answers={bus: True}), now()).registration_id for _ in range(9)]
    tag(event, more)
    assert selects_of(desk, path) == before


def test_a_letter_begins_with_the_people_the_list_shows(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one, two = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    number = tag(event, [two])
    path = f"/desk/events/{event.slug}/write"
    page = text_of(desk, f"{path}?tag={number}")
    assert f'<option selected value="{number}">Esineja</option>' in page
    page = text_of(desk, f"{path}?q=maasikas1")
    assert f'name="who" value="{one}"' in page
    assert f'name="who" value="{two}"' not in page
    assert desk.get(f"{path}?q=eikedagi").status_code == 303
