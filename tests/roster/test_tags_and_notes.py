"""Tags and notes: what organisers add to people of an event."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.roster.models import ColumnPreset, Note, Tag
from koostoo.roster.presets import remove_preset, save_preset
from koostoo.roster.queries import notes_of, presets_of, tags_of
from koostoo.roster.service import (
    NoteChanged,
    set_note,
    tag_people,
    untag_people,
)

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def come(event: Event, entry: Entry, count: int) -> list[int]:
    return [sign_up(event.id, entry(), now()).registration_id for _ in range(count)]


def names_on(event: Event, number: int) -> list[str]:
    db.session.rollback()
    return [tag.name for tag in tags_of(event.id, [number]).get(number, [])]


def test_a_tag_is_made_once_and_each_person_is_reported(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    one, two = come(event, entry, 2)
    [foreign] = come(make_event(), entry, 1)
    first = tag_people(event.id, [one], "Esineja", "", now(), None)
    second = tag_people(event.id, [one, two, foreign], "  esineja".strip(), "", now(), None)
    assert (first.done, first.left) == ([one], {})
    assert (second.done, second.left) == ([two], {one: "tagged", foreign: "gone"})
    assert [tag.name for tag in db.session.scalars(select(Tag))] == ["Esineja"]
    assert names_on(event, one) == names_on(event, two) == ["Esineja"]


def test_a_tag_belongs_to_the_project_and_goes_with_the_last_who_has_it(
    make_event: MakeEvent, entry: Entry
) -> None:
    here, there = make_event(), make_event()
    [one], [two] = come(here, entry, 1), come(there, entry, 1)
    tag_people(here.id, [one], "Juhatus", "moss", now(), None)
    tag_people(there.id, [two], "Juhatus", "", now(), None)
    number, colour = db.session.execute(select(Tag.id, Tag.colour)).one()
    assert colour == "moss"
    outcome = untag_people(here.id, [one, two], number, now(), None)
    assert (outcome.done, outcome.left) == ([one], {two: "gone"})
    assert db.session.scalars(select(Tag.name)).all() == ["Juhatus"]
    assert untag_people(there.id, [two], number, now(), None).done == [two]
    assert untag_people(there.id, [two], number, now(), None).left == {two: "untagged"}
    assert db.session.scalars(select(Tag)).all() == []


def test_a_note_is_not_written_over_another_that_came_meanwhile(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    [one] = come(event, entry, 1)
    set_note(one, "Tuleb rongiga", 0, now(), None)
    with pytest.raises(NoteChanged):
        set_note(one, "Tuleb autoga", 0, now(), None)
    assert notes_of(event.id) == {one: "Tuleb rongiga"}
    set_note(one, "Tuleb autoga", 1, now(), None)
    assert notes_of(event.id, [one]) == {one: "Tuleb autoga"}
    set_note(one, "", 2, now(), None)
    assert db.session.scalars(select(Note)).all() == []


def test_the_history_holds_acts_and_none_of_the_words(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    [one] = come(event, entry, 1)
    tag_people(event.id, [one], "Esineja", "", now(), None)
    set_note(one, "Saladus", 0, now(), None)
    acts = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [act.action for act in acts] == ["tagged", "note_changed"]
    assert "Saladus" not in str([(act.reason, act.detail) for act in acts])


def test_a_preset_keeps_columns_of_other_events_and_one_is_the_default(
    make_event: MakeEvent,
) -> None:
    project = make_event().activity.project_id
    first = save_preset(project, "Toit", ["q-1", "tags"], {"q-1", "tags"}, is_default=True)
    second = save_preset(project, "Buss", ["contact"], {"contact"}, is_default=True)
    again = save_preset(project, "toit", ["contact"], {"contact", "tags"}, is_default=False)
    assert again == first
    found = {preset.id: preset for preset in presets_of(project)}
    assert found[first].columns == ["contact", "q-1"]
    assert (found[first].is_default, found[second].is_default) == (False, True)
    assert not remove_preset(project + 1, first)
    assert remove_preset(project, first)
    assert db.session.scalars(select(ColumnPreset.id)).all() == [second]
