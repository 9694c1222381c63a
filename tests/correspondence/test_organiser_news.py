"""What organisers are told: when, once, and never too much."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from koostoo.accounts.models import Follow, RoleGrant
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.correspondence.following import follow_event, unfollow, wanted_by
from koostoo.correspondence.organiser_news import tell_organisers
from koostoo.correspondence.rules import MOST_AN_HOUR
from koostoo.events.models import Event
from koostoo.events.rules import EventDraft
from koostoo.events.service import copy_event, create_event
from koostoo.mail.models import OutboxMessage
from koostoo.registration.models import Registration
from koostoo.worker import run_once
from tests.correspondence.post import delivered, kinds, local, organiser, text_of
from tests.mail.world import NOW as WRITTEN
from tests.mail.world import change, make_event, make_registration, post

NOON = local("2026-08-03 12:00")
EIGHT = local("2026-08-04 08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

pytestmark = pytest.mark.usefixtures("app")


def follow(event: int, *wanted: str, who: str = "kai@example.org", at: datetime = NOON) -> int:
    number = organiser(who)
    follow_event(event, number, wanted, "et", at)
    return number


def tell(at: datetime) -> list[str]:
    """What kinds of letters are written to organisers at this instant."""
    before = len(kinds())
    assert tell_organisers(at) == len(kinds()) - before
    return kinds()[before:]


def news(number: int = -1) -> list[str]:
    """What the last letter about an event tells."""
    rows = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "event_news").order_by(OutboxMessage.id)
    ).all()
    told: list[str] = rows[number].payload["news"]
    return told


# --- Who follows --------------------------------------------------------------


def test_who_creates_or_copies_an_event_is_told_of_sign_ups_failing_mail_and_evidence() -> None:
    first = db.session.get_one(Event, make_event())
    who = organiser()
    draft = EventDraft(
        first.activity_id, first.organiser_id, LocalText("Uus"), When.days(NOON.date())
    )
    created = create_event(draft, NOON, who)
    copied = copy_event(first.id, LocalText("Koopia"), NOON.date(), NOON, who)
    for slug in (created, copied):
        number = db.session.scalars(select(Event.id).where(Event.slug == slug)).one()
        assert wanted_by(who, number) == {"digest", "failing", "evidence"}
    assert wanted_by(who, first.id) == frozenset()


def test_an_event_made_by_the_command_line_is_followed_by_nobody() -> None:
    first = db.session.get_one(Event, make_event())
    draft = EventDraft(
        first.activity_id, first.organiser_id, LocalText("Uus"), When.days(NOON.date())
    )
    create_event(draft, NOON)
    assert db.session.scalars(select(Follow)).all() == []


# --- The digest ---------------------------------------------------------------


def test_once_a_day_who_signed_up_is_told_when_anybody_did() -> None:
    event = make_event()
    follow(event, "digest")
    make_registration(event, created_at=NOON - HOUR, first_name="Enne")
    assert tell(EIGHT - timedelta(seconds=1)) == []
    assert tell(EIGHT) == []
    make_registration(event, created_at=EIGHT + HOUR, email="a@example.com", first_name="Uus")
    assert tell(EIGHT + 2 * HOUR) == []
    assert tell(EIGHT + DAY) == ["digest"]
    assert tell(EIGHT + DAY + HOUR) == []
    assert tell(EIGHT + 2 * DAY) == []
    run_once(EIGHT + DAY)
    [letter] = delivered("kai@example.org")
    assert "Uus Jõgi" in text_of(letter)
    assert "Enne" not in text_of(letter)


def test_nobody_is_told_twice_and_nobody_is_left_out_whenever_the_worker_looks() -> None:
    event = make_event()
    follow(event, "digest")
    told: list[str] = []
    for hours in (1, 10, 20, 30, 40, 50, 60):
        make_registration(
            event,
            created_at=NOON + hours * HOUR,
            email=f"p{hours}@example.com",
            last_name=f"Nimi{hours}",
        )
    for moment in (EIGHT + 3 * HOUR, EIGHT + 3 * HOUR, EIGHT + 2 * DAY, EIGHT + 5 * DAY):
        run_once(moment)
    for letter in delivered("kai@example.org"):
        told += [word for word in text_of(letter).split() if word.startswith("Nimi")]
    assert sorted(told) == sorted(f"Nimi{hours}:" for hours in (1, 10, 20, 30, 40, 50, 60))


# --- Full, moved, failing -----------------------------------------------------


def test_a_full_event_is_told_once_and_again_after_seats_were_free() -> None:
    event = make_event(capacity=1)
    follow(event, "full")
    assert tell(NOON) == []
    seat = make_registration(event)
    assert tell(NOON + HOUR) == ["event_news"]
    assert tell(NOON + 3 * HOUR) == []
    change(Registration, seat, state="cancelled")
    assert tell(NOON + 4 * HOUR) == []
    change(Registration, seat, state="confirmed")
    assert tell(NOON + 5 * HOUR) == ["event_news"]


def test_an_event_that_was_full_when_one_began_to_follow_is_no_news() -> None:
    event = make_event(capacity=1)
    make_registration(event)
    follow(event, "full")
    assert tell(NOON + HOUR) == []


def test_who_moved_up_is_told() -> None:
    event = make_event()
    follow(event, "moved")
    seat = make_registration(event)
    post("promoted", seat, after=NOON - WRITTEN - HOUR)
    assert tell(NOON) == []
    post("offered", seat, after=NOON - WRITTEN + HOUR)
    assert tell(NOON + HOUR) == ["event_news"]
    assert news() == ["moved"]
    assert tell(NOON + 3 * HOUR) == []


def test_letters_that_fail_or_are_stuck_are_told_once() -> None:
    event = make_event()
    follow(event, "failing")
    people = [make_registration(event, email=f"p{n}@example.com") for n in range(3)]
    rows = [post("confirmed", person, after=NOON - WRITTEN) for person in people]
    for row in rows:
        change(OutboxMessage, row, state="sent")
    assert tell(NOON) == []
    change(OutboxMessage, rows[0], state="failed")
    assert tell(NOON + timedelta(minutes=1)) == ["event_news"]
    change(OutboxMessage, rows[1], state="queued")
    # It has been unsent for an hour then.
    assert tell(NOON + timedelta(minutes=59)) == []
    assert tell(NOON + timedelta(minutes=62)) == ["event_news"]
    assert tell(NOON + 5 * HOUR) == []
    for row in rows:
        change(OutboxMessage, row, state="sent")
    assert tell(NOON + 6 * HOUR) == []
    change(OutboxMessage, rows[2], state="failed")
    assert tell(NOON + 7 * HOUR) == ["event_news"]


def test_letters_of_an_event_called_off_still_count() -> None:
    event = make_event(state="called_off")
    follow(event, "failing", "digest", "full")
    row = post("event_called_off", make_registration(event), after=NOON - WRITTEN)
    change(OutboxMessage, row, state="failed")
    assert tell(NOON + HOUR) == ["event_news"]


# --- Not too much -------------------------------------------------------------


def test_one_event_brings_one_letter_an_hour_whatever_happens() -> None:
    event = make_event(capacity=1)
    follow(event, "full", "moved", "failing")
    seat = make_registration(event)
    letters = 0
    for minute in range(0, 180, 5):
        moment = NOON + timedelta(minutes=minute)
        change(Registration, seat, state="confirmed" if minute % 10 else "cancelled")
        row = post("promoted", seat, after=moment - WRITTEN)
        change(OutboxMessage, row, state="failed")
        letters += len(tell(moment))
    assert letters == 3


def test_many_events_bring_a_handful_of_letters_an_hour() -> None:
    events = [make_event(capacity=1) for _ in range(MOST_AN_HOUR + 3)]
    for event in events:
        follow(event, "full", "digest")
        make_registration(event, created_at=NOON)
    assert len(tell(NOON + HOUR)) == MOST_AN_HOUR
    assert tell(NOON + HOUR + timedelta(minutes=30)) == []
    assert len(tell(NOON + 2 * HOUR + timedelta(minutes=1))) == 3


def test_each_organiser_is_told_what_they_wish() -> None:
    event = make_event(capacity=1)
    follow(event, "full")
    follow(event, "digest", who="mari@example.org")
    follow(event, who="vait@example.org")
    make_registration(event, created_at=NOON + HOUR)
    run_once(NOON + 2 * HOUR)
    run_once(EIGHT)
    assert [letter["To"] for letter in delivered()] == ["kai@example.org", "mari@example.org"]


def test_who_ended_the_letters_is_told_nothing_until_they_wish_it_anew() -> None:
    event = make_event(capacity=1)
    who = follow(event, "full", "digest")
    link = db.session.scalars(select(Follow.link_id)).one()
    assert unfollow(link)
    make_registration(event, created_at=NOON + HOUR)
    assert tell(EIGHT) == []
    assert wanted_by(who, event) == frozenset()
    assert not unfollow("nobody's")


def test_whose_role_was_taken_is_told_nothing_more_and_what_waits_is_dropped() -> None:
    event = make_event(capacity=1)
    who = follow(event, "digest", "full")
    make_registration(event, created_at=NOON + timedelta(minutes=1))
    assert tell(NOON + HOUR) == ["event_news"]
    take_all_roles(who)
    run_once(NOON + HOUR)
    assert delivered("kai@example.org") == []
    assert tell(EIGHT) == []
    assert wanted_by(who, event) == frozenset()


def take_all_roles(organiser_id: int) -> None:
    with transaction() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.organiser_id == organiser_id))


def test_what_is_switched_on_later_is_told_from_then_on() -> None:
    event = make_event(capacity=1)
    follow(event)
    seat = make_registration(event, created_at=NOON + HOUR)
    row = post("promoted", seat, after=NOON - WRITTEN)
    change(OutboxMessage, row, state="failed")
    follow(event, "digest", "full", "moved", "failing", at=NOON + 2 * HOUR)
    assert tell(NOON + 3 * HOUR) == []
    assert tell(EIGHT + DAY) == []


@pytest.mark.parametrize(
    "values", [{"state": "draft"}, {"when": When.days(NOON.date() - 20 * DAY)}]
)
def test_of_a_draft_and_of_what_is_long_over_nothing_is_told(values: dict[str, Any]) -> None:
    event = make_event(capacity=1, **values)
    follow(event, "digest", "full", "failing")
    row = post("confirmed", make_registration(event, created_at=NOON + HOUR))
    change(OutboxMessage, row, state="failed")
    assert tell(EIGHT) == []


def test_several_workers_at_once_tell_once(app: Flask) -> None:
    event = make_event(capacity=1)
    follow(event, "full", "digest")
    make_registration(event, created_at=NOON + HOUR)
    db.session.rollback()
    gate, letters = Barrier(4), []

    def work() -> None:
        with app.app_context():
            gate.wait()
            letters.append(tell_organisers(EIGHT))

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sum(letters) == 2
    assert sorted(kinds()) == ["digest", "event_news"]
