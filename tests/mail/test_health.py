"""Whether letters leave: the alarm rings when they do not, and only then."""

from datetime import timedelta

import pytest

from koostoo.base.database import transaction
from koostoo.mail import delivery, health, outbox
from koostoo.mail.answers import Failure
from koostoo.mail.models import OutboxMessage
from koostoo.mail.rules import LATE_AFTER
from tests.mail.world import NOW, post

REFUSED = Failure("no_connection", "ConnectionRefusedError")
CROWDED = Failure("crowded", "421 too many", answered=True)
LATER = Failure("put_off", "450 later", answered=True)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("app")


def fail(why: Failure, after: timedelta = timedelta()) -> None:
    with transaction() as session:
        taken = delivery.claim(session, NOW + after)
        assert taken is not None
        delivery.mark_failure(session, taken, "", why, NOW + after)


def test_an_empty_outbox_is_well() -> None:
    assert health.look(NOW) == health.Health(0, None, None, is_late=False)


def test_a_letter_no_worker_takes_rings_after_ten_minutes() -> None:
    post("confirmed", queue="a")
    assert not health.look(NOW + LATE_AFTER - MINUTE).is_late
    found = health.look(NOW + LATE_AFTER)
    assert (found.is_late, found.unsent, found.since) == (True, 1, NOW)


def test_our_server_being_away_rings_after_ten_minutes_though_each_try_is_young() -> None:
    post("confirmed", queue="a")
    fail(REFUSED)
    for minute in (1, 3, 7):
        fail(REFUSED, minute * MINUTE)
    assert not health.look(NOW + 9 * MINUTE).is_late
    found = health.look(NOW + LATE_AFTER)
    assert found.is_late
    assert found.since == NOW
    assert found.trouble is not None
    assert found.trouble.reason == "no_connection"


def test_a_letter_put_off_by_its_recipients_server_is_no_alarm() -> None:
    post("confirmed", queue="a")
    post("changed", queue="a")
    fail(LATER)
    assert not health.look(NOW + 4 * MINUTE).is_late
    assert health.look(NOW + 4 * MINUTE).unsent == 2


def test_one_domain_that_takes_nothing_is_no_alarm() -> None:
    for number in range(6):
        post("confirmed", queue=str(number))
    for minute in (0, 1, 3, 7):
        fail(CROWDED, minute * MINUTE)
    for minute in (14, 15, 16):
        assert not health.look(NOW + minute * MINUTE).is_late
    assert health.look(NOW + 25 * MINUTE).is_late


def test_what_was_in_the_way_is_no_alarm_when_nothing_waits() -> None:
    row = post("confirmed", queue="a")
    fail(REFUSED)
    with transaction() as session:
        assert outbox.stop(session.get_one(OutboxMessage, row))
    assert not health.look(NOW + 2 * LATE_AFTER).is_late


def test_a_letter_just_being_sent_is_no_alarm() -> None:
    post("confirmed", queue="a")
    with transaction() as session:
        delivery.claim(session, NOW + 9 * MINUTE)
    assert not health.look(NOW + LATE_AFTER).is_late
