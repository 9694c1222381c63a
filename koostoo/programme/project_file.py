"""Read a project file (TOML): text in, a checked plan out, or every mistake in it at once."""

import re
import tomllib
from collections.abc import Collection, Sequence
from typing import Any

from koostoo.base.localtext import LocalText
from koostoo.programme.file_dates import read_period, read_when
from koostoo.programme.plan import (
    ActivityPlan,
    ContactPlan,
    EventPlan,
    MediaPlan,
    OrganisationPlan,
    ProjectPlan,
)
from koostoo.programme.rules import COUNTS
from koostoo.programme.toml_table import STAND_IN_DAY, Table

TITLE_LIMIT = 300
TEXT_LIMIT = 5000
REGION_LIMIT = 100
TARGETS = range(1, 100_000)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LINE = re.compile(r"(.*) \(at (line \d+, column \d+|end of document)\)", re.DOTALL)


class ProjectFileError(Exception):
    """The file is refused; each of `problems` names a line or a key path and the reason.

    Key paths count from 1: `events[3].activity` belongs to the third event.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def read_project_file(text: str) -> ProjectPlan:
    """Return the project that `text` describes; raise ProjectFileError with all mistakes."""
    problems: list[str] = []
    plan = _read_project(Table(_parse(text), "", problems))
    if problems:
        raise ProjectFileError(problems)
    return plan


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ProjectFileError(["the file is nested too deeply"]) from None
    # Not only TOMLDecodeError: a number of 5000 digits is a plain ValueError.
    except ValueError as error:
        found = _LINE.fullmatch(str(error))
        problem = f"{found[2]}: {found[1]}" if found else f"not TOML: {error}"
        raise ProjectFileError([problem]) from None


def _read_project(top: Table) -> ProjectPlan:
    organisations = tuple(_read_organisation(table) for table in top.tables("organisations"))
    known = {organisation.slug for organisation in organisations}
    host = top.reference("host", known, "organisation")
    outcomes = _read_outcomes(top)
    activities = tuple(
        _read_activity(table, known, len(outcomes)) for table in top.tables("activities")
    )
    names = {activity.slug for activity in activities}
    starts_on, ends_on = read_period(top)
    partners = _read_partners(top, known, host)
    plan = ProjectPlan(
        slug=top.slug("slug"),
        title=top.text("title", TITLE_LIMIT, required=True),
        starts_on=starts_on,
        ends_on=ends_on,
        host=host,
        partners=partners,
        lead=_read_lead(top, (host, *partners)),
        contact=_read_contact(top.table("contact")),
        support_text=top.text("support_text", TEXT_LIMIT, lines=True),
        keep_until=top.day("keep_until"),
        organisations=organisations,
        outcomes=outcomes,
        activities=activities,
        events=tuple(_read_event(one, names, known, host) for one in top.tables("events")),
        media=tuple(_read_media(table) for table in top.tables("media")),
    )
    _refuse_twice(top, "organisations", [one.slug for one in organisations])
    _refuse_twice(top, "activities", [one.slug for one in activities])
    _refuse_twice(top, "events", [one.slug for one in plan.events])
    if plan.keep_until and plan.keep_until < ends_on:
        top.refuse("keep_until", "is before the project ends")
    top.refuse_unknown()
    return plan


def _read_partners(top: Table, known: Collection[str], host: str) -> tuple[str, ...]:
    partners = top.slugs("partners")
    for partner in partners:
        if partner == host:
            top.refuse("partners", f"{partner!r} is the host already")
        elif partner not in known:
            top.refuse("partners", f"there is no organisation {partner!r} in this file")
    return partners


def _read_lead(top: Table, partners: Collection[str]) -> str | None:
    """Read the lead partner, which is the host or one of the partners; None where none is named."""
    lead = top.raw("lead")
    if lead is None:
        return None
    if lead not in partners:
        top.refuse("lead", f"{lead!r} is neither the host nor a partner")
    return str(lead)


def _read_outcomes(top: Table) -> tuple[LocalText, ...]:
    """Read outcomes written as plain strings or as [[outcomes]] with both languages."""
    value = top.raw("outcomes")
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return tuple(table.as_text(TEXT_LIMIT, lines=True) for table in top.tables("outcomes"))
    tables = [
        Table({"et": one}, f"outcomes[{number}]", top.problems)
        for number, one in enumerate(value, start=1)
    ]
    return tuple(table.as_text(TEXT_LIMIT, lines=True) for table in tables)


def _read_contact(table: Table) -> ContactPlan:
    contact = ContactPlan(
        name=table.line("name", 200),
        email=table.line("email", 254),
        phone=table.line("phone", 40),
    )
    if contact.email and not _ADDRESS.fullmatch(contact.email):
        table.refuse("email", f"{contact.email!r} is not an e-mail address")
    table.refuse_unknown()
    return contact


def _read_organisation(table: Table) -> OrganisationPlan:
    organisation = OrganisationPlan(
        slug=table.slug("slug"),
        name=table.line("name", 200, required=True),
        short_name=table.line("short_name", 40),
    )
    table.refuse_unknown()
    return organisation


def _read_activity(table: Table, organisations: Collection[str], outcomes: int) -> ActivityPlan:
    kind = table.one_of("kind", ("joint", "additional"))
    owner: str | None = None
    if kind == "additional":
        owner = table.reference("organisation", organisations, "organisation")
    elif table.raw("organisation") is not None:
        table.refuse("organisation", "only an additional activity has one")
    counts = table.one_of("counts", COUNTS, default="events")
    activity = ActivityPlan(
        slug=table.slug("slug"),
        kind=kind,
        organisation=owner,
        title=table.text("title", TITLE_LIMIT, required=True),
        description=table.text("description", TEXT_LIMIT, lines=True),
        target=table.number("target", 1, TARGETS),
        counts=counts,
        # A meeting on the web is in no region unless the file says otherwise.
        only_physical=table.flag("only_physical", default=counts == "regions"),
        outcomes=table.places("outcomes", outcomes, "outcome"),
    )
    table.refuse_unknown()
    return activity


def _read_event(
    table: Table, activities: Collection[str], organisations: Collection[str], host: str
) -> EventPlan:
    event = EventPlan(
        slug=table.slug("slug"),
        activity=table.reference("activity", activities, "activity"),
        organiser=table.reference("organiser", organisations, "organisation", default=host),
        title=table.text("title", TITLE_LIMIT, required=True),
        summary=table.text("summary", TEXT_LIMIT, lines=True),
        place=table.text("place", TITLE_LIMIT),
        mode=table.one_of("mode", ("onsite", "online", "hybrid"), default="onsite"),
        when=read_when(table),
        region=_read_region(table, organisations),
        elsewhere=table.line("elsewhere", REGION_LIMIT),
        further=_read_further(table, activities),
    )
    table.refuse_unknown()
    return event


def _read_region(table: Table, organisations: Collection[str]) -> str | None:
    if table.raw("region") is None:
        return None
    if table.has("elsewhere"):
        table.refuse("elsewhere", "give either `region` or `elsewhere`")
    return table.reference("region", organisations, "organisation")


def _read_further(table: Table, activities: Collection[str]) -> tuple[str, ...]:
    """Read which activities an event counts for besides its own, as the file orders them."""
    further = table.slugs("also_counts_for")
    for one in further:
        if one == table.raw("activity") or one not in activities:
            table.refuse("also_counts_for", f"there is no other activity {one!r} in this file")
    return further


def _read_media(table: Table) -> MediaPlan:
    day = table.day("day")
    if day is None:
        table.refuse("day", "is missing")
    url = table.line("url", 500)
    if url and not re.match(r"https?://[^/\s]", url):
        table.refuse("url", "must begin with https:// or http://")
    title = table.text("title", TITLE_LIMIT, required=True)
    table.refuse_unknown()
    return MediaPlan(day=day or STAND_IN_DAY, title=title, url=url)


def _refuse_twice(top: Table, key: str, slugs: Sequence[str]) -> None:
    for number, slug in enumerate(slugs, start=1):
        if slug and slug in slugs[: number - 1]:
            top.refuse(f"{key}[{number}].slug", f"{slug!r} is taken by an earlier one")
