"""The history of an event: what organisers did, and why."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.accounts.models import AuditEntry
from koostoo.registration import desk_queries
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.rights import right

ACTS: Mapping[str, Any] = {
    "created": _l("Created the event"),
    "copied": _l("Created the event as a copy"),
    "edited": _l("Changed the event"),
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
    "letters_again": _l("Sent letters again"),
}


@bp.get("/events/<slug>/history")
@right("organiser")
def history(slug: str) -> str:
    """Show who did what to the event and its people, the latest first."""
    event = get_event(slug)
    entries = desk_queries.history(event.id)
    numbers = {entry.registration_id for entry in entries if entry.registration_id is not None}
    names = {person.id: person.name for person in desk_queries.people_of(event.id, numbers)}
    organisations = {o.id: o.name for o in desk_queries.organisation_choices()}
    acts = [
        {
            "at": entry.at,
            "who": entry.organiser.email if entry.organiser else _("the service"),
            "what": ACTS[entry.action],
            "whom": names.get(entry.registration_id or 0, ""),
            "detail": _detail(entry, organisations),
            "reason": entry.reason,
        }
        for entry in entries
    ]
    return render_template("desk/history.html", event=event, acts=acts)


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
    if "capacity" in detail:
        old, new = (_("no limit") if n is None else n for n in detail["capacity"])
        return _("seats: %(old)s → %(new)s", old=old, new=new)
    return ""
