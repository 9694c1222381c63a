"""How a project file writes dates: days, hours, months ("2024-11") and seasons ("spring 2025").

As everywhere in the file, what is wrong is noted in the table and a stand-in returned.
"""

import re
from calendar import monthrange
from datetime import date, datetime
from typing import Any

from koostoo.base.when import ZONE, When
from koostoo.programme.toml_table import STAND_IN_DAY, Table

STAND_IN_WHEN = When.days(STAND_IN_DAY, STAND_IN_DAY)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_SEASON = re.compile(r"(spring|summer|autumn|winter) (\d{4})", re.ASCII)


def read_period(top: Table) -> tuple[date, date]:
    """Return the first and last day of the project from `starts` and `ends`, days or months."""
    starts_on = _read_edge(top, "starts", last=False)
    ends_on = _read_edge(top, "ends", last=True)
    if starts_on and ends_on and starts_on > ends_on:
        top.refuse("ends", "is before starts")
    return starts_on or STAND_IN_DAY, ends_on or STAND_IN_DAY


def _read_edge(top: Table, key: str, *, last: bool) -> date | None:
    """Return a day, or the first or last day of a month such as "2024-02"."""
    value = top.raw(key)
    if isinstance(value, str) and (found := _MONTH.fullmatch(value)):
        year, month = int(found[1]), int(found[2])
        if not top.check_year(key, year):
            return None
        return date(year, month, monthrange(year, month)[1] if last else 1)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value if top.check_year(key, value.year) else None
    top.refuse(key, "is missing" if value is None else 'must be a day or a month "2024-02"')
    return None


def read_when(table: Table) -> When:
    """Return when an event is, from `when` alone or from `starts` and `ends`."""
    value, starts, ends = table.raw("when"), table.raw("starts"), table.raw("ends")
    if (value is None) == (starts is None and ends is None):
        table.refuse("when", "give either `when`, or `starts` and `ends`")
    elif value is None:
        return _read_range(table, starts, ends)
    elif isinstance(value, date) and not isinstance(value, datetime):
        if table.check_year("when", value.year):
            return When.days(value, value)
    elif isinstance(value, str) and (month := _MONTH.fullmatch(value)):
        if table.check_year("when", int(month[1])):
            return When.month(int(month[1]), int(month[2]))
    elif isinstance(value, str) and (found := _SEASON.fullmatch(value)):
        if table.check_year("when", int(found[2])):
            return When.of_season(int(found[2]), found[1])  # type: ignore[arg-type]  # matched
    else:
        table.refuse("when", 'must be a day 2024-03-14, a month "2024-11" or "spring 2025"')
    return STAND_IN_WHEN


def _read_range(table: Table, starts: Any, ends: Any) -> When:
    """Read two days or two moments; a moment without a zone is Estonian time."""
    for key, value in (("starts", starts), ("ends", ends)):
        if not isinstance(value, date):
            reason = "must be a day or a day with hours, 2024-03-14 or 2024-03-14T10:00:00"
            table.refuse(key, "is missing" if value is None else reason)
            return STAND_IN_WHEN
        if not table.check_year(key, value.year):
            return STAND_IN_WHEN
    if isinstance(starts, datetime) != isinstance(ends, datetime):
        table.refuse("ends", "write both starts and ends with hours, or both without")
    elif isinstance(starts, datetime):
        begin, end = _in_zone(starts), _in_zone(ends)
        if begin < end:
            return When.timed(begin, end)
        table.refuse("ends", "must be after starts")
    elif starts <= ends:
        return When.days(starts, ends)
    else:
        table.refuse("ends", "is before starts")
    return STAND_IN_WHEN


def _in_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
