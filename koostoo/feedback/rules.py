"""Decisions about feedback: who may answer when, what answers come to, when they are shown."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple, get_args

from koostoo.base.localtext import LocalText
from koostoo.base.text import sort_key

Kind = Literal["scale", "yesno", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SCALE = 5
"""A scale goes from 1, the worst, to this."""
OWN_CODES = ("own1", "own2", "own3")
"""What an organiser's own questions are called, by their rows."""
LABEL_LENGTH = 300
TEXT_LENGTH = 1500
FIRST_CLOSES = 14
MOST_CLOSES = 28
"""Days after the event; less than who has answered is remembered (`keep.SENSITIVE_DAYS`)."""
FIRST_REMIND = 4
SHOWN_FROM = 3
"""From so many answers on they are shown; fewer wait until none can come any more."""

Standing = Literal["open", "early", "closed", "given", "absent"]
"""What the form says to somebody: it asks; not yet over; no longer; thank you; only who came."""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as an organiser decided on it; `code` tells it from the others of its form."""

    code: str
    kind: Kind
    label: LocalText


@dataclass(frozen=True, slots=True)
class FormDraft:
    """A form as an organiser decided on it.

    `closes_after` and `remind_after` count days, the latter from the day people were asked on;
    None: nobody is reminded. `questions` None: they stay as they are.
    """

    closes_after: int = FIRST_CLOSES
    remind_after: int | None = FIRST_REMIND
    questions: tuple[QuestionDraft, ...] | None = None


def closes_on(last_day: date, closes_after: int) -> date:
    """Return the last day on which answers are taken."""
    return last_day + timedelta(days=closes_after)


def standing(*, is_over: bool, is_open: bool, took_part: bool, has_given: bool) -> Standing:
    """Return how the form stands to one person. `is_open`: switched on and its day not passed."""
    if has_given:
        return "given"
    if not is_open:
        return "closed"
    if not took_part:
        return "absent"
    return "open" if is_over else "early"


def shown_on(last_day: date) -> date:
    """Return the day from which even one or two answers are shown: none can come any more.

    However the form is set, and whether it is switched off: else an organiser could close it, look
    at the first answer, and open it again.
    """
    return closes_on(last_day, MOST_CLOSES) + timedelta(days=1)


def is_shown(answered: int, last_day: date, today: date) -> bool:
    """Say whether the answers of a form are shown to organisers.

    Of one or two answers somebody who knows who has just answered could tell whose they are.
    """
    return answered >= SHOWN_FROM or (answered > 0 and today >= shown_on(last_day))


def fits(kind: str, value: Any) -> bool:
    """Say whether a value can be the answer to a question of this kind."""
    if kind == "scale":
        return type(value) is int and 1 <= value <= SCALE
    if kind == "yesno":
        return isinstance(value, bool)
    return isinstance(value, str) and 0 < len(value) <= TEXT_LENGTH


class Asked(NamedTuple):
    """A question as it was asked."""

    id: int
    kind: str
    label: LocalText


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers to one question come to.

    `counts`: of a scale how many said 1 to SCALE, of a yes/no question how many said yes and no.
    `mean` of a scale has one decimal. `texts` are in the order of the alphabet.
    """

    kind: str
    label: LocalText
    answers: int
    counts: tuple[int, ...] = ()
    mean: Decimal | None = None
    texts: tuple[str, ...] = ()


def summarise(questions: Sequence[Asked], answers: Iterable[tuple[int, Any]]) -> list[Result]:
    """Return what was answered to each question; `answers` are pairs of question and value."""
    given: dict[int, list[Any]] = defaultdict(list)
    for question_id, value in answers:
        given[question_id].append(value)
    return [_result(question, given[question.id]) for question in questions]


def _result(question: Asked, values: Sequence[Any]) -> Result:
    kind, label, number = question.kind, question.label, len(values)
    if kind == "text":
        texts = sorted(values, key=lambda words: (sort_key(words), words))
        return Result(kind, label, number, texts=tuple(texts))
    if kind == "yesno":
        return Result(kind, label, number, (values.count(True), values.count(False)))
    counts = tuple(values.count(step) for step in range(1, SCALE + 1))
    return Result(kind, label, number, counts, _mean(values))


def _mean(values: Sequence[int]) -> Decimal | None:
    if not values:
        return None
    return (Decimal(sum(values)) / len(values)).quantize(Decimal("0.1"), ROUND_HALF_UP)
