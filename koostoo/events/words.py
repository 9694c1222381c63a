"""The words for how one takes part in an event: one for each, on pages, in lists and letters."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

MODE_WORDS: Mapping[str, Any] = {
    "onsite": _l("on site"),
    "online": _l("online"),
    "hybrid": _l("on site or online"),
}


def mode_words(mode: str) -> str:
    """Return how one takes part, inside a sentence and in the reader's language."""
    return str(MODE_WORDS[mode])
