"""Sending a letter to people: each once, also on a double click, a crash, two processes."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.correspondence.mailing import (
    Draft,
    OtherNumber,
    Sent,
    Words,
    send_mailing,
    send_test,
    stop_mailing,
)
from koostoo.correspondence.models import Mailing, MailingLetter
from koostoo.correspondence.queries import Outcome, mailings_of, outcomes
from koostoo.correspondence.recipients import Whom
from koostoo.events.models import Event
from koostoo.events.samples import remove_samples
from koostoo.mail.models import OutboxMessage
from koostoo.registration.rules import SignUp
from koostoo.registration.service import cancel, sign_up
from koostoo.worker import run_once
from tests.correspondence.post import delivered, kinds, organiser, text_of
from tests.mail.world import change
from tests.registration.people import acts
from tests.trouble import SQLITE_CODES, SQLSTATES, Fault

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
WORDS = Words(LocalText("Buss", "Bus"), LocalText("Tere, {name}", "Dear {name}"))
DRAFT = Draft(WORDS, "nonce")


def come(event: Event, entry: Entry, count: int) -> list[int]:
    return [sign_up(event.id, entry(), now()).registration_id for _ in range(count)]


def written() -> int:
    db.session.rollback()
    wanted = select(func.count()).where(OutboxMessage.kind == "mailing")
    return db.session.scalar(wanted) or 0


def test_each_person_gets_a_letter_of_their_own(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    people = come(event, entry, 3)
    moment = now()
    run_once(moment)
    assert send_mailing(event.id, DRAFT, 3, moment, organiser()) == Sent(3)
    assert [kinds(number) for number in people] == [["confirmed", "mailing"]] * 3
    run_once(moment)
    letters = [letter for letter in delivered() if letter["Subject"] == "Buss"]
    assert sorted(letter["To"] for letter in letters) == [f"mari{n}@example.org" for n in (1, 2, 3)]
    assert sorted(text_of(letter).split("\n")[2] for letter in letters) == [
        f"Tere, Mari Maasikas{n}" for n in (1, 2, 3)
    ]


def test_the_history_tells_who_wrote_what_to_how_many(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    one, _ = come(event, entry, 2)
    who, moment = organiser(), now()
    send_mailing(event.id, DRAFT, 2, moment, who)
    [mailing] = mailings_of(event.id)
    assert (mailing.organiser_id, mailing.letters, mailing.written_at) == (who, 2, moment)
    assert mailing.chosen["states"] == ["confirmed"]
    assert outcomes([mailing])[mailing.id] == Outcome(unsent=2)
    cancel(one, moment)
    run_once(moment)
    # One is no longer what the letter was meant for.
    assert outcomes(mailings_of(event.id))[mailing.id] == Outcome(sent=1, skipped=1)
    assert acts(event.id) == [("wrote", "")]


def test_a_letter_that_comes_twice_is_sent_once(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    come(event, entry, 2)
    assert send_mailing(event.id, DRAFT, 2, now(), None) == Sent(2)
    assert send_mailing(event.id, DRAFT, 2, now(), None) == Sent(2, again=True)
    come(event, entry, 1)
    assert send_mailing(event.id, DRAFT, 3, now(), None) == Sent(2, again=True)
    assert written() == 2


def test_another_letter_from_the_same_form_is_another_letter(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    [one] = come(event, entry, 1)
    assert not send_mailing(event.id, DRAFT, 1, now(), None).again
    others = (
        Draft(Words(LocalText("Buss"), LocalText("Parandus")), "nonce"),
        Draft(WORDS, "nonce", is_news=True),
        Draft(WORDS, "nonce", whom=Whom(states=("confirmed", "waiting"))),
        Draft(WORDS, "nonce", whom=Whom(states=(), ticked=(one,))),
        Draft(WORDS, "another"),
    )
    for draft in others:
        assert not send_mailing(event.id, draft, 1, now(), None).again
    assert written() == 6


@pytest.mark.parametrize(("shown", "there"), [(1, 2), (3, 2), (0, 2)])
def test_another_number_than_was_shown_sends_nothing(
    make_event: MakeEvent, entry: Entry, shown: int, there: int
) -> None:
    event = make_event()
    come(event, entry, there)
    with pytest.raises(OtherNumber) as refusal:
        send_mailing(event.id, DRAFT, shown, now(), None)
    assert refusal.value.letters == there
    assert written() == 0


def test_what_still_waits_of_a_letter_is_stopped_and_counted(
    make_event: MakeEvent, entry: Entry
) -> None:
    event, other = make_event(), make_event()
    come(event, entry, 3)
    send_mailing(event.id, DRAFT, 3, now(), None)
    mailing = db.session.scalars(select(Mailing)).one()
    first = db.session.scalars(select(MailingLetter).order_by(MailingLetter.id)).first()
    assert first is not None
    change(OutboxMessage, first.outbox_id, state="sent")
    assert stop_mailing(other.id, mailing.id, now(), None) == 0
    assert stop_mailing(event.id, mailing.id, now(), None) == 2
    assert stop_mailing(event.id, mailing.id, now(), None) == 0
    assert outcomes([mailing]) == {mailing.id: Outcome(sent=1, skipped=2)}
    # The confirmations of the same people still leave.
    waiting = select(OutboxMessage.kind).where(OutboxMessage.state == "queued")
    assert db.session.scalars(waiting).all() == ["confirmed"] * 3


def test_a_letter_to_nobody_is_not_kept(make_event: MakeEvent) -> None:
    with pytest.raises(OtherNumber):
        send_mailing(make_event().id, DRAFT, 0, now(), None)
    assert db.session.scalars(select(Mailing)).all() == []


def test_pressed_in_several_windows_at_once_it_is_sent_once(
    app: Flask, make_event: MakeEvent, entry: Entry
) -> None:
    event_id = make_event().id
    come(db.session.get_one(Event, event_id), entry, 4)
    db.session.rollback()
    gate, outcome = Barrier(4), []

    def press() -> None:
        with app.app_context():
            gate.wait()
            outcome.append(send_mailing(event_id, DRAFT, 4, now(), None))

    windows = [Thread(target=press) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join(30)
    assert sorted(outcome) == [Sent(4), *[Sent(4, again=True)] * 3]
    assert written() == 4


def test_whichever_statement_breaks_off_everybody_gets_one_letter(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    event_id = event.id
    come(event, entry, 2)
    codes = SQLITE_CODES if db.engine.dialect.name == "sqlite" else SQLSTATES

    def send(number: int) -> int:
        before = written()
        with Fault(number, codes[number % len(codes)]) as fault:
            send_mailing(event_id, Draft(WORDS, f"form-{number}"), 2, now(), None)
        assert written() == before + 2, number
        return fault.count

    count = send(0)
    assert count > 5
    for number in range(1, count + 1):
        send(number)


def test_two_letters_to_one_person_leave_in_the_order_written(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    [one] = come(event, entry, 1)
    for number, hour in enumerate(("kell 8", "parandus: kell 9")):
        draft = Draft(Words(LocalText(hour), LocalText("x")), str(number))
        send_mailing(event.id, draft, 1, now() + timedelta(seconds=number), None)
    queues = db.session.scalars(
        select(OutboxMessage.queue).where(OutboxMessage.registration_id == one)
    )
    assert {*queues} == {f"registration:{one}"}


def test_news_to_a_shared_address_is_one_letter(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event()
    shared = {"email": "kodu@example.org", "email_key": "kodu@example.org"}
    for first in ("Ants", "Mari"):
        sign_up(event.id, entry(first_name=first, last_name="Kask", **shared), now())
    run_once(now())
    send_mailing(event.id, Draft(WORDS, "n", is_news=True), 1, now(), None)
    run_once(now())
    [letter] = [letter for letter in delivered() if letter["Subject"] == "Buss"]
    assert text_of(letter).startswith("Tere, Ants ja Mari!")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_test_goes_to_the_organiser_alone_in_each_language_and_is_no_history(
    make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    come(event, entry, 1)
    run_once(now())
    assert send_test(event.id, WORDS, is_news=False, now=now(), by=organiser()) == "kai@example.org"
    run_once(now())
    tests = [letter for letter in delivered() if "Buss" in letter["Subject"]]
    tests += [letter for letter in delivered() if "Bus" in letter["Subject"].split()]
    assert [(one["To"], one["Subject"]) for one in tests] == [
        ("kai@example.org", "Proovikiri: Buss"),
        ("kai@example.org", "Test: Bus"),
    ]
    assert mailings_of(event.id) == []


def test_with_a_sample_event_its_letters_go_too(make_event: MakeEvent, entry: Entry) -> None:
    event = make_event(is_sample=True)
    come(event, entry, 2)
    send_mailing(event.id, DRAFT, 2, now(), None)
    remove_samples()
    assert db.session.scalars(select(MailingLetter)).all() == []
    assert db.session.scalars(select(Mailing)).all() == []
