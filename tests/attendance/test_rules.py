from datetime import UTC, date, datetime, timedelta

import pytest

from koostoo.attendance.rules import (
    Known,
    counts_over,
    day_shown,
    days_of,
    did_not_come,
    moment_of,
)
from koostoo.base.when import When

NOON = datetime(2026, 8, 23, 9, 0, tzinfo=UTC)
DAYS = (date(2026, 8, 23), date(2026, 8, 25))


@pytest.mark.parametrize("wrong", [timedelta(0), timedelta(hours=9), timedelta(days=-400)])
def test_a_wrong_clock_of_a_device_does_not_move_what_was_done_on_it(wrong: timedelta) -> None:
    done, sent = NOON - timedelta(minutes=20) + wrong, NOON + wrong
    assert moment_of(done, sent, NOON) == NOON - timedelta(minutes=20)


def test_nothing_is_done_in_the_future() -> None:
    assert moment_of(NOON + timedelta(hours=1), NOON, NOON) == NOON


def test_the_later_act_counts_whichever_arrives_first() -> None:
    early, late = Known(NOON, "b"), Known(NOON + timedelta(seconds=1), "a")
    assert counts_over(early, None)
    assert counts_over(late, early)
    assert not counts_over(early, late)


def test_of_two_acts_at_one_instant_the_same_counts_in_either_order() -> None:
    one, other = Known(NOON, "a"), Known(NOON, "b")
    assert counts_over(other, one) is not counts_over(one, other)
    assert not counts_over(one, one)


@pytest.mark.parametrize(
    ("today", "shown"),
    [
        (date(2026, 8, 1), DAYS[0]),
        (DAYS[0], DAYS[0]),
        (date(2026, 8, 24), DAYS[1]),
        (DAYS[1], DAYS[1]),
        (date(2026, 9, 1), DAYS[1]),
    ],
)
def test_the_list_opens_on_the_day_one_means(today: date, shown: date) -> None:
    assert day_shown(DAYS, today) == shown


def test_an_event_whose_day_is_not_known_has_no_attendance() -> None:
    assert days_of(When.month(2026, 8)) == ()
    with pytest.raises(ValueError, match="no day"):
        day_shown((), DAYS[0])


def test_one_day_is_enough_to_have_been_there() -> None:
    assert not did_not_come(["absent", "present"])
    assert did_not_come(["absent", "unmarked"])
    assert did_not_come([])
