"""Ready-made questions an organiser adds to an event at once; they stand in a data file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from koostoo.base.localtext import LocalText
from koostoo.events.questions import AskedIf, QuestionDraft

SETS = Path(__file__).with_name("data") / "question_sets.toml"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions that belong together; conditions name places within the set, counted from 0."""

    code: str
    title: LocalText
    questions: tuple[QuestionDraft, ...]


@cache
def question_sets() -> tuple[QuestionSet, ...]:
    """Return the sets in the order in which they are offered."""
    return tuple(
        QuestionSet(one["code"], LocalText(**one["title"]), tuple(map(_question, one["questions"])))
        for one in tomllib.loads(SETS.read_text("utf-8"))["sets"]
    )


def find_set(code: str) -> QuestionSet | None:
    """Return the set of this code, or None."""
    return next((one for one in question_sets() if one.code == code), None)


def _question(values: Mapping[str, Any]) -> QuestionDraft:
    options = values.get("options", [])
    return QuestionDraft(
        id=None,
        kind=values["kind"],
        label=LocalText(**values["label"]),
        help=LocalText(**values.get("help", {})),
        required=values.get("required", False),
        options=tuple(LocalText(**option["label"]) for option in options),
        limits=tuple(option.get("seats") for option in options),
        asked_if=_asked_if(values["asked_if"]) if "asked_if" in values else None,
        purpose=values.get("purpose", ""),
        is_sensitive=values.get("sensitive", False),
    )


def _asked_if(values: Mapping[str, Any]) -> AskedIf:
    option = values.get("option")
    return AskedIf(
        values["question"] - 1, None if option is None else option - 1, values.get("yes")
    )
