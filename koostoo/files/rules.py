"""What kinds of files there are, what each may hold, and what has to be there after an event."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from koostoo.base.holidays import is_working_day
from koostoo.documents.file_types import FileType

EventKind = Literal[
    "cover", "document", "sheet", "photo", "programme", "meeting_log", "news", "other"
]
Kind = Literal[EventKind, "logo"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
KINDS: tuple[Kind, ...] = (*EVENT_KINDS, "logo")
PUBLIC_KINDS: tuple[Kind, ...] = ("cover", "document", "logo")
"""Shown to everybody, kept while the event or project is."""
EVIDENCE_KINDS: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind not in PUBLIC_KINDS)
"""For organisers and viewers, kept to the project's keep-until date."""
CONTACT_KINDS: tuple[Kind, ...] = ("meeting_log", "other")
"""May hold addresses of people: only who runs the event opens them."""

MB = 1_000_000
MAX_REQUEST = 50 * MB
"""Bytes that may be sent at once, several photos together."""
TITLE_LENGTH = 150
ALT_LENGTH = 250
LINK_LENGTH = 500
MOST_LINKS = 20
"""So many links to news stories one event may have."""

_PICTURES: frozenset[FileType] = frozenset({"jpeg", "png", "webp"})
_OFFICE: frozenset[FileType] = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp"})


class Limits(NamedTuple):
    """What one kind takes: types by content, bytes of a file, how many files there may be."""

    types: frozenset[FileType]
    max_bytes: int
    most: int


LIMITS: Mapping[Kind, Limits] = {
    "cover": Limits(_PICTURES, 15 * MB, 1),
    "document": Limits(_PICTURES | _OFFICE | {"pdf"}, 15 * MB, 20),
    "sheet": Limits(_PICTURES | {"pdf", "asice"}, 15 * MB, 30),
    "photo": Limits(_PICTURES, 15 * MB, 60),
    "programme": Limits(_PICTURES | {"pdf", "docx", "odt"}, 15 * MB, 10),
    "meeting_log": Limits(_PICTURES | {"text", "xlsx", "pdf"}, 15 * MB, 30),
    "news": Limits(_PICTURES | {"pdf", "docx", "odt"}, 15 * MB, 20),
    "other": Limits(_PICTURES | _OFFICE | {"pdf", "text", "asice"}, 15 * MB, 60),
    "logo": Limits(_PICTURES, 3 * MB, 8),
}

Evidence = Literal["sheet", "photo", "programme", "meeting_log", "feedback", "news"]
"""What has to be there after an event, by the kind of file that proves it; `feedback`: answers."""
_NEEDED: Mapping[str, tuple[Evidence, ...]] = {
    "onsite": ("sheet", "photo", "programme", "news"),
    "hybrid": ("sheet", "photo", "programme", "news"),
    "online": ("meeting_log", "sheet"),
}
WORKING_DAYS = 5
"""Within so many days the list of a web meeting is to be signed digitally."""


def needed_evidence(mode: str, *, asks_feedback: bool = False) -> tuple[Evidence, ...]:
    """Return what has to be there after an event held `onsite`, `online` or `hybrid`.

    Feedback is looked for only where people are asked by our own form: whether there is any
    elsewhere nobody can tell here.
    """
    return (*_NEEDED[mode], "feedback") if asks_feedback else _NEEDED[mode]


def missing_evidence(
    mode: str, kinds: Collection[str], *, has_programme: bool, feedback: int | None = None
) -> tuple[Evidence, ...]:
    """Return what is not there yet; `kinds` are those of the event's files.

    `has_programme`: its page tells the programme, so no file has to. `feedback`: how many have
    answered our own form; None: it was not used. One is enough for a summary.
    """
    there = {*kinds, "programme"} if has_programme else {*kinds}
    if feedback:
        there.add("feedback")
    needed = needed_evidence(mode, asks_feedback=feedback is not None)
    return tuple(what for what in needed if what not in there)


def due_on(what: Evidence, mode: str, last_day: date) -> date | None:
    """Return the last day for a piece of evidence; None where no rule names one.

    The list of a web meeting is signed within five working days, which are not Saturdays, Sundays
    or public holidays (Pühade ja tähtpäevade seadus, § 2).
    """
    if mode != "online" or what != "sheet":
        return None
    day, left = last_day, WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_before(day: date, count: int) -> date:
    """Return the day so many working days before `day`."""
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day
