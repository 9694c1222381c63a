"""Figures of events of which there is no list: written by hand, never mixed with counted people."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.attendance.figures import (
    Figures,
    FiguresChanged,
    FiguresRefused,
    attended_figures,
    find_figures,
    note_figures,
)
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up

PAST = When.month(2024, 11)


@pytest.fixture
def past(make_event: Callable[..., Event]) -> Event:
    """An event of old without registrations."""
    return make_event(when=PAST, takes_registrations=False)


def test_figures_are_noted_corrected_and_removed_each_with_its_trace(
    past: Event, programme: Activity
) -> None:
    host, partner = (one.organisation_id for one in programme.project.partners)
    first = Figures(40, {host: 25, partner: 15}, "allkirjaleht")
    note_figures(past.id, first, 0, now(), None)
    assert attended_figures([past.id]) == {past.id: first}

    second = Figures(41, {host: 26}, "allkirjaleht")
    note_figures(past.id, second, 1, now(), None)
    note_figures(past.id, second, 2, now(), None)
    assert attended_figures([past.id]) == {past.id: second}

    note_figures(past.id, None, 2, now(), None)
    assert attended_figures([past.id]) == {}
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["figures_noted"] * 2 + ["figures_removed"]
    assert entries[1].detail["changed"]["people"] == [40, 41]


def test_who_wrote_meanwhile_is_not_overwritten(past: Event) -> None:
    note_figures(past.id, Figures(40), 0, now(), None)
    with pytest.raises(FiguresChanged) as refusal:
        note_figures(past.id, Figures(30), 0, now(), None)
    assert refusal.value.version == 1
    assert attended_figures([past.id])[past.id].total == 40


def test_only_an_event_that_took_place_and_is_over_takes_figures(
    make_event: Callable[..., Event],
) -> None:
    for event in (
        make_event(),
        make_event(when=PAST, state="draft"),
        make_event(when=PAST, state="called_off"),
    ):
        with pytest.raises(FiguresRefused):
            note_figures(event.id, Figures(40), 0, now(), None)


def test_where_there_is_a_list_the_list_alone_counts(
    make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    with transaction() as session:
        row = session.get_one(Event, event.id)
        row.when = When.days(date(2024, 5, 30), date(2024, 5, 30))
        session.scalars(select(Registration)).one().state = "cancelled"
    note_figures(event.id, Figures(12), 0, now(), None)
    assert attended_figures([event.id])[event.id].total == 12

    with transaction() as session:
        session.scalars(select(Registration)).one().state = "confirmed"
    assert attended_figures([event.id]) == {}
    kept = find_figures(event.id)
    assert kept is not None
    assert kept.total == 12
    with pytest.raises(FiguresRefused):
        note_figures(event.id, Figures(13), 1, now(), None)
