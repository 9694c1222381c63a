from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.dates import (
    NBSP,
    clock,
    count_number,
    day_heading,
    due_by,
    during,
    from_day,
    heading,
    hours_beside,
    hours_of_days,
    in_full,
    moment,
    moment_by,
    moment_until,
    money,
    month_name,
    numeric,
    on_day,
    period,
    tile,
    until_day,
)
from koostoo.base.when import ZONE, When, parse_local


def local(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


SEMINAR = When.timed(local(8, 10), local(8, 16))
TRIP = When.timed(local(23, 9, month=8), local(24, 18, month=8))
TWO_DAYS = When.days(date(2024, 8, 23), date(2024, 8, 24))
TWO_MONTHS = When.days(date(2024, 8, 31), date(2024, 9, 2))
TWO_YEARS = When.days(date(2025, 12, 30), date(2026, 1, 2))


@pytest.mark.parametrize(
    ("when", "et", "en"),
    [
        (When.days(date(2024, 3, 15)), "15. märts 2024", "15 March 2024"),
        (TWO_DAYS, "23.–24. august 2024", "23–24 August 2024"),
        (TWO_MONTHS, "31. august – 2. september 2024", "31 August – 2 September 2024"),
        (
            TWO_YEARS,
            "30. detsember 2025 – 2. jaanuar 2026",
            "30 December 2025 – 2 January 2026",
        ),
        (SEMINAR, "8. november 2026 kell 10.00–16.00", "8 November 2026, 10:00–16:00"),
        (
            TRIP,
            "23. august kell 9.00 – 24. august 2026 kell 18.00",
            "23 August, 09:00 – 24 August 2026, 18:00",
        ),
        (
            When.timed(local(31, 18, month=12), local(1, 12, month=1, year=2027)),
            "31. detsember 2026 kell 18.00 – 1. jaanuar 2027 kell 12.00",
            "31 December 2026, 18:00 – 1 January 2027, 12:00",
        ),
        (When.month(2024, 11), "november 2024", "November 2024"),
        (When.of_season(2025, "spring"), "kevad 2025", "spring 2025"),
        (When.of_season(2025, "winter"), "talv 2025/26", "winter 2025/26"),
    ],
)
def test_heading_is_the_nominative_form(when: When, et: str, en: str) -> None:
    assert heading(when, "et").replace(NBSP, " ") == et
    assert heading(when, "en") == en


def test_heading_never_breaks_between_kell_and_the_hour() -> None:
    assert f"kell{NBSP}10.00" in heading(SEMINAR, "et")


def test_party_past_midnight_is_told_as_one_day() -> None:
    party = When.timed(local(11, 18, month=12), local(12, 1, month=12))
    assert heading(party, "et") == f"11. detsember 2026 kell{NBSP}18.00–1.00"


def test_end_at_midnight_is_24_in_estonian() -> None:
    evening = When.timed(local(11, 18), local(12, 0))
    assert heading(evening, "et").endswith("18.00–24.00")


def test_more_than_a_day_around_the_night_names_both_days() -> None:
    long = When.timed(local(8, 3), local(9, 4))
    assert heading(long, "en") == "8 November, 03:00 – 9 November 2026, 04:00"


def test_weekday_stands_in_front_when_asked() -> None:
    assert heading(SEMINAR, "et", weekday=True).startswith("pühapäev, 8. november 2026 kell")
    assert heading(SEMINAR, "en", weekday=True) == "Sunday 8 November 2026, 10:00–16:00"
    assert heading(TWO_DAYS, "et", weekday=True) == "reede–laupäev, 23.–24. august 2024"
    assert day_heading(date(2026, 11, 8), "et") == "pühapäev, 8. november 2026"


def test_weekday_is_left_out_where_it_says_nothing() -> None:
    week = When.days(date(2024, 6, 3), date(2024, 6, 10))
    assert heading(week, "et", weekday=True) == "3.–10. juuni 2024"
    assert heading(When.month(2024, 11), "et", weekday=True) == "november 2024"


@pytest.mark.parametrize(
    ("when", "et", "en"),
    [
        (SEMINAR, "8. novembril 2026", "on 8 November 2026"),
        (TWO_DAYS, "23.–24. augustil 2024", "on 23–24 August 2024"),
        (
            TWO_MONTHS,
            "31. augustist 2. septembrini 2024",
            "from 31 August to 2 September 2024",
        ),
        (
            TWO_YEARS,
            "30. detsembrist 2025 kuni 2. jaanuarini 2026",
            "from 30 December 2025 to 2 January 2026",
        ),
        (When.month(2024, 11), "novembris 2024", "in November 2024"),
        (When.of_season(2025, "spring"), "kevadel 2025", "in spring 2025"),
        (When.of_season(2024, "winter"), "talvel 2024/25", "in winter 2024/25"),
    ],
)
def test_sentence_form_takes_the_case(when: When, et: str, en: str) -> None:
    assert during(when, "et") == et
    assert during(when, "en") == en


def test_single_days_in_sentences() -> None:
    day = date(2024, 8, 23)
    assert (on_day(day, "et"), on_day(day, "en")) == ("23. augustil 2024", "on 23 August 2024")
    assert until_day(date(2026, 5, 31), "et") == "kuni 31. maini 2026"
    assert until_day(date(2026, 5, 31), "en") == "until 31 May 2026"
    assert due_by(date(2026, 5, 31), "et") == "hiljemalt 31. mail 2026"
    assert due_by(date(2026, 5, 31), "en") == "by 31 May 2026"
    assert from_day(date(2026, 8, 1), "et") == "alates 1. augustist 2026"
    assert from_day(date(2026, 8, 1), "en") == "from 1 August 2026"


ADESSIVE = (
    "jaanuaril veebruaril märtsil aprillil mail juunil "
    "juulil augustil septembril oktoobril novembril detsembril"
)
TERMINATIVE = (
    "jaanuarini veebruarini märtsini aprillini maini juunini "
    "juulini augustini septembrini oktoobrini novembrini detsembrini"
)
ELATIVE = (
    "jaanuarist veebruarist märtsist aprillist maist juunist "
    "juulist augustist septembrist oktoobrist novembrist detsembrist"
)


def test_all_twelve_months_in_all_cases() -> None:
    days = [date(2026, month, 1) for month in range(1, 13)]
    assert [on_day(d, "et").split()[1] for d in days] == ADESSIVE.split()
    assert [until_day(d, "et").split()[2] for d in days] == TERMINATIVE.split()
    assert [from_day(d, "et").split()[2] for d in days] == ELATIVE.split()
    assert " ".join(month_name(d.month, "et") for d in days) == (
        "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember"
    )


def test_moment_is_told_in_tallinn_time() -> None:
    at = datetime(2026, 5, 31, 20, 59, tzinfo=UTC)
    assert moment(at, "et") == f"31. mai 2026 kell{NBSP}23.59"
    assert moment(at, "en") == "31 May 2026, 23:59"
    assert moment_until(at, "et") == f"kuni 31. mai 2026 kell{NBSP}23.59"
    assert moment_until(at, "en") == "until 31 May 2026, 23:59"
    assert moment_by(at, "et") == f"hiljemalt 31. mail 2026 kell{NBSP}23.59"
    assert moment_by(at, "en") == "by 31 May 2026, 23:59"


def test_clock_and_numeric_forms() -> None:
    assert (clock(time(9, 30), "et"), clock(time(9, 30), "en")) == ("9.30", "09:30")
    assert clock(datetime(2026, 1, 5, 7, 5, tzinfo=UTC), "et") == "9.05"
    assert numeric(date(2026, 5, 3)) == "03.05.2026"


def test_period_in_months() -> None:
    start, end = date(2024, 2, 1), date(2025, 6, 30)
    assert period(start, end, "et") == "veebruar 2024 – juuni 2025"
    assert period(start, end, "en") == "February 2024 – June 2025"
    assert period(start, date(2024, 6, 30), "et") == "veebruar–juuni 2024"
    assert period(start, date(2024, 2, 29), "et") == "veebruar 2024"


@pytest.mark.parametrize(
    ("when", "lang", "texts"),
    [
        (SEMINAR, "et", ("pühapäev", "8", "nov 2026")),
        (SEMINAR, "en", ("Sunday", "8", "Nov 2026")),
        (TWO_DAYS, "et", ("R–L", "23–24", "aug 2024")),
        (TWO_DAYS, "en", ("Fri–Sat", "23–24", "Aug 2024")),
        (TWO_MONTHS, "et", ("L–E", "31–2", "aug–sept 2024")),
        (TWO_YEARS, "et", ("T–R", "30–2", "dets 2025 – jaan 2026")),
        (When.days(date(2026, 6, 1), date(2026, 6, 20)), "et", ("", "1–20", "juuni 2026")),
        (When.month(2024, 11), "et", ("", "november", "2024")),
        (When.of_season(2025, "spring"), "et", ("", "kevad", "2025")),
        (When.of_season(2025, "winter"), "en", ("", "winter", "2025/26")),
    ],
)
def test_tile_texts(when: When, lang: str, texts: tuple[str, str, str]) -> None:
    shown = tile(when, "en" if lang == "en" else "et")
    assert (shown.top, shown.main, shown.bottom) == texts
    assert shown.full == heading(when, "en" if lang == "en" else "et")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive
def test_every_instant_reads_back_as_shown(instant: datetime) -> None:
    instant = instant.replace(second=0, microsecond=0)
    at = instant.astimezone(ZONE)
    read = parse_local(numeric(at.date()), clock(at, "et"))
    assert read == instant - (timedelta(hours=1) if at.fold else timedelta())


@pytest.mark.parametrize(
    ("cents", "et", "en"),
    [
        (2000, "20 €", "€20"),
        (1250, "12,50 €", "€12.50"),
        (5, "0,05 €", "€0.05"),
        (0, "0 €", "€0"),
        (123450, "1 234,50 €", "€1,234.50"),
    ],
)
def test_money_drops_empty_cents_and_does_not_break(cents: int, et: str, en: str) -> None:
    assert money(cents, "et") == et.replace(" ", NBSP)
    assert money(cents, "en") == en


def test_thousands_stand_apart() -> None:
    assert count_number(2457700, "et") == f"2{NBSP}457{NBSP}700"
    assert count_number(12345, "en") == "12,345"


def by_day(*days: tuple[int, int, int], month: int = 5) -> When:
    return When.day_by_day(
        (local(day, start, month=month), local(day, end, month=month)) for day, start, end in days
    )


TWO_DAYS_APART = by_day((8, 12, 18), (9, 9, 15))
ALIKE = by_day((8, 9, 15), (9, 9, 15), (10, 9, 15))
THREE = by_day((8, 12, 18), (9, 9, 15), (16, 9, 15))
MANY = by_day((2, 9, 15), (9, 9, 15), (16, 9, 15), (23, 10, 15))


@pytest.mark.parametrize(
    ("when", "et", "en"),
    [
        (
            TWO_DAYS_APART,
            "8. mai kell 12.00–18.00 ja 9. mai 2026 kell 9.00–15.00",
            "8 May, 12:00–18:00 and 9 May 2026, 09:00–15:00",
        ),
        (
            ALIKE,
            "8.–10. mai 2026, iga päev kell 9.00–15.00",
            "8–10 May 2026, 09:00–15:00 each day",
        ),
        (
            THREE,
            "8. mai kell 12.00–18.00, 9. mai kell 9.00–15.00 ja 16. mai 2026 kell 9.00–15.00",
            "8 May, 12:00–18:00; 9 May, 09:00–15:00 and 16 May 2026, 09:00–15:00",
        ),
        (MANY, "2.–23. mai 2026 (4 päeva)", "2–23 May 2026 (4 days)"),
        (
            When.day_by_day(
                [
                    (local(30, 18, month=12), local(31, 0, month=12)),
                    (local(2, 9, month=1, year=2027), local(2, 12, month=1, year=2027)),
                ]
            ),
            "30. detsember 2026 kell 18.00–24.00 ja 2. jaanuar 2027 kell 9.00–12.00",
            "30 December 2026, 18:00–00:00 and 2 January 2027, 09:00–12:00",
        ),
    ],
)
def test_days_with_their_own_hours_are_told_one_by_one_together_or_counted(
    when: When, et: str, en: str
) -> None:
    assert heading(when, "et").replace(NBSP, " ") == et
    assert heading(when, "en").replace(NBSP, " ") == en


def test_each_of_a_few_days_has_its_weekday() -> None:
    assert heading(TWO_DAYS_APART, "et", weekday=True).replace(NBSP, " ") == (
        "reede, 8. mai kell 12.00–18.00 ja laupäev, 9. mai 2026 kell 9.00–15.00"
    )
    assert heading(TWO_DAYS_APART, "en", weekday=True) == (
        "Friday 8 May, 12:00–18:00 and Saturday 9 May 2026, 09:00–15:00"
    )
    assert heading(ALIKE, "et", weekday=True).startswith("reede–pühapäev, 8.–10. mai 2026, iga")


def test_hours_stand_beside_a_heading_that_only_counts_the_days() -> None:
    assert hours_beside(MANY, "et").replace(NBSP, " ") == (
        "laupäev, 2. mai kell 9.00–15.00; laupäev, 9. mai kell 9.00–15.00; "
        "laupäev, 16. mai kell 9.00–15.00; laupäev, 23. mai kell 10.00–15.00"
    )
    assert hours_beside(MANY, "en").startswith("Saturday 2 May, 09:00–15:00; Saturday 9 May")
    assert in_full(MANY, "en").startswith("2–23 May 2026 (4\u00a0days): Saturday 2 May, 09:00")
    for told in (TWO_DAYS_APART, ALIKE, THREE, SEMINAR, TRIP, TWO_DAYS):
        assert hours_beside(told, "et") == ""
        assert in_full(told, "et") == heading(told, "et", weekday=True)


def test_an_event_that_runs_on_has_no_hours_of_days() -> None:
    assert hours_of_days(TRIP, "et") == []
    assert len(hours_of_days(ALIKE, "en")) == 3
