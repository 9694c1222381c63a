"""When letters fall due: pure, on the days the clocks change too."""

from datetime import UTC, date, datetime, timedelta

import pytest

from koostoo.base.when import ZONE, When
from koostoo.correspondence.rules import (
    MOST_AN_HOUR,
    THANKS,
    Before,
    Due,
    Happenings,
    Plan,
    Wishes,
    due_now,
    is_eased,
    morning,
    news_for,
    passed,
    reminder_at,
    thanks_at,
    timetable,
)

HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def trip(start: str, hours: int = 6) -> When:
    begins = local(start).astimezone(UTC)
    return When.timed(begins, begins + timedelta(hours=hours))


def at(code: str, when: When) -> datetime | None:
    before = Before.read(code)
    assert before is not None
    return reminder_at(before, when)


# --- Reading ------------------------------------------------------------------


@pytest.mark.parametrize("code", ["", "0d", "61d", "73h", "1w", "d", "-1d", "1.5d", "1d ", "٣d"])
def test_what_is_no_time_is_not_read(code: str) -> None:
    assert Before.read(code) is None


def test_reminders_stand_the_earliest_first_and_each_once() -> None:
    plan = Plan.read("2h 7d 1d 30h nonsense 7d", None)
    assert plan.codes == "7d 30h 1d 2h"


# --- Days and hours -----------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "code", "due"),
    [
        ("2026-09-08 09:30", "1d", "2026-09-07 09:30"),
        ("2026-09-08 09:30", "7d", "2026-09-01 09:30"),
        ("2026-09-08 00:30", "1d", "2026-09-07 00:30"),
        # Spring: the day of 23 hours. Autumn: the day of 25.
        ("2026-03-29 09:30", "1d", "2026-03-28 09:30"),
        ("2026-03-30 09:30", "1d", "2026-03-29 09:30"),
        ("2026-10-25 09:30", "1d", "2026-10-24 09:30"),
        ("2026-10-26 09:30", "1d", "2026-10-25 09:30"),
        ("2026-10-28 18:00", "7d", "2026-10-21 18:00"),
        # 03:30 does not exist on 29 March: an hour later by the clock.
        ("2026-03-30 03:30", "1d", "2026-03-29 04:30"),
    ],
)
def test_a_day_before_is_the_same_hour_by_the_clock(start: str, code: str, due: str) -> None:
    assert at(code, trip(start)) == local(due)


@pytest.mark.parametrize("start", ["2026-03-29 05:00", "2026-10-25 05:00", "2026-09-08 05:00"])
def test_hours_are_hours_over_a_change_of_clocks(start: str) -> None:
    when = trip(start)
    assert at("2h", when) == when.begins_at - 2 * HOUR
    assert at("24h", when) == when.begins_at - 24 * HOUR


def test_a_day_and_24_hours_differ_where_the_clocks_change() -> None:
    when = trip("2026-10-26 02:00")
    day, hours = at("1d", when), at("24h", when)
    assert day is not None
    assert hours is not None
    assert hours - day == HOUR


def test_a_whole_day_is_announced_at_nine_and_has_no_hours_to_count() -> None:
    when = When.days(date(2026, 9, 8), date(2026, 9, 9))
    assert at("1d", when) == local("2026-09-07 09:00")
    assert at("2h", when) is None


@pytest.mark.parametrize("when", [When.month(2026, 9), When.of_season(2026, "autumn")])
def test_an_unknown_day_has_no_moments(when: When) -> None:
    assert timetable(Plan.read("7d 2h", 3), when) == []


@pytest.mark.parametrize(
    ("end", "hours", "due"),
    [
        ("16:00", 3, "2026-09-08 19:00"),
        ("23:00", 3, "2026-09-09 09:00"),
        ("04:30", 3, "2026-09-08 09:00"),
        ("05:00", 3, "2026-09-08 08:00"),
    ],
)
def test_thanks_come_some_hours_after_the_end_and_not_at_night(
    end: str, hours: int, due: str
) -> None:
    ends = local(f"2026-09-08 {end}")
    assert thanks_at(hours, When.timed(ends - HOUR, ends)) == local(due)


def test_thanks_for_whole_days_come_the_morning_after() -> None:
    when = When.days(date(2026, 10, 24), date(2026, 10, 25))
    assert thanks_at(3, when) == local("2026-10-26 09:00")


# --- What is written now ------------------------------------------------------

WHEN = trip("2026-09-08 09:30")
START = WHEN.begins_at
PLAN = Plan.read("7d 1d 2h", 3)


def codes(before_start: timedelta, done: set[str] | None = None) -> tuple[str, list[str]]:
    chosen, let_pass = due_now(PLAN, WHEN, done or set(), START - before_start)
    return (chosen.code if chosen else ""), let_pass


def test_nothing_is_due_before_its_moment() -> None:
    assert codes(timedelta(days=7, seconds=1)) == ("", [])
    assert codes(timedelta(days=7)) == ("7d", [])


def test_what_is_done_is_not_due_again() -> None:
    assert codes(timedelta(days=6), {"7d"}) == ("", [])


def test_of_several_only_the_last_is_written() -> None:
    plan = Plan.read("3d 2d", None)
    chosen, let_pass = due_now(plan, WHEN, set(), START - timedelta(hours=46))
    assert (chosen and chosen.code, let_pass) == ("2d", ["3d"])


def test_one_that_is_late_by_more_than_half_the_time_left_is_let_pass() -> None:
    assert codes(timedelta(days=3.5)) == ("7d", [])
    assert codes(timedelta(days=3.4)) == ("", ["7d"])
    assert codes(timedelta(minutes=60), {"7d", "1d"}) == ("2h", [])
    assert codes(timedelta(minutes=59), {"7d", "1d"}) == ("", ["2h"])


@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=1)])
def test_nothing_reminds_once_the_event_has_begun(after: timedelta) -> None:
    assert codes(-after) == ("", [])


def test_thanks_are_due_after_the_end_and_for_three_days() -> None:
    due = WHEN.ends_at
    assert due is not None
    due += 3 * HOUR
    for moment, found in (
        (due - timedelta(seconds=1), None),
        (due, Due(THANKS, due)),
        (due + timedelta(days=3), Due(THANKS, due)),
        (due + timedelta(days=3, seconds=1), None),
    ):
        assert due_now(PLAN, WHEN, set(), moment) == (found, [])
    assert due_now(PLAN, WHEN, {THANKS}, due) == (None, [])


def test_a_plan_made_late_tells_what_it_is_too_late_for() -> None:
    assert passed(PLAN, WHEN, START - timedelta(days=3)) == ["7d"]
    assert passed(PLAN, WHEN, START + timedelta(days=3)) == ["7d", "1d", "2h"]


# --- What organisers are told -------------------------------------------------


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-09-08 08:00", "2026-09-08 08:00"),
        ("2026-09-08 07:59", "2026-09-07 08:00"),
        ("2026-03-29 09:00", "2026-03-29 08:00"),
        ("2026-10-25 07:00", "2026-10-24 08:00"),
    ],
)
def test_the_daily_letter_is_due_at_eight_by_the_clock(now: str, last: str) -> None:
    assert morning(local(now)) == local(last)


ALL = Wishes(digest=True, full=True, moved=True, failing=True)
MUCH = Happenings(is_full=True, moved=2, failures=3)


def test_everything_wished_for_is_told_at_once() -> None:
    assert news_for(ALL, MUCH, START) == ["failing", "full", "moved"]
    assert news_for(Wishes(full=True), MUCH, START) == ["full"]
    assert news_for(Wishes(digest=True), MUCH, START) == []


def test_what_was_told_is_not_told_again_while_it_lasts() -> None:
    told = Wishes(full=True, failing=True, is_full_told=True, failures_told=3)
    assert news_for(told, MUCH, START) == []
    assert news_for(told, Happenings(is_full=True, failures=4), START) == ["failing"]


def test_a_second_letter_waits_for_an_hour() -> None:
    told = Wishes(moved=True, told_at=START)
    assert news_for(told, MUCH, START + HOUR - timedelta(seconds=1)) == []
    assert news_for(told, MUCH, START + HOUR) == ["moved"]


def test_what_eased_may_be_told_when_it_comes_again() -> None:
    told = Wishes(is_full_told=True, failures_told=3)
    assert is_eased(told, Happenings(is_full=False, failures=3))
    assert is_eased(told, Happenings(is_full=True, failures=2))
    assert not is_eased(told, Happenings(is_full=True, failures=5))


def test_a_handful_of_letters_an_hour_is_the_most() -> None:
    assert MOST_AN_HOUR <= 5
