"""A frozen report as a value: canonical text in, digest and differences out; pure.

It holds numbers, codes and public words (titles of activities and events, names of partners),
never anything of a person. Once written it is only read: page, PDF and tables come from it alone.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from koostoo.reporting.figures import FIGURES, Figure

SHAPE = 1
"""The shape of the content; a later one is another number, and old ones stay readable."""
Levels = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Figures by breakdown and key; the whole is "total" with the key ""."""


class Difference(NamedTuple):
    """One figure that is not what it was; None: the level is new, or gone."""

    by: str
    key: str
    figure: Figure
    before: int | None
    now: int | None


def canonical(content: Mapping[str, Any]) -> str:
    """Return the one text of a content: keys in order, no blanks, letters as they are."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str) -> str:
    """Return the SHA-256 of the text in UTF-8, as 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def read(text: str) -> dict[str, Any]:
    """Return the content of a text; raises ValueError for another shape."""
    content: dict[str, Any] = json.loads(text)
    if content.get("shape") != SHAPE:
        raise ValueError("a report of another shape")
    return content


def differences(before: Levels, now: Levels) -> list[Difference]:
    """Return every figure that changed since, in the order of levels and figures."""
    return list(_differences(before, now))


def _differences(before: Levels, now: Levels) -> Iterator[Difference]:
    for by in [*before, *(by for by in now if by not in before)]:
        old, new = before.get(by, {}), now.get(by, {})
        for key in [*old, *(key for key in new if key not in old)]:
            for figure in FIGURES:
                was = old[key].get(figure, 0) if key in old else None
                present = new[key].get(figure, 0) if key in new else None
                if (was or 0) != (present or 0) or (was is None) != (present is None):
                    yield Difference(by, key, figure, was, present)
