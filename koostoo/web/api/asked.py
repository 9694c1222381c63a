"""What programs may ask for in an address: each part with its kind and limits."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from koostoo.registration.api_queries import EventsWanted
from koostoo.reporting.figures import By

PAGE_SIZE = 100
LARGEST_PAGE = 200
LARGEST_NUMBER = 2**31 - 1
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        raise ValueError("a whole number is needed")
    return int(text)


def _read_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError("a date is needed, such as 2026-11-08")
    return date.fromisoformat(text)


def _read_moment(text: str) -> datetime:
    """Read an instant as RFC 3339 writes it."""
    # In an address a plus that is not written as %2B arrives as a blank.
    text = text.replace(" ", "+")
    if not _MOMENT.fullmatch(text):
        raise ValueError("an instant is needed, such as 2026-11-08T09:30:00Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this instant is too far away") from error


Slug = Annotated[str, Field(min_length=1, max_length=80)]
Day = Annotated[date, BeforeValidator(_read_date)]
Moment = Annotated[datetime, BeforeValidator(_read_moment)]


class Asked(BaseModel):
    """Nothing but what is named here may be asked: a misspelled filter would give too much."""

    # Built when first asked for: few processes ever are.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Page(Asked):
    """Which page of a list."""

    cursor: Annotated[int, Field(ge=0, le=LARGEST_NUMBER), BeforeValidator(_read_number)] = Field(
        0, description="Where to go on: taken from `next` of the page before, never made up."
    )
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE), BeforeValidator(_read_number)] = Field(
        PAGE_SIZE, description="How many items a page has at most."
    )


class EventsAsked(Page):
    """Which events."""

    project: Slug | None = Field(None, description="Slug of a project.")
    activity: Slug | None = Field(None, description="Slug of an activity.")
    from_: Day | None = Field(
        None, alias="from", description="Only what has not ended before this day (in Tallinn)."
    )
    to: Day | None = Field(None, description="Only what begins on this day or before.")
    state: Literal["draft", "published", "called_off"] | None = None
    updated_since: Moment | None = Field(
        None, description="Only what was changed at this instant or later; sign-ups are no change."
    )

    def wanted(self) -> EventsWanted:
        """Return it as the query takes it."""
        return EventsWanted(
            self.project, self.activity, self.from_, self.to, self.state, self.updated_since
        )


State = Literal["pending", "confirmed", "waiting", "offered", "cancelled", "rejected"]


class PeopleAsked(Page):
    """Which registrations."""

    state: State | None = None


class FiguresAsked(Asked):
    """Which figures of a project: by what they are broken down, and of which events."""

    by: Annotated[By, Field(description="By what the figures are broken down.")] = "activity"
    first: Annotated[Day | None, Field(description="Events that ended on this day or later.")] = (
        None
    )
    last: Annotated[Day | None, Field(description="Events that ended on this day or before.")] = (
        None
    )
