"""Numbers in addresses and forms: of a page, of a row, of the people ticked."""

from flask import request
from flask_babel import gettext as _

MOST_AT_ONCE = 2000
"""So many people something is done about in one go; more would keep others from signing up."""


def too_many_words() -> str:
    """Return the sentence about more people than that."""
    return _(
        "These are too many: at most %(limit)s people at once. Choose fewer with the filters.",
        limit=MOST_AT_ONCE,
    )


def small_number(text: str) -> int | None:
    """Return a number as people and our own links write it; None for anything else."""
    fits = text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if fits else None


def ticked() -> list[int]:
    """Return the numbers of the people ticked, without what no box of ours sends."""
    typed = request.form.getlist("who")[: MOST_AT_ONCE + 1]
    return [number for number in map(small_number, typed) if number is not None]
