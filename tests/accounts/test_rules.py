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
    assert rules.session_lives(NOW - created, NOW - seen, NOW) is lives


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
