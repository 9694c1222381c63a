"""A copy of one's data holds everything: each column about people is in it, or explained."""

from collections.abc import Callable
from datetime import timedelta

from koostoo.base.clock import now
from koostoo.base.contact import parse_email
from koostoo.base.database import db
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.notices.render import render
from koostoo.postroom import deliver_due
from koostoo.privacy.correcting import Wish, ask_for_correction, decide_correction
from koostoo.privacy.erasing import erase
from koostoo.privacy.models import Correction
from koostoo.privacy.own_data import copy_of_mailbox, copy_of_registration
from koostoo.privacy.own_fields import FIELDS, LEFT_OUT
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.privacy.marked import EMAIL, add_marked

MakeEvent = Callable[..., Event]
Entrant = Callable[..., SignUp]
BESIDE = {"registration", "registration_group", "mailbox_calendar", "tag", "mailing"} | {
    "news_refusal",
    "member_person",
}
"""Tables about people that do not lead to a registration themselves."""


def personal_tables() -> set[str]:
    """Return every table whose rows are about a person: those that lead to one, and BESIDE."""
    return BESIDE | {
        table.name
        for table in db.metadata.sorted_tables
        if {"registration", "outbox_message"}
        & {key.column.table.name for key in table.foreign_keys}
    }


def test_every_column_about_a_person_is_in_the_copy_or_explained() -> None:
    columns = {
        f"{name}.{column.name}"
        for name in personal_tables()
        for column in db.metadata.tables[name].columns
    }
    told = {f"{table}.{column}" for table, fields in FIELDS.items() for column in fields}
    assert told & {*LEFT_OUT} == set()
    assert told | {*LEFT_OUT} == columns


def test_what_is_left_out_is_no_word_anybody_wrote(make_event: MakeEvent, entry: Entrant) -> None:
    number = add_marked(make_event, entry)
    copy = str(copy_of_registration(db.session.get_one(Registration, number), now())).casefold()
    for words in (
        "qwzjxeesi", "qwzjxpere", EMAIL, "+3725550199", "qwzjx selts", "qwzjx muu rühm",
        "qwzjx pähklid",
        "qwzjx märkus", "qwzjx silt", "qwzjx põhjus", "qwzjx otsus", "qwzjx haige", "qwzjx uks",
        "550 qwzjxpost", "qwzjx teema", "qwzjx sõnad",
    ):  # fmt: skip
        assert words in copy, words
    person = db.session.get_one(Registration, number)
    for secret in (person.link_id, person.form_nonce, person.email_key + " "):
        assert secret.casefold() not in copy


def test_the_copy_of_a_mailbox_has_all_its_registrations_and_nobody_elses(
    make_event: MakeEvent, entry: Entrant
) -> None:
    mine = {"email": EMAIL, "email_key": EMAIL}
    event = make_event()
    for values in (mine, mine, {}):
        sign_up(event.id, entry(**values), now())
    copy = copy_of_mailbox(EMAIL, now())
    assert len(copy["registrations"]) == 2
    assert "mari3@" not in str(copy)
    erase(copy["registrations"][0]["registration"]["number"], now(), "page")
    assert len(copy_of_mailbox(EMAIL, now())["registrations"]) == 1


def test_a_correction_waits_for_an_organiser_and_then_stands_in_the_list(
    make_event: MakeEvent, entry: Entrant
) -> None:
    event = make_event()
    seat = sign_up(event.id, entry(), now())
    wish = Wish("Mari", "Maasikas-Kask", parse_email("uus@example.org"))
    assert ask_for_correction(seat.registration_id, wish, now())
    row = db.session.get_one(Registration, seat.registration_id)
    assert row.last_name == "Maasikas1"
    done = decide_correction(event.id, seat.registration_id, now(), None, accept=True)
    assert done == "corrected"
    assert (row.name, row.email) == ("Mari Maasikas-Kask", "uus@example.org")
    assert row.link_id != seat.link_id
    letters = db.session.query(OutboxMessage).all()
    assert [(letter.kind, letter.recipient) for letter in letters] == [
        ("confirmed", "uus@example.org")
    ]
    again = decide_correction(event.id, seat.registration_id, now(), None, accept=True)
    assert again == "gone"


def letter_after_correction(event: Event, entry: Entrant, wait: timedelta) -> OutboxMessage:
    """Sign somebody up, let all letters leave, correct the address; return the last letter."""
    seat = sign_up(event.id, entry(), now())
    deliver_due(now)
    wish = Wish("Mari", "Maasikas1", parse_email("uus@example.org"))
    ask_for_correction(seat.registration_id, wish, now())
    decide_correction(event.id, seat.registration_id, now() + wait, None, accept=True)
    letters = db.session.query(OutboxMessage).order_by(OutboxMessage.id).all()
    return letters[-1]


def test_a_new_address_gets_the_invite_and_the_old_one_nothing_more(
    make_event: MakeEvent, entry: Entrant
) -> None:
    letter = letter_after_correction(make_event(), entry, timedelta(0))
    assert (letter.kind, letter.recipient) == ("confirmed", "uus@example.org")
    written = render(letter.id, now())
    assert written is not None
    assert written.calendar is not None
    assert b"METHOD:REQUEST" in written.calendar.content
    assert b"mailto:uus@example.org" in written.calendar.content


def test_after_the_event_a_new_address_gets_the_new_link(
    make_event: MakeEvent, entry: Entrant
) -> None:
    letter = letter_after_correction(make_event(), entry, timedelta(days=400))
    assert (letter.kind, letter.recipient) == ("new_link", "uus@example.org")


def test_a_correction_never_makes_two_of_one(make_event: MakeEvent, entry: Entrant) -> None:
    event = make_event()
    sign_up(event.id, entry(last_name="Kask", email=EMAIL, email_key=EMAIL), now())
    seat = sign_up(event.id, entry(last_name="Kaks", email=EMAIL, email_key=EMAIL), now())
    ask_for_correction(seat.registration_id, Wish("Mari", "Kask", parse_email(EMAIL)), now())
    done = decide_correction(event.id, seat.registration_id, now(), None, accept=True)
    assert done == "taken"
    assert decide_correction(event.id, seat.registration_id, now(), None, accept=False) == (
        "declined"
    )
    assert db.session.get_one(Registration, seat.registration_id).last_name == "Kaks"


def test_asking_for_what_stands_there_takes_the_wish_back(
    make_event: MakeEvent, entry: Entrant
) -> None:
    seat = sign_up(make_event().id, entry(), now())
    as_it_is = parse_email("mari1@example.org")
    ask_for_correction(seat.registration_id, Wish("Marii", "Maasikas1", as_it_is), now())
    assert not ask_for_correction(seat.registration_id, Wish("Mari", "Maasikas1", as_it_is), now())
    assert db.session.query(Correction).all() == []
