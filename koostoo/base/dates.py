"""When something happens, and how Estonian and English write it.

Month, weekday and money forms in the nominative come from CLDR (Babel). The cases ("augustil",
"augustini", "augustist", "augustis") are ours: CLDR knows only the nominative, and all four are
the genitive with an ending. Words inside stay together by NBSP where a break would be ugly
("kell 9.30", "20 €").
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_currency, format_decimal

from koostoo.base.text import Lang

ZONE = ZoneInfo("Europe/Tallinn")
NBSP = "\u00a0"
NIGHT_ENDS = timedelta(hours=5)
"""An end before five in the morning belongs to the evening before: a party is one day."""

Kind = Literal["timed", "days", "month", "season"]
Season = Literal["spring", "summer", "autumn", "winter"]

_WEEK = 7
_DECEMBER = 12
_FIRST_MONTHS: dict[Season, int] = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_LOCALES: dict[Lang, Locale] = {"et": Locale("et"), "en": Locale("en", "GB")}
_GENITIVES = (
    "jaanuari", "veebruari", "märtsi", "aprilli", "mai", "juuni",
    "juuli", "augusti", "septembri", "oktoobri", "novembri", "detsembri",
)  # fmt: skip
_SEASONS: dict[Lang, dict[Season, str]] = {
    "et": {"spring": "kevad", "summer": "suvi", "autumn": "sügis", "winter": "talv"},
    "en": {"spring": "spring", "summer": "summer", "autumn": "autumn", "winter": "winter"},
}
_SEASONS_ADESSIVE: dict[Season, str] = {
    "spring": "kevadel", "summer": "suvel", "autumn": "sügisel", "winter": "talvel",
}  # fmt: skip

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_CLOCK_TIME = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?")
_YEARS = range(1900, 2200)


class DateError(ValueError):
    """What was typed is no date or time; `code` says why and is put into words by the form.

    Codes: `date_wrong`, `time_wrong`, `time_skipped` (the clock leaps over it in spring).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class When:
    """When an event is: to the minute, to the day, or only a month or a season.

    `first` and `last` are days in Tallinn, both included, whatever the kind; `starts_at` and
    `ends_at` are instants (UTC) of a timed event, None otherwise; `season` is set with its kind.
    Raises ValueError where these contradict each other.
    """

    kind: Kind
    first: date
    last: date
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    season: Season | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("the last day is before the first")
        if self.starts_at is None or self.ends_at is None:
            if self.kind == "timed" or self.starts_at or self.ends_at:
                raise ValueError("a timed event has a start and an end, the others have neither")
        elif self.kind != "timed":
            raise ValueError("only a timed event has a start and an end")
        elif self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        elif self.ends_at <= self.starts_at:
            raise ValueError("the end is not after the start")
        if (self.kind == "season") != (self.season is not None):
            raise ValueError("a season is named exactly when the date is a season")

    @classmethod
    def timed(cls, starts_at: datetime, ends_at: datetime) -> Self:
        """Make one from two aware instants; the last day respects NIGHT_ENDS."""
        if starts_at.tzinfo is None or ends_at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        first = starts_at.astimezone(ZONE).date()
        last = (ends_at.astimezone(ZONE).replace(tzinfo=None) - NIGHT_ENDS).date()
        last = max(first, last)
        return cls("timed", first, last, starts_at.astimezone(UTC), ends_at.astimezone(UTC))

    @classmethod
    def days(cls, first: date, last: date | None = None) -> Self:
        """Make one of whole days; `last` may be left out."""
        return cls("days", first, last or first)

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """Make one of which only the month is known."""
        return cls("month", *_months(year, month, 1))

    @classmethod
    def of_season(cls, year: int, season: Season) -> Self:
        """Make one of which only the season is known; a winter has the year of its December."""
        return cls("season", *_months(year, _FIRST_MONTHS[season], 3), season=season)

    @property
    def is_fixed(self) -> bool:
        """Whether the day is known, so that a calendar can hold it."""
        return self.kind in ("timed", "days")

    def has_begun(self, now: datetime) -> bool:
        """Tell whether it has started at `now` (aware); a day starts at midnight in Tallinn."""
        return (self.starts_at or _midnight(self.first)) <= now

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has ended at `now` (aware); a day ends at midnight in Tallinn."""
        return (self.ends_at or _midnight(self.last + timedelta(days=1))) <= now


@dataclass(frozen=True, slots=True)
class Tile:
    """The short texts of a date tile, any of them perhaps empty; `full` is the whole in words."""

    top: str
    main: str
    bottom: str
    full: str


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    following = year * 12 + month - 1 + count
    return date(year, month, 1), date(following // 12, following % 12 + 1, 1) - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


# --- Headings and lists: the nominative ---------------------------------------


def heading(when: When, lang: Lang, *, weekday: bool = False) -> str:
    """Return the date as a heading or a list has it ("23.–24. august 2024", "kevad 2025").

    `weekday` puts the days of the week in front where the day is known and the event is shorter
    than a week.
    """
    if when.kind == "month":
        return f"{month_name(when.first.month, lang)} {when.first.year}"
    if when.kind == "season":
        return f"{_season_name(when, lang)} {_season_years(when)}"
    days = _timed(when, lang)
    if not weekday or (when.last - when.first).days >= _WEEK:
        return days
    names = dict.fromkeys(weekday_name(day, lang) for day in (when.first, when.last))
    return "–".join(names) + (", " if lang == "et" else " ") + days


def day_heading(day: date, lang: Lang) -> str:
    """Return "pühapäev, 8. november 2026" or "Sunday 8 November 2026"."""
    return heading(When.days(day), lang, weekday=True)


def moment(at: datetime, lang: Lang) -> str:
    """Return an aware instant as "31. mai 2026 kell 23.59" or "31 May 2026, 23:59"."""
    return f"{_day(at.astimezone(ZONE).date(), lang)}{_at(lang)}{clock(at, lang)}"


def period(first: date, last: date, lang: Lang) -> str:
    """Return a time told in months: "veebruar 2024 – juuni 2025", "mai–juuni 2025"."""
    start, end = month_name(first.month, lang), month_name(last.month, lang)
    if first.year != last.year:
        return f"{start} {first.year} – {end} {last.year}"
    return f"{end} {last.year}" if start == end else f"{start}–{end} {last.year}"


def numeric(day: date) -> str:
    """Return "31.05.2026", both numbers with a zero in front."""
    return f"{day:%d.%m.}{day.year}"


def clock(at: time | datetime, lang: Lang) -> str:
    """Return "9.30" or "09:30"; an aware instant is turned into the time in Tallinn."""
    if isinstance(at, datetime) and at.tzinfo is not None:
        at = at.astimezone(ZONE)
    return f"{at.hour}.{at.minute:02}" if lang == "et" else f"{at.hour:02}:{at.minute:02}"


def month_name(month: int, lang: Lang, *, short: bool = False) -> str:
    """Return the name of month 1 to 12, in Estonian with a small letter."""
    return str(_LOCALES[lang].months["format"]["abbreviated" if short else "wide"][month])


def weekday_name(day: date, lang: Lang) -> str:
    """Return the day of the week, in Estonian with a small letter."""
    return str(_LOCALES[lang].days["format"]["wide"][day.weekday()])


def _day(day: date, lang: Lang, *, year: bool = True) -> str:
    dot = "." if lang == "et" else ""
    return f"{day.day}{dot} {month_name(day.month, lang)}" + (f" {day.year}" if year else "")


def _at(lang: Lang) -> str:
    return f" kell{NBSP}" if lang == "et" else ", "


def _day_range(when: When, lang: Lang) -> str:
    first, last = when.first, when.last
    if first == last:
        return _day(last, lang)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{'.' if lang == 'et' else ''}–{_day(last, lang)}"
    return f"{_day(first, lang, year=first.year != last.year)} – {_day(last, lang)}"


def _timed(when: When, lang: Lang) -> str:
    if when.starts_at is None or when.ends_at is None:
        return _day_range(when, lang)
    start, end = when.starts_at.astimezone(ZONE), when.ends_at.astimezone(ZONE)
    if when.first == when.last and when.ends_at - when.starts_at < timedelta(days=1):
        closing = "24.00" if lang == "et" and end.time() == time() else clock(end, lang)
        return f"{moment(start, lang)}–{closing}"
    day = _day(start.date(), lang, year=start.year != end.year)
    return f"{day}{_at(lang)}{clock(start, lang)} – {moment(end, lang)}"


def _season_name(when: When, lang: Lang) -> str:
    return _SEASONS[lang][when.season or "spring"]


def _season_years(when: When) -> str:
    first, last = when.first.year, when.last.year
    return str(first) if first == last else f"{first}/{last % 100:02}"


# --- Sentences: the cases -----------------------------------------------------


def on_day(day: date, lang: Lang) -> str:
    """Return "23. augustil 2024" or "on 23 August 2024"."""
    return during(When.days(day), lang)


def until_day(day: date, lang: Lang) -> str:
    """Return "kuni 31. maini 2026" or "until 31 May 2026"; the day is included."""
    return f"kuni {_day_in(day, 'ni')}" if lang == "et" else f"until {_day(day, lang)}"


def from_day(day: date, lang: Lang) -> str:
    """Return "alates 1. augustist 2026" or "from 1 August 2026"."""
    return f"alates {_day_in(day, 'st')}" if lang == "et" else f"from {_day(day, lang)}"


def moment_until(at: datetime, lang: Lang) -> str:
    """Return an aware instant as "kuni 31. mai 2026 kell 23.59" or "until 31 May 2026, 23:59"."""
    return f"{'kuni' if lang == 'et' else 'until'} {moment(at, lang)}"


def during(when: When, lang: Lang) -> str:
    """Return the days, month or season inside a sentence, without hours.

    "23.–24. augustil 2024", "31. augustist 2. septembrini 2024", "novembris 2024", "kevadel 2025";
    "on 23–24 August 2024", "from 31 August to 2 September 2024", "in November 2024".
    """
    first, last = when.first, when.last
    if not when.is_fixed:
        if lang == "en":
            return f"in {heading(when, lang)}"
        if when.season:
            return f"{_SEASONS_ADESSIVE[when.season]} {_season_years(when)}"
        return f"{_GENITIVES[first.month - 1]}s {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        if lang == "en":
            return f"on {_day_range(when, lang)}"
        return ("" if first == last else f"{first.day}.–") + _day_in(last, "l")
    year = first.year != last.year
    if lang == "en":
        return f"from {_day(first, lang, year=year)} to {_day(last, lang)}"
    return f"{_day_in(first, 'st', year=year)}{' kuni' if year else ''} {_day_in(last, 'ni')}"


def _day_in(day: date, ending: Literal["l", "ni", "st"], *, year: bool = True) -> str:
    month = _GENITIVES[day.month - 1] + ending
    return f"{day.day}. {month}" + (f" {day.year}" if year else "")


# --- The date tile ------------------------------------------------------------


def tile(when: When, lang: Lang) -> Tile:
    """Return the texts of the tile by which an event is recognised.

    A day: weekday, "8", "nov 2026". A range: days, "23–24" or "31–2", month or months. A month or
    a season: nothing, its name, its year.
    """
    first, last, full = when.first, when.last, heading(when, lang)
    if when.kind == "month":
        return Tile("", month_name(first.month, lang), str(first.year), full)
    if when.kind == "season":
        return Tile("", _season_name(when, lang), _season_years(when), full)
    month = f"{month_name(last.month, lang, short=True)} {last.year}"
    if first == last:
        return Tile(weekday_name(first, lang), str(first.day), month, full)
    days = _LOCALES[lang].days["format"]["abbreviated"]
    week = f"{days[first.weekday()]}–{days[last.weekday()]}"
    if first.year != last.year:
        month = f"{month_name(first.month, lang, short=True)} {first.year} – {month}"
    elif first.month != last.month:
        month = f"{month_name(first.month, lang, short=True)}–{month}"
    top = week if (last - first).days < _WEEK else ""
    return Tile(top, f"{first.day}–{last.day}", month, full)


# --- What people type ---------------------------------------------------------


def parse_date(text: str) -> date:
    """Read "2026-11-08", "8.11.2026" or "08.11.2026" of the years 1900–2199; raise DateError."""
    text = text.strip()
    if found := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DOTTED_DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        raise DateError("date_wrong")
    if year not in _YEARS:
        raise DateError("date_wrong")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DateError("date_wrong") from error


def parse_time(text: str) -> time:
    """Read "9.30", "9:30", "09.30", "9" or "kell 9.30"; raise DateError."""
    found = _CLOCK_TIME.fullmatch(text.strip().removeprefix("kell").strip())
    if found is None:
        raise DateError("time_wrong")
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError as error:
        raise DateError("time_wrong") from error


def parse_local(date_text: str, time_text: str) -> datetime:
    """Read a day and a time in Tallinn; return the instant in UTC.

    The hour that comes twice in autumn is the first one. Raises DateError, with `time_skipped` for
    an hour that does not exist in spring.
    """
    local = datetime.combine(parse_date(date_text), parse_time(time_text), ZONE)
    instant = local.astimezone(UTC)
    if instant.astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise DateError("time_skipped")
    return instant


# --- Money and numbers --------------------------------------------------------


def money(cents: int, lang: Lang) -> str:
    """Return euros: "20 €", "12,50 €"; "€20", "€12.50"."""
    whole = {"et": "#,##0\u00a0¤", "en": "¤#,##0"}[lang]
    return format_currency(
        Decimal(cents) / 100,
        "EUR",
        format=None if cents % 100 else whole,
        locale=_LOCALES[lang],
        currency_digits=bool(cents % 100),
    )


def count_number(number: int, lang: Lang) -> str:
    """Return a count with its thousands apart: "12 345", "12,345"."""
    return format_decimal(number, locale=_LOCALES[lang])
