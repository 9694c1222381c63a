"""Changes of an event in words, old beside new, as `events.changes` keeps them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.base import dates
from koostoo.base.localtext import LocalText
from koostoo.events.words import MODE_WORDS
from koostoo.web.language import current_lang

PARTS: Mapping[str, Any] = {
    "title": _l("title"),
    "when": _l("time"),
    "place": _l("place"),
    "region_id": _l("in whose area"),
    "region_other": _l("elsewhere"),
    "mode": _l("how one takes part"),
    "activity_id": _l("activity"),
    "further": _l("also counts for"),
    "organiser_id": _l("organiser"),
    "takes_registrations": _l("people sign up here"),
    "capacity": _l("seats"),
    "has_waiting_list": _l("waiting list"),
    "waiting_max": _l("places on the waiting list"),
    "offer_hours": _l("hours to answer an offer"),
    "approval": _l("who confirms"),
    "on_decline": _l("when a calendar declines"),
    "group_max": _l("people in one form"),
    "opens_at": _l("registration opens"),
    "closes_at": _l("registration closes"),
    "invited": _l("who is invited"),
    "allows_others": _l("people of other organisations"),
    "membership": _l("members and others"),
    "asks_photo_consent": _l("asks for consent to photos"),
    "contribution_cents": _l("own contribution"),
    "quotas": _l("promised seats"),
    "partner_cap": _l("at most from one action group"),
    "member_cap": _l("at most from one member organisation"),
    "members_first_until": _l("only people of the partners until"),
    "summary": _l("short text"),
    "programme": _l("programme"),
    "audience": _l("who may take part"),
    "join_link": _l("join link"),
    "contact_name": _l("contact person"),
    "contact_email": _l("contact e-mail"),
    "contact_phone": _l("contact phone"),
    "questions": _l("questions of the form"),
}
"""Every part of an event that `events.changes` tells of."""
OTHER_PARTS: Mapping[str, Any] = {
    "people": _l("participants"),
    "people_of": _l("participants by organisation"),
    "source": _l("source"),
    "starts_on": _l("first day"),
    "ends_on": _l("last day"),
    "support_text": _l("words about the support"),
    "keep_until": _l("evidence is kept until"),
    "host": _l("host"),
    "lead": _l("lead partner"),
    "partners": _l("partners"),
    "outcomes": _l("expected outcomes"),
    "activities": _l("activities"),
    "media": _l("in the media"),
    "organisation_id": _l("whose activity"),
    "outcome_ids": _l("outcomes it serves"),
    "description": _l("description"),
    "target": _l("target"),
    "counts": _l("what is counted"),
    "only_physical": _l("only physical events count"),
}
"""Parts of the figures of an event, of a project and of its activities."""
_WORDS: Mapping[str, Any] = {**PARTS, **OTHER_PARTS}
CODES: Mapping[str, Any] = {
    **MODE_WORDS,
    "none": _l("nobody"),
    "holds": _l("organiser, a seat is kept"),
    "loose": _l("organiser, no seat is kept"),
    "ask": _l("the person is asked"),
    "free": _l("the seat is free at once"),
    "open": _l("everybody"),
    "flag": _l("others are marked"),
    "members": _l("members only"),
    "events": _l("events held"),
    "regions": _l("different regions in which events were held"),
    "participants": _l("people who took part"),
}
MOMENTS = ("opens_at", "closes_at", "members_first_until")
DAYS = ("starts_on", "ends_on", "keep_until")
LIMITS = ("capacity", "waiting_max", "partner_cap", "member_cap")


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in the audit trail are called now."""

    people: Mapping[int, str] = field(default_factory=dict)
    organisations: Mapping[int, str] = field(default_factory=dict)
    activities: Mapping[int, str] = field(default_factory=dict)
    organisers: Mapping[int, str] = field(default_factory=dict)
    events: Mapping[int, str] = field(default_factory=dict)
    projects: Mapping[int, str] = field(default_factory=dict)
    tags: Mapping[int, str] = field(default_factory=dict)


def change_lines(detail: Mapping[str, Any], names: Names, but: Collection[str] = ()) -> list[str]:
    """Return a line for each part that changed; parts in `but` are told of elsewhere."""
    lines = [
        _("%(part)s: %(old)s → %(new)s", part=_WORDS[part], old=old, new=new)
        for part, (old, new) in (
            (part, [_value(part, value, names) for value in values])
            for part, values in detail.get("changed", {}).items()
            if part not in but
        )
    ]
    reworded = [str(_WORDS[part]) for part in detail.get("reworded", ()) if part not in but]
    return lines + ([_("changed: %(parts)s", parts=", ".join(reworded))] if reworded else [])


def _value(part: str, value: Any, names: Names) -> str:
    if part in ("quotas", "people_of"):
        kept = [f"{names.organisations.get(number, '–')} {seats}" for number, seats in value]
        return ", ".join(kept) or _("none")
    if part == "invited":
        return ", ".join(names.organisations.get(n, "–") for n in value) or _("everybody")
    if part == "further":
        return ", ".join(names.activities.get(n, "–") for n in value) or _("none")
    if part == "organisation_id":
        return names.organisations.get(value, _("all partners"))
    if part == "partners":
        return ", ".join(names.organisations.get(n, "–") for n in value) or _("none")
    if part in ("organiser_id", "region_id", "host", "lead"):
        return names.organisations.get(value, "–")
    if part == "activity_id":
        return names.activities.get(value, "–")
    return _plain(part, value)


def _plain(part: str, value: Any) -> str:
    lang = current_lang()
    if value is None:
        return _("no limit") if part in LIMITS else "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return LocalText.from_dict(value).to(lang) or "–"
    if part in DAYS:
        return dates.numeric(date.fromisoformat(value))
    if part in MOMENTS:
        return dates.moment(datetime.fromisoformat(value), lang)
    if part == "contribution_cents":
        return dates.money(value, lang)
    return str(CODES.get(value, value))
