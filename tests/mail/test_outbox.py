from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from koostoo.base.database import db, transaction
from koostoo.mail import delivery, outbox
from koostoo.mail.answers import Failure
from koostoo.mail.delivery import Claim
from koostoo.mail.models import OutboxMessage
from koostoo.mail.rules import GIVE_UP_AFTER, LEASE, LONGEST_HOLD, MOST_AT_ONCE, MOST_LOST
from tests.mail.world import DOMAIN, NOW, change, message, post, tries

LATER = Failure("put_off", "450 later", answered=True)
NEVER = Failure("no_mailbox", "550 never", permanent=True, answered=True)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def claim(after: timedelta = timedelta()) -> Claim | None:
    with transaction() as session:
        return delivery.claim(session, NOW + after)


def claimed(after: timedelta = timedelta()) -> Claim:
    taken = claim(after)
    assert taken is not None
    return taken


def fail(
    taken: Claim, why: Failure, after: timedelta = timedelta(), tried: str = "juta@example.com"
) -> None:
    with transaction() as session:
        delivery.mark_failure(session, taken, tried, why, NOW + after)


def deliver(taken: Claim, after: timedelta = timedelta(), tried: str = "juta@example.com") -> None:
    with transaction() as session:
        delivery.mark_sent(session, taken, tried, "mail.example.ee", "250 2.0.0 4F2A", NOW + after)


def test_a_rolled_back_change_leaves_no_letter(app: Flask) -> None:
    def change_and_break() -> None:
        with transaction() as session:
            outbox.enqueue(
                session,
                kind="confirmed",
                queue="a",
                recipient="a@example.com",
                language="et",
                now=NOW,
                domain=DOMAIN,
            )
            session.flush()
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        change_and_break()
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_every_letter_has_its_own_message_id_at_our_domain(app: Flask) -> None:
    ids = {message(post("confirmed", queue=str(number))).message_id for number in range(3)}
    assert len(ids) == 3
    assert all(value.endswith(f"@{DOMAIN}>") for value in ids)


def test_a_claimed_letter_is_not_claimed_again(app: Flask) -> None:
    first = post("confirmed", queue="a")
    assert claim() == (first, 1)
    assert claim() is None


def test_letters_of_one_queue_leave_in_the_order_written(app: Flask) -> None:
    first, second = post("confirmed", queue="a"), post("cancelled", queue="a")
    taken = claimed()
    assert taken.id == first
    assert claim() is None
    fail(taken, LATER)
    assert claim() is None
    again = claimed(5 * MINUTE)
    assert again == (first, 2)
    deliver(again)
    assert claimed().id == second


def test_a_stuck_queue_does_not_hold_up_another(app: Flask) -> None:
    post("confirmed", queue="a")
    other = post("confirmed", queue="b")
    fail(claimed(), LATER)
    assert claimed().id == other


def test_a_letter_that_failed_for_good_lets_the_next_one_go(app: Flask) -> None:
    first, second = post("confirmed", queue="a"), post("cancelled", queue="a")
    fail(claimed(), NEVER)
    assert (message(first).state, message(first).answer) == ("failed", "550 never")
    assert claimed().id == second


def test_a_letter_put_off_for_three_days_is_given_up_with_the_last_words(app: Flask) -> None:
    row = post("confirmed", queue="a")
    fail(claimed(), LATER)
    fail(claimed(HOUR), LATER, HOUR)
    assert (message(row).state, message(row).next_try_at) == ("retry", NOW + 75 * MINUTE)
    fail(claimed(GIVE_UP_AFTER), LATER, GIVE_UP_AFTER)
    found = message(row)
    assert (found.state, found.reason, found.answer) == ("failed", "put_off", "450 later")


def test_three_days_are_counted_from_the_first_time_it_was_put_off(app: Flask) -> None:
    row = post("confirmed", queue="a")
    fail(claimed(GIVE_UP_AFTER), LATER, GIVE_UP_AFTER)
    assert message(row).state == "retry"


def test_every_try_is_written_down_with_the_servers_words(app: Flask) -> None:
    row = post("confirmed", queue="a")
    fail(claimed(), LATER)
    deliver(claimed(5 * MINUTE), 5 * MINUTE)
    found = message(row)
    assert (found.state, found.reason, found.server) == ("sent", "", "mail.example.ee")
    assert (found.sent_at, found.answer) == (NOW + 5 * MINUTE, "250 2.0.0 4F2A")
    assert tries(row) == [
        (1, "put_off", "450 later", "juta@example.com"),
        (2, "accepted", "250 2.0.0 4F2A", "juta@example.com"),
    ]


def test_a_dead_workers_letter_comes_back_when_its_lease_is_over(app: Flask) -> None:
    row = post("confirmed", queue="a")
    claimed()
    assert claim(LEASE - timedelta(seconds=1)) is None
    assert claim(LEASE) == (row, 2)


def test_a_lapsed_claim_cannot_undo_what_the_next_one_did(app: Flask) -> None:
    row = post("confirmed", queue="a")
    slow = claimed()
    quick = claimed(LEASE)
    deliver(quick)
    fail(slow, NEVER)
    assert message(row).state == "sent"


def test_a_letter_taken_after_its_claim_had_run_out_is_sent_all_the_same(app: Flask) -> None:
    row = post("confirmed", queue="a")
    slow = claimed()
    claimed(LEASE)
    deliver(slow)
    assert message(row).state == "sent"


def test_a_letter_in_whose_hands_workers_die_is_given_up(app: Flask) -> None:
    row = post("confirmed", queue="a")
    for number in range(MOST_LOST):
        assert claim(number * LEASE) == (row, number + 1)
    assert claim(MOST_LOST * LEASE) is None
    assert (message(row).state, message(row).reason) == ("failed", "lost")
    assert [outcome for _number, outcome, *_ in tries(row)] == ["lost"] * MOST_LOST


def test_a_clock_that_jumps_ahead_or_back_sends_no_letter_twice_at_the_same_time(
    app: Flask,
) -> None:
    row = post("confirmed", queue="a")
    first = claimed()
    assert claim(-2 * HOUR) is None
    second = claimed(2 * HOUR)
    assert (first, second) == ((row, 1), (row, 2))
    fail(first, NEVER)
    assert message(row).state == "sending"
    deliver(second, 2 * HOUR)
    assert message(row).state == "sent"


def test_a_letter_whose_address_was_corrected_under_way_goes_to_the_new_one(app: Flask) -> None:
    lost, late = post("confirmed", queue="a"), post("confirmed", queue="b")
    one, other = claimed(), claimed()
    for row in (lost, late):
        change(OutboxMessage, row, recipient="right@example.org")
    deliver(one)
    fail(other, NEVER)
    for row in (lost, late):
        found = message(row)
        assert (found.state, found.reason, found.sent_at) == ("queued", "", None)
    assert {claimed().id, claimed().id} == {lost, late}


def test_a_slow_domain_has_only_so_many_letters_under_way(app: Flask) -> None:
    for number in range(MOST_AT_ONCE + 1):
        post("confirmed", queue=str(number))
    other = post("confirmed", queue="x", recipient="mari@example.net")
    first = [claimed() for _ in range(MOST_AT_ONCE)]
    assert claimed().id == other
    assert claim() is None
    deliver(first[0])
    assert claim() is not None


def test_letters_of_a_worker_that_died_hold_up_their_domain_for_minutes_only(app: Flask) -> None:
    for number in range(MOST_AT_ONCE + 1):
        post("confirmed", queue=str(number))
    lost = {claimed().id for _ in range(MOST_AT_ONCE)}
    assert claim(LONGEST_HOLD - timedelta(seconds=1)) is None
    assert claimed(LONGEST_HOLD).id not in lost
    assert claim(LEASE - timedelta(seconds=1)) is None
    assert claimed(LEASE).id in lost


def test_workers_side_by_side_take_each_letter_once(app: Flask) -> None:
    ids = {
        post("confirmed", queue=str(number), recipient=f"a@{number}.example.com")
        for number in range(12)
    }

    def work() -> list[int]:
        mine = []
        with app.app_context():
            while (taken := claim()) is not None:
                mine.append(taken.id)
            db.session.remove()
        return mine

    with ThreadPoolExecutor(3) as pool:
        parts = [future.result() for future in [pool.submit(work) for _ in range(3)]]
    assert sorted(taken for part in parts for taken in part) == sorted(ids)
