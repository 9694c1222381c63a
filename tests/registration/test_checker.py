"""The checker finds nothing in an honest history, and each forged one out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.registration.checker import violations
from tests.registration.history import End, Entry, History, Plan, Row, read, write

OURS, THEIRS, BUS, CAR = "1", "2", 7, 8
PLAN = Plan(capacity=4, promised_to=OURS, promised=1, stop=BUS, stop_seats=2)
TOLD = ("confirmed",)
WAITED = ("waiting",)


def sign_up(
    person: int, at: float, told: str, organisation: str = THEIRS, stop: int = CAR
) -> Entry:
    return Entry("sign_up", at, at + 1, told, person, organisation, stop)


def asked(kind: str, person: int, at: float, told: str, stop: int = 0) -> Entry:
    return Entry(kind, at, at + 1, told, person, stop=stop)


HONEST = [
    sign_up(1, 0, "confirmed", stop=BUS),
    sign_up(2, 0.5, "confirmed"),
    sign_up(3, 2, "confirmed", stop=BUS),
    # The one seat left is promised; and the bus is full.
    sign_up(4, 4, "waiting"),
    asked("again", 4, 5.5, "same"),
    sign_up(5, 6, "waiting", stop=BUS),
    sign_up(6, 7, "confirmed", organisation=OURS),
    sign_up(7, 8, "busy"),
    asked("cancel", 2, 10, "cancelled"),
    asked("look", 4, 12, "confirmed"),
    asked("change", 6, 14, "refused", stop=BUS),
    Entry("capacity", 16, 17, "refused", capacity=3),
    Entry("capacity", 18, 19, "saved", capacity=5),
    asked("change", 1, 18.5, "saved", stop=CAR),
    asked("look", 5, 20, "confirmed"),
    asked("look", 2, 21, "cancelled"),
    sign_up(8, 22, "waiting"),
    sign_up(9, 24, "waiting"),
]
ROWS = (
    Row(1, "confirmed", THEIRS, CAR, TOLD),
    Row(2, "cancelled", THEIRS, CAR, ("confirmed", "cancelled")),
    Row(3, "confirmed", THEIRS, BUS, TOLD),
    Row(4, "confirmed", THEIRS, CAR, ("waiting", "promoted")),
    Row(5, "confirmed", THEIRS, BUS, ("waiting", "promoted")),
    Row(6, "confirmed", OURS, CAR, TOLD),
    Row(8, "waiting", THEIRS, CAR, WAITED),
    Row(9, "waiting", THEIRS, CAR, WAITED),
)
END = End(ROWS, capacity=5, places={8: 1, 9: 2})
Forgery = Callable[[list[Entry], End], tuple[list[Entry], End]]


def with_row(end: End, row: Row) -> End:
    """The same end, one row written another way."""
    rows = tuple(row if one.person == row.person else one for one in end.rows)
    return replace(end, rows=rows)


FORGED: dict[str, Forgery] = {
    "4 was accepted and stands 0 times": lambda entries, end: (
        entries,
        replace(end, rows=tuple(row for row in end.rows if row.person != 4)),
    ),
    "6 was accepted and stands 2 times": lambda entries, end: (
        entries,
        replace(end, rows=(*end.rows, ROWS[5])),
    ),
    "7 stands in the list without": lambda entries, end: (
        entries,
        replace(end, rows=(*end.rows, Row(7, "cancelled", OURS, CAR, ("confirmed", "cancelled")))),
    ),
    "4 sent one form twice": lambda entries, end: (
        [*entries, asked("again", 4, 5.6, "other")],
        end,
    ),
    "3 got 0 letters about having signed up": lambda entries, end: (
        entries,
        with_row(end, Row(3, "confirmed", THEIRS, BUS, ())),
    ),
    "3 got 2 letters about having signed up": lambda entries, end: (
        entries,
        with_row(end, Row(3, "confirmed", THEIRS, BUS, TOLD * 2)),
    ),
    "4 got 0 letters about having a seat": lambda entries, end: (
        entries,
        with_row(end, Row(4, "confirmed", THEIRS, CAR, WAITED)),
    ),
    "4 got 2 letters about having a seat": lambda entries, end: (
        entries,
        with_row(end, Row(4, "confirmed", THEIRS, CAR, ("waiting", "promoted", "promoted"))),
    ),
    "2 is cancelled and got 2 letters": lambda entries, end: (
        entries,
        with_row(end, Row(2, "cancelled", THEIRS, CAR, ("confirmed", "cancelled", "cancelled"))),
    ),
    "8 is pending, which nobody": lambda entries, end: (
        entries,
        with_row(end, Row(8, "pending", THEIRS, CAR, WAITED)),
    ),
    "2 is confirmed, asked to cancel: True": lambda entries, end: (
        entries,
        with_row(end, Row(2, "confirmed", THEIRS, CAR, TOLD)),
    ),
    "2 was cancelled before anybody": lambda entries, end: (
        [*entries, asked("look", 2, 8.5, "cancelled")],
        end,
    ),
    "3 had a seat and lost it": lambda entries, end: (
        [*entries, asked("look", 3, 8.5, "waiting")],
        end,
    ),
    # Two more were told of a seat than there were when the last of them was told.
    "5 had a seat when 10 was told, of at most 4": lambda entries, end: (
        [*entries, sign_up(10, 8.5, "confirmed", organisation=OURS)],
        end,
    ),
    "4 sat on promised seats when 10 was told": lambda entries, end: (
        [*entries, sign_up(10, 4, "confirmed")],
        end,
    ),
    "3 had chosen the stop": lambda entries, end: (
        [*entries, sign_up(10, 4, "confirmed", organisation=OURS, stop=BUS)],
        end,
    ),
    "the capacity is 4, which nobody": lambda entries, end: (entries, replace(end, capacity=4)),
    "6 have a seat of 5": lambda entries, end: (
        entries,
        with_row(end, Row(8, "confirmed", THEIRS, CAR, TOLD)),
    ),
    "3 have chosen the stop": lambda entries, end: (
        entries,
        with_row(end, Row(4, "confirmed", THEIRS, BUS, ("waiting", "promoted"))),
    ),
    "8 waits although a seat is free": lambda entries, end: (
        [*entries, asked("cancel", 6, 26, "cancelled"), asked("cancel", 1, 26, "cancelled")],
        with_row(
            with_row(end, Row(6, "cancelled", OURS, CAR, ("confirmed", "cancelled"))),
            Row(1, "cancelled", THEIRS, CAR, ("confirmed", "cancelled")),
        ),
    ),
    "places are shown to [8]": lambda entries, end: (entries, replace(end, places={8: 1})),
    "the places in the queue are [1, 3]": lambda entries, end: (
        entries,
        replace(end, places={8: 1, 9: 3}),
    ),
    "the places in the queue are [1, 1]": lambda entries, end: (
        entries,
        replace(end, places={8: 1, 9: 1}),
    ),
    "8 came before 9 and stands behind": lambda entries, end: (
        entries,
        replace(end, places={8: 2, 9: 1}),
    ),
    "8 came before 9 and still waits": lambda entries, end: (
        [*entries, asked("cancel", 4, 26, "cancelled")],
        with_row(
            with_row(end, Row(4, "cancelled", THEIRS, CAR, ("waiting", "promoted", "cancelled"))),
            Row(9, "confirmed", THEIRS, CAR, ("waiting", "promoted")),
        ),
    ),
}


def test_an_honest_history_is_believed() -> None:
    assert violations(History(PLAN, HONEST), END) == []


@pytest.mark.parametrize("sentence", FORGED)
def test_a_forged_history_is_found_out(sentence: str) -> None:
    entries, end = FORGED[sentence](HONEST, END)
    found = violations(History(PLAN, entries), end)
    assert any(sentence in words for words in found), found


def test_what_cannot_be_ordered_is_no_violation() -> None:
    # The seat was raised for while they signed up: it may have been there already.
    entries = [sign_up(n, 0, "confirmed", organisation=OURS) for n in range(1, 6)]
    raised = Entry("capacity", 0.5, 2, "saved", capacity=5)
    rows = tuple(Row(n, "confirmed", OURS, CAR, TOLD) for n in range(1, 6))
    end = End(rows, capacity=5, places={})
    assert violations(History(PLAN, [*entries, raised]), end) == []
    late = replace(raised, began=1.5)
    assert violations(History(PLAN, [*entries, late]), end)


def test_an_event_that_was_over_full_by_the_organisers_will_gives_no_further_seat() -> None:
    lowered = Entry("capacity", 9, 9.5, "saved", capacity=3)
    seated = [sign_up(n, n, "confirmed", organisation=OURS) for n in range(1, 5)]
    rows = tuple(Row(n, "confirmed", OURS, CAR, TOLD) for n in range(1, 6))
    found = violations(History(PLAN, [*seated, lowered]), End(rows[:4], 3, {}))
    assert found == ["4 have a seat of 3"]
    one_more = sign_up(5, 10, "confirmed", organisation=OURS)
    found = violations(History(PLAN, [*seated, lowered, one_more]), End(rows, 3, {}))
    assert "5 had a seat when 5 was told, of at most 3" in found


def test_what_was_written_down_is_read_back(tmp_path: Path) -> None:
    files = [tmp_path / "1.jsonl", tmp_path / "2.jsonl"]
    for number, entry in enumerate(HONEST):
        write(files[number % 2], entry)
    assert sorted(read(files), key=lambda entry: entry.began) == HONEST
