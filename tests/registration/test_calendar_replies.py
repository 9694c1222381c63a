"""What follows when a calendar declines: the seat kept, given back, asked for again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.calendars.reply import PartStat
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.registration import reconfirming
from koostoo.registration.calendar_replies import come_anyway, take_seat_back
from koostoo.registration.coming import current_sequence
from koostoo.registration.event_changes import call_off
from koostoo.registration.models import CalendarReply
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from tests.registration.calendar import answer
from tests.registration.moves import ask, last_move
from tests.registration.people import letters, person, states

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("app")


def reply(number: int) -> CalendarReply:
    db.session.rollback()
    return db.session.get_one(CalendarReply, number, populate_existing=True)


@pytest.fixture
def seat(make_event: MakeEvent, entry: Entry) -> int:
    """Somebody with the only seat; another waits."""
    event = make_event(capacity=1, on_decline="ask")
    first, _second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    return first


@pytest.fixture
def loose_seat(make_event: MakeEvent, entry: Entry) -> int:
    """The same where a declining calendar frees the seat at once."""
    event = make_event(capacity=1, on_decline="free", contact_email="mari@example.ee")
    first, _second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    return first


def test_who_declines_is_asked_and_keeps_the_seat(seat: int) -> None:
    assert answer(seat) == "asked"
    assert (person(seat).state, person(seat + 1).state) == ("confirmed", "waiting")
    assert letters(seat) == ["confirmed", "calendar_declined"]


def test_one_hour_brings_one_question_however_often_the_mind_changes(seat: int) -> None:
    start = now()
    for minute, said in enumerate(["DECLINED", "ACCEPTED", "DECLINED", "TENTATIVE", "DECLINED"]):
        answer(seat, said, start + timedelta(minutes=minute))  # type: ignore[arg-type]  # a word
    assert letters(seat).count("calendar_declined") == 1
    assert reply(seat).partstat == "DECLINED"
    answer(seat, "ACCEPTED", start + timedelta(hours=2))
    assert answer(seat, "DECLINED", start + timedelta(hours=3)) == "asked"
    assert letters(seat).count("calendar_declined") == 2


def test_the_same_refusal_once_more_asks_nothing(seat: int) -> None:
    answer(seat)
    assert answer(seat, at=now() + 2 * DAY) == "kept"
    assert letters(seat).count("calendar_declined") == 1


def test_who_comes_all_the_same_clears_the_mark_for_good(seat: int) -> None:
    sent = now()
    answer(seat, at=sent)
    assert come_anyway(seat, sent + timedelta(hours=1))
    assert (reply(seat).partstat, reply(seat).source) == ("ACCEPTED", "page")
    assert answer(seat, at=sent + timedelta(minutes=30)) == "stale"
    assert not come_anyway(seat, sent + timedelta(hours=2))
    assert answer(seat, at=sent + DAY) == "asked"


@pytest.mark.parametrize("said", ["ACCEPTED", "TENTATIVE"])
def test_nobody_can_come_anyway_who_was_never_in_doubt(seat: int, said: PartStat) -> None:
    assert not come_anyway(seat, now())
    answer(seat, said)
    assert not come_anyway(seat, now())
    assert reply(seat).source == "calendar"


def test_a_refusal_beyond_doubt_frees_the_seat_where_the_event_wants_it(loose_seat: int) -> None:
    assert answer(loose_seat) == "freed"
    assert states(person(loose_seat).event_id) == ["cancelled", "confirmed"]
    assert person(loose_seat).ended_by == "participant"
    assert letters(loose_seat) == ["confirmed", "cancelled"]
    assert letters(loose_seat + 1) == ["waiting", "promoted"]


@pytest.mark.parametrize(
    "doubt",
    [
        {"authenticity": "unknown"},
        {"is_automatic": True},
        {"sequence": None},
        {"method": "COUNTER"},
    ],
)
def test_any_doubt_asks_instead(loose_seat: int, doubt: dict[str, Any]) -> None:
    answer(loose_seat, **doubt)
    assert person(loose_seat).state == "confirmed"
    assert letters(loose_seat) == [
        "confirmed", "calendar_declined", *(["counter"] if "method" in doubt else [])
    ]  # fmt: skip


def test_a_refusal_of_the_time_before_asks_instead(loose_seat: int) -> None:
    event_id = person(loose_seat).event_id
    with transaction() as session:
        session.get_one(Event, event_id).sequence = 1
    assert answer(loose_seat, sequence=0) == "asked"
    assert person(loose_seat).state == "confirmed"


def test_a_seat_freed_at_once_is_theirs_again_while_one_is_free(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, on_decline="free")
    number = sign_up(event.id, entry(), now()).registration_id
    sequence = current_sequence(person(number))
    answer(number)
    assert take_seat_back(number, now()) == "seat"
    who = person(number)
    assert (who.state, who.ended_by, who.cancelled_at) == ("confirmed", None, None)
    assert current_sequence(who) > sequence + 1
    assert letters(number) == ["confirmed", "cancelled", "confirmed"]
    assert take_seat_back(number, now()) == "late"


def test_a_seat_somebody_else_has_meanwhile_stays_theirs(loose_seat: int) -> None:
    came = person(loose_seat).queued_at
    answer(loose_seat)
    assert take_seat_back(loose_seat, now()) == "waiting"
    assert states(person(loose_seat).event_id) == ["waiting", "confirmed"]
    assert person(loose_seat).queued_at == came
    cancel(loose_seat + 1, now())
    assert person(loose_seat).state == "confirmed"


def test_who_waits_again_stands_by_the_time_they_came(loose_seat: int, entry: Entry) -> None:
    event_id = person(loose_seat).event_id
    third = sign_up(event_id, entry(), now()).registration_id
    answer(loose_seat)
    assert take_seat_back(loose_seat, now()) == "waiting"
    cancel(loose_seat + 1, now())
    assert (person(loose_seat).state, person(third).state) == ("confirmed", "waiting")


def test_without_a_waiting_list_one_is_told_honestly(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(capacity=1, has_waiting_list=False, on_decline="free")
    number = sign_up(event.id, entry(), now()).registration_id
    answer(number)
    sign_up(event.id, entry(), now())
    assert take_seat_back(number, now()) == "full"
    assert person(number).state == "cancelled"
    assert letters(number) == ["confirmed", "cancelled"]


def test_after_a_day_it_is_too_late(loose_seat: int) -> None:
    start = now()
    answer(loose_seat, at=start)
    cancel(loose_seat + 1, start)
    assert take_seat_back(loose_seat, start + DAY) == "late"
    assert take_seat_back(loose_seat, start + DAY - timedelta(seconds=1)) == "seat"


def test_who_has_signed_up_again_has_one_seat(make_event: MakeEvent, entry: Entry) -> None:
    event, who = make_event(on_decline="free"), entry()
    number = sign_up(event.id, who, now()).registration_id
    answer(number)
    sign_up(event.id, entry(first_name=who.first_name, last_name=who.last_name,
                            email=who.email, email_key=who.email_key), now())  # fmt: skip
    assert take_seat_back(number, now()) == "already"
    assert states(event.id) == ["cancelled", "confirmed"]


def test_who_gave_the_seat_back_by_a_button_cannot_take_it_by_this_one(seat: int) -> None:
    answer(seat)
    cancel(seat, now())
    assert take_seat_back(seat, now()) == "late"
    assert take_seat_back(999_999, now()) == "late"


def test_no_seat_comes_back_in_an_event_called_off(loose_seat: int) -> None:
    answer(loose_seat)
    call_off(person(loose_seat).event_id, LocalText("torm"), now())
    assert take_seat_back(loose_seat, now()) == "late"


def test_a_seat_promised_to_others_is_not_given_back(
    app: Flask, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(capacity=1, on_decline="free", partner_cap=1)
    number = sign_up(event.id, entry(), now()).registration_id
    answer(number)
    with transaction() as session:
        session.get_one(Event, event.id).capacity = 2
    sign_up(event.id, entry(), now())
    assert take_seat_back(number, now()) == "waiting"


def test_an_event_over_or_called_off_has_nothing_to_answer(seat: int) -> None:
    assert answer(seat, at=now() + 60 * DAY) == "no_seat"
    call_off(person(seat).event_id, LocalText("torm"), now())
    assert answer(seat) == "no_seat"
    assert db.session.get(CalendarReply, seat) is None


def test_a_proposal_without_anybody_to_read_it_is_left(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    number = sign_up(event.id, entry(), now()).registration_id
    assert answer(number, "TENTATIVE", method="COUNTER") == "counter_left"
    with transaction() as session:
        session.get_one(Event, event.id).contact_email = "mari@example.ee"
    start = now()
    assert answer(number, None, start, method="COUNTER") == "counter"
    again = start + timedelta(minutes=1)
    assert answer(number, "TENTATIVE", again, method="COUNTER") == "counter_left"
    assert letters(number).count("counter") == 1


@pytest.mark.parametrize(
    ("said", "word", "address"),
    [
        ({"sender": "juta@home.example"}, "other_sender", "juta@home.example"),
        (
            {"sender": "juta@home.example", "attendee": "juta@home.example"},
            "other_attendee",
            "juta@home.example",
        ),
        ({"attendee": "any text"}, "other_attendee", ""),
    ],
)
def test_who_declines_from_another_address_only_makes_the_contact_ask(
    make_event: MakeEvent, entry: Entry, said: dict[str, Any], word: str, address: str
) -> None:
    event = make_event(contact_email="mari@example.ee", on_decline="free")
    number = sign_up(event.id, entry(), now()).registration_id
    for _ in range(2):
        assert answer(number, **said) == word
    assert (person(number).state, db.session.get(CalendarReply, number)) == ("confirmed", None)
    assert letters(number) == ["confirmed", "other_answered"]
    letter = db.session.query(OutboxMessage).filter_by(kind="other_answered").one()
    assert (letter.recipient, letter.payload["address"]) == ("mari@example.ee", address)


@pytest.mark.parametrize(
    "said",
    [
        {"authenticity": "failed", "sender": "x@y.ee"},
        {"partstat": "ACCEPTED", "sender": "x@y.ee"},
        {"at": now() + 60 * DAY, "sender": "x@y.ee"},
    ],
)
def test_a_forged_answer_and_one_that_asks_for_nothing_makes_nobody_ask(
    make_event: MakeEvent, entry: Entry, said: dict[str, Any]
) -> None:
    event = make_event(contact_email="mari@example.ee")
    number = sign_up(event.id, entry(), now()).registration_id
    assert answer(number, **said) in ("forged", "other_sender")
    assert letters(number) == ["confirmed"]


@pytest.mark.parametrize(
    ("said", "is_settled"),
    [
        ({}, True),
        ({"sequence": 0}, False),
        ({"sequence": None}, False),
        ({"is_automatic": True}, False),
    ],
)
def test_accepting_the_new_time_answers_whether_they_still_come(
    make_event: MakeEvent, entry: Entry, said: dict[str, Any], is_settled: bool
) -> None:
    event = make_event(summary=LocalText("Läheme."), contact_email="info@example.org")
    number = sign_up(event.id, entry(), now()).registration_id
    ask(event)
    assert answer(number, "TENTATIVE") == "kept"
    assert person(number).is_asked
    assert answer(number, "ACCEPTED", now() + timedelta(minutes=1), **said) in ("kept", "stale")
    assert person(number).is_asked is not is_settled


def test_whoever_says_that_they_still_come_has_answered_for_their_calendar_too(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(summary=LocalText("Läheme."), contact_email="info@example.org")
    first, second = (sign_up(event.id, entry(), now()).registration_id for _ in range(2))
    ask(event)
    assert [answer(number) for number in (first, second)] == ["asked", "asked"]
    reconfirming.answer(first, last_move(event).id, now(), comes=True)
    assert (reply(first).partstat, reply(first).source) == ("ACCEPTED", "page")
    assert come_anyway(second, now())
    assert not person(second).is_asked
