"""People who come without a seat."""

from collections.abc import Callable

from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.attendance.counting import counts
from koostoo.attendance.queries import walk_ins
from koostoo.attendance.rules import WalkIn
from koostoo.attendance.service import sync
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.programme.models import Activity
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.attendance.conftest import TODAY

Events = Callable[..., Event]
Entry = Callable[..., SignUp]
Walks = Callable[..., WalkIn]


def let_in(event: Event, *people: WalkIn, by: int | None = None) -> list[str]:
    """Let a helper add these at the door."""
    return [one.result for one in sync(event.id, people, now(), now(), by)]


def acts() -> list[tuple[str, str]]:
    db.session.rollback()
    return [
        (act.action, act.reason)
        for act in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if act.action != "added"
    ]


def test_who_comes_without_a_seat_is_confirmed_and_present_above_the_limit(
    held_today: Events, entry: Entry, walk_in: Walks, helper: int
) -> None:
    event = held_today(capacity=1)
    sign_up(event.id, entry(), now())
    assert let_in(event, walk_in(note="Tuli naabriga kaasa"), by=helper) == ["done"]
    person = db.session.scalars(
        select(Registration).where(Registration.last_name == "Juhuslik")
    ).one()
    assert (person.state, person.other_organisation) == ("confirmed", "Näidise vald")
    assert counts(event.id)[:2] == (2, {TODAY: 1})
    assert acts() == [("walk_in_above", "Tuli naabriga kaasa")]
    assert walk_ins(event.id) == {person.id: "Tuli naabriga kaasa"}
    # There is nowhere to write to.
    letters = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.registration_id == person.id)
    )
    assert letters.all() == []


def test_where_there_is_room_it_is_an_ordinary_walk_in(held_today: Events, walk_in: Walks) -> None:
    event = held_today(capacity=5)
    let_in(event, walk_in())
    assert acts() == [("walk_in", "")]


def test_the_same_person_added_on_two_devices_is_one(held_today: Events, walk_in: Walks) -> None:
    event = held_today()
    first = walk_in()
    assert let_in(event, first) == ["done"]
    assert let_in(event, first) == ["known"]
    assert let_in(event, walk_in(last_name="JUHUSLIK")) == ["merged"]
    assert counts(event.id)[:2] == (1, {TODAY: 1})
    # Another organisation: another person of the same name.
    assert let_in(event, walk_in(other_organisation="Teine vald")) == ["done"]
    assert counts(event.id)[:2] == (2, {TODAY: 2})


def test_who_waits_and_comes_all_the_same_gets_the_seat(
    held_today: Events, entry: Entry, walk_in: Walks, programme: Activity
) -> None:
    event = held_today(capacity=1)
    sign_up(event.id, entry(), now())
    waiting = sign_up(event.id, entry(first_name="Õie", last_name="Ootel"), now())
    assert waiting.state == "waiting"
    home = programme.project.partners[0].organisation_id
    came = walk_in(first_name="õie", last_name="ootel", organisation_id=home, note="Koht oli")
    assert let_in(event, came) == ["merged"]
    assert db.session.get_one(Registration, waiting.registration_id).state == "confirmed"
    assert acts() == [("walk_in_above", "Koht oli")]
    assert walk_ins(event.id) == {}


def test_an_organisation_that_takes_no_part_in_the_project_is_refused(
    held_today: Events, walk_in: Walks
) -> None:
    event = held_today()
    assert let_in(event, walk_in(organisation_id=999_999)) == ["organisation"]
    assert counts(event.id)[:2] == (0, {})
