"""Numbers in addresses and forms: of a page, of a row, of the people ticked."""

from flask import request

MOST_AT_ONCE = 2000
"""So many people something is done about in one go; more would keep others from signing up."""


def small_number(text: str) -> int | None:
    """Return a number as people and our own links write it; None for anything else."""
    fits = text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if fits else None


def ticked() -> list[int]:
    """Return the numbers of the people ticked, without what no box of ours sends."""
    typed = request.form.getlist("who")[: MOST_AT_ONCE + 1]
    return [number for number in map(small_number, typed) if number is not None]
