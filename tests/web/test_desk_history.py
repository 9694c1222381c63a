"""The audit trail at the desk: old beside new, and all acts of the projects one manages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from koostoo.accounts.granting import give_role
from koostoo.accounts.models import AuditEntry, RoleGrant
from koostoo.accounts.roles import Grant
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.events.changes import NAMED, SHOWN
from koostoo.events.models import Event
from koostoo.events.rules import EventDraft
from koostoo.programme.models import Activity, Organisation, Partner, Project
from koostoo.programme.service import remove_register
from koostoo.web.desk.act_words import ACTS
from koostoo.web.desk.change_words import PARTS
from tests.statements import selects_of
from tests.web.desk_pages import open_link, save_event, sign_in, text_of

MakeEvent = Callable[..., Event]
ALL = "/desk/history"


@pytest.fixture
def desk(client: FlaskClient, programme: Activity) -> FlaskClient:
    """The browser of who manages everything."""
    return sign_in(client)


def details() -> list[dict[str, Any]]:
    db.session.rollback()
    return [entry.detail for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_every_part_of_an_event_is_told_of_when_it_changes() -> None:
    assert {*SHOWN, *NAMED} == {*EventDraft.__dataclass_fields__} == {*PARTS}


def test_the_history_of_an_event_tells_old_and_new(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(capacity=20, contact_email="info@example.org", summary=LocalText("Lühike"))
    changed = {"capacity": "30", "title_et": "Talvereis", "has_waiting_list": "", "group_max": "4"}
    assert save_event(desk, event, **changed).status_code == 303
    page = text_of(desk, f"/desk/events/{event.slug}/history")
    for words in (
        "kohti: 20 → 30",
        "pealkiri: Õppereis Voorele → Talvereis",
        "inimesi ühel vormil: 10 → 4",
    ):
        assert words in page


def test_contacts_and_long_texts_are_named_and_not_copied(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event(contact_email="info@example.org", summary=LocalText("Lühike"))
    save_event(desk, event, contact_phone="5552 2385", summary_et="Palju pikem lugu.")
    page = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "muudetud: lühitutvustus, kontakti telefon" in page
    kept = repr(details())
    assert "5552" not in kept
    assert "Palju pikem" not in kept


def test_what_was_written_before_changes_were_kept_is_still_told(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    event = make_event()
    with transaction() as session:
        old = {"action": "overfull", "detail": {"capacity": [None, 8]}, "at": now()}
        session.add(AuditEntry(event_id=event.id, **old))
    assert "kohti: piiranguta → 8" in text_of(desk, f"/desk/events/{event.slug}/history")


def test_a_manager_finds_events_roles_and_registers_on_one_page(
    desk: FlaskClient,
    make_event: MakeEvent,
    programme: Activity,
    keep_register: Callable[..., None],
) -> None:
    event = make_event(capacity=20, contact_email="info@example.org", summary=LocalText("Lühike"))
    save_event(desk, event, capacity="30")
    host = programme.project.partners[0].organisation_id
    give_role("abi@example.org", Grant("coordinator", organisation_id=host), now(), None)
    keep_register(host, "Küla selts", "Jõe ühing")
    remove_register(host, now())
    page = text_of(desk, ALL)
    for words in (
        "kohti: 20 → 30",
        "abi@example.org, organisatsiooni koordinaator, MTÜ Näidis",
        "liikmeid: 0 → 2",
        "liikmeid: 2 → 0",
    ):
        assert words in page
    only = text_of(desk, f"{ALL}?action=role_given")
    assert "liikmeid:" not in only
    assert "abi@example.org" in only


def test_a_manager_of_one_project_finds_nothing_of_another(
    app: Flask, desk: FlaskClient, make_event: MakeEvent, programme: Activity
) -> None:
    event = make_event()
    with transaction() as session:
        foreign = Organisation(slug="foreign", name="MTÜ Võõras", short_name="")
        other = Project(
            slug="other",
            title=LocalText("Teine projekt"),
            starts_on=event.starts_on,
            ends_on=event.ends_on + timedelta(days=1),
            support_text=LocalText(""),
            partners=[Partner(organisation=foreign, role="host", position=1)],
        )
        session.add(other)
        session.flush()
        other_id, foreign_id = other.id, foreign.id
        session.add(AuditEntry(event_id=event.id, action="published", detail={}, at=now()))
        session.query(RoleGrant).delete()
    remove_register(programme.project.partners[0].organisation_id, now())
    remove_register(foreign_id, now())
    give_role("korraldaja@example.org", Grant("manager", project_id=other_id), now(), None)
    open_link(desk, "korraldaja@example.org")
    page = text_of(desk, ALL)
    assert "MTÜ Võõras" in page
    assert "MTÜ Näidis" not in page
    assert "Avaldas ürituse" not in page.partition("<tbody>")[2]


def test_the_page_asks_the_database_as_often_for_many_acts_as_for_one(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    def act() -> None:
        event_id = make_event().id
        with transaction() as session:
            session.add(AuditEntry(event_id=event_id, action="published", detail={}, at=now()))

    act()
    once = selects_of(desk, ALL)
    for _more in range(3):
        act()
    assert selects_of(desk, ALL) == once


def test_every_act_has_words(desk: FlaskClient, make_event: MakeEvent) -> None:
    event = make_event()
    given = {
        "letter": "confirmed", "from": 1, "to": 2, "seats": 3, "day": "2026-11-25", "cents": 100,
        "method": "cash", "members": [1, 2], "parts": [], "told": 1, "letters": 2,
        "organiser_id": 1, "role": "viewer", "added": 1, "known": 2, "tag": 1, "by": "own",
        "activity": {"et": "Õppereis"}, "first": 1, "second": 2, "verdict": "same", "report": 1,
        "how": "phone",
    }  # fmt: skip
    with transaction() as session:
        for action in ACTS:
            corrected = {"from": "present", "to": "absent"} if "attendance" in action else {}
            detail = {**given, **corrected, "kind": "photo"}
            session.add(AuditEntry(event_id=event.id, action=action, detail=detail, at=now()))
    page = text_of(desk, f"/desk/events/{event.slug}/history")
    assert page.count("<tr>") == len(ACTS) + 1
