"""A project as its file describes it: plain values, checked, before any row is written."""

from dataclasses import dataclass
from datetime import date

from koostoo.base.localtext import LocalText
from koostoo.base.when import When


@dataclass(frozen=True, slots=True)
class OrganisationPlan:
    """A local action group named in the file."""

    slug: str
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class ContactPlan:
    """Whom to ask about the project; what is not known is empty."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """A planned activity; `organisation` is a slug, None for a joint one.

    `counts` is of `rules.COUNTS`; `outcomes` are places in the list of outcomes, from 1.
    """

    slug: str
    kind: str
    organisation: str | None
    title: LocalText
    description: LocalText
    target: int
    counts: str = "events"
    only_physical: bool = False
    outcomes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EventPlan:
    """An event; `activity`, `organiser`, `region` and `further` are slugs of the same file.

    `region` is the organisation in whose area it takes place, `elsewhere` where it does otherwise,
    `further` are activities it counts for besides its own.
    """

    slug: str
    activity: str
    organiser: str
    title: LocalText
    summary: LocalText
    place: LocalText
    mode: str
    when: When
    region: str | None = None
    elsewhere: str = ""
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """A piece of news about the project."""

    day: date
    title: LocalText
    url: str


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A whole project; every slug it mentions is defined in it, so it loads or not at all.

    `host`, `lead` and `partners` are slugs of `organisations`; `starts_on` and `ends_on` are local
    days, both included.
    """

    slug: str
    title: LocalText
    starts_on: date
    ends_on: date
    host: str
    partners: tuple[str, ...]
    contact: ContactPlan
    support_text: LocalText
    keep_until: date | None
    organisations: tuple[OrganisationPlan, ...]
    outcomes: tuple[LocalText, ...]
    activities: tuple[ActivityPlan, ...]
    events: tuple[EventPlan, ...]
    media: tuple[MediaPlan, ...]
    lead: str | None = None
