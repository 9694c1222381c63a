from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koostoo.mail.answers import REACH, Reach
from koostoo.mail.rules import (
    GIVE_UP_AFTER,
    LATE_AFTER,
    LONGEST_PAUSE,
    Trouble,
    gap,
    gives_up,
    is_late,
    is_to_blame,
    worsen,
)
from tests.mail.world import NOW

MINUTE = timedelta(minutes=1)
SURE, PERHAPS = Reach("server", at_once=True), Reach("domain")


def test_gaps_grow_from_one_minute_to_four_hours() -> None:
    gaps = [gap("unknown", number) / MINUTE for number in range(1, 9)]
    assert gaps == [1, 3, 9, 27, 81, 240, 240, 240]


def test_who_asks_to_come_back_later_is_given_five_minutes_first() -> None:
    gaps = [gap("put_off", number) / MINUTE for number in range(1, 7)]
    assert gaps == [5, 15, 45, 135, 240, 240]


def test_a_letter_put_off_again_and_again_is_tried_some_twenty_times_in_three_days() -> None:
    at, tries = NOW, 1
    while not gives_up(NOW, at):
        at += gap("put_off", tries)
        tries += 1
    assert 20 <= tries <= 25


def test_giving_up_takes_three_days() -> None:
    assert not gives_up(NOW, NOW + GIVE_UP_AFTER - timedelta(seconds=1))
    assert gives_up(NOW, NOW + GIVE_UP_AFTER)
    assert timedelta(days=3) == GIVE_UP_AFTER


def test_what_surely_concerns_all_is_paused_for_at_once_and_longer_each_time() -> None:
    known, pauses, at = None, [], NOW
    for letter in range(7):
        known = worsen(known, letter, SURE, at)
        assert known.until is not None
        pauses.append((known.until - at) / MINUTE)
        at = known.until
    assert pauses == [1, 2, 4, 8, 15, 15, 15]
    assert known is not None
    assert known.since == NOW


def test_only_three_letters_in_a_row_show_that_the_trouble_is_not_theirs() -> None:
    known = worsen(None, 1, PERHAPS, NOW)
    known = worsen(known, 2, PERHAPS, NOW)
    assert known.until is None
    known = worsen(known, 3, PERHAPS, NOW)
    assert known.until == NOW + MINUTE


def test_one_letter_alone_never_makes_the_others_wait() -> None:
    known = worsen(None, 1, PERHAPS, NOW)
    for _ in range(10):
        known = worsen(known, 1, PERHAPS, NOW)
    assert (known.until, known.failures) == (None, 1)


def test_letters_that_were_under_way_when_the_pause_began_say_nothing_new() -> None:
    known = worsen(None, 1, SURE, NOW)
    assert worsen(known, 2, SURE, NOW) == known


def test_the_letter_let_through_after_a_pause_makes_it_longer_when_it_fails() -> None:
    paused = Trouble(since=NOW, failures=3, until=NOW + 2 * MINUTE, last_id=9)
    again = worsen(paused, 9, PERHAPS, NOW + MINUTE)
    assert again == replace(paused, failures=4, until=NOW + 3 * MINUTE)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 4),
            st.sampled_from([reach for reach in REACH.values() if reach.scope != "letter"]),
            st.integers(0, 3600),
        ),
        max_size=40,
    )
)
def test_no_pause_is_longer_than_a_quarter_of_an_hour(
    failures: list[tuple[int, Reach, int]],
) -> None:
    known, at = None, NOW
    for letter, reach, seconds in failures:
        at += timedelta(seconds=seconds)
        known = worsen(known, letter, reach, at)
        assert known.until is None or known.until <= at + LONGEST_PAUSE


@pytest.mark.parametrize(
    ("since", "tried_before", "blamed"),
    [
        (NOW, None, False),
        (NOW, NOW + MINUTE, False),
        (NOW + MINUTE, NOW, True),
    ],
)
def test_a_letter_is_to_blame_when_others_were_taken_between_its_tries(
    since: object, tried_before: object, blamed: bool
) -> None:
    assert is_to_blame(since, tried_before) is blamed  # type: ignore[arg-type]  # read from the table


def test_it_is_late_when_a_letter_has_been_due_or_the_server_away_for_ten_minutes() -> None:
    soon, late = NOW + LATE_AFTER - timedelta(seconds=1), NOW + LATE_AFTER
    assert not is_late(NOW, NOW, soon)
    assert is_late(NOW, None, late)
    assert is_late(None, NOW, late)
    assert not is_late(None, None, late)
