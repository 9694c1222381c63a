from datetime import UTC, date, datetime, time

import pytest

from koostoo.base.when import ZONE, DateError, When, parse_date, parse_local, parse_time


def local(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


SEMINAR = When.timed(local(8, 10), local(8, 16))
TWO_DAYS = When.days(date(2024, 8, 23), date(2024, 8, 24))


def test_timed_value_is_stored_in_utc_with_local_days() -> None:
    late = When.timed(local(8, 0, 30), local(8, 2))
    assert late.starts_at == datetime(2026, 11, 7, 22, 30, tzinfo=UTC)
    assert late.starts_at.tzinfo is UTC
    assert late.first == date(2026, 11, 8)


def test_party_past_midnight_belongs_to_the_day_it_began() -> None:
    party = When.timed(local(11, 18, month=12), local(12, 1, month=12))
    assert party.first == party.last == date(2026, 12, 11)


def test_winter_has_the_year_of_its_december() -> None:
    winter = When.of_season(2027, "winter")
    assert (winter.first, winter.last) == (date(2027, 12, 1), date(2028, 2, 29))
    assert When.month(2024, 12).last == date(2024, 12, 31)


def test_only_a_known_day_is_fixed() -> None:
    assert SEMINAR.is_fixed
    assert TWO_DAYS.is_fixed
    assert not When.month(2024, 11).is_fixed
    assert not When.of_season(2025, "spring").is_fixed


def test_timed_event_begins_and_ends_to_the_minute() -> None:
    assert not SEMINAR.has_begun(local(8, 9, 59))
    assert SEMINAR.has_begun(local(8, 10))
    assert not SEMINAR.is_over(local(8, 15, 59))
    assert SEMINAR.is_over(local(8, 16))


def test_days_begin_and_end_at_midnight_in_tallinn() -> None:
    day = When.days(date(2026, 11, 8))
    assert not day.has_begun(datetime(2026, 11, 7, 21, 59, tzinfo=UTC))
    assert day.has_begun(datetime(2026, 11, 7, 22, tzinfo=UTC))
    assert not day.is_over(datetime(2026, 11, 8, 21, 59, tzinfo=UTC))
    assert day.is_over(datetime(2026, 11, 8, 22, tzinfo=UTC))


def test_contradictions_are_refused() -> None:
    with pytest.raises(ValueError, match="not after"):
        When.timed(local(8, 10), local(8, 10))
    with pytest.raises(ValueError, match="before the first"):
        When.days(date(2026, 11, 8), date(2026, 11, 7))
    with pytest.raises(ValueError, match="time zone"):
        When.timed(datetime(2026, 11, 8, 10), local(8, 16))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="a start and an end"):
        When("timed", date(2026, 11, 8), date(2026, 11, 8))
    with pytest.raises(ValueError, match="only a timed"):
        When("days", SEMINAR.first, SEMINAR.last, SEMINAR.starts_at, SEMINAR.ends_at)
    with pytest.raises(ValueError, match="season"):
        When("season", date(2026, 3, 1), date(2026, 5, 31))


@pytest.mark.parametrize("text", ["2026-11-08", "8.11.2026", "08.11.2026", " 8. 11. 2026 "])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 8)


@pytest.mark.parametrize(
    "text", ["", "8.11", "31.02.2026", "2026-13-01", "8/11/2026", "٨.11.2026", "01.01.0001", "x"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(DateError) as refusal:
        parse_date(text)
    assert refusal.value.code == "date_wrong"


@pytest.mark.parametrize("text", ["9.30", "9:30", "09.30", "kell 9.30", " 09:30 "])
def test_times_are_read_with_dot_or_colon(text: str) -> None:
    assert parse_time(text) == time(9, 30)


@pytest.mark.parametrize("text", ["", "9.3", "24.00", "9.60", "930", "üheksa"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(DateError) as refusal:
        parse_time(text)
    assert refusal.value.code == "time_wrong"


def test_local_time_becomes_utc_in_summer_and_winter() -> None:
    assert parse_local("8.11.2026", "9.30") == datetime(2026, 11, 8, 7, 30, tzinfo=UTC)
    assert parse_local("2026-07-01", "9") == datetime(2026, 7, 1, 6, tzinfo=UTC)


def test_hour_skipped_in_spring_is_refused() -> None:
    with pytest.raises(DateError) as refusal:
        parse_local("29.03.2026", "3.30")
    assert refusal.value.code == "time_skipped"
    assert parse_local("29.03.2026", "4.00") == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_hour_doubled_in_autumn_is_the_first() -> None:
    assert parse_local("25.10.2026", "3.30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


FRIDAY = (local(6, 12), local(6, 18))
SATURDAY = (local(7, 9), local(7, 15))


def test_days_with_their_own_hours_span_from_the_first_start_to_the_last_end() -> None:
    when = When.day_by_day([SATURDAY, FRIDAY])
    assert (when.first, when.last) == (date(2026, 11, 6), date(2026, 11, 7))
    assert (when.starts_at, when.ends_at) == (local(6, 12), local(7, 15))
    assert when.by_day == (FRIDAY, SATURDAY)
    assert when.begins_at == local(6, 12)
    assert not when.is_over(local(7, 14, 59))
    assert when.is_over(local(7, 15))


def test_only_the_days_it_is_held_on_count() -> None:
    course = When.day_by_day([(local(day, 9), local(day, 15)) for day in (7, 14, 21)])
    assert course.held_on == (date(2026, 11, 7), date(2026, 11, 14), date(2026, 11, 21))
    camp = When.timed(local(6, 12), local(8, 15))
    assert camp.held_on == (date(2026, 11, 6), date(2026, 11, 7), date(2026, 11, 8))


def test_an_evening_past_midnight_is_one_day_of_several() -> None:
    when = When.day_by_day([(local(6, 20), local(7, 2)), (local(7, 20), local(8, 2))])
    assert when.held_on == (date(2026, 11, 6), date(2026, 11, 7))
    assert when.last == date(2026, 11, 7)


def test_a_single_day_with_hours_is_an_ordinary_timed_event() -> None:
    assert When.day_by_day([FRIDAY]) == When.timed(*FRIDAY)


@pytest.mark.parametrize(
    "days",
    [
        [],
        [FRIDAY, FRIDAY],
        [FRIDAY, (local(6, 19), local(6, 20))],
        [FRIDAY, (local(7, 9), local(7, 9))],
        [(local(6, 12), local(7, 10)), SATURDAY],
        [FRIDAY, (datetime(2026, 11, 7, 9), local(7, 15))],  # noqa: DTZ001 - what is refused
    ],
)
def test_days_that_cannot_be_are_refused(days: list[tuple[datetime, datetime]]) -> None:
    with pytest.raises(ValueError, match="day"):
        When.day_by_day(days)


def test_hours_of_days_belong_to_a_timed_event_of_the_same_length() -> None:
    with pytest.raises(ValueError, match="last ends with it"):
        When("timed", SEMINAR.first, SEMINAR.last, *FRIDAY, by_day=(FRIDAY, SATURDAY))
