"""What a package of evidence is made of: read of all its events at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial

from sqlalchemy import func, select

from koostoo.attendance import queries as attendance
from koostoo.attendance.counting import Counts, counts_of, last_marked_at, seats_taken
from koostoo.attendance.queries import Guest
from koostoo.base.database import db
from koostoo.base.text import Lang
from koostoo.documents.drawings import Logo
from koostoo.events.models import Event
from koostoo.feedback.models import FeedbackForm
from koostoo.feedback.queries import forms_of
from koostoo.files.models import NewsLink, StoredFile
from koostoo.files.queries import files_of_events, news_of_events
from koostoo.registration.models import Registration
from koostoo.reporting.feedback_summary import Found, has_results, read_summary

LEFT_OUT = ("cover",)
"""Kinds of files that prove nothing."""


@dataclass(frozen=True, slots=True)
class Source:
    """An event and what was read of it, once for all parts; texts are written in `lang`.

    `changed_at` is the newest change of any of it: it stands as the time of making in documents, so
    that the same state gives the same bytes. `guests`, `marks` and `feedback` are read when first
    asked for; `counts` are the numbers of them, `seats` how many are on the list to sign,
    `is_marked` whether there is any mark. `feedback` is None where there is nothing to be shown.
    """

    event: Event
    lang: Lang
    changed_at: datetime
    logos: tuple[Logo, ...]
    counts: Counts
    seats: int
    guests: Callable[[], Sequence[Guest]]
    is_marked: bool
    marks: Callable[[], dict[int, dict[date, str]]]
    files: Sequence[StoredFile]
    news: Sequence[str]
    feedback: Callable[[], Found] | None


@dataclass(frozen=True, slots=True)
class Material:
    """The same of several events, by their numbers."""

    people_at: Mapping[int, datetime]
    marked_at: Mapping[int, datetime]
    counts: Mapping[int, Counts]
    seats: Mapping[int, int]
    files: Mapping[int, Sequence[StoredFile]]
    news: Mapping[int, Sequence[NewsLink]]
    forms: Mapping[int, FeedbackForm]


def read_sources(
    events: Sequence[Event], logos: Mapping[int, tuple[Logo, ...]], lang: Lang, now: datetime
) -> list[Source]:
    """Read all that the parts of packages are made of, in ten queries however many events.

    `logos` are those of the events' projects.
    """
    numbers = [event.id for event in events]
    material = Material(
        _people_changed_at(numbers),
        last_marked_at(numbers),
        counts_of(numbers),
        seats_taken(numbers),
        files_of_events(numbers),
        news_of_events(numbers),
        forms_of(numbers),
    )
    return [_source(event, material, logos, lang, now) for event in events]


def _source(
    event: Event,
    material: Material,
    logos: Mapping[int, tuple[Logo, ...]],
    lang: Lang,
    now: datetime,
) -> Source:
    number = event.id
    kept, links = material.files[number], material.news[number]
    people_at, marked_at = material.people_at.get(number), material.marked_at.get(number)
    moments = [
        event.revised_at,
        *([people_at] if people_at else []),
        *([marked_at] if marked_at else []),
        *(file.created_at for file in kept),
        *(link.created_at for link in links),
    ]
    counts, seats = material.counts[number], material.seats[number]
    form = material.forms.get(number)
    # Where nobody was marked attendance was not taken, and who had a seat took part.
    took_part = counts.came or seats
    return Source(
        event=event,
        lang=lang,
        changed_at=max(moments).replace(microsecond=0),
        logos=logos[event.activity.project_id],
        counts=counts,
        seats=seats,
        guests=cache(partial(attendance.guests, number)),
        is_marked=marked_at is not None,
        marks=cache(partial(_marks, number)),
        files=[file for file in kept if file.kind not in LEFT_OUT],
        news=[link.url for link in links],
        feedback=partial(read_summary, event, form, took_part, now)
        if form is not None and has_results(event, form, now)
        else None,
    )


def _people_changed_at(event_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when people of each of these events were last revised; nothing where there are none.

    Asked of each event by itself: that is the end of an index, not all of it.
    """
    latest = (
        select(func.max(Registration.revised_at))
        .where(Registration.event_id == Event.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Event.id, latest).where(Event.id.in_(event_ids), latest.is_not(None))
    )
    return {number: moment for number, moment in rows}  # noqa: C416 - rows are typed pairs


def _marks(event_id: int) -> dict[int, dict[date, str]]:
    return {
        number: {day: one.status for day, one in sorted(days.items())}
        for number, days in attendance.standings(event_id).items()
    }
