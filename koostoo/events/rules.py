"""Decisions about events: what is missing, what moves a calendar, how a copy is shifted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from koostoo.base.localtext import LocalText
from koostoo.base.when import ZONE, When
from koostoo.events.questions import QuestionDraft, lacks_options, without_faults

Missing = Literal[
    "summary", "place", "join_link", "contact", "options", "date_past", "deadline_past", "deadline"
]


QuotaFault = Literal["unlimited", "twice", "above", "late", "uninvited"]
"""What is wrong with a promise of seats: the event has no limit of seats; the organisation has
one already; more is promised than there is; it would be released only after the beginning; the
organisation is not invited."""

NO_WORDS = LocalText()


@dataclass(frozen=True, slots=True)
class QuotaDraft:
    """Seats promised to an organisation until an instant; None: for good."""

    organisation_id: int
    seats: int
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventDraft:
    """All an organiser decides about an event, checked in shape; instants are aware."""

    activity_id: int
    organiser_id: int
    title: LocalText
    when: When
    summary: LocalText = NO_WORDS
    programme: LocalText = NO_WORDS
    audience: LocalText = NO_WORDS
    place: LocalText = NO_WORDS
    region_id: int | None = None
    region_other: str = ""
    mode: str = "onsite"
    join_link: str = ""
    takes_registrations: bool = True
    capacity: int | None = None
    has_waiting_list: bool = True
    waiting_max: int | None = None
    approval: str = "none"
    offer_hours: int | None = None
    group_max: int = 10
    on_decline: str = "ask"
    partner_cap: int | None = None
    member_cap: int | None = None
    members_first_until: datetime | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    allows_others: bool = False
    membership: str = "open"
    asks_photo_consent: bool = True
    contribution_cents: int = 0
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    questions: tuple[QuestionDraft, ...] = ()
    quotas: tuple[QuotaDraft, ...] = ()
    invited: tuple[int, ...] = ()
    """Organisations by number; none stands for all of the project."""
    further: tuple[int, ...] = ()
    """Activities by number that it counts for besides its own."""


def missing(draft: EventDraft, now: datetime) -> list[Missing]:
    """Return what stands in the way of showing this event to people, in the form's order."""
    needs_deadline_check = draft.takes_registrations and draft.closes_at is not None
    checks: list[tuple[bool, Missing]] = [
        (not draft.summary, "summary"),
        (draft.when.is_over(now), "date_past"),
        (draft.mode != "online" and not draft.place, "place"),
        (draft.mode == "online" and not draft.join_link, "join_link"),
        (needs_deadline_check and _at_or_before(draft.closes_at, now), "deadline_past"),
        (needs_deadline_check and _at_or_before(draft.closes_at, draft.opens_at), "deadline"),
        (not (draft.contact_email or draft.contact_phone), "contact"),
        (any(lacks_options(question) for question in draft.questions), "options"),
    ]
    return [code for wrong, code in checks if wrong]


def missing_for_record(draft: EventDraft, now: datetime) -> list[Missing]:
    """Return what stands in the way of keeping an event that is over as one that took place.

    Nobody signs up, joins or asks any more.
    """
    needless = {"date_past", "deadline_past", "deadline", "join_link", "contact"}
    return [code for code in missing(draft, now) if code not in needless]


def missing_after_edit(old: EventDraft, new: EventDraft, now: datetime) -> list[Missing]:
    """Return what a published event may not lose; its deadline may well have passed.

    So may its date, as long as it is not moved there: who would be told? Once it is over it need
    not get what it never had, such as one of old from the project file: nobody signs up any more.
    """
    may_pass = {"deadline_past"} if new.when != old.when else {"deadline_past", "date_past"}
    if new.when.is_over(now):
        may_pass |= {"summary", "place", "join_link", "contact"} & {*missing(old, now)}
    return [code for code in missing(new, now) if code not in may_pass]


def quota_faults(
    capacity: int | None,
    begins: datetime | date,
    quotas: Sequence[QuotaDraft],
    invited: Collection[int] | None = None,
) -> dict[int, QuotaFault]:
    """Return what is wrong with promises of seats, by their position; empty when nothing is.

    `begins` is the event's first instant, or its first local day; `invited` are the organisations
    whose people may come, None for any.
    """
    faults: dict[int, QuotaFault] = {}
    promised, seen = 0, set[int]()
    if not isinstance(begins, datetime):
        begins = datetime.combine(begins, time(), ZONE)
    for position, quota in enumerate(quotas):
        promised += quota.seats
        if capacity is None:
            faults[position] = "unlimited"
        elif invited is not None and quota.organisation_id not in invited:
            faults[position] = "uninvited"
        elif quota.organisation_id in seen:
            faults[position] = "twice"
        elif promised > capacity:
            faults[position] = "above"
        elif quota.release_at is not None and quota.release_at > begins:
            faults[position] = "late"
        seen.add(quota.organisation_id)
    return faults


def moves_calendar(old: EventDraft, new: EventDraft) -> bool:
    """Say whether people must hear of the change: another time, place or join link."""
    return (old.when, old.place, old.mode, old.join_link) != (
        new.when,
        new.place,
        new.mode,
        new.join_link,
    )


def has_fewer_seats(old: EventDraft, new: EventDraft) -> bool:
    """Say whether the limit was lowered or set where there was none."""
    if new.capacity is None:
        return False
    return old.capacity is None or new.capacity < old.capacity


def first_reminders(mode: str) -> str:
    """Return when people of a new event are reminded, unless somebody decides otherwise.

    The day before; of a web meeting also an hour before, when one looks for the link.
    """
    return "1d" if mode == "onsite" else "1d 1h"


def shifted(draft: EventDraft, first: date) -> EventDraft:
    """Return a copy that begins on `first`: same hours by the clock, deadlines moved alike.

    A month becomes that of `first`, a season that of its year. Questions are new ones and depend
    on each other alike; one that waited for a question that is gone is asked of everybody.
    """
    days = first - draft.when.first
    return replace(
        draft,
        when=_shifted_when(draft.when, first),
        opens_at=_moved_if_any(draft.opens_at, days),
        closes_at=_moved_if_any(draft.closes_at, days),
        members_first_until=_moved_if_any(draft.members_first_until, days),
        quotas=tuple(
            replace(quota, release_at=_moved_if_any(quota.release_at, days))
            for quota in draft.quotas
        ),
        questions=tuple(
            replace(question, id=None, option_ids=())
            for question in without_faults(draft.questions)
        ),
    )


def first_day_of_copy(when: When, today: date) -> date:
    """Return the day a copy begins on unless somebody decides otherwise, ahead of `today`.

    The same weekday, as near as may be to the same day of a later year; of a month or a season
    the first day in that year.
    """
    year = when.first.year + 1
    while (day := _same_day(when, year)) <= today:
        year += 1
    return day


def _same_day(when: When, year: int) -> date:
    first = when.first
    is_leap_day = (first.month, first.day) == (2, 29)
    same = first.replace(year=year, day=28 if is_leap_day else first.day)
    if not when.is_fixed:
        return same
    return same + timedelta(days=(first.weekday() - same.weekday() + 3) % 7 - 3)


def _shifted_when(when: When, first: date) -> When:
    days = first - when.first
    if when.by_day:
        return When.day_by_day((_moved(a, days), _moved(b, days)) for a, b in when.by_day)
    if when.starts_at is not None and when.ends_at is not None:
        return When.timed(_moved(when.starts_at, days), _moved(when.ends_at, days))
    if when.kind == "month":
        return When.month(first.year, first.month)
    if when.season is not None:
        return When.of_season(first.year, when.season)
    return When.days(first, when.last + days)


def _moved_if_any(moment: datetime | None, days: timedelta) -> datetime | None:
    return None if moment is None else _moved(moment, days)


def _moved(moment: datetime, days: timedelta) -> datetime:
    local = moment.astimezone(ZONE)
    return datetime.combine(local.date() + days, local.time(), ZONE).astimezone(UTC)


def _at_or_before(moment: datetime | None, limit: datetime | None) -> bool:
    return moment is not None and limit is not None and moment <= limit
