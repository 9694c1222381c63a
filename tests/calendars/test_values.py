from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from koostoo.calendars.values import Party
from tests.calendars.make import WINTER, seminar, study_trip


@pytest.mark.parametrize("field", ["start", "end", "created_at", "revised_at"])
def test_a_datetime_without_its_zone_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        seminar(**{field: datetime(2026, 12, 9, 17, 15)})  # noqa: DTZ001 - what is refused


def test_any_offset_becomes_tallinn_time() -> None:
    helsinki_summer = timezone(timedelta(hours=3))

    entry = seminar(start=WINTER.astimezone(helsinki_summer))

    assert str(entry.start) == "2026-12-09 17:15:00+02:00"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (WINTER, WINTER),
        (WINTER, WINTER - timedelta(hours=1)),
        (date(2026, 5, 30), date(2026, 5, 29)),
    ],
)
def test_an_event_that_ends_before_it_starts_is_refused(start: date, end: date) -> None:
    with pytest.raises(ValueError, match="ends after"):
        seminar(start=start, end=end)


def test_a_date_and_a_time_cannot_be_mixed() -> None:
    with pytest.raises(ValueError, match="one kind"):
        seminar(start=date(2026, 12, 9))


def test_an_event_of_one_day_starts_and_ends_on_it() -> None:
    entry = study_trip(start=date(2026, 5, 30), end=date(2026, 5, 30))

    assert entry.all_day
    assert entry.end_exclusive == date(2026, 5, 31)
    assert entry.starts_at == datetime(2026, 5, 29, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize("sequence", [-1, 2**31])
def test_a_sequence_calendars_cannot_hold_is_refused(sequence: int) -> None:
    with pytest.raises(ValueError, match="SEQUENCE"):
        seminar(sequence=sequence)


@pytest.mark.parametrize("uid", ["", "õ" * 128])
def test_a_uid_has_one_to_255_octets(uid: str) -> None:
    with pytest.raises(ValueError, match="255"):
        seminar(uid=uid)


@pytest.mark.parametrize("email", ["", "mari", "mari@example.org\r\nX:y", "a b@example.org"])
def test_a_party_needs_an_address(email: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        Party("Mari", email)
