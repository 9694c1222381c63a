"""The rush is counted from what stands in the database, and its line says the truth."""

from benchmarks.rush import PEOPLE, Outcome
from benchmarks.stage import RUSH_SEATS

EXACT = {"confirmed": RUSH_SEATS, "waiting": PEOPLE - RUSH_SEATS}


def outcome(states: dict[str, int], letters: int = PEOPLE, errors: tuple[str, ...] = ()) -> Outcome:
    return Outcome(1.0, 1.0, errors, states, letters)


def test_a_rush_is_exact_only_when_every_seat_and_every_letter_is_there() -> None:
    assert outcome(EXACT).is_exact
    assert not outcome({**EXACT, "confirmed": RUSH_SEATS + 1}).is_exact
    assert not outcome({**EXACT, "waiting": 0}).is_exact
    assert not outcome(EXACT, letters=PEOPLE - 1).is_exact
    assert not outcome(EXACT, errors=("503",)).is_exact
