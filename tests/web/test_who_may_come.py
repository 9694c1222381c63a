"""Invited organisations and members, as people and organisers meet them."""

import csv
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Invitation
from koostoo.programme.models import Activity, Organisation
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
FillIn = Callable[..., dict[str, str]]
KeepRegister = Callable[..., None]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


@pytest.fixture
def organisations(programme: Activity) -> list[int]:
    """Host and partner, by number."""
    return [partner.organisation_id for partner in programme.project.partners]


def invite(event: Event, *numbers: int) -> Event:
    with transaction() as session:
        session.add_all(Invitation(event_id=event.id, organisation_id=one) for one in numbers)
    return event


def ready(make_event: MakeEvent, **values: Any) -> Event:
    text = LocalText("Lühidalt")
    return make_event(capacity=9, summary=text, contact_email="korraldaja@example.org", **values)


# --- Signing up --------------------------------------------------------------


def test_the_pages_of_an_event_say_who_is_invited_and_offer_nobody_else(
    client: FlaskClient, make_event: MakeEvent, organisations: list[int]
) -> None:
    event = invite(make_event(), organisations[1])
    assert "Kutsutud on: MTÜ Partner." in text_of(client, f"/events/{event.slug}")
    assert "Invited: MTÜ Partner." in text_of(client, f"/en/events/{event.slug}")
    page = text_of(client, f"/events/{event.slug}/register")
    assert "Kutsutud on: MTÜ Partner." in page
    assert re.findall(r'<option value="(\d+)">', page) == [str(organisations[1])]
    assert "Kutsutud" not in text_of(client, f"/events/{make_event().slug}")


def test_a_form_opened_before_the_invitation_is_answered_in_words_and_kept(
    client: FlaskClient, make_event: MakeEvent, organisations: list[int], fill_in: FillIn
) -> None:
    event = make_event()
    typed = fill_in(event)
    invite(event, organisations[1])
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "See organisatsioon ei ole üritusele kutsutud." in page
    assert 'value="Maasikas"' in page


def test_where_only_members_may_come_others_read_why_beside_the_field_and_lose_nothing(
    client: FlaskClient,
    make_event: MakeEvent,
    organisations: list[int],
    keep_register: KeepRegister,
    fill_in: FillIn,
) -> None:
    keep_register(organisations[0], "Näidise küla selts")
    event = make_event(membership="members")
    path = f"/events/{event.slug}/register"
    assert "Registreeruda saavad ainult tegevusrühmade liikmed." in text_of(client, path)
    typed = fill_in(event, member_organisation="Võõras selts", phone="5552 2385")
    answer = client.post(path, data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    beside = re.search(r'id="member_organisation-error">(.*?)</div>', page, re.DOTALL)
    assert beside is not None
    assert "Registreeruda saavad ainult liikmed, aga" in beside[1]
    for kept in ("Võõras selts", "5552 2385", "mari@example.org", "Maasikas"):
        assert f'value="{kept}"' in page
    answer = client.post(path, data=typed | {"member_organisation": "MTÜ Näidise Küla Selts"})
    assert answer.status_code == 303


def test_who_changes_to_an_organisation_that_is_no_member_is_told_so(
    client: FlaskClient,
    make_event: MakeEvent,
    organisations: list[int],
    keep_register: KeepRegister,
    fill_in: FillIn,
) -> None:
    keep_register(organisations[0], "Näidise küla selts")
    event = make_event(membership="members")
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event))
    own = answer.location.partition("?")[0]
    fields = open_form(client, f"{own}/edit") | {"member_organisation": "Võõras selts"}
    answer = client.post(f"{own}/edit", data=fields)
    assert answer.status_code == 422
    assert "Registreeruda saavad ainult liikmed, aga" in answer.get_data(as_text=True)
    assert "Näidise küla selts" in text_of(client, own)


def test_who_was_signed_up_before_may_change_answers_though_no_longer_invited(
    client: FlaskClient, make_event: MakeEvent, organisations: list[int], fill_in: FillIn
) -> None:
    event = make_event()
    answer = client.post(f"/events/{event.slug}/register", data=fill_in(event))
    own = answer.location.partition("?")[0]
    invite(event, organisations[1])
    fields = open_form(client, f"{own}/edit")
    assert fields["organisation"] == str(organisations[0])
    answer = client.post(f"{own}/edit", data=fields | {"phone": "5552 2386"})
    assert answer.status_code == 303


# --- The event form ----------------------------------------------------------


def saved(desk: FlaskClient, event: Event, change: dict[str, Any]) -> str:
    """Send the event form with these changes; return the page, empty when it was saved."""
    path = f"/desk/events/{event.slug}/edit"
    answer = desk.post(path, data=open_form(desk, path) | change)
    return "" if answer.status_code == 303 else answer.get_data(as_text=True)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="invited" value="(\d+)" checked', page)


def test_an_organiser_invites_some_organisations_and_finds_them_ticked_again(
    desk: FlaskClient, make_event: MakeEvent, organisations: list[int]
) -> None:
    event = ready(make_event)
    path = f"/desk/events/{event.slug}/edit"
    assert ticked(text_of(desk, path)) == []
    both = [str(number) for number in organisations]
    assert saved(desk, event, {"invited": both, "membership": "flag"}) == ""
    page = text_of(desk, path)
    assert ticked(page) == both
    assert 'value="flag" checked' in page
    assert saved(desk, event, {"invited": both[1]}) == ""
    assert ticked(text_of(desk, path)) == both[1:]
    assert "Kutsutud on: MTÜ Partner." in text_of(desk, people_path(event))


def test_a_copy_invites_the_same_and_asks_the_same(
    desk: FlaskClient, make_event: MakeEvent, organisations: list[int]
) -> None:
    event = invite(ready(make_event, membership="members"), organisations[1])
    path = f"/desk/events/{event.slug}/copy"
    answer = desk.post(path, data=open_form(desk, path) | {"title_et": "Teine reis"})
    page = text_of(desk, answer.location)
    assert ticked(page) == [str(organisations[1])]
    assert 'value="members" checked' in page


def test_what_cannot_be_is_refused_beside_the_field(
    desk: FlaskClient, make_event: MakeEvent, organisations: list[int]
) -> None:
    host, partner = (str(number) for number in organisations)
    with transaction() as session:
        stranger = Organisation(slug="stranger", name="MTÜ Võõras")
        session.add(stranger)
    event = ready(make_event)
    quota = {"quotas-0-organisation": host, "quotas-0-seats": "1"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"invited": str(stranger.id)}, "Ei osale selle tegevuse projektis: MTÜ Võõras."),
        ({"invited": "999999"}, "Palun vali nende seast."),
        ({"invited": "x"}, "Palun vali nende seast."),
        ({"membership": "nobody"}, "Palun vali üks neist."),
        ({"membership": "members", "allows_others": "y"}, "ei ole kellegi liikmed"),
        (quota | {"invited": partner}, "See organisatsioon ei ole üritusele kutsutud."),
        (
            quota | {"quotas-0-organisation": str(stranger.id)},
            "See organisatsioon ei ole üritusele kutsutud.",
        ),
    ]
    for change, words in wrong:
        page = saved(desk, event, change)
        assert (words in page, 'value="Õppereis Voorele"' in page) == (True, True), change
    assert saved(desk, event, quota | {"invited": host}) == ""


def test_the_event_form_names_who_keeps_no_register(
    desk: FlaskClient, make_event: MakeEvent, organisations: list[int], keep_register: KeepRegister
) -> None:
    path = f"/desk/events/{ready(make_event).slug}/edit"
    assert "Siin ei ole veel liikmete registrit: Näidis, MTÜ Partner." in text_of(desk, path)
    keep_register(organisations[0], "Selts")
    assert "Siin ei ole veel liikmete registrit: MTÜ Partner." in text_of(desk, path)
    keep_register(organisations[1], "Selts")
    assert "Siin ei ole veel liikmete registrit" not in text_of(desk, path)


def test_the_event_form_asks_the_database_as_often_for_many_organisations(
    desk: FlaskClient, make_event: MakeEvent, organisations: list[int]
) -> None:
    path = f"/desk/events/{ready(make_event).slug}/edit"
    before = selects_of(desk, path)
    with transaction() as session:
        session.add_all(Organisation(slug=f"o{n}", name=f"MTÜ {n}") for n in range(20))
    assert selects_of(desk, path) == before


# --- The list ----------------------------------------------------------------


@pytest.fixture
def marked(
    make_event: MakeEvent, entry: Entry, organisations: list[int], keep_register: KeepRegister
) -> Event:
    """An event that marks who is no member, with one of each and one from before it asked."""
    keep_register(organisations[0], "Näidise küla selts")
    event = make_event()
    sign_up(event.id, entry(last_name="Varem"), now())
    with transaction() as session:
        session.get_one(Event, event.id).membership = "flag"
    sign_up(event.id, entry(last_name="Liige"), now())
    sign_up(event.id, entry(last_name="Muu", member_organisation="Võõras selts"), now())
    sign_up(event.id, entry(last_name="Partner", organisation_id=organisations[1]), now())
    return event


def names(page: str) -> list[str]:
    return re.findall(r"<strong><bdi>([^<]*)</bdi></strong>", page)


def test_the_list_marks_who_is_no_member_or_was_not_checked(
    desk: FlaskClient, marked: Event
) -> None:
    page = text_of(desk, people_path(marked))
    rows = dict(zip(names(page), page.split("<strong><bdi>")[1:], strict=True))
    assert "badge--stranger" in rows["Muu"]
    assert "ei ole liige" in rows["Muu"]
    for name in ("Partner", "Varem"):
        assert "badge--unchecked" in rows[name]
    assert "badge--stranger" not in rows["Liige"]
    assert "badge--unchecked" not in rows["Liige"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("member", ["Liige"]),
        ("stranger", ["Muu"]),
        ("unchecked", ["Partner", "Varem"]),
        ("nonsense", ["Liige", "Muu", "Partner", "Varem"]),
    ],
)
def test_list_and_downloads_are_filtered_by_membership(
    desk: FlaskClient, marked: Event, asked: str, found: list[str]
) -> None:
    query = f"?membership={asked}"
    assert names(text_of(desk, people_path(marked) + query)) == found
    body = desk.get(f"{people_path(marked)}.csv{query}").data.decode("utf-8-sig")
    assert [row[5] for row in csv.reader(StringIO(body), delimiter=";")][1:] == found


def test_downloads_have_a_column_for_it(desk: FlaskClient, marked: Event) -> None:
    body = desk.get(f"{people_path(marked)}.csv").data.decode("utf-8-sig")
    header, *rows = csv.reader(StringIO(body), delimiter=";")
    column = header.index("Liikmesus")
    assert {row[5]: row[column] for row in rows} == {
        "Liige": "on liige", "Muu": "ei ole liige", "Partner": "kontrollimata", "Varem": "",
    }  # fmt: skip


def test_an_event_open_to_all_shows_no_mark_and_no_filter(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    page = text_of(desk, people_path(event))
    assert "Liikmesus" not in page
    assert "kontrollimata" not in page


def test_by_hand_an_organiser_adds_a_non_member_of_an_organisation_that_is_not_invited(
    desk: FlaskClient, make_event: MakeEvent, organisations: list[int], keep_register: KeepRegister
) -> None:
    keep_register(organisations[0], "Näidise küla selts")
    event = invite(make_event(membership="members"), organisations[1])
    path = f"{people_path(event)}/add"
    typed = open_form(desk, path) | {
        "first_name": "Jaan",
        "last_name": "Tamm",
        "email": "jaan@example.org",
        "organisation": str(organisations[0]),
        "member_organisation": "Võõras selts",
        "language": "et",
        "privacy": "y",
    }
    assert desk.post(path, data=typed).status_code == 303
    [row] = db.session.query(Registration).all()
    assert (row.state, row.membership) == ("confirmed", "stranger")
    assert "ei ole liige" in text_of(desk, people_path(event))
