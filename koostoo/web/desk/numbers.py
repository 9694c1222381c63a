"""Numbers in addresses and forms: of a page, of a row, of the people ticked."""

from collections.abc import Callable
from functools import cache

from flask import request, url_for
from flask_babel import gettext as _

MOST_NUMBER = 2147483647
"""The greatest number a row can have."""
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


def url_of(slug: str) -> Callable[[str, int], str]:
    """Return what makes the addresses of pages about one person of this event.

    Each kind of page is looked up once, not once for every person of a list.
    """

    @cache
    def parts(endpoint: str) -> list[str]:
        return url_for(endpoint, slug=slug, number=MOST_NUMBER).rsplit(str(MOST_NUMBER), 1)

    return lambda endpoint, number: str(number).join(parts(endpoint))
