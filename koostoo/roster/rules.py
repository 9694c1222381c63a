"""Pure decisions about tags and columns: colours, keys, which columns somebody may see."""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from koostoo.base.text import name_key

TAG_LENGTH = 30
NOTE_LENGTH = 2000
PRESET_LENGTH = 60
COLOURS = ("blue", "rye", "moss", "rowan", "plain")
"""Names of colours of the style sheet that are read in the light and in the dark."""

COLUMNS = (
    "about",
    "organisation",
    "contact",
    "standing",
    "signed_up",
    "role",
    "language",
    "photos",
    "tags",
    "note",
    "attendance",
    "contribution",
)
"""The columns every list may have beside the name, in their order."""
STANDARD = ("organisation", "contact", "standing", "signed_up", "role", "tags")
"""What a list shows where nobody has chosen."""
PRIVATE = frozenset(("contact", "tags", "note"))
"""Columns for those alone who may see contacts; answers to questions belong to these too."""
QUESTION = "q-"


def question_key(label: str) -> str:
    """Return the key of the column of a question with this Estonian label.

    It comes from the words: a copy of the event asks the same under another number.
    """
    return QUESTION + sha256(name_key(label).encode()).hexdigest()[:12]


def next_colour(used: Iterable[str]) -> str:
    """Return the colour fewest of a project's tags have, in the order of COLOURS."""
    counts = Counter(used)
    return min(COLOURS, key=lambda colour: counts[colour])


def columns_shown(
    chosen: Sequence[str], offered: Sequence[str], *, sees_contacts: bool
) -> list[str]:
    """Return which of the columns chosen a list has, in the order they are offered.

    What is private stays out for whoever sees nobody's contacts, whatever was chosen.
    """
    return [
        key
        for key in offered
        if key in chosen and (sees_contacts or not (key in PRIVATE or key.startswith(QUESTION)))
    ]
