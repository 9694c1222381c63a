"""The history of an event: what organisers did, and why."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from koostoo.accounts.models import AuditEntry
from koostoo.base.dates import moment_until, money, numeric
from koostoo.base.localtext import LocalText
from koostoo.registration import desk_queries
from koostoo.roster.queries import tags_of_project
from koostoo.web.desk import bp
from koostoo.web.desk.attended import STATUS_WORDS
from koostoo.web.desk.events import get_event
from koostoo.web.desk.words import LETTERS, METHOD_WORDS
from koostoo.web.language import current_lang
from koostoo.web.rights import right

ACTS: Mapping[str, Any] = {
    "role_given": _l("Gave a role"),
    "role_taken": _l("Took a role away"),
    "created": _l("Created the event"),
    "copied": _l("Created the event as a copy"),
    "edited": _l("Changed the event"),
    "moved": _l("Changed time or place"),
    "overfull": _l("Lowered the number of seats below the number of people"),
    "published": _l("Published the event"),
    "called_off": _l("Called the event off"),
    "promise_moved": _l("Moved promised seats"),
    "added": _l("Added a person"),
    "added_above": _l("Added a person above the limit"),
    "approved": _l("Confirmed a registration"),
    "seat_given": _l("Gave a seat"),
    "seat_given_above": _l("Gave a seat above the limit"),
    "rejected": _l("Turned a person down"),
    "cancelled": _l("Cancelled a registration"),
    "moved_in_queue": _l("Moved a person in the queue"),
    "still_comes": _l("Noted that a person still comes"),
    "released": _l("Released a place nobody answered for"),
    "letters_again": _l("Sent letters again"),
    "letter_stopped": _l("Stopped a letter"),
    "address_corrected": _l("Corrected an address"),
    "words_changed": _l("Changed own words in a letter"),
    "letters_planned": _l("Set when letters go out by themselves"),
    "wrote": _l("Wrote to people of the event"),
    "walk_in": _l("Added a person at the door"),
    "walk_in_above": _l("Added a person at the door above the limit"),
    "attendance_corrected": _l("Corrected attendance"),
    "paid": _l("Noted an own contribution as paid"),
    "payment_removed": _l("Noted an own contribution as not paid"),
    "tagged": _l("Put a tag on a person"),
    "untagged": _l("Took a tag off a person"),
    "note_changed": _l("Changed the note about a person"),
}
NOBODY: Mapping[int, str] = {}


@bp.get("/events/<slug>/history")
@right("event_run")
def history(slug: str) -> str:
    """Show who did what to the event and its people, the latest first."""
    event = get_event(slug)
    entries = desk_queries.history(event.id)
    numbers = {entry.registration_id for entry in entries if entry.registration_id is not None}
    names = {person.id: person.name for person in desk_queries.people_of(event.id, numbers)}
    organisations = {o.id: o.name for o in desk_queries.organisation_choices()}
    tags = {tag.id: tag.name for tag in tags_of_project(event.activity.project_id)}
    acts = told_acts(entries, tags, names, organisations)
    return render_template("desk/history.html", event=event, acts=acts)


def told_acts(
    entries: Iterable[AuditEntry],
    tags: Mapping[int, str],
    names: Mapping[int, str] = NOBODY,
    organisations: Mapping[int, str] = NOBODY,
) -> list[dict[str, Any]]:
    """Return acts in words; the names are by number, those of who is gone are left out."""
    return [
        {
            "at": entry.at,
            "who": entry.organiser.email if entry.organiser else _("the service"),
            "what": ACTS[entry.action],
            "whom": names.get(entry.registration_id or 0, ""),
            "detail": tags.get(entry.detail["tag"], "")
            if "tag" in entry.detail
            else _detail(entry, organisations),
            "reason": entry.reason,
        }
        for entry in entries
    ]


def _detail(entry: AuditEntry, organisations: Mapping[int, str]) -> str:
    """Return the numbers of an act in words; empty where it has none."""
    detail = entry.detail
    if entry.action == "moved_in_queue":
        return _("from place %(old)s to %(new)s", old=detail["from"], new=detail["to"])
    if entry.action == "promise_moved":
        return _(
            "%(seats)s from %(giver)s to %(taker)s",
            seats=detail["seats"],
            giver=organisations.get(detail["from"], "–"),
            taker=organisations.get(detail["to"], _("everybody")),
        )
    if "letters" in detail:
        return ngettext("%(num)s letter", "%(num)s letters", detail["letters"])
    if entry.action == "words_changed":
        return str(LETTERS[detail["letter"]][0])
    if "letters" in detail:
        return ngettext("%(num)s letter", "%(num)s letters", detail["letters"])
    if entry.action == "attendance_corrected":
        day = numeric(date.fromisoformat(detail["day"]))
        old, new = (STATUS_WORDS[detail[name]] for name in ("from", "to"))
        return _("%(day)s: %(old)s → %(new)s", day=day, old=old, new=new)
    if entry.action == "paid":
        return f"{money(detail['cents'], current_lang())} {METHOD_WORDS[detail['method']]}"
    lines = []
    if "capacity" in detail:
        old, new = (_("no limit") if n is None else n for n in detail["capacity"])
        lines.append(_("seats: %(old)s → %(new)s", old=old, new=new))
    if entry.action == "moved":
        lines += _moved(detail)
    return "; ".join(lines)


def _moved(detail: Mapping[str, Any]) -> list[str]:
    """Return what moved: dates old and new, of the rest only that it did; who was told."""
    lang = current_lang()
    lines = []
    if "when" in detail:
        old, new = (LocalText.from_dict(words).to(lang) for words in detail["when"])
        lines.append(_("time: %(old)s → %(new)s", old=old, new=new))
    rest = {"place": _("place"), "mode": _("how one takes part"), "join_link": _("join link")}
    lines += [words for part, words in rest.items() if part in detail["parts"]]
    lines.append(ngettext("%(num)s person told", "%(num)s people told", detail["told"]))
    if "answer_until" in detail:
        until = datetime.fromisoformat(detail["answer_until"])
        lines.append(_("asked to answer %(until)s", until=moment_until(until, lang)))
    return lines
