"""A frozen report in words: its levels, and what it is limited to; found by its address."""

from collections.abc import Mapping
from typing import Any

from flask import abort
from flask_babel import gettext as _

from koostoo.reporting.freezing import find_report
from koostoo.reporting.models import FrozenReport
from koostoo.web.desk.indicator_words import BY_WORDS, key_words, sorted_keys

LEVELS = ("total", "mode", "activity", "organisation", "sector", "role", "region", "event")
"""In the order of a report."""


def get_report(project_id: int, number: int) -> FrozenReport:
    """Return a report of the project; 404 when there is none."""
    return find_report(project_id, number) or abort(404)


def scope_words(content: Mapping[str, Any]) -> str:
    """Return what a report is limited to besides its period, in words."""
    activity, organisation = content["activity"], content["organisation"]
    parts = []
    if activity is not None:
        parts.append(key_words("activity", str(activity), content))
    if organisation is not None:
        parts.append(key_words("organisation", str(organisation or ""), content))
    return ", ".join(parts)


def levels_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the levels of a report with their words, those that tell something."""
    found = []
    for by in LEVELS:
        level = content["levels"].get(by, {})
        if by == "region" and not any(level):
            # No event says where it was.
            continue
        rows = [
            (key_words(by, key, content), level[key]) for key in sorted_keys(by, level, content)
        ]
        if rows:
            title = _("All together") if by == "total" else str(BY_WORDS[by])  # type: ignore[index]  # the rest are breakdowns
            found.append({"by": by, "title": title, "rows": rows})
    return found
