"""An organiser's words for the letters of an event: kept, taken along, tried out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry, Organiser
from koostoo.accounts.service import invite_organiser
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.events.letter_words import (
    WordsChanged,
    is_used,
    send_test,
    words_by_kind,
    write_words,
)
from koostoo.events.models import Event
from koostoo.events.service import copy_event
from koostoo.mail.models import OutboxMessage

MakeEvent = Callable[..., Event]
BRING = LocalText("Võta jalatsid kaasa.", "Bring boots.")


def kept(event_id: int) -> dict[str, tuple[LocalText, int]]:
    db.session.rollback()
    return {kind: (row.words, row.version) for kind, row in words_by_kind(event_id).items()}


def acts() -> list[dict[str, object]]:
    return [
        entry.detail
        for entry in db.session.scalars(select(AuditEntry))
        if entry.action == "words_changed"
    ]


def test_words_are_kept_changed_and_removed(make_event: MakeEvent) -> None:
    event = make_event()
    write_words(event.id, "confirmed", BRING, 0, now(), None)
    assert kept(event.id) == {"confirmed": (BRING, 1)}
    write_words(event.id, "confirmed", LocalText("Teine"), 1, now(), None)
    assert kept(event.id) == {"confirmed": (LocalText("Teine"), 2)}
    write_words(event.id, "confirmed", LocalText(), 2, now(), None)
    assert kept(event.id) == {}
    assert acts() == [{"letter": "confirmed"}] * 3


def test_saving_what_is_there_already_is_no_act(make_event: MakeEvent) -> None:
    event = make_event()
    write_words(event.id, "waiting", LocalText(), 0, now(), None)
    write_words(event.id, "confirmed", BRING, 0, now(), None)
    write_words(event.id, "confirmed", BRING, 1, now(), None)
    assert kept(event.id) == {"confirmed": (BRING, 1)}
    assert len(acts()) == 1


@pytest.mark.parametrize("version", [0, 2, -1])
def test_words_somebody_else_changed_are_not_overwritten_unknowingly(
    make_event: MakeEvent, version: int
) -> None:
    event = make_event()
    write_words(event.id, "confirmed", BRING, 0, now(), None)
    with pytest.raises(WordsChanged) as refusal:
        write_words(event.id, "confirmed", LocalText("Muu"), version, now(), None)
    assert refusal.value.version == 1
    assert kept(event.id) == {"confirmed": (BRING, 1)}


def test_an_event_that_is_not_there_keeps_no_words(make_event: MakeEvent) -> None:
    with pytest.raises(LookupError):
        write_words(make_event().id + 1, "confirmed", BRING, 0, now(), None)


def test_a_copy_takes_the_words_along_and_they_go_separate_ways(make_event: MakeEvent) -> None:
    event = make_event()
    write_words(event.id, "confirmed", BRING, 0, now(), None)
    write_words(event.id, "confirmed", BRING, 1, now(), None)
    slug = copy_event(event.id, LocalText("Koopia"), event.starts_on, now())
    copied = db.session.scalars(select(Event).where(Event.slug == slug)).one().id
    assert kept(copied) == {"confirmed": (BRING, 1)}
    write_words(copied, "confirmed", LocalText(), 1, now(), None)
    assert kept(event.id) == {"confirmed": (BRING, 1)}


@pytest.mark.parametrize(
    ("settings", "unused"),
    [
        ({}, {"offered", "offer_lapsed", "pending", "rejected"}),
        ({"offer_hours": 24}, {"promoted", "pending", "rejected"}),
        ({"has_waiting_list": False, "approval": "holds"}, {"waiting", "promoted", "offered"}),
    ],
)
def test_what_an_event_never_sends_is_known(
    make_event: MakeEvent, settings: dict[str, object], unused: set[str]
) -> None:
    event = make_event(**settings)
    assert not any(is_used(event, kind) for kind in unused)
    assert is_used(event, "confirmed")


def test_a_test_goes_to_the_organiser_once_for_one_press(make_event: MakeEvent) -> None:
    event = make_event()
    invite_organiser("kai@example.org", now())
    by = db.session.scalars(select(Organiser.id)).one()
    moment = now()
    for seconds, language in ((0, "et"), (1, "et"), (1, "en"), (30, "et")):
        when = moment + timedelta(seconds=seconds)
        assert send_test(event.id, "confirmed", language, when, by) == "kai@example.org"
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(row.recipient, row.kind, row.language) for row in rows] == [
        ("kai@example.org", "test", "et"),
        ("kai@example.org", "test", "en"),
        ("kai@example.org", "test", "et"),
    ]
    assert {row.registration_id for row in rows} == {None}
