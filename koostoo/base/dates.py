"""How Estonian and English write dates, hours, money and numbers.

Month, weekday and money forms in the nominative come from CLDR (Babel). The cases ("augustil",
"augustini", "augustist", "augustis") are ours: CLDR knows only the nominative, and all four are
the genitive with an ending. Words inside stay together by NBSP where a break would be ugly
("kell 9.30", "20 €").
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from babel import Locale
from babel.numbers import format_currency, format_decimal

from koostoo.base.text import Lang
from koostoo.base.when import ZONE, Hours, Season, When

NBSP = "\u00a0"

_WEEK = 7
_TOLD_ONE_BY_ONE = 3
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


@dataclass(frozen=True, slots=True)
class Tile:
    """The short texts of a date tile, any of them perhaps empty; `full` is the whole in words."""

    top: str
    main: str
    bottom: str
    full: str


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
    if weekday and _is_told_one_by_one(when):
        return _one_by_one(when, lang, weekday=True)
    days = _timed(when, lang)
    if not weekday or (when.last - when.first).days >= _WEEK:
        return days
    names = dict.fromkeys(weekday_name(day, lang) for day in (when.first, when.last))
    return "–".join(names) + (", " if lang == "et" else " ") + days


def day_heading(day: date, lang: Lang) -> str:
    """Return "pühapäev, 8. november 2026" or "Sunday 8 November 2026"."""
    return heading(When.days(day), lang, weekday=True)


def short_day(day: date, lang: Lang) -> str:
    """Return "pühapäev, 8. november" or "Sunday 8 November": where the year is plain."""
    separator = ", " if lang == "et" else " "
    return f"{weekday_name(day, lang)}{separator}{_day(day, lang, year=False)}"


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
    if when.by_day:
        return _day_by_day(when, lang)
    start, end = when.starts_at.astimezone(ZONE), when.ends_at.astimezone(ZONE)
    if when.first == when.last and when.ends_at - when.starts_at < timedelta(days=1):
        return f"{_day(start.date(), lang)}{_at(lang)}{_clocks((start, end), lang)}"
    day = _day(start.date(), lang, year=start.year != end.year)
    return f"{day}{_at(lang)}{clock(start, lang)} – {moment(end, lang)}"


def _clocks(hours: Hours, lang: Lang) -> str:
    """Return the hours of one day, "9.30–16.00"; in Estonian a day ends at 24.00."""
    start, end = hours
    closing = end.astimezone(ZONE).time()
    told = "24.00" if lang == "et" and closing == time() else clock(closing, lang)
    return f"{clock(start, lang)}–{told}"


def _is_daily(when: When) -> bool:
    """Tell whether every day of the range has the same hours by the clock."""
    clocks = {_clocks(hours, "en") for hours in when.by_day}
    return len(clocks) == 1 and (when.last - when.first).days + 1 == len(when.by_day)


def _is_told_one_by_one(when: When) -> bool:
    return 0 < len(when.by_day) <= _TOLD_ONE_BY_ONE and not _is_daily(when)


def _day_by_day(when: When, lang: Lang) -> str:
    """Tell days with hours of their own in one line: alike, a few one by one, or how many."""
    if _is_told_one_by_one(when):
        return _one_by_one(when, lang)
    if _is_daily(when):
        hours = _clocks(when.by_day[0], lang)
        daily = f"iga päev kell{NBSP}{hours}" if lang == "et" else f"{hours} each day"
        return f"{_day_range(when, lang)}, {daily}"
    number = f"{len(when.by_day)}{NBSP}{'päeva' if lang == 'et' else 'days'}"
    return f"{_day_range(when, lang)} ({number})"


def _one_by_one(when: When, lang: Lang, *, weekday: bool = False) -> str:
    days = when.held_on
    told = [
        _with_hours(day, hours, lang, weekday=weekday, year=day.year != after)
        for day, hours, after in zip(
            days, when.by_day, [day.year for day in days[1:]] + [0], strict=True
        )
    ]
    # In English a day has a comma inside.
    between, last = (", ", " ja ") if lang == "et" else ("; ", " and ")
    return between.join(told[:-1]) + last + told[-1]


def _with_hours(day: date, hours: Hours, lang: Lang, *, weekday: bool, year: bool) -> str:
    comma = "," if lang == "et" else ""
    name = f"{weekday_name(day, lang)}{comma} " if weekday else ""
    return f"{name}{_day(day, lang, year=year)}{_at(lang)}{_clocks(hours, lang)}"


def hours_of_days(when: When, lang: Lang) -> list[str]:
    """Return a line for each day that has hours of its own, none where no day has.

    "reede, 8. mai kell 12.00–18.00" or "Friday 8 May, 12:00–18:00"; the year stands in headings.
    """
    return [
        _with_hours(day, hours, lang, weekday=True, year=False)
        for day, hours in zip(when.held_on, when.by_day, strict=False)
    ]


def hours_beside(when: When, lang: Lang) -> str:
    """Return the hours of each day where the heading only counts the days, else nothing."""
    if _is_told_one_by_one(when) or _is_daily(when):
        return ""
    return "; ".join(hours_of_days(when, lang))


def in_full(when: When, lang: Lang) -> str:
    """Return the date with weekdays and every hour that is known, in one line."""
    told, hours = heading(when, lang, weekday=True), hours_beside(when, lang)
    return f"{told}: {hours}" if hours else told


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


def due_by(day: date, lang: Lang) -> str:
    """Return "hiljemalt 31. mail 2026" or "by 31 May 2026": when something must have happened."""
    return f"hiljemalt {_day_in(day, 'l')}" if lang == "et" else f"by {_day(day, lang)}"


def from_day(day: date, lang: Lang) -> str:
    """Return "alates 1. augustist 2026" or "from 1 August 2026"."""
    return f"alates {_day_in(day, 'st')}" if lang == "et" else f"from {_day(day, lang)}"


def moment_until(at: datetime, lang: Lang) -> str:
    """Return an aware instant as "kuni 31. mai 2026 kell 23.59" or "until 31 May 2026, 23:59"."""
    return f"{'kuni' if lang == 'et' else 'until'} {moment(at, lang)}"


def moment_by(at: datetime, lang: Lang) -> str:
    """Return an aware instant as "hiljemalt 31. mail 2026 kell 23.59" or "by 31 May 2026, 23:59".

    For what must have happened then; what lasts until then is `moment_until`.
    """
    if lang == "en":
        return f"by {moment(at, lang)}"
    day = at.astimezone(ZONE).date()
    return f"hiljemalt {_day_in(day, 'l')}{_at(lang)}{clock(at, lang)}"


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
