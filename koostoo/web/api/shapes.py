"""What programs get: each resource with its fields, from which the description is written too.

Instants are UTC (RFC 3339), days are those of Tallinn. A later version may have more fields; none
goes away or changes its meaning under /api/v1/.
"""

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from koostoo.base.localtext import LocalText
from koostoo.reporting.figures import By
from koostoo.web.api.asked import State


class Shape(BaseModel):
    """A JSON object that is handed out."""

    # Built when first asked for: few processes ever are.
    model_config = ConfigDict(frozen=True, defer_build=True)


class Words(Shape):
    """A text in Estonian and in English, as far as somebody wrote it."""

    et: str | None
    en: str | None


def words(text: LocalText) -> Words:
    """Return a text as programs get it."""
    return Words(et=text.et or None, en=text.en or None)


Item = TypeVar("Item", bound=Shape)


class Listed(Shape, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: Annotated[str | None, Field(description="Address of the next page; null: the last.")]


class Partner(Shape):
    """An organisation's part in a project."""

    slug: str
    name: str
    role: Literal["host", "partner"]


class Project(Shape):
    """A cooperation project."""

    slug: str
    url: Annotated[str, Field(description="Its page for people.")]
    title: Words
    starts_on: date
    ends_on: date
    organisations: list[Partner]
    outcomes: list[Words]


class Activity(Shape):
    """A planned activity of a project."""

    slug: str
    project: str
    kind: Literal["joint", "additional"]
    organisation: Annotated[
        str | None, Field(description="Slug of whose additional activity it is.")
    ]
    position: int
    title: Words
    description: Words
    target: Annotated[int, Field(description="At least so many events are planned.")]


class Figures(Shape):
    """What was counted. People and organisations are counted once at every level, never added up.

    `registered` had a seat or came: of these some `attended`, some did not (`no_shows`), and of
    some nobody knows (`unmarked`). `by_hand` of those who attended are only known as a number.
    """

    events: int
    registered: int
    unmarked: int
    attended: int
    by_hand: int
    no_shows: int
    person_days: int
    people: Annotated[int, Field(description="Different people who attended.")]
    organisations: Annotated[int, Field(description="Different organisations they represented.")]
    first_timers: int


class FiguresOf(Shape):
    """The figures of one part of a breakdown."""

    key: Annotated[
        str,
        Field(description="Slug of an activity, organisation or event; else the part's own word."),
    ]
    figures: Figures


class Indicators(Shape):
    """The figures of a project: of the whole, and of each part of the breakdown asked for."""

    project: str
    by: By
    first: date | None
    last: date | None
    total: Figures
    parts: list[FiguresOf]


class Hours(Shape):
    """Beginning and end of one day."""

    starts_at: datetime
    ends_at: datetime


class When(Shape):
    """When an event is, as far as it is known."""

    kind: Annotated[
        Literal["timed", "days", "month", "season"],
        Field(description="To the minute, whole days, or only the month or the season."),
    ]
    starts_on: Annotated[date, Field(description="First day of the time known.")]
    ends_on: Annotated[date, Field(description="Last day of the time known.")]
    starts_at: datetime | None
    ends_at: datetime | None
    season: Literal["spring", "summer", "autumn", "winter"] | None
    days: Annotated[list[Hours], Field(description="Hours of each day where days have their own.")]


class Numbers(Shape):
    """How many people there are."""

    seated: Annotated[int, Field(description="Who takes a seat.")]
    waiting: int
    pending: Annotated[int, Field(description="Who waits for an organiser's decision.")]


class Event(Shape):
    """An event."""

    slug: str
    url: Annotated[str, Field(description="Its page for people; a draft has none yet.")]
    uid: Annotated[str, Field(description="Its UID in calendars, for life.")]
    state: Literal["draft", "published", "called_off"]
    is_sample: Annotated[bool, Field(description="Made up, to try the service.")]
    project: str
    activity: str
    organiser: str
    title: Words
    summary: Words
    place: Words
    mode: Literal["onsite", "online", "hybrid"]
    when: When
    takes_registrations: bool
    opens_at: datetime | None
    closes_at: datetime | None
    capacity: Annotated[int | None, Field(description="Seats; null: no limit.")]
    has_waiting_list: bool
    contribution_cents: int
    people: Numbers
    created_at: datetime
    updated_at: datetime


class Answer(Shape):
    """An answer to a question of the event."""

    question: int
    label: Words
    kind: Literal["text", "long", "choice", "choices", "yesno", "number", "date"]
    value: Annotated[
        str | float | bool | list[Words] | None,
        Field(description="Text or ISO date; number; yes or no; what was chosen; null: nothing."),
    ]


class Registration(Shape):
    """One person of an event.

    `email`, `phone` and `answers` are null where the token's owner may not see them, and once they
    are forgotten; sensitive answers come only to who runs the event.
    """

    id: int
    state: State
    first_name: str
    last_name: str
    organisation: Annotated[str | None, Field(description="Slug of the action group.")]
    other_organisation: str | None
    represents: Annotated[str | None, Field(description="Member organisation represented.")]
    role: Literal["member", "board", "staff", "leader", "entrepreneur", "partner", "other"]
    membership: Literal["member", "stranger", "unchecked"] | None
    photo_consent: bool | None
    email: str | None
    phone: Annotated[str | None, Field(description="In the form +3725552385.")]
    answers: list[Answer] | None
    created_at: datetime
    cancelled_at: datetime | None


class Mark(Shape):
    """What counts for a person on one day."""

    day: date
    status: Literal["present", "absent"]


class Attendance(Shape):
    """Who is on the list of an event, and on which days they were there.

    A day without a mark is left out: nobody has marked it.
    """

    registration: int
    first_name: str
    last_name: str
    organisation: str | None
    other_organisation: str | None
    represents: str | None
    marks: list[Mark]


class Wrong(Shape):
    """A part of the address that makes no sense, and why."""

    parameter: str
    detail: str


class Problem(Shape):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []
