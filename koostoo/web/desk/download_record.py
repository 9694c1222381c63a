"""Who took what along, and when: for project managers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.base.dates import numeric
from koostoo.base.when import parse_date
from koostoo.events import download_queries
from koostoo.events.download_queries import Taken
from koostoo.registration import desk_queries
from koostoo.registration.words import state_words
from koostoo.web.desk import bp
from koostoo.web.desk.paging import PAGE_SIZE, paging
from koostoo.web.person_fields import OTHER
from koostoo.web.rights import access, right
from koostoo.web.sharing import MEMBERSHIP_WORDS
from koostoo.web.view import local

FILES: Mapping[str, Any] = {
    "people": _l("List of people"),
    "sheet": _l("Attendance sheet"),
    "badges": _l("Name badges"),
    "programme": _l("Programme"),
    "poster": _l("Poster"),
    "feedback": _l("Summary of feedback"),
    "hotel": _l("List for the hotel"),
    "caterer": _l("Numbers for the caterer"),
    "bus": _l("List for the bus"),
    "partner": _l("List of a partner's people"),
    "period": _l("People of many events"),
    "members": _l("Register of members"),
    "project": _l("Project file"),
    "stored": _l("Kept file"),
    "evidence": _l("Package of evidence"),
    "api": _l("People, read by a program"),
    "indicators": _l("Indicators"),
    "report": _l("Frozen report"),
}
ANSWER_WORDS: Mapping[str, Any] = {"yes": _l("said yes"), "none": _l("has not answered")}


@bp.get("/downloads/record")
@right("manager")
def download_record() -> str:
    """Show all downloads of what this person manages, the latest first."""
    page = paging("desk.download_record", download_queries.count_downloads(access()))
    taken = download_queries.downloads(access(), limit=PAGE_SIZE, offset=page.offset)
    return render_template("desk/download_record.html", taken=in_words(taken), pages=page.pages)


def in_words(taken: Sequence[Taken]) -> list[dict[str, Any]]:
    """Return downloads as the table of a page shows them."""
    organisations = {str(one.id): one.name for one in desk_queries.organisation_choices()}
    return [
        {
            "at": one.download.at,
            "who": one.download.organiser.email if one.download.organiser else "–",
            "what": FILES.get(one.download.what, one.download.what),
            "format": "" if one.download.format == "file" else one.download.format.upper(),
            "about": _about(one),
            "event": one.event,
            "rows": one.download.rows,
            "chosen": _chosen(one.download.detail["chosen"], organisations),
            "columns": one.download.detail["columns"],
        }
        for one in taken
    ]


def _about(one: Taken) -> str:
    """Return what a file was about, the narrowest there is; the event has a link of its own."""
    parts = [one.organisation.name if one.organisation else ""]
    if one.event is None:
        parts.append(local((one.activity or one.project).title) if one.project else "")
    return ", ".join(filter(None, parts))


def _chosen(chosen: Mapping[str, Any], organisations: Mapping[str, str]) -> str:
    """Return by what the rows were chosen, in words; empty for all there were."""
    words: dict[str, Callable[[Any], str]] = {
        "state": state_words,
        "organisation": lambda value: (
            _("another organisation") if value == OTHER else organisations.get(str(value), "–")
        ),
        "membership": lambda value: str(MEMBERSHIP_WORDS[value]),
        "answer": lambda value: str(ANSWER_WORDS[value]),
        "program": lambda value: _("with the token “%(name)s”", name=value),
        "searched": lambda _value: _("a search"),
        "whose": lambda value: ", ".join(organisations.get(str(one), "–") for one in value),
        "first": lambda value: _("from %(day)s", day=numeric(parse_date(value))),
        "last": lambda value: _("until %(day)s", day=numeric(parse_date(value))),
    }
    return ", ".join(words[name](value) for name, value in chosen.items() if name in words)
