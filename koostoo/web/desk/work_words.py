"""The desk's words for long work: how it stands, why it failed."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.work.models import Job

STATE_WORDS: Mapping[str, Any] = {
    "queued": _l("Waits for its turn"),
    "running": _l("Is being made"),
    "done": _l("Is ready"),
    "failed": _l("Could not be made"),
    "cancelled": _l("Was stopped"),
}
REASON_WORDS: Mapping[str, Any] = {
    "too_large": _l(
        "The files together are larger than one package may be. Choose a shorter period, or make a "
        "package for each event."
    ),
    "nothing": _l("There is no event of which it could be made any more."),
    "lost": _l(
        "It was begun several times and broke off each time; the service's log tells why. Nothing "
        "is lost: the files are where they were."
    ),
    "broken": _l(
        "Something went wrong on our side; the service's log tells what. Nothing is lost: the "
        "files are where they were."
    ),
}


def reason_words(job: Job) -> str:
    """Return why it failed, as a sentence."""
    return str(REASON_WORDS.get(job.reason, _("The service's log tells why.")))
