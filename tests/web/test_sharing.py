"""How seats are shared out, as people and organisers see it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Option, Quota
from koostoo.programme.models import Activity
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

DAY = timedelta(days=1)
MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def shared(make_event: MakeEvent, programme: Activity, **values: object) -> Event:
    """An event of three seats, two of them promised to the partner."""
    event = make_event(capacity=3, **values)
    with transaction() as session:
        session.add(
            Quota(
                event_id=event.id,
                organisation_id=programme.project.partners[1].organisation_id,
                seats=2,
                release_at=now() + DAY,
            )
        )
    return event


def test_the_event_page_says_to_whom_seats_are_promised_and_what_is_free_for_all(
    client: FlaskClient, make_event: MakeEvent, programme: Activity, entry: Entry
) -> None:
    event = shared(make_event, programme, partner_cap=2, member_cap=1)
    sign_up(event.id, entry(), now())
    page = text_of(client, f"/events/{event.slug}")
    assert "MTÜ Partner: lubatud 2 kohta, neist vabu 2; hoitakse kuni" in page
    assert "Vabad kohad on lubatud partneritele" in page
    assert "Igast tegevusrühmast kõige rohkem 2 inimest." in page
    assert "Igast liikmesorganisatsioonist kõige rohkem 1 inimene." in page
    assert "Registreeru" in page
    english = text_of(client, f"/en/events/{event.slug}")
    assert "2 seats are promised to MTÜ Partner, 2 of them free; kept until" in english


def test_somebody_who_waits_reads_why_and_so_does_the_organiser(
    client: FlaskClient,
    desk: FlaskClient,
    make_event: MakeEvent,
    programme: Activity,
    entry: Entry,
    fill_in: Callable[..., dict[str, str]],
) -> None:
    event = shared(make_event, programme)
    sign_up(event.id, entry(), now())
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event))
    page = text_of(client, answer.location)
    assert "vabad kohad on lubatud teistele organisatsioonidele" in page
    assert "MTÜ Partner: lubatud 2 kohta" in page
    assert "vabad kohad on lubatud teistele organisatsioonidele" in text_of(
        desk, people_path(event)
    )


def test_a_full_option_is_shown_as_full(
    client: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=9, questions=[("choice", "Peatus", ["Haapsalu", "Risti"])])
    question, (haapsalu, _risti) = event.questions[0].id, event.questions[0].options
    number = haapsalu.id
    with transaction() as session:
        session.get_one(Option, number).seats = 1
    assert "Haapsalu (täis" not in text_of(client, f"/events/{event.slug}/register")
    sign_up(event.id, entry(answers={question: [number]}), now())
    page = text_of(client, f"/events/{event.slug}/register")
    assert "Haapsalu (täis: ootenimekiri)" in page
    assert "Risti (täis" not in page


def test_who_changes_over_to_a_full_option_is_told_and_keeps_what_they_had(
    client: FlaskClient, make_event: MakeEvent, entry: Entry, fill_in: Callable[..., dict[str, str]]
) -> None:
    event = make_event(capacity=9, questions=[("choice", "Peatus", ["Haapsalu", "Risti"])])
    question = event.questions[0].id
    haapsalu, risti = (option.id for option in event.questions[0].options)
    with transaction() as session:
        session.get_one(Option, haapsalu).seats = 1
    sign_up(event.id, entry(answers={question: [haapsalu]}), now())
    typed = fill_in(event, **{f"q{question}": str(risti)})
    own = client.post(f"/events/{event.slug}/register", data=typed).location.partition("?")[0]
    fields = open_form(client, f"{own}/edit") | {
        f"q{question}": str(haapsalu),
        "phone": "5552 2386",
    }
    answer = client.post(f"{own}/edit", data=fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Seda ei saa salvestada: valitud variandis ei ole enam kohti." in page
    assert "5552 2386" in page
    assert "Risti" in text_of(client, own)


def test_while_members_come_first_others_are_told_so_and_lose_nothing(
    client: FlaskClient, make_event: MakeEvent, fill_in: Callable[..., dict[str, str]]
) -> None:
    event = make_event(allows_others=True, members_first_until=now() + DAY)
    page = text_of(client, f"/events/{event.slug}/register")
    assert "Ainult partnerorganisatsioonide inimesed saavad registreeruda kuni" in page
    assert "muu organisatsioon" not in page
    typed = fill_in(event, organisation="other", other_organisation="Naabrid")
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    assert answer.status_code == 422
    assert 'value="Maasikas"' in answer.get_data(as_text=True)


def edit_fields(desk: FlaskClient, event: Event) -> dict[str, Any]:
    return open_form(desk, f"/desk/events/{event.slug}/edit")


def ready(make_event: MakeEvent) -> Event:
    return make_event(
        capacity=3, summary=LocalText("Lühidalt"), contact_email="korraldaja@example.org"
    )


def test_an_organiser_promises_seats_and_finds_them_again(
    desk: FlaskClient, make_event: MakeEvent, programme: Activity
) -> None:
    event = ready(make_event)
    partner = str(programme.project.partners[1].organisation_id)
    fields = edit_fields(desk, event) | {
        "quotas-0-organisation": partner,
        "quotas-0-seats": "2",
        "partner_cap": "2",
        "waiting_max": "10",
    }
    answer = desk.post(f"/desk/events/{event.slug}/edit", data=fields)
    assert answer.status_code == 303
    again = edit_fields(desk, event)
    assert (again["quotas-0-organisation"], again["quotas-0-seats"]) == (partner, "2")
    assert (again["partner_cap"], again["waiting_max"]) == ("2", "10")
    assert "MTÜ Partner: lubatud 2 kohta" in text_of(desk, people_path(event))


def test_promises_that_cannot_be_are_refused_beside_the_field(
    desk: FlaskClient, make_event: MakeEvent, programme: Activity
) -> None:
    event = ready(make_event)
    host, partner = (str(p.organisation_id) for p in programme.project.partners)
    fields = edit_fields(desk, event)
    wrong = [
        ({"quotas-0-organisation": host, "quotas-0-seats": "4"}, "Lubatud on rohkem kohti"),
        ({"quotas-0-organisation": host, "quotas-0-seats": "0"}, "Kirjuta vähemalt 1"),
        ({"quotas-0-organisation": host}, "Kirjuta, mitu kohta on lubatud."),
        ({"quotas-0-seats": "2"}, "Vali, kellele need kohad on lubatud."),
        (
            {"quotas-0-organisation": host, "quotas-0-seats": "1", "capacity": ""},
            "Kohti saab lubada ainult siis",
        ),
        (
            {
                "quotas-0-organisation": partner,
                "quotas-0-seats": "1",
                "quotas-1-organisation": partner,
                "quotas-1-seats": "1",
            },
            "Sellel organisatsioonil on juba rida.",
        ),
        (
            {
                "quotas-0-organisation": partner,
                "quotas-0-seats": "1",
                "quotas-0-until_day": (now() + 90 * DAY).date().isoformat(),
            },
            "alles pärast ürituse algust",
        ),
        ({"partner_cap": "0"}, "Kirjuta vähemalt 1"),
        ({"quotas-0-organisation": "999999", "quotas-0-seats": "1"}, "Palun vali üks neist."),
    ]
    for change, words in wrong:
        answer = desk.post(f"/desk/events/{event.slug}/edit", data=fields | change)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, words in page) == (422, True), change
