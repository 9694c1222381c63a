"""How the event form's fields about its date are read: hours, days, a month, a season."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms import Form as PlainForm

from koostoo.base.when import NIGHT_ENDS, DateError, Hours, When, parse_local
from koostoo.web.desk.fields import ClockField, DayField, SeatsField
from koostoo.web.forms import OneOf, Pick, RowList

LONGEST_DAYS = 60
"""A longer event is a slip of the year."""
LONGEST_BY_DAY = 180
"""The same where only some days of it are named: a course may meet once a month."""
DAY_ROWS = 3
MOST_DAYS = 20


class DayHoursForm(PlainForm):  # type: ignore[misc]  # WTForms ships no types
    """One day and its hours; an empty row is none."""

    day = DayField(_l("Day"))
    begins = ClockField(_l("Begins at"))
    ends = ClockField(_l("Ends at"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was written into this row."""
        return not any(field.raw_data and field.raw_data[0].strip() for field in self)


class DateReading:
    """Reads the fields of the event form about its date; what is wrong is put beside them."""

    date_kind: OneOf
    first_day: DayField
    first_time: ClockField
    last_day: DayField
    last_time: ClockField
    day_hours: RowList
    month: Pick
    season: Pick
    year: SeatsField

    def read_when(self) -> When | None:
        """Return the date as typed, None where something stands in the way."""
        readers = {
            "timed": self._read_timed,
            "by_day": self._read_by_day,
            "days": self._read_days,
            "month": self._read_month,
            "season": self._read_season,
        }
        reader = readers.get(self.date_kind.data or "")
        return None if reader is None else reader()

    def _read_timed(self) -> When | None:
        if not _all_there(self.first_day, self.first_time, self.last_time):
            return None
        starts_at = self.read_moment(self.first_day, self.first_time, time())
        last_day = self.last_day if self.last_day.data else self.first_day
        ends_at = self.read_moment(last_day, self.last_time, time())
        if starts_at is None or ends_at is None:
            return None
        if ends_at <= starts_at:
            self.last_time.errors.append(_("The end must come after the beginning."))
            return None
        if not self._length_fits():
            return None
        return When.timed(starts_at, ends_at)

    def _read_by_day(self) -> When | None:
        rows = [entry.form for entry in self.day_hours if not entry.form.is_empty]
        if not rows:
            _all_there(self.day_hours[0].form.day)
        hours = [self._read_row(row) for row in rows]
        if not self._days_fit(rows, hours):
            # A list of rows takes its rows' errors over when it is checked, not later.
            self.day_hours.errors = [entry.errors for entry in self.day_hours]
            return None
        return When.day_by_day(pair for pair in hours if pair is not None)

    def _read_row(self, row: DayHoursForm) -> Hours | None:
        """Return the hours of one day; an end in the night belongs to the evening before."""
        if not _all_there(row.day, row.begins, row.ends):
            return None
        begins, ends, day = row.begins.data, row.ends.data, row.day.data
        if ends <= begins:
            if timedelta(hours=ends.hour, minutes=ends.minute) > NIGHT_ENDS:
                row.ends.errors = [_("The end must come after the beginning.")]
                return None
            day += timedelta(days=1)
        starts_at = self._instant(row.day.data, begins, row.begins)
        ends_at = self._instant(day, ends, row.ends)
        return None if starts_at is None or ends_at is None else (starts_at, ends_at)

    def _days_fit(self, rows: list[DayHoursForm], hours: list[Hours | None]) -> bool:
        """Say whether every row was read and the days stand apart; tell beside what does not."""
        if not rows or None in hours:
            return False
        known = sorted(
            ((pair, row) for pair, row in zip(hours, rows, strict=True) if pair is not None),
            key=lambda one: one[0],
        )
        for (before, earlier), (after, later) in pairwise(known):
            if earlier.day.data == later.day.data:
                lower = max(earlier, later, key=rows.index)
                lower.day.errors = [_("This day has a row already.")]
                return False
            if after[0] < before[1]:
                later.begins.errors = [_("It begins before the day before it has ended.")]
                return False
        if (known[-1][1].day.data - known[0][1].day.data).days > LONGEST_BY_DAY:
            known[-1][1].day.errors = [_("An event this long cannot be right. Check the days.")]
            return False
        return True

    def _read_days(self) -> When | None:
        if not _all_there(self.first_day):
            return None
        last = self.last_day.data or self.first_day.data
        if last < self.first_day.data:
            self.last_day.errors.append(_("The last day is before the first."))
            return None
        if not self._length_fits():
            return None
        return When.days(self.first_day.data, last)

    def _length_fits(self) -> bool:
        last, first = self.last_day.data, self.first_day.data
        if last and first and (last - first).days > LONGEST_DAYS:
            self.last_day.errors.append(_("An event this long cannot be right. Check both days."))
            return False
        return True

    def _read_month(self) -> When | None:
        if not _all_there(self.month, self.year) or not self._year_fits():
            return None
        return When.month(self.year.data, int(self.month.data))

    def _read_season(self) -> When | None:
        if not _all_there(self.season, self.year) or not self._year_fits():
            return None
        return When.of_season(self.year.data, self.season.data)

    def _year_fits(self) -> bool:
        if self.year.data not in range(2000, 2100):
            self.year.errors.append(_("Please write a year like 2027."))
            return False
        return True

    def read_moment(self, day: DayField, at: ClockField, otherwise: time) -> datetime | None:
        """Return the instant of a day and a time, or the time `otherwise` where none is typed."""
        if day.data is None:
            if (
                at.data is not None
                and not day.errors
                and day not in (self.first_day, self.last_day)
            ):
                day.errors.append(_("Please write the day too."))
            return None
        return self._instant(day.data, at.data if at.data is not None else otherwise, at)

    def _instant(self, day: date, clock: time, beside: Field) -> datetime | None:
        try:
            return parse_local(day.isoformat(), f"{clock:%H:%M}")
        except DateError:
            beside.errors = [
                *beside.errors,
                _("The clocks skip this hour that night. Please choose another."),
            ]
            return None


def _all_there(*fields: Field) -> bool:
    """Say whether every field was filled in readably; ask for those that were not."""
    for field in fields:
        if field.data in (None, "") and not field.errors:
            field.errors = [*field.errors, _("Please fill this in.")]
    return not any(field.errors for field in fields)
