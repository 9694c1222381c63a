"""Decisions about the questions of an event: which are asked, what continues after a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from koostoo.base.localtext import LocalText

NO_WORDS = LocalText()
NOWHERE = -1
"""The place of a question or an option that is gone."""

ConditionFault = Literal["unknown", "itself", "circular", "later", "moment", "kind", "option"]
"""What is wrong with a condition: the question it names is gone, is the very one that is asked,
depends on this one in turn, stands further down, or is answered by somebody else or only later;
its kind of answer decides nothing; it has no such answer."""


@dataclass(frozen=True, slots=True)
class AskedIf:
    """A question is asked only if question `on` was answered with `option`, or with `yes`.

    `on` and `option` are ids of what is stored, places counted from 0 in a draft; one of `option`
    and `yes` is given.
    """

    on: int
    option: int | None = None
    yes: bool | None = None

    def holds(self, answer: Any) -> bool:
        """Say whether this answer, as it is stored, lets the question be asked; None: no answer."""
        if self.option is None:
            return isinstance(answer, bool) and answer == self.yes
        return isinstance(answer, list) and self.option in answer


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as the organiser wrote it; `id` is None and `option_ids` empty for a new one."""

    id: int | None
    kind: str
    label: LocalText
    help: LocalText = NO_WORDS
    required: bool = False
    options: tuple[LocalText, ...] = ()
    limits: tuple[int | None, ...] = ()
    """How many people may choose each option; None, or nothing there: no limit."""
    option_ids: tuple[int, ...] = ()
    asked_if: AskedIf | None = None
    purpose: str = ""
    """What ready lists use the answers for, one of `models.PURPOSES`."""
    asked: str = "signup"
    """Who answers and when, one of `models.ASKED`."""
    is_sensitive: bool = False
    """Whether only who runs the event sees the answers."""


def not_asked(conditions: Mapping[int, AskedIf], answers: Mapping[int, Any]) -> frozenset[int]:
    """Return the questions that are not asked of who gives these answers; all by id.

    What was answered to a question that is not asked decides nothing either.
    """
    return frozenset(number for number in conditions if not _is_asked(number, conditions, answers))


def _is_asked(number: int, conditions: Mapping[int, AskedIf], answers: Mapping[int, Any]) -> bool:
    for _step in range(len(conditions) + 1):
        condition = conditions.get(number)
        if condition is None:
            return True
        if not condition.holds(answers.get(condition.on)):
            return False
        number = condition.on
    return False  # A circle has no first question.


def condition_faults(questions: Sequence[QuestionDraft]) -> dict[int, ConditionFault]:
    """Return what is wrong with conditions, by the place of the question that has one."""
    conditions = {place: q.asked_if for place, q in enumerate(questions) if q.asked_if}
    faults = {place: _fault(questions, conditions, place) for place in conditions}
    return {place: fault for place, fault in faults.items() if fault is not None}


def _fault(
    questions: Sequence[QuestionDraft], conditions: Mapping[int, AskedIf], place: int
) -> ConditionFault | None:
    condition = conditions[place]
    if condition.on not in range(len(questions)):
        return "unknown"
    if condition.on == place:
        return "itself"
    if _comes_back(conditions, place):
        return "circular"
    if condition.on > place:
        # Who fills in the form, or hears it read, would have passed it already.
        return "later"
    if not _is_answered_before(questions[condition.on], questions[place]):
        return "moment"
    return _fault_of_answer(questions[condition.on], condition)


def _is_answered_before(first: QuestionDraft, second: QuestionDraft) -> bool:
    """Say whether the first has its answer by the time the second is asked."""
    return first.asked == "signup" or first.asked == second.asked == "organisers"


def _comes_back(conditions: Mapping[int, AskedIf], place: int) -> bool:
    at, passed = conditions.get(place), set[int]()
    while at is not None and at.on not in passed:
        passed.add(at.on)
        at = conditions.get(at.on)
    return place in passed


def _fault_of_answer(question: QuestionDraft, condition: AskedIf) -> ConditionFault | None:
    if question.kind == "yesno":
        return None if condition.option is None and condition.yes is not None else "option"
    if question.kind not in ("choice", "choices"):
        return "kind"
    return None if condition.option in range(len(question.options)) else "option"


def without_faults(questions: Sequence[QuestionDraft]) -> tuple[QuestionDraft, ...]:
    """Return the questions, those whose condition makes no sense being asked of everybody.

    What a condition rests on may be gone: then asking is better than never asking.
    """
    kept = list(questions)
    # Without one condition another may make sense: who stands in a circle is freed at once.
    for place in condition_faults(kept):
        kept[place] = replace(kept[place], asked_if=None)
    return tuple(kept)


def at_places(
    stored: AskedIf, saved: Sequence[QuestionDraft], questions: Sequence[QuestionDraft]
) -> AskedIf:
    """Return a condition on ids as one on places in `questions`, NOWHERE for what is gone.

    `saved` are the questions as they are stored; an option that moved or was reworded since is
    still the same.
    """
    on = next((place for place, q in enumerate(questions) if q.id == stored.on), NOWHERE)
    if stored.option is None or on == NOWHERE:
        return AskedIf(on, yes=stored.yes)
    options = {q.id: list(zip(q.option_ids, q.options, strict=True)) for q in saved}
    continued = match_options(options.get(stored.on, []), questions[on].options)
    return AskedIf(on, continued.index(stored.option) if stored.option in continued else NOWHERE)


def by_ids(condition: AskedIf | None, saved: Sequence[QuestionDraft]) -> AskedIf | None:
    """Return a condition on places among stored questions as one on their ids."""
    if condition is None:
        return None
    question = saved[condition.on]
    option = None if condition.option is None else question.option_ids[condition.option]
    return AskedIf(question.id or 0, option, condition.yes)


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
