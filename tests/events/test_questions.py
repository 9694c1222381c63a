"""Which questions are asked, and which conditions make no sense: rules over plain values."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base.localtext import LocalText
from koostoo.events.questions import (
    NOWHERE,
    AskedIf,
    QuestionDraft,
    at_places,
    condition_faults,
    not_asked,
)

STAY, ROOM, NAME = 1, 2, 3
DOUBLE, SINGLE = 20, 21
CHAIN = {ROOM: AskedIf(STAY, yes=True), NAME: AskedIf(ROOM, option=DOUBLE)}


@pytest.mark.parametrize(
    ("answers", "left_out"),
    [
        ({}, {ROOM, NAME}),
        ({STAY: None}, {ROOM, NAME}),
        ({STAY: False}, {ROOM, NAME}),
        ({STAY: True}, {NAME}),
        ({STAY: True, ROOM: [SINGLE]}, {NAME}),
        ({STAY: True, ROOM: [DOUBLE]}, set()),
        ({STAY: True, ROOM: [SINGLE, DOUBLE]}, set()),
        ({STAY: False, ROOM: [DOUBLE], NAME: "Mari"}, {ROOM, NAME}),
        ({ROOM: [DOUBLE], NAME: "Mari"}, {ROOM, NAME}),
        ({STAY: "yes", ROOM: 20}, {ROOM, NAME}),
    ],
)
def test_a_question_is_asked_once_all_before_it_were_answered_so(
    answers: Mapping[int, Any], left_out: set[int]
) -> None:
    assert not_asked(CHAIN, answers) == left_out


def test_no_is_an_answer_a_question_may_depend_on() -> None:
    conditions = {ROOM: AskedIf(STAY, yes=False)}
    assert not_asked(conditions, {STAY: False}) == set()
    assert not_asked(conditions, {STAY: True}) == {ROOM}
    assert not_asked(conditions, {}) == {ROOM}


def test_one_and_zero_are_not_yes_and_no() -> None:
    assert not_asked({ROOM: AskedIf(STAY, yes=True)}, {STAY: 1}) == {ROOM}
    assert not_asked({ROOM: AskedIf(STAY, yes=False)}, {STAY: 0}) == {ROOM}


def test_questions_in_a_circle_are_never_asked() -> None:
    circle = {1: AskedIf(2, yes=True), 2: AskedIf(1, yes=True), 3: AskedIf(1, yes=True)}
    assert not_asked(circle, {1: True, 2: True, 3: True}) == {1, 2, 3}


@st.composite
def forms(draw: st.DrawFn) -> tuple[dict[int, AskedIf], dict[int, Any]]:
    """A form whose questions depend on earlier ones, and answers to it, asked for or not."""
    conditions: dict[int, AskedIf] = {}
    for number in range(1, draw(st.integers(1, 12))):
        if draw(st.booleans()):
            on = draw(st.integers(0, number - 1))
            yes = draw(st.sampled_from([True, False, None]))
            conditions[number] = AskedIf(on, draw(st.integers(0, 2)) if yes is None else None, yes)
    answer = st.one_of(st.none(), st.booleans(), st.lists(st.integers(0, 2), max_size=3))
    return conditions, draw(st.dictionaries(st.integers(0, 11), answer))


@given(forms())
def test_a_form_read_from_the_top_asks_the_same_questions(
    form: tuple[dict[int, AskedIf], dict[int, Any]],
) -> None:
    conditions, answers = form
    asked: set[int] = set()
    for number in range(12):
        condition = conditions.get(number)
        if condition is None or (
            condition.on in asked and condition.holds(answers.get(condition.on))
        ):
            asked.add(number)
    assert not_asked(conditions, answers) == set(range(12)) - asked


@given(forms())
def test_dropping_what_was_not_asked_changes_nothing_of_what_is_asked(
    form: tuple[dict[int, AskedIf], dict[int, Any]],
) -> None:
    conditions, answers = form
    left_out = not_asked(conditions, answers)
    kept = {number: None if number in left_out else value for number, value in answers.items()}
    assert not_asked(conditions, kept) == left_out


def question(
    kind: str = "yesno",
    *options: str,
    asked_if: AskedIf | None = None,
    number: int | None = None,
) -> QuestionDraft:
    return QuestionDraft(
        number,
        kind,
        LocalText("Küsimus"),
        options=tuple(LocalText(words) for words in options),
        option_ids=tuple(range(100, 100 + len(options))) if number else (),
        asked_if=asked_if,
    )


@pytest.mark.parametrize(
    ("first", "asked_if"),
    [
        (question(), AskedIf(0, yes=True)),
        (question(), AskedIf(0, yes=False)),
        (question("choice", "A", "B"), AskedIf(0, option=1)),
        (question("choices", "A", "B"), AskedIf(0, option=0)),
    ],
)
def test_yes_no_and_an_option_may_decide(first: QuestionDraft, asked_if: AskedIf) -> None:
    assert condition_faults([first, question("text", asked_if=asked_if)]) == {}


@pytest.mark.parametrize(
    ("first", "asked_if", "fault"),
    [
        (question(), AskedIf(NOWHERE, yes=True), "unknown"),
        (question(), AskedIf(2, yes=True), "unknown"),
        (question(), AskedIf(1, yes=True), "itself"),
        (question("text"), AskedIf(0, yes=True), "kind"),
        (question("number"), AskedIf(0, option=0), "kind"),
        (question(), AskedIf(0, option=0), "option"),
        (question(), AskedIf(0), "option"),
        (question("choice", "A", "B"), AskedIf(0, option=2), "option"),
        (question("choice", "A", "B"), AskedIf(0, option=NOWHERE), "option"),
        (question("choices", "A", "B"), AskedIf(0, yes=True), "option"),
    ],
)
def test_a_faulty_condition_is_named(first: QuestionDraft, asked_if: AskedIf, fault: str) -> None:
    assert condition_faults([first, question(asked_if=asked_if)]) == {1: fault}


def test_a_circle_is_named_at_each_of_its_questions_and_nowhere_else() -> None:
    yes = [AskedIf(2, yes=True), AskedIf(0, yes=True), AskedIf(1, yes=True), AskedIf(1, yes=True)]
    faults = condition_faults([question(asked_if=condition) for condition in yes])
    assert faults == {0: "circular", 1: "circular", 2: "circular"}


def test_a_question_comes_after_the_one_it_depends_on() -> None:
    assert condition_faults([question(asked_if=AskedIf(1, yes=True)), question()]) == {0: "later"}


SAVED = [question("choice", "Üks", "Kaks", "Kolm", number=5), question("text", number=6)]
TWO = AskedIf(5, option=101)


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("Üks", "Kaks", "Kolm"), 1),
        (("Kaks", "Kolm", "Üks"), 0),
        (("Üks", "Kaks tuba", "Kolm"), 1),
        (("Üks", "Null", "Kolm", "Kaks"), 3),
        (("Üks", "Kolm"), NOWHERE),
        ((), NOWHERE),
    ],
)
def test_a_condition_follows_its_option(options: tuple[str, ...], place: int) -> None:
    changed = [question("text", number=6), question("choice", *options, number=5)]
    assert at_places(TWO, SAVED, changed) == AskedIf(1, option=place)


def test_a_condition_on_a_question_that_is_gone_is_nowhere() -> None:
    assert at_places(TWO, SAVED, SAVED[1:]).on == NOWHERE
    assert at_places(AskedIf(9, yes=True), SAVED, SAVED) == AskedIf(NOWHERE, yes=True)
