"""What was planned and what was done, in words: the same on the public page and at the desk."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.programme.models import Activity

WHY_NOT_WORDS: Mapping[str, Any] = {
    "sample": _l("a sample event"),
    "draft": _l("a draft, not published"),
    "called_off": _l("called off"),
    "ahead": _l("not over yet"),
    "web": _l("held on the web, only physical events count"),
    "no_region": _l("the region is not known"),
    "same_region": _l("in the same region as an earlier one"),
    "no_people": _l("the number of participants is not known"),
}


def progress_words(activity: Activity, done: int) -> str:
    """Return what an activity is to reach by its own rule, and how far it is."""
    if activity.counts == "regions":
        return _(
            "Planned: in at least %(target)s different regions. Regions so far: %(done)s.",
            target=activity.target,
            done=done,
        )
    if activity.counts == "participants":
        return _(
            "Planned: at least %(target)s participants. So far: %(done)s.",
            target=activity.target,
            done=done,
        )
    return _(
        "Planned: at least %(target)s. Held so far: %(held)s.", target=activity.target, held=done
    )
