"""Deciding about people at the desk: many at once, above a limit, in the queue; the history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.base.localtext import LocalText
from koostoo.events.models import Event, Quota
from koostoo.programme.models import Activity
from koostoo.registration.queries import queue_places
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.registration.people import acts, person, states
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def come(event: Event, entry: Entry, count: int) -> list[int]:
    return [sign_up(event.id, entry(), now()).registration_id for _ in range(count)]


def decide(desk: FlaskClient, event: Event, action: str, who: list[int], **more: str) -> str:
    """Tick people, choose an action, send; return the page that follows."""
    token = open_form(desk, people_path(event))["csrf_token"]
    typed = {"csrf_token": token, "action": action, "who": [str(n) for n in who], **more}
    answer = desk.post(f"{people_path(event)}/decide", data=typed)
    if answer.status_code == 303:
        return text_of(desk, answer.location)
    return answer.get_data(as_text=True)


def test_many_are_confirmed_at_once_and_the_desk_says_exactly_what_was_done(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=2, approval="loose", has_waiting_list=False)
    people = come(event, entry, 3)
    page = decide(desk, event, "seat", people)
    assert "2 inimest said koha; kirjad on teel." in page
    assert "1 inimesega jäi kõik endiseks: kõik kohad on täis." in page
    assert states(event.id) == ["confirmed", "confirmed", "pending"]


def test_turning_down_asks_for_the_reason_first(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(approval="holds")
    people = come(event, entry, 2)
    page = decide(desk, event, "reject", people)
    assert "Kas lükata need 2 registreeringut tagasi?" in page
    assert person(people[0]).name in page
    assert states(event.id) == ["pending", "pending"]
    page = decide(desk, event, "reject", people, sure="y")
    assert "Palun kirjuta põhjus" in page
    assert states(event.id) == ["pending", "pending"]
    page = decide(desk, event, "reject", people, sure="y", reason="Liikmetele")
    assert "2 inimesele on teel kiri" in page
    assert states(event.id) == ["rejected", "rejected"]


def test_cancelling_many_asks_first(desk: FlaskClient, make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    people = come(event, entry, 2)
    assert "Kas tühistada need 2 registreeringut?" in decide(desk, event, "cancel", people)
    assert states(event.id) == ["confirmed", "confirmed"]
    decide(desk, event, "cancel", people, sure="y")
    assert states(event.id) == ["cancelled", "cancelled"]


@pytest.mark.parametrize(("action", "who"), [("seat", []), ("", [1]), ("explode", [1])])
def test_nobody_ticked_or_nothing_chosen_is_said(
    desk: FlaskClient, make_event: MakeEvent, action: str, who: list[int]
) -> None:
    page = decide(desk, make_event(), action, who)
    assert "Märgi kõigepealt inimesed" in page


def test_people_of_another_event_are_not_decided_about(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    other = make_event(approval="holds")
    people = come(other, entry, 1)
    page = decide(desk, make_event(approval="holds"), "seat", people)
    assert "1 inimesega jäi kõik endiseks: midagi polnud vaja teha." in page
    assert states(other.id) == ["pending"]


def test_a_limit_in_the_way_leads_to_the_page_that_goes_above_it_with_a_reason(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    _, waiting = come(event, entry, 2)
    form = open_form(desk, people_path(event))
    answer = desk.post(f"{people_path(event)}/{waiting}/confirm", data=form)
    above = f"{people_path(event)}/{waiting}/above"
    assert answer.location == above
    assert "Takistus: kõik kohad on täis." in text_of(desk, above)
    form = open_form(desk, above)
    assert desk.post(above, data=form).status_code == 422
    assert person(waiting).state == "waiting"
    desk.post(above, data={**form, "reason": "Räägib avakõne"})
    assert person(waiting).state == "confirmed"
    page = text_of(desk, people_path(event))
    assert "Koht on 1 inimesel rohkem, kui kohti on." in page
    assert "Kõik kohad on täis" in page


def test_somebody_is_moved_in_the_queue_with_a_reason(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1)
    _, second, third = come(event, entry, 3)
    path = f"{people_path(event)}/{third}/queue"
    form = open_form(desk, path)
    assert form["place"] == "2"
    for typed in ({"place": "0"}, {"place": "x"}, {"reason": ""}):
        answer = desk.post(path, data={**form, "reason": "Esineja", **typed})
        assert answer.status_code == 422
    desk.post(path, data={**form, "place": "1", "reason": "Esineja"})
    assert list(queue_places(event.id)) == [third, second]
    assert "ette tõstetud" in text_of(desk, people_path(event))


def test_promised_seats_are_moved_and_what_cannot_be_is_refused_beside_the_field(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry, programme: Activity
) -> None:
    host, partner = (p.organisation_id for p in programme.project.partners)
    event = make_event(capacity=2)
    with transaction() as session:
        until = now() + timedelta(days=3)
        session.add(Quota(event_id=event.id, organisation_id=partner, seats=2, release_at=until))
    sign_up(event.id, entry(organisation_id=host), now())
    path = f"/desk/events/{event.slug}/promises"
    form = open_form(desk, path) | {"giver": str(partner), "taker": str(host)}
    refused = desk.post(path, data={**form, "seats": "3", "reason": "Palve"})
    assert refused.status_code == 422
    assert 'href="#seats"' in refused.get_data(as_text=True)
    desk.post(path, data={**form, "seats": "1", "reason": "Palve"})
    assert states(event.id) == ["confirmed"]
    page = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "Andis lubatud kohti üle" in page
    assert "MTÜ Partner → MTÜ Näidis" in page


def test_the_history_tells_who_did_what_to_whom_and_why(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(approval="holds")
    [one] = come(event, entry, 1)
    decide(desk, event, "reject", [one], sure="y", reason="Ainult <b>liikmetele</b>")
    page = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "korraldaja@example.org" in page
    assert "Lükkas registreeringu tagasi" in page
    assert person(one).name in page
    assert "Ainult &lt;b&gt;liikmetele" in page


def test_fewer_seats_than_people_asks_for_a_reason_and_keeps_what_was_typed(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(
        capacity=3, summary=LocalText("Lühidalt"), contact_email="kontakt@example.org"
    )
    come(event, entry, 3)
    path = f"/desk/events/{event.slug}/edit"
    form = open_form(desk, path) | {"capacity": "2", "title_et": "Uus pealkiri"}
    refused = desk.post(path, data=form)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "Koht on juba 3 inimesel." in page
    assert 'href="#overfull"' in page
    assert 'value="Uus pealkiri"' in page
    assert desk.post(path, data={**form, "overfull": "Väiksem saal"}).status_code == 303
    assert states(event.id) == ["confirmed"] * 3
    assert acts(event.id) == [("overfull", "Väiksem saal")]


def test_offers_approval_and_groups_are_set_in_the_event_form(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(summary=LocalText("Lühidalt"), contact_email="kontakt@example.org")
    path = f"/desk/events/{event.slug}/edit"
    form = open_form(desk, path)
    assert (form["approval"], form["group_max"]) == ("none", "10")
    for wrong in ({"offer_hours": "0"}, {"offer_hours": "999"}, {"group_max": "31"}):
        assert desk.post(path, data={**form, **wrong}).status_code == 422
    chosen = {"approval": "holds", "offer_hours": "48", "group_max": "1"}
    assert desk.post(path, data={**form, **chosen}).status_code == 303
    form = open_form(desk, path)
    assert {name: form[name] for name in chosen} == chosen


def test_the_list_says_who_was_offered_a_seat_until_when_and_who_did_not_answer(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, offer_hours=24)
    first, _, _ = come(event, entry, 3)
    decide(desk, event, "cancel", [first], sure="y")
    page = text_of(desk, people_path(event))
    assert "Koht pakutud" in page
    assert "kuni" in page
    assert "1. koht" in page
