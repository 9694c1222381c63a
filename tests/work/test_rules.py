"""Whether long work is still good, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from koostoo.work.rules import (
    MOST_LOST,
    PATIENCE,
    is_good_for,
    is_lost_for_good,
    may_fetch,
    waits_long,
)

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "fingerprint", "expires_at", "is_good"),
    [
        ("queued", "", None, True),
        ("running", "", None, True),
        ("done", "same", LATER, True),
        ("done", "another", LATER, False),
        ("done", "same", EARLIER, False),
        ("failed", "same", None, False),
        ("cancelled", "", None, False),
    ],
)
def test_the_same_wish_is_served_by_what_is_open_or_made_of_the_same_state(
    state: str, fingerprint: str, expires_at: datetime | None, *, is_good: bool
) -> None:
    assert is_good_for(state, fingerprint, expires_at, "same", NOW) is is_good


def test_work_over_which_workers_keep_dying_is_given_up() -> None:
    assert not is_lost_for_good("running", MOST_LOST - 1)
    assert is_lost_for_good("running", MOST_LOST)
    assert not is_lost_for_good("queued", MOST_LOST)


def test_who_waits_long_to_have_it_begun_is_told() -> None:
    assert waits_long("queued", NOW - PATIENCE, NOW)
    assert not waits_long("queued", NOW, NOW)
    assert not waits_long("running", EARLIER, NOW)


def test_a_result_is_fetched_while_it_is_kept() -> None:
    assert may_fetch("done", LATER, NOW)
    assert not may_fetch("done", NOW, NOW)
    assert not may_fetch("done", None, NOW)
    assert not may_fetch("failed", LATER, NOW)
