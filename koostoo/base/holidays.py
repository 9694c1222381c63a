"""Days on which offices in Estonia are closed."""

from datetime import date, timedelta

from dateutil.easter import easter

_FIXED = {
    (1, 1), (2, 24), (5, 1), (6, 23), (6, 24), (8, 20), (12, 24), (12, 25), (12, 26)
}  # fmt: skip
_GOOD_FRIDAY = timedelta(days=-2)
_SATURDAY = 5


def is_public_holiday(day: date) -> bool:
    """Say whether a day is a public holiday (Pühade ja tähtpäevade seadus, § 2).

    Easter and Whit Sunday are left out: they are Sundays anyway.
    """
    return (day.month, day.day) in _FIXED or day == easter(day.year) + _GOOD_FRIDAY


def is_working_day(day: date) -> bool:
    """Say whether a day is neither a Saturday, a Sunday nor a public holiday."""
    return day.weekday() < _SATURDAY and not is_public_holiday(day)
