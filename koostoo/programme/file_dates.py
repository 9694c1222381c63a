"""How a project file writes dates: days, hours, months ("2024-11") and seasons ("spring 2025").

A day that has its own hours is one of `days`, a table with `starts` and `ends`.

As everywhere in the file, what is wrong is noted in the table and a stand-in returned.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
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
    """Return when an event is, from `when`, from `starts` and `ends`, or from `days`."""
    value, starts, ends = table.raw("when"), table.raw("starts"), table.raw("ends")
    given = [value is not None, not (starts is None and ends is None), table.has("days")]
    table.raw("days")
    if given.count(True) != 1:
        table.refuse("when", "give either `when`, or `starts` and `ends`, or `days`")
    elif table.has("days"):
        return _read_days(table)
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


def _read_days(table: Table) -> When:
    """Read days that each have their own hours."""
    pairs = []
    for day in table.tables("days"):
        starts, ends = day.raw("starts"), day.raw("ends")
        if not (isinstance(starts, datetime) and isinstance(ends, datetime)):
            day.refuse("", "needs `starts` and `ends` with hours, such as 2024-03-14T10:00:00")
        elif day.check_year("starts", starts.year) and day.check_year("ends", ends.year):
            pairs.append((_in_zone(starts), _in_zone(ends)))
        day.refuse_unknown()
    try:
        return When.day_by_day(pairs)
    except ValueError as error:
        table.refuse("days", str(error))
    return STAND_IN_WHEN


def _in_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def written_when(when: When) -> dict[str, Any]:
    """Return the keys of the file that `read_when` reads back as this date."""
    if when.by_day:
        pairs = [(_local(start), _local(end)) for start, end in when.by_day]
        return {"days": [{"starts": start, "ends": end} for start, end in pairs]}
    if when.starts_at is not None and when.ends_at is not None:
        return {"starts": _local(when.starts_at), "ends": _local(when.ends_at)}
    if when.kind == "month":
        return {"when": f"{when.first:%Y-%m}"}
    if when.season is not None:
        return {"when": f"{when.season} {when.first.year}"}
    if when.first == when.last:
        return {"when": when.first}
    return {"starts": when.first, "ends": when.last}


def _local(moment: datetime) -> datetime:
    """Return Estonian time without a zone; with one in the hour that comes twice in autumn."""
    local = moment.astimezone(ZONE)
    plain = local.replace(tzinfo=None, fold=0)
    if _in_zone(plain) == moment:
        return plain
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()), fold=0)
