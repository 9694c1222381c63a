from datetime import UTC, datetime, timedelta

import pytest

from koostoo.accounts import rules

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "used", "browser", "works"),
    [
        (1, False, "mine", True),
        (0, False, "mine", False),
        (1, True, "mine", False),
        (1, False, "another", False),
        (1, False, "", False),
    ],
)
def test_link_works_in_time_once_and_in_the_browser_that_asked(
    minutes: int, used: bool, browser: str, works: bool
) -> None:
    assert works is rules.link_works(
        expires_at=NOW + timedelta(minutes=minutes),
        used_at=NOW if used else None,
        browser_hash=rules.digest("mine"),
        browser_secret=browser,
        now=NOW,
    )


def test_link_without_a_browser_works_anywhere() -> None:
    assert rules.link_works(
        expires_at=NOW + timedelta(minutes=1),
        used_at=None,
        browser_hash=None,
        browser_secret="",
        now=NOW,
    )


@pytest.mark.parametrize(
    ("created", "seen", "lives"),
    [
        (timedelta(hours=1), timedelta(minutes=1), True),
        (timedelta(days=1), timedelta(hours=12), False),
        (timedelta(days=7), timedelta(minutes=1), False),
    ],
)
def test_session_ends_when_left_alone_and_after_a_week(
    created: timedelta, seen: timedelta, lives: bool
) -> None:
    assert rules.session_lives(NOW - created, NOW - seen, "full", NOW) is lives


@pytest.mark.parametrize("standing", ["ask", "set_up"])
def test_a_session_that_lacks_its_second_factor_ends_after_half_an_hour(
    standing: rules.Standing,
) -> None:
    for minutes, lives in ((29, True), (30, False)):
        begun = NOW - timedelta(minutes=minutes)
        assert rules.session_lives(begun, NOW, standing, NOW) is lives


@pytest.mark.parametrize(
    ("given", "has_one", "required", "standing"),
    [
        (True, True, True, "full"),
        (True, False, True, "full"),
        (False, True, True, "ask"),
        (False, True, False, "ask"),
        (False, False, True, "set_up"),
        (False, False, False, "full"),
    ],
)
def test_who_has_a_second_factor_is_asked_for_it_even_where_none_is_required(
    given: bool, has_one: bool, required: bool, standing: str
) -> None:
    found = rules.standing(second_factor_given=given, has_factor=has_one, is_required=required)
    assert found == standing


def test_changing_how_one_signs_in_asks_for_a_proof_of_the_last_ten_minutes() -> None:
    for minutes, fresh in ((9, True), (10, False)):
        proved = NOW - timedelta(minutes=minutes)
        assert rules.is_fresh(proved, NOW, has_factor=True) is fresh
    assert rules.is_fresh(NOW - timedelta(minutes=29), NOW, has_factor=False)


@pytest.mark.parametrize(
    ("stored", "shown", "copied"),
    [(0, 0, False), (0, 1, False), (7, 8, False), (7, 7, True), (7, 6, True), (7, 0, True)],
)
def test_a_counter_that_does_not_grow_betrays_a_copied_key(
    stored: int, shown: int, copied: bool
) -> None:
    assert rules.is_copied(stored, shown) is copied


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
    ],
)
def test_ipv6_counts_by_the_network_of_a_household(address: str, network: str) -> None:
    assert rules.network_of(address) == network
