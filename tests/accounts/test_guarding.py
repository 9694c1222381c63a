"""How often somebody may try: counted for all processes, and the owner still gets in."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from koostoo.accounts import guarding, service
from koostoo.accounts.guarding import Source, may_ask_link, may_try_code, may_try_passkey
from koostoo.accounts.rules import network_of
from koostoo.accounts.sessions import Device
from koostoo.base.database import db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADDRESS = "mari@example.org"
HOME = Source("192.0.2.7", "the owner's browser")


@pytest.fixture
def mari(app: Flask) -> int:
    """An organiser who has signed in with one browser before."""
    number = service.invite_organiser(ADDRESS, NOW).id
    service.use_link(service.make_local_link(ADDRESS, NOW), Device(HOME.secret), NOW)
    return number


def stranger(number: int = 0) -> Source:
    return Source(network_of(f"2001:db8:{number:x}::1"), "")


def test_five_codes_in_a_quarter_of_an_hour_are_looked_at_wherever_they_come_from(
    mari: int,
) -> None:
    answers = [may_try_code(mari, stranger(n), NOW) for n in range(8)]
    assert answers == [True] * 5 + [False] * 3
    assert may_try_code(mari, stranger(9), NOW + guarding.QUARTER)


def test_twenty_codes_a_day_are_looked_at(mari: int) -> None:
    moments = [NOW.replace(hour=0) + n * guarding.QUARTER for n in range(10)]
    looked_at = sum(may_try_code(mari, stranger(n), at) for at in moments for n in range(5))
    assert looked_at == 20


def test_one_network_is_slowed_whatever_accounts_it_tries(mari: int) -> None:
    # A household holds a whole /64: its addresses are one source.
    tries = (Source(network_of(f"2001:db8::{n:x}"), "") for n in range(25))
    assert sum(may_try_code(mari + n, one, NOW) for n, one in enumerate(tries)) == 20


def test_the_owner_gets_in_from_a_browser_they_used_before_whatever_others_try(
    mari: int,
) -> None:
    for _one in range(30):
        may_try_code(mari, Source(HOME.network, ""), NOW)
        may_ask_link(ADDRESS, Source(HOME.network, ""), NOW)
        may_try_passkey(Source(HOME.network, ""), NOW)
        may_try_passkey(Source(HOME.network, ""), NOW)
    assert not may_try_code(mari, Source(HOME.network, "another browser"), NOW)
    assert may_ask_link(ADDRESS, Source(HOME.network, "another browser"), NOW) == "no"
    assert not may_try_passkey(Source(HOME.network, "another browser"), NOW)
    assert may_try_code(mari, HOME, NOW)
    assert may_ask_link(ADDRESS, HOME, NOW) == "yes"
    assert may_try_passkey(HOME, NOW)


def test_a_known_browser_is_slowed_too_and_known_for_its_own_account_only(mari: int) -> None:
    other = service.invite_organiser("jaan@example.org", NOW).id
    assert [may_try_code(mari, HOME, NOW) for _one in range(6)] == [True] * 5 + [False]
    assert [may_ask_link(ADDRESS, HOME, NOW) for _one in range(6)][-1] == "silence"
    for n in range(5):
        may_try_code(other, stranger(n), NOW)
    assert not may_try_code(other, HOME, NOW)


def test_a_browser_is_a_stranger_again_after_three_months(mari: int) -> None:
    later = NOW + timedelta(days=90)
    for n in range(5):
        may_try_code(mari, stranger(n), later)
    assert not may_try_code(mari, HOME, later)


def test_tries_of_all_processes_are_counted_together(mari: int, app: Flask) -> None:
    allowed: list[bool] = []

    def try_often() -> None:
        with app.app_context():
            allowed.extend(may_try_code(mari, stranger(n), NOW) for n in range(10))
            db.session.remove()

    threads = [threading.Thread(target=try_often) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 40
    assert sum(allowed) == 5


def test_the_owner_is_told_of_guessing_once_a_day(mari: int) -> None:
    assert guarding.is_first_of_day(mari, NOW)
    assert not guarding.is_first_of_day(mari, NOW + timedelta(hours=1))
    assert guarding.is_first_of_day(mari, NOW + timedelta(days=1))
