"""The package of evidence, of one event or of a project's events in a period: one ZIP file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import BinaryIO, cast

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from koostoo.base.clock import local_day
from koostoo.base.database import db
from koostoo.base.dates import heading, numeric
from koostoo.base.text import Lang, truncate
from koostoo.documents.archive import Entry, Labels, pieces_of, write_archive
from koostoo.documents.names import download_name, folder_name
from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.reporting.evidence_parts import PARTS, Item
from koostoo.reporting.evidence_sources import read_sources
from koostoo.reporting.papers import logos_of
from koostoo.work.claiming import Claim, Made
from koostoo.work.models import CHUNK_BYTES
from koostoo.work.service import Wish

KIND = "evidence"
MOST_BYTES = 1_000_000_000
"""A larger package would take longer to fetch than lines in villages stay up."""

TITLE_LENGTH = 60
"""Of a title in the name of a folder: the paths of some systems end at 260 characters."""


class Refused(Exception):
    """The package is not made; `code` says why: too_large, nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Plan:
    """What a package would hold now: known without reading or making any of it.

    Asking for the fingerprint reads all but the kept files, in the language set then.
    """

    items: tuple[Item, ...]
    changed_at: datetime
    """The newest change of anything in it."""
    rows: int
    """People in it, each event's counted for itself."""
    heading: tuple[str, ...]
    name: str

    @property
    def size(self) -> int:
        """Bytes of the kept files in it."""
        return sum(item.size for item in self.items)

    @property
    def fingerprint(self) -> str:
        """The same for the same content."""
        digest = sha256(f"{self.changed_at.isoformat()}\n{self.name}\n".encode())
        for item in self.items:
            digest.update(f"{item.path}\n{item.title}\n{item.state()}\n".encode())
        return digest.hexdigest()


def events_held(
    project_id: int, first: date | None, last: date | None, today: date
) -> Sequence[Event]:
    """Return the project's events that took place, are over, and touch these days; None: any."""
    wanted = _events().where(
        Activity.project_id == project_id, Event.state == "published", Event.ends_on < today
    )
    if first is not None:
        wanted = wanted.where(Event.ends_on >= first)
    if last is not None:
        wanted = wanted.where(Event.starts_on <= last)
    return db.session.scalars(wanted.order_by(Event.starts_on, Event.id)).all()


def plan_of(
    events: Sequence[Event], lang: Lang, name: str, about: Sequence[str], now: datetime
) -> Plan:
    """Return what the package of these events holds, in the language set now; raises Refused."""
    if not events:
        raise Refused("nothing")
    projects = {event.activity.project_id for event in events}
    logos = {number: logos_of(number, lang) for number in projects}
    items, moments, rows = [], [], 0
    folders: set[str] = set()
    for source in read_sources(events, logos, lang, now):
        event = source.event
        folder = _folder(event, lang)
        if folder in folders:
            folder = f"{folder}-{event.id}"
        folders.add(folder)
        found = [item for part in PARTS for item in part(source)]
        items += [
            item._replace(path=f"{folder}/{item.path}", title=_titled(event, item, lang))
            for item in sorted(found, key=lambda item: item.path)
        ]
        moments.append(source.changed_at)
        rows += source.counts.expected
    plan = Plan(tuple(items), max(moments), rows, (name, *about), name)
    if plan.size > MOST_BYTES:
        raise Refused("too_large")
    return plan


def plan_for_event(event_id: int, lang: Lang, now: datetime) -> Plan:
    """Return what the package of one event holds; raises Refused for one that is gone."""
    events = db.session.scalars(_events().where(Event.id == event_id)).all()
    with force_locale(lang):
        about = [one.activity.project.title.to(lang) for one in events]
        name = events[0].title.to(lang) if events else ""
        dated = [f"{name}, {heading(one.when, lang)}" for one in events]
        return plan_of(events, lang, "".join(dated), about, now)


def plan_for_project(
    project_id: int, first: date | None, last: date | None, lang: Lang, now: datetime
) -> Plan:
    """Return what the package of a project's events between two days holds; raises Refused."""
    events = events_held(project_id, first, last, local_day(now))
    with force_locale(lang):
        name = events[0].activity.project.title.to(lang) if events else ""
        about = [_period(first, last)] if first or last else []
        return plan_of(events, lang, name, about, now)


def wish_for(plan: Plan, lang: Lang, project_id: int, event_id: int | None = None,
             first: date | None = None, last: date | None = None) -> Wish:  # fmt: skip
    """Return the wish for this package, as `work.service.ask_for` takes it."""
    with force_locale(lang):
        return Wish(KIND, lang, plan.fingerprint, event_id, project_id, first, last)


def make(taken: Claim, into: BinaryIO, tell: Callable[[int, int], None], now: datetime) -> Made:
    """Write the package that was asked for to `into`; `tell` hears how many files of how many.

    Nothing but files one by one is in memory. Raises Refused.
    """
    lang = cast(Lang, taken.language)
    if taken.event_id is not None:
        plan = plan_for_event(taken.event_id, lang, now)
    else:
        project = taken.project_id or 0
        plan = plan_for_project(project, taken.first_day, taken.last_day, lang, now)
    total = len(plan.items)
    tell(0, total)
    with force_locale(lang):
        # All rows are read here, at one moment; the files are written of what was read.
        fingerprint = plan.fingerprint
        labels = Labels(
            name=folder_name(_("Table of contents")),
            heading=[_("Evidence"), *plan.heading],
            columns=(_("File"), _("What it is"), _("Bytes"), "SHA-256"),
        )
        entries = [Entry(item.path, item.title, item.pieces) for item in plan.items]
        write_archive(into, entries, labels, plan.changed_at, lambda done: tell(done, total))
        name = download_name(
            _("Evidence"), plan.name, *filter(None, (taken.first_day, taken.last_day)), ext="zip"
        )
    size, digest = 0, sha256()
    for piece in pieces_of(into, CHUNK_BYTES):
        size += len(piece)
        digest.update(piece)
    return Made(name, size, digest.hexdigest(), fingerprint, plan.rows)


def _events() -> Select[Event]:
    return (
        select(Event)
        .join(Event.activity)
        .options(
            joinedload(Event.activity).joinedload(Activity.project),
            joinedload(Event.activity).joinedload(Activity.organisation),
            joinedload(Event.organiser),
        )
    )


def _folder(event: Event, lang: Lang) -> str:
    """Return the name of an event's folder: its day, or its first month, and its title."""
    begins = event.starts_on if event.when.is_fixed else f"{event.starts_on:%Y-%m}"
    return folder_name(begins, truncate(event.title.to(lang), TITLE_LENGTH))


def _titled(event: Event, item: Item, lang: Lang) -> str:
    return f"{event.title.to(lang)}, {heading(event.when, lang)}: {item.title}"


def _period(first: date | None, last: date | None) -> str:
    return " – ".join(numeric(day) if day else "…" for day in (first, last))
