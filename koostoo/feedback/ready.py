"""The questions that come with the service, read from a data file."""

import tomllib
from functools import cache
from pathlib import Path

from koostoo.base.localtext import LocalText
from koostoo.feedback.rules import QuestionDraft

READY = Path(__file__).parent / "data" / "ready_questions.toml"


@cache
def ready_questions() -> tuple[QuestionDraft, ...]:
    """Return the ready-made questions in the order in which they are asked."""
    return tuple(
        QuestionDraft(one["code"], one["kind"], LocalText(**one["label"]))
        for one in tomllib.loads(READY.read_text("utf-8"))["questions"]
    )
