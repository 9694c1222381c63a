"""Frozen reports: they never change; what changes later is told as a difference."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.privacy.service import forget
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.reporting.figures import Choice
from koostoo.reporting.freezing import find_report, freeze, gather, withdraw_report
from koostoo.reporting.frozen import canonical, differences, digest_of, read
from koostoo.reporting.models import FrozenReport
from tests.reporting.test_indicators import end, mark, project_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


def frozen(project_id: int, choice: Choice | None = None) -> int:
    choice = choice or Choice()
    content = gather(project_id, choice, now())
    assert content.pop("is_settled")
    return freeze(project_id, "Maksetaotlus 1", choice, content, now(), None)


def found(project_id: int, number: int) -> FrozenReport:
    db.session.rollback()
    report = find_report(project_id, number)
    assert report is not None
    return report


def test_what_changes_later_is_a_difference_and_never_in_the_report(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    people = [sign_up(event.id, entry(), now()).registration_id for _one in range(2)]
    [day] = end(event)
    mark(event, people[0], day)
    project_id = project_of(event)
    number = frozen(project_id)
    before = found(project_id, number).figures
    assert digest_of(before) == found(project_id, number).digest
    assert canonical(read(before)) == before
    mark(event, people[1], day)
    present = gather(project_id, Choice(), now())
    told = {
        (one.figure, one.before, one.now)
        for one in differences(read(before)["levels"], present["levels"])
        if one.by == "total"
    }
    assert told == {
        ("attended", 1, 2), ("no_shows", 1, 0), ("person_days", 1, 2), ("people", 1, 2),
        ("first_timers", 1, 2),
    }  # fmt: skip
    forget(now())
    assert found(project_id, number).figures == before


def test_it_holds_nothing_of_a_person(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    given = entry(first_name="Kunigunde", last_name="Sinilill", email="kuni@example.org",
                  email_key="kuni@example.org", member_organisation="MTÜ Haruldane")  # fmt: skip
    mark(event, sign_up(event.id, given, now()).registration_id, end(event)[0])
    project_id = project_of(event)
    figures = found(project_id, frozen(project_id)).figures
    assert json.loads(figures)["levels"]["total"][""]["people"] == 1
    for typed in ("Kunigunde", "Sinilill", "kuni", "Haruldane"):
        assert typed not in figures


@pytest.mark.parametrize("column", ["figures", "digest", "title", "frozen_at"])
def test_the_database_itself_refuses_to_change_what_was_frozen(
    make_event: MakeEvent, column: str
) -> None:
    project_id = project_of(make_event())
    number = frozen(project_id)
    with pytest.raises(DBAPIError, match="does not change"), transaction() as session:
        session.execute(
            text(f"UPDATE frozen_report SET {column} = {column} WHERE id = :id"),  # noqa: S608
            {"id": number},
        )


def test_a_report_is_withdrawn_once_with_a_reason_and_its_figures_stay(
    make_event: MakeEvent,
) -> None:
    project_id = project_of(make_event())
    number = frozen(project_id)
    before = found(project_id, number).figures
    with pytest.raises(ValueError, match="reason"):
        withdraw_report(project_id, number, "", now(), None)
    assert withdraw_report(project_id, number, "Vale periood", now(), None)
    assert not withdraw_report(project_id, number, "Muu", now(), None)
    report = found(project_id, number)
    assert (report.withdrawn_reason, report.figures) == ("Vale periood", before)
    with pytest.raises(LookupError):
        withdraw_report(project_id + 1, number, "Vale", now(), None)


def test_a_level_that_is_new_or_gone_is_told() -> None:
    old = {"role": {"member": {"people": 2}}}
    new = {"role": {"staff": {"people": 1}}}
    told = {
        (one.key, one.before, one.now) for one in differences(old, new) if one.figure == "people"
    }
    assert told == {("member", 2, None), ("staff", None, 1)}


def test_frozen_figures_of_a_registration_that_is_gone_stay(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    person = sign_up(event.id, entry(), now()).registration_id
    mark(event, person, end(event)[0])
    project_id = project_of(event)
    number = frozen(project_id)
    with transaction() as session:
        session.get_one(Registration, person).state = "cancelled"
    assert read(found(project_id, number).figures)["levels"]["total"][""]["attended"] == 1
