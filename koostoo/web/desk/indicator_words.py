"""The words of indicators: figures, what they are broken down by, and each key of that."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.base.dates import numeric
from koostoo.base.text import sort_key
from koostoo.base.when import parse_date
from koostoo.reporting.figures import By, Figure
from koostoo.reporting.freezing import title_of
from koostoo.web.desk.register_words import SECTOR_WORDS
from koostoo.web.signup_form import role_label
from koostoo.web.view import local

FIGURE_WORDS: Mapping[Figure, Any] = {
    "events": _l("Events"),
    "registered": _l("Registered"),
    "attended": _l("Attended"),
    "no_shows": _l("Did not come"),
    "unmarked": _l("Not known"),
    "person_days": _l("Person-days"),
    "people": _l("Different people"),
    "organisations": _l("Different organisations"),
    "first_timers": _l("For the first time"),
    "by_hand": _l("Counted by hand"),
}
"""In the order of the tables."""
SHOWN: tuple[Figure, ...] = tuple(name for name in FIGURE_WORDS if name != "by_hand")
BY_WORDS: Mapping[By, Any] = {
    "activity": _l("Activity"),
    "organisation": _l("Action group"),
    "sector": _l("Sector"),
    "role": _l("Role"),
    "region": _l("Region"),
    "mode": _l("Way of taking part"),
    "event": _l("Event"),
}
CHOSEN_BY: tuple[By, ...] = ("activity", "event", "organisation", "sector", "role", "region")
"""What one may choose; the way of taking part always stands beside the whole."""
MODE_WORDS: Mapping[str, Any] = {
    "onsite": _l("On site"),
    "online": _l("On the web"),
    "hybrid": _l("On site and on the web"),
}


def key_words(by: str, key: str, content: Mapping[str, Any]) -> str:
    """Return what a key of a breakdown stands for; `content` is that of a report.

    A number that is no longer there is shown as it is.
    """
    words: dict[str, Callable[[], str]] = {
        "total": lambda: _("All together"),
        "activity": lambda: _activity(content["activities"].get(key)) or f"#{key}",
        "organisation": lambda: content["organisations"].get(key, f"#{key}"),
        "sector": lambda: str(SECTOR_WORDS.get(key, key)),
        "role": lambda: role_label(key),
        "region": lambda: key,
        "mode": lambda: str(MODE_WORDS.get(key, key)),
        "event": lambda: _event(content["events"], key) or f"#{key}",
    }
    if key or by == "total":
        return words[by]()
    return _("another organisation") if by == "organisation" else _("not known")


def _activity(words: Mapping[str, Any] | None) -> str:
    if words is None:
        return ""
    kind = (
        _("Joint activity")
        if words["kind"] == "joint"
        else _("Additional activity of %(name)s", name=words["owner"])
    )
    return f"{kind}: {local(title_of(dict(words)))}"


def _event(events: list[dict[str, Any]], key: str) -> str:
    for one in events:
        if str(one["id"]) == key:
            day = numeric(parse_date(one["starts_on"]))
            return f"{local(title_of(one['title']))} ({day})"
    return ""


def sorted_keys(by: str, keys: Mapping[str, Any], content: Mapping[str, Any]) -> list[str]:
    """Return keys in the order people look for them; what is not known comes last."""

    def place(key: str) -> tuple[Any, ...]:
        if by == "activity":
            return (content["activities"].get(key, {}).get("position", 0), key)
        if by == "event":
            order = [str(one["id"]) for one in content["events"]]
            return (order.index(key) if key in order else len(order), key)
        return (sort_key(key_words(by, key, content)), key)

    return sorted(keys, key=lambda key: (not key, place(key)))


def period_words(first: str | None, last: str | None) -> str:
    """Return a period of ISO days in words."""
    days = [numeric(parse_date(day)) if day else "" for day in (first, last)]
    if all(days):
        return "–".join(days)
    if days[0]:
        return _("from %(day)s", day=days[0])
    return _("until %(day)s", day=days[1]) if days[1] else _("The whole project so far")
