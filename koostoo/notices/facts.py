"""What every letter about an event repeats, so that nobody has to open a page to know it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from koostoo.base.contact import format_email, format_phone
from koostoo.base.dates import NBSP, heading, hours_beside, moment, money
from koostoo.base.localtext import LocalText
from koostoo.base.markdown import markdown_to_plain
from koostoo.base.text import Lang, clean_line
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.events.words import mode_words
from koostoo.registration.models import Registration

_LINK_MARKS = re.compile(r"[/\\@<>\[\]]+")
_JOINED = re.compile(r"(?<=\S)([.:])(?=\S)")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact; `href` where it can be opened."""

    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The event in the recipient's language, with what it belongs to."""

    rows: tuple[Row, ...]
    programme: str
    activity: tuple[Row, ...]
    support_text: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers questions about an event; any part may be empty."""

    name: str
    email: str
    phone: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, format_email(self.email), self.phone) if part)


def contact_of(event: Event) -> Contact:
    """Return the event's contact, or the project's where the event names none."""
    source = event if event.contact_email or event.contact_phone else event.activity.project
    phone = format_phone(source.contact_phone).replace(" ", NBSP)
    return Contact(source.contact_name, source.contact_email, phone)


def facts_of(
    registration: Registration,
    lang: Lang,
    earlier: Mapping[str, str],
    *,
    with_programme: bool = True,
    is_over: bool = False,
) -> Facts:
    """Return the facts of a registration's event; the join link only to who has a seat.

    Who withdrew, or whose event is called off or over, needs no programme any more, nor a link.
    `earlier` holds what changed as it was, in words, by the part of `moves.Told` it is.
    """
    event = registration.event
    is_gone = registration.state in ("cancelled", "rejected") or event.state == "called_off"
    link = event.join_link if registration.state == "confirmed" and not is_over else ""
    own = [
        Row(_("Join the web meeting"), link, href=link),
        Row(_("Participant"), plain_name(registration.name)),
    ]
    with_programme = with_programme and not (is_gone or is_over)
    return _facts(event, lang, earlier, own, with_programme=with_programme)


def facts_of_event(event: Event, lang: Lang) -> Facts:
    """Return what a letter about several people says of their event."""
    return _facts(event, lang, {}, [], with_programme=False)


def _facts(
    event: Event, lang: Lang, earlier: Mapping[str, str], own: list[Row], *, with_programme: bool
) -> Facts:
    activity, project = event.activity, event.activity.project
    kinds = {"joint": _("Joint activity"), "additional": _("Additional activity")}
    rows = (
        Row(_("Event"), event.title.to(lang)),
        Row(_("When"), heading(event.when, lang, weekday=True)),
        Row(_("Hours"), hours_beside(event.when, lang)),
        Row(_("Earlier time"), earlier.get("when", "")),
        Row(_("Where"), place_of(event, lang)),
        Row(_("Earlier place"), earlier.get("place", "")),
        Row(_("How to take part"), mode_words(event.mode) if "mode" in earlier else ""),
        Row(_("Earlier"), earlier.get("mode", "")),
        *own,
        Row(
            _("Own contribution"),
            money(event.contribution_cents, lang) if event.contribution_cents else "",
        ),
        Row(_("Organiser"), event.organiser.name),
        Row(_("Contact"), str(contact_of(event))),
    )
    return Facts(
        rows=tuple(row for row in rows if row.value),
        programme=markdown_to_plain(event.programme.to(lang)) if with_programme else "",
        activity=(
            Row(kinds[activity.kind], activity.title.to(lang)),
            Row(_("Project"), project.title.to(lang)),
        ),
        support_text=project.support_text.to(lang),
    )


def proposed_words(payload: Mapping[str, Any], lang: Lang) -> str:
    """Return the time a calendar proposes in words; empty where it could not be read.

    `payload` may hold `start` and `end`, days or instants in ISO 8601.
    """
    start, end = (_time(payload.get(name, "")) for name in ("start", "end"))
    if isinstance(start, datetime):
        if isinstance(end, datetime) and end > start:
            return heading(When.timed(start, end), lang, weekday=True)
        return moment(start, lang)
    if start is None:
        return ""
    return heading(When.days(start, end), lang, weekday=True)


def _time(written: str) -> date | datetime | None:
    if not written:
        return None
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)


def place_of(event: Event, lang: Lang) -> str:
    """Return the place in words; a web meeting without one is called so."""
    return place_words(event.place, event.mode, lang)


def place_words(place: LocalText, mode: str, lang: Lang) -> str:
    """Return what stands for the place of an event of this mode; perhaps empty."""
    return place.to(lang) or (_("web meeting") if mode == "online" else "")


def plain_name(name: str) -> str:
    """Return a person's name so that no mail program makes a link of it.

    Anybody can type any name and any address into the form; a letter of ours must not carry a
    stranger's link. "J.R. Tamm" becomes "J. R. Tamm", "see example.org/x" loses its address.
    """
    return clean_line(_JOINED.sub(r"\1 ", _LINK_MARKS.sub(" ", name)))
