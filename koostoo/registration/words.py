"""The words for a registration's state: one for each, on pages, lists and in letters alike."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.registration.models import Registration

STATE_WORDS: dict[str, Any] = {
    "confirmed": _l("confirmed"),
    "pending": _l("awaiting confirmation"),
    "offered": _l("seat offered"),
    "waiting": _l("on the waiting list"),
    "cancelled": _l("cancelled"),
    "rejected": _l("declined"),
}
"""In the order of the desk's tabs: who comes, who may come, who does not."""


def state_words(state: str) -> str:
    """Return the words for a state inside a sentence, in the reader's language."""
    return str(STATE_WORDS[state])


def state_label(state: str) -> str:
    """Return the same words where they stand alone: on a tab, in a list."""
    words = state_words(state)
    return words[:1].upper() + words[1:]


def standing_words(registration: Registration, place: int | None) -> str:
    """Return the state in words, with the place in the queue of who waits."""
    words = state_words(registration.state)
    if place is None:
        return words
    return _("%(standing)s, place %(place)s", standing=words, place=place)
