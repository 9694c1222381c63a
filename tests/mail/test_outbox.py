from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from koostoo.base.database import db, transaction
from koostoo.mail import outbox
from koostoo.mail.models import OutboxMessage
from koostoo.mail.outbox import Claim
from koostoo.mail.rules import GIVE_UP_AFTER, LEASE, Failure
from tests.mail.world import DOMAIN, NOW, message, post

LATER = Failure("451 later", permanent=False)
NEVER = Failure("550 never", permanent=True)


def claim(after: timedelta = timedelta()) -> Claim | None:
    with transaction() as session:
        return outbox.claim(session, NOW + after)


def claimed(after: timedelta = timedelta()) -> Claim:
    taken = claim(after)
    assert taken is not None
    return taken


def fail(taken: Claim, why: Failure, after: timedelta = timedelta()) -> None:
    with transaction() as session:
        outbox.mark_failure(session, taken, why, NOW + after)


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
    again = claimed(timedelta(minutes=1))
    assert again == (first, 2)
    with transaction() as session:
        outbox.mark_sent(session, again, NOW)
    assert claimed().id == second


def test_a_stuck_queue_does_not_hold_up_another(app: Flask) -> None:
    post("confirmed", queue="a")
    other = post("confirmed", queue="b")
    fail(claimed(), LATER)
    assert claimed().id == other


def test_a_letter_that_failed_for_good_lets_the_next_one_go(app: Flask) -> None:
    first, second = post("confirmed", queue="a"), post("cancelled", queue="a")
    fail(claimed(), NEVER)
    assert (message(first).state, message(first).last_error) == ("failed", "550 never")
    assert claimed().id == second


def test_a_letter_is_given_up_after_five_days(app: Flask) -> None:
    row = post("confirmed", queue="a")
    fail(claimed(GIVE_UP_AFTER), LATER, GIVE_UP_AFTER)
    assert message(row).state == "failed"


def test_a_dead_workers_letter_comes_back_when_its_lease_is_over(app: Flask) -> None:
    row = post("confirmed", queue="a")
    claimed()
    assert claim(LEASE - timedelta(seconds=1)) is None
    assert claim(LEASE) == (row, 2)


def test_a_lapsed_claim_cannot_undo_what_the_next_one_did(app: Flask) -> None:
    row = post("confirmed", queue="a")
    slow = claimed()
    quick = claimed(LEASE)
    with transaction() as session:
        outbox.mark_sent(session, quick, NOW)
    fail(slow, NEVER)
    assert message(row).state == "sent"


def test_workers_side_by_side_take_each_letter_once(app: Flask) -> None:
    ids = {post("confirmed", queue=str(number)) for number in range(12)}

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
