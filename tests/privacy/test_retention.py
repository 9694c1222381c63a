"""What the preview says is what a run forgets, and what was forgotten stands in the record."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event as hooks
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.feedback.rules import MOST_CLOSES, closes_on
from koostoo.privacy.models import Forgetting
from koostoo.privacy.retention import plan, preview
from koostoo.privacy.rules import Days, forgotten_on
from koostoo.privacy.service import Forgotten, forget
from koostoo.programme.models import Project
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from tests.privacy.marked import add_marked, make_past, marked_columns

MakeEvent = Callable[..., Event]
Entrant = Callable[..., SignUp]
DAY = timedelta(days=1)


@pytest.fixture
def past(make_event: MakeEvent, entry: Entrant) -> int:
    """The marked person, at an event of the day before yesterday; its number."""
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        number = add_marked(make_event, entry)
        event_id = db.session.get_one(Registration, number).event_id
        make_past(event_id, 2)
        with transaction() as session:
            project = session.scalars(select(Project)).one()
            project.ends_on, project.keep_until = date(2027, 3, 31), date(2031, 12, 31)
    return event_id


def previewed(moment: datetime) -> Forgotten:
    """What the preview says of a run at this moment, added up."""
    db.session.rollback()
    total: Counter[str] = Counter()
    for one in preview(moment):
        total[one.kind] += one.number
    return Forgotten(**total)


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        ("2026-11-24", {"security"}),
        ("2026-12-21", {"security"}),
        ("2026-12-22", {"answers", "security"}),
        ("2027-04-01", {"answers", "contacts", "letters", "security"}),
        ("2032-01-01", {"answers", "contacts", "letters", "people", "security"}),
    ],
)
def test_a_run_does_what_the_preview_says_on_the_day_it_says_and_once(
    past: int, day: str, kinds: set[str]
) -> None:
    with time_machine.travel(f"{day}T08:00:00Z", tick=False):
        expected = previewed(now())
        done = forget(now())
        again = forget(now())
    assert done == expected
    assert {one.kind for one in db.session.scalars(select(Forgetting))} == kinds
    assert again == Forgotten()


def test_at_the_end_nothing_of_the_person_is_left(past: int) -> None:
    forget(datetime.fromisoformat("2032-01-01T08:00:00Z"))
    assert marked_columns() == set()


def test_the_plan_names_the_day_of_each_kind_and_none_where_the_project_names_none(
    past: int, app: Flask
) -> None:
    days = {one.kind: one.day for one in plan(db.session())}
    assert days == {
        "answers": date(2026, 12, 22),
        "contacts": date(2027, 4, 1),
        "letters": date(2027, 4, 1),
        "people": date(2032, 1, 1),
    }
    with transaction() as session:
        session.scalars(select(Project)).one().keep_until = None
    last = plan(db.session())[-1]
    assert (last.kind, last.day) == ("people", None)
    # What is due already is named with the day of the look.
    with time_machine.travel("2026-12-01T08:00:00Z", tick=False):
        told = app.test_cli_runner().invoke(args=["privacy", "preview"]).output
    assert "2026-12-22" in told
    assert "no day named" in told


def test_an_event_after_the_end_of_its_project_is_waited_for() -> None:
    late = Days(date(2032, 5, 1), date(2027, 3, 31), date(2031, 12, 31))
    assert forgotten_on("people", late) == date(2032, 5, 2)


def test_an_address_does_not_outlive_the_name_it_belongs_to() -> None:
    soon = Days(date(2031, 12, 20), date(2031, 12, 1), keep_until=date(2031, 12, 31))
    assert forgotten_on("contacts", soon) == forgotten_on("people", soon) == date(2032, 1, 1)


def test_contacts_outlive_the_form_for_feedback_of_an_event_at_the_end_of_its_project() -> None:
    # Thanks, the reminder and the link in them need the address.
    for event in (date(2027, 3, 30), date(2027, 5, 1)):
        gone = forgotten_on("contacts", Days(event, date(2027, 3, 31), date(2031, 12, 31)))
        assert gone is not None
        assert gone > closes_on(event, MOST_CLOSES)
        assert gone == forgotten_on("letters", Days(event, date(2027, 3, 31), None))


@pytest.fixture
def dies(past: int) -> Iterator[None]:
    """The process dies when it has written down the second thing it forgot."""
    count = [0]

    def die(*_args: Any) -> None:
        count[0] += 1
        if count[0] == 2:
            raise KeyboardInterrupt

    hooks.listen(Forgetting, "after_insert", die)
    yield
    hooks.remove(Forgetting, "after_insert", die)


def test_a_run_that_was_killed_is_taken_up_where_it_stopped(past: int, dies: None) -> None:
    moment = datetime.fromisoformat("2032-01-01T08:00:00Z")
    expected = previewed(moment)
    with pytest.raises(KeyboardInterrupt):
        forget(moment)
    db.session.remove()
    left = previewed(moment)
    assert (left.answers, left.contacts) == (0, expected.contacts)
    assert forget(moment) == left
    written: Counter[str] = Counter()
    for one in db.session.scalars(select(Forgetting)):
        written[one.kind] += one.number
    assert Forgotten(**written) == expected
