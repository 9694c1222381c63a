"""The sample events of the quick start: add them, and take every trace of them away."""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, delete, select
from sqlalchemy.orm import Session

from koostoo.base.database import Base, transaction
from koostoo.base.holidays import is_public_holiday
from koostoo.base.localtext import LocalText
from koostoo.base.retry import retried
from koostoo.base.when import ZONE, When
from koostoo.events.models import Condition, Event, Option, Question
from koostoo.events.uid import new_uid
from koostoo.programme.models import Activity

SAMPLES = Path(__file__).with_name("data") / "samples.toml"
TEXTS = ("title", "summary", "programme", "audience", "place")
DAYS_TO_SIGN_UP = 5
"""Signing up for a sample ends this many days before it."""
DECEMBER, TUESDAY, THURSDAY, FRIDAY = 12, 1, 3, 4
CHRISTMAS, EPIPHANY = (12, 22), (1, 6)


class NoProjectError(LookupError):
    """The samples belong to activities of the shipped project file, which is not loaded."""


@retried
def add_samples(today: date, now: datetime, host: str) -> int:
    """Add the samples that are not there yet and return how many were added.

    `today` is the local day from which their dates are reckoned, `host` the host name of the
    service for their UIDs. Raises NoProjectError while the shipped project is not loaded.
    """
    dates = sample_dates(today)
    with transaction() as session:
        there = set(session.scalars(select(Event.slug)))
        activities = {one.slug: one for one in session.scalars(select(Activity))}
        events = [
            _make_event(values, activities, dates[values["slug"]], now, host)
            for values in tomllib.loads(SAMPLES.read_text("utf-8"))["events"]
            if values["slug"] not in there
        ]
        session.add_all(events)
        return len(events)


@retried
def remove_samples() -> int:
    """Delete the samples with all that belongs to them and return how many there were.

    Registrations, answers and letters go too, the letters not yet sent among them.
    """
    with transaction() as session:
        ids = session.scalars(select(Event.id).where(Event.is_sample).with_for_update()).all()
        _delete_with_all_below(session, Base.metadata.tables["event"], ids)
        return len(ids)


def sample_dates(today: date) -> dict[str, When]:
    """Return when each sample takes place, by slug; all lie ahead of `today`."""
    meeting = _after_holidays(_next_weekday(today + timedelta(days=10), TUESDAY))
    seminar = _after_holidays(_next_weekday(today + timedelta(days=21), THURSDAY))
    trip = _after_holidays(_next_weekday(today + timedelta(days=35), FRIDAY), days=2)
    party = _second_friday_of_december(today.year)
    if party < today + timedelta(days=14):
        party = _second_friday_of_december(today.year + 1)
    spring = today.year if today.month == 1 else today.year + 1
    return {
        "naidis-veebikoosolek": _hours(meeting, time(10), time(11, 30)),
        "naidis-seminar": _hours(seminar, time(9, 30), time(16)),
        "naidis-oppereis": When.days(trip, trip + timedelta(days=1)),
        "naidis-aastalopp": _hours(party, time(16, 30), time(22)),
        "naidis-valisoppereis": When.of_season(spring, "spring"),
    }


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _after_holidays(first: date, days: int = 1) -> date:
    """Return the first day of the same weekday on which people have time for so many days."""
    while any(_is_at_home(first + timedelta(days=number)) for number in range(days)):
        first += timedelta(days=7)
    return first


def _is_at_home(day: date) -> bool:
    in_the_new_year = (day.month, day.day) <= EPIPHANY
    return in_the_new_year or (day.month, day.day) >= CHRISTMAS or is_public_holiday(day)


def _second_friday_of_december(year: int) -> date:
    return _next_weekday(date(year, DECEMBER, 8), FRIDAY)


def _hours(day: date, start: time, end: time) -> When:
    return When.timed(
        datetime.combine(day, start, tzinfo=ZONE), datetime.combine(day, end, tzinfo=ZONE)
    )


def _make_event(
    values: dict[str, Any], activities: dict[str, Activity], when: When, now: datetime, host: str
) -> Event:
    activity = activities.get(values.pop("activity"))
    organiser = activity and (activity.organisation or activity.project.host)
    if activity is None or organiser is None:
        raise NoProjectError("load the shipped project file before the samples")
    questions = values.pop("questions", [])
    last_day = when.first - timedelta(days=DAYS_TO_SIGN_UP)
    return Event(
        **{key: LocalText(**value) if key in TEXTS else value for key, value in values.items()},
        activity=activity,
        organiser=organiser,
        when=when,
        closes_at=datetime.combine(last_day, time(23, 59), tzinfo=ZONE),
        state="published",
        is_sample=True,
        takes_registrations=True,
        uid=new_uid(host),
        created_at=now,
        revised_at=now,
        questions=_make_questions(questions),
    )


def _make_questions(values: list[dict[str, Any]]) -> list[Question]:
    questions = [_make_question(one, place) for place, one in enumerate(values, start=1)]
    for question, one in zip(questions, values, strict=True):
        if asked_if := one.get("asked_if"):
            on = questions[asked_if["question"] - 1]
            option = on.options[asked_if["option"] - 1] if "option" in asked_if else None
            question.condition = Condition(on=on, option=option, yes=asked_if.get("yes"))
    return questions


def _make_question(values: dict[str, Any], position: int) -> Question:
    return Question(
        position=position,
        kind=values["kind"],
        label=LocalText(**values["label"]),
        help=LocalText(**values.get("help", {})),
        required=values.get("required", False),
        purpose=values.get("purpose", ""),
        is_sensitive=values.get("sensitive", False),
        options=[
            Option(position=place, label=LocalText(**label))
            for place, label in enumerate(values.get("options", []), start=1)
        ],
    )


def _delete_with_all_below(session: Session, table: Table, ids: Sequence[int]) -> None:
    """Delete rows and, before them, every row of any table that refers to them.

    The foreign keys say what belongs to an event, so nothing here has to know the tables that
    stand above the events, nor to be told of new ones. What survives the row it refers to says
    so itself with ON DELETE SET NULL.
    """
    if not ids:
        return
    for child in table.metadata.sorted_tables:
        for key in child.foreign_keys:
            if key.column.table is table and key.ondelete != "SET NULL":
                below = session.scalars(select(_number(child)).where(key.parent.in_(ids))).all()
                _delete_with_all_below(session, child, below)
    session.execute(delete(table).where(_number(table).in_(ids)))


def _number(table: Table) -> Column[int]:
    """Return the column that tells the rows of a table apart."""
    [column] = table.primary_key.columns
    return column
