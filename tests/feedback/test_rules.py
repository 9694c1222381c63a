"""Decisions about feedback: who is asked when, what is shown, what answers come to."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.base import keep
from koostoo.base.localtext import LocalText
from koostoo.feedback.ready import ready_questions
from koostoo.feedback.rules import (
    KINDS,
    MOST_CLOSES,
    OWN_CODES,
    SCALE,
    TEXT_LENGTH,
    Asked,
    fits,
    is_shown,
    standing,
    summarise,
)

ASKED = [Asked(number, kind, LocalText(kind)) for number, kind in enumerate(KINDS, 1)]
VALUES = {
    "scale": st.integers(1, SCALE),
    "yesno": st.booleans(),
    "text": st.text("aäzõ 1<", min_size=1, max_size=9),
}
ANSWERS = st.lists(
    st.one_of(*(st.tuples(st.just(one.id), VALUES[one.kind]) for one in ASKED)), max_size=60
)


@given(ANSWERS)
def test_a_summary_counts_what_a_recount_counts(answers: list[tuple[int, Any]]) -> None:
    scale, yes_no, texts = summarise(ASKED, answers)
    said = {one.kind: [value for number, value in answers if number == one.id] for one in ASKED}
    assert [one.answers for one in (scale, yes_no, texts)] == [len(said[k]) for k in KINDS]
    assert dict(enumerate(scale.counts, 1)) == {n: Counter(said["scale"])[n] for n in range(1, 6)}
    assert yes_no.counts == (sum(said["yesno"]), len(said["yesno"]) - sum(said["yesno"]))
    assert Counter(texts.texts) == Counter(said["text"])
    if said["scale"]:
        exact = Decimal(sum(said["scale"])) / len(said["scale"])
        assert scale.mean is not None
        assert abs(scale.mean - exact) <= Decimal("0.05")
    else:
        assert scale.mean is None


def test_words_stand_in_the_same_order_whoever_came_first() -> None:
    words = ["Õppereis", "buss", "Zebra", "ahi", "šokolaad"]
    one = summarise(ASKED, [(3, word) for word in words])[2].texts
    assert one == summarise(ASKED, [(3, word) for word in reversed(words)])[2].texts
    assert one == ("ahi", "buss", "šokolaad", "Zebra", "Õppereis")


@pytest.mark.parametrize(
    ("answered", "days", "shown"),
    [(0, 1, False), (0, 29, False), (2, 28, False), (3, 1, True), (1, 29, True)],
)
def test_few_answers_are_not_shown_while_more_may_come(
    answered: int, days: int, shown: bool
) -> None:
    last_day = date(2026, 9, 8)
    assert is_shown(answered, last_day, last_day + timedelta(days=days)) is shown


@pytest.mark.parametrize(
    ("is_over", "is_open", "took_part", "has_given", "expected"),
    [
        (True, True, True, False, "open"),
        (False, True, True, False, "early"),
        (True, False, True, False, "closed"),
        (True, True, False, False, "absent"),
        (True, True, True, True, "given"),
        # Thanks stay, whatever becomes of the form.
        (True, False, False, True, "given"),
    ],
)
def test_how_a_form_stands_to_somebody(
    is_over: bool, is_open: bool, took_part: bool, has_given: bool, expected: str
) -> None:
    found = standing(is_over=is_over, is_open=is_open, took_part=took_part, has_given=has_given)
    assert found == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("scale", 0), ("scale", 6), ("scale", True), ("scale", "3"), ("scale", None),
        ("yesno", 1), ("yesno", "yes"),
        ("text", ""), ("text", 5), ("text", "x" * (TEXT_LENGTH + 1)),
    ],
)  # fmt: skip
def test_what_is_no_answer_does_not_fit(kind: str, value: Any) -> None:
    assert not fits(kind, value)


def test_the_ready_questions_are_whole_and_tell_apart_from_own_ones() -> None:
    found = ready_questions()
    codes = [one.code for one in found]
    assert len({*codes, *OWN_CODES}) == len(codes) + len(OWN_CODES)
    assert all(one.label.et and one.label.en and one.kind in KINDS for one in found)


def test_who_has_answered_is_remembered_for_as_long_as_answers_are_taken() -> None:
    assert MOST_CLOSES < keep.SENSITIVE_DAYS
