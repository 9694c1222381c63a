"""Decisions about the questions of an event: what of them continues after a change."""

from collections.abc import Sequence
from dataclasses import dataclass

from koostoo.base.localtext import LocalText

NO_WORDS = LocalText()


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as the organiser wrote it; `id` is None for a new one."""

    id: int | None
    kind: str
    label: LocalText
    help: LocalText = NO_WORDS
    required: bool = False
    options: tuple[LocalText, ...] = ()
    limits: tuple[int | None, ...] = ()
    """How many people may choose each option; None, or nothing there: no limit."""


def lacks_options(question: QuestionDraft) -> bool:
    """Say whether there is too little to choose from."""
    return question.kind in ("choice", "choices") and len(question.options) < 2


def match_options(
    old: Sequence[tuple[int, LocalText]], new: Sequence[LocalText]
) -> list[int | None]:
    """Return for each new option the number of the old one it continues, None for a fresh one.

    The same words are the same option wherever they stand now. When as many old ones are left
    over as new ones, these were reworded, and continue each other in their order.
    """
    left = list(old)
    matched: list[int | None] = []
    for words in new:
        same = next((pair for pair in left if pair[1].et == words.et), None)
        if same is not None:
            left.remove(same)
        matched.append(None if same is None else same[0])
    if len(left) == matched.count(None):
        reworded = iter(left)
        matched = [next(reworded)[0] if number is None else number for number in matched]
    return matched
