"""Placeholders in an organiser's words for a letter: found, checked, filled in once."""

import re
from collections.abc import Mapping
from typing import Literal

Placeholder = Literal["name", "event", "time", "place", "deadline", "organiser", "contact"]

SPELLINGS: Mapping[Placeholder, tuple[str, str]] = {
    "name": ("nimi", "name"),
    "event": ("üritus", "event"),
    "time": ("aeg", "time"),
    "place": ("toimumiskoht", "place"),
    "deadline": ("tähtaeg", "deadline"),
    "organiser": ("korraldaja", "organiser"),
    "contact": ("kontakt", "contact"),
}
"""How each is written, in Estonian and in English; both are understood in every text."""

_KNOWN: Mapping[str, Placeholder] = {
    spelling: placeholder for placeholder, pair in SPELLINGS.items() for spelling in pair
}
_IN_BRACES = re.compile(r"\{([^{}\n]*)\}")
# With the word behind or before it, by which it is found in a long text.
_LONE_BRACE = re.compile(r"\{[^\s{}]{0,20}|[^\s{}]{0,20}\}")


def unknown(text: str) -> list[str]:
    """Return what looks like a placeholder and is none, as typed, each once; lone braces too."""
    found = [match[0] for match in _IN_BRACES.finditer(text) if _meant(match) is None]
    found += _LONE_BRACE.findall(_IN_BRACES.sub(" ", text))
    return list(dict.fromkeys(found))


def fill(text: str, values: Mapping[Placeholder, str]) -> str:
    """Return `text` with its placeholders filled in; one that has no value stays as typed.

    Once: what a value holds is never looked at, so braces in a participant's name stay braces.
    """

    def value_of(match: re.Match[str]) -> str:
        meant = _meant(match)
        return match[0] if meant is None else values.get(meant, match[0])

    return _IN_BRACES.sub(value_of, text)


def _meant(match: re.Match[str]) -> Placeholder | None:
    return _KNOWN.get(match[1].strip().casefold())
