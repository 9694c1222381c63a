"""Trouble of a domain or of our server: who is spared meanwhile, who finds out that it is over."""

from datetime import timedelta

import pytest
from flask import Flask

from koostoo.base.database import transaction
from koostoo.mail import delivery, outbox, trouble
from koostoo.mail.answers import Failure
from koostoo.mail.delivery import Claim
from koostoo.mail.models import OutboxMessage
from koostoo.mail.rules import GIVE_UP_AFTER, LONGEST_PAUSE
from tests.mail import world
from tests.mail.world import NOW, message, post, tries

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
REFUSED = Failure("no_connection", "ConnectionRefusedError")
CROWDED = Failure("crowded", "421 4.3.2 too many at once", answered=True)
LATER = Failure("later", "451 4.4.1 no answer from host", answered=True)
CUT = Failure("unknown", "SMTPServerDisconnected")
NEVER = Failure("no_mailbox", "550 never", permanent=True, answered=True)

pytestmark = pytest.mark.usefixtures("app")


def write(*domains: str) -> list[int]:
    """A letter to each of these domains, in a queue of its own."""
    return [
        post("confirmed", queue=f"{domain}:{place}", recipient=f"juta@{domain}")
        for place, domain in enumerate(domains)
    ]


def claim(after: timedelta = timedelta()) -> Claim | None:
    with transaction() as session:
        return delivery.claim(session, NOW + after)


def claimed(after: timedelta = timedelta()) -> Claim:
    taken = claim(after)
    assert taken is not None
    return taken


def fail(taken: Claim, why: Failure, after: timedelta = timedelta()) -> None:
    tried = message(taken.id).recipient
    with transaction() as session:
        delivery.mark_failure(session, taken, tried, why, NOW + after)


def deliver(taken: Claim, after: timedelta = timedelta()) -> None:
    tried = message(taken.id).recipient
    with transaction() as session:
        delivery.mark_sent(session, taken, tried, "mail.example.ee", "250", NOW + after)


def test_when_our_server_is_away_one_letter_finds_out_and_the_others_lose_nothing() -> None:
    rows = write("a.example", "b.example", "c.example")
    fail(claimed(), REFUSED)
    assert claim(MINUTE - timedelta(seconds=1)) is None
    fail(claimed(MINUTE), REFUSED, MINUTE)
    assert claim(2 * MINUTE) is None
    assert [message(row).attempts for row in rows] == [1, 1, 0]
    assert [message(row).put_offs for row in rows] == [0, 0, 0]
    assert {message(row).state for row in rows} == {"retry", "queued"}
    deliver(claimed(3 * MINUTE), 3 * MINUTE)
    assert world.trouble() is None
    deliver(claimed(3 * MINUTE), 3 * MINUTE)
    deliver(claimed(3 * MINUTE), 3 * MINUTE)
    assert {message(row).state for row in rows} == {"sent"}


def test_while_one_letter_finds_out_no_other_is_tried() -> None:
    write("a.example", "b.example", "c.example")
    fail(claimed(), REFUSED)
    probe = claimed(MINUTE)
    assert claim(MINUTE) is None
    deliver(probe, MINUTE)
    assert claim(MINUTE) is not None


def test_another_letter_finds_out_when_the_worker_of_the_first_died() -> None:
    write("a.example", "b.example")
    fail(claimed(), REFUSED)
    first = claimed(MINUTE)
    second = claimed(4 * MINUTE)
    assert second.id != first.id


def test_an_outage_of_our_server_of_any_length_gives_up_no_letter() -> None:
    (row,) = write("a.example")
    at = timedelta()
    fail(claimed(), REFUSED)
    while at < 3 * GIVE_UP_AFTER:
        at += timedelta(hours=8)
        fail(claimed(at), REFUSED, at)
    assert (message(row).state, message(row).put_offs) == ("retry", 0)
    assert message(row).next_try_at == NOW + at + LONGEST_PAUSE


def test_a_letter_our_server_refuses_while_it_takes_others_is_given_up_at_last() -> None:
    (poison,) = write("a.example")
    relay = Failure("relay", "554 relay access denied", answered=True)
    at = timedelta()
    while message(poison).state != "failed":
        (good,) = write("b.example")
        seen = set()
        while (taken := claim(at)) is not None and taken.id not in seen:
            seen.add(taken.id)
            if taken.id == poison:
                fail(taken, relay, at)
            else:
                deliver(taken, at)
        at += HOUR
        assert at < 2 * GIVE_UP_AFTER
        assert message(good).state in ("sent", "queued")
    assert GIVE_UP_AFTER <= at <= GIVE_UP_AFTER + 6 * HOUR


def test_a_domain_that_asks_us_to_slow_down_is_spared_and_no_other_waits_for_it() -> None:
    busy, spared, other = write("busy.example", "busy.example", "free.example")
    fail(claimed(), CROWDED)
    assert claimed().id == other
    assert claim() is None
    assert message(spared).attempts == 0
    probe = claimed(MINUTE)
    assert probe.id == spared
    assert claim(MINUTE) is None
    deliver(probe, MINUTE)
    assert claimed(5 * MINUTE).id == busy


def test_a_domain_is_spared_after_three_letters_in_a_row_had_trouble() -> None:
    rows = write(*["down.example"] * 5)
    for _ in range(3):
        fail(claimed(), LATER)
    assert claim() is None
    assert [message(row).attempts for row in rows] == [1, 1, 1, 0, 0]
    assert world.trouble("down.example") is not None


def test_one_full_mailbox_never_makes_its_domain_wait() -> None:
    full = Failure("mailbox_full", "452 4.2.2 over quota", answered=True)
    write(*["large.example"] * 4)
    for _ in range(3):
        fail(claimed(), full)
    assert claim() is not None
    assert world.trouble("large.example") is None


def test_a_server_that_breaks_off_every_letter_is_spared_but_a_single_letter_is_tried_alone() -> (
    None
):
    rows = write("a.example", "b.example", "c.example", "d.example")
    fail(claimed(), CUT)
    deliver(claimed())
    assert world.trouble() is None
    fail(claimed(), CUT)
    fail(claimed(), CUT)
    assert claim() is None
    fail(claimed(MINUTE), CUT, MINUTE)
    assert claim(MINUTE) is None
    assert [message(row).state for row in rows] == ["retry", "sent", "retry", "retry"]


def test_a_refusal_of_one_letter_shows_that_our_server_and_the_domain_are_there() -> None:
    write("a.example", "a.example")
    fail(claimed(), REFUSED)
    fail(claimed(MINUTE), NEVER, MINUTE)
    assert world.trouble() is None
    assert claim(MINUTE) is not None


def test_a_domain_in_trouble_for_three_days_is_spared_no_more_and_its_letters_are_given_up() -> (
    None
):
    at = timedelta()
    rows = write(*["dead.example"] * 6)
    while {message(row).state for row in rows} != {"failed"}:
        while (taken := claim(at)) is not None:
            fail(taken, CROWDED, at)
        at += HOUR
        assert at < 2 * GIVE_UP_AFTER
    assert GIVE_UP_AFTER <= at <= GIVE_UP_AFTER + 6 * HOUR


def test_trying_again_asks_the_server_and_the_domain_at_once() -> None:
    first, second = write("a.example", "a.example")
    fail(claimed(), REFUSED)
    with transaction() as session:
        again = outbox.try_again(session, [session.get_one(OutboxMessage, first)], NOW)
    assert [row.id for row in again] == [first]
    assert {claimed().id, claimed().id} == {first, second}


def test_trouble_with_a_domain_alone_can_be_lifted_with_the_rest() -> None:
    write("a.example")
    fail(claimed(), CROWDED)
    with transaction() as session:
        assert not trouble.lift(session)
        assert trouble.lift(session, "a.example")
    assert world.trouble("a.example") is None


def test_a_letter_held_up_by_our_server_shows_the_try_and_when_the_next_is(app: Flask) -> None:
    (row,) = write("a.example")
    fail(claimed(), REFUSED)
    found = message(row)
    assert (found.state, found.reason) == ("retry", "no_connection")
    assert found.next_try_at == NOW + MINUTE
    assert tries(row) == [(1, "no_connection", "ConnectionRefusedError", "juta@a.example")]
