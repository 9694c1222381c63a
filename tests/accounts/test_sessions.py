"""Sessions: begun afresh, listed, ended by their owner and by what changes."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.accounts import granting, service, sessions
from koostoo.accounts.models import DeskSession, RoleGrant
from koostoo.accounts.roles import Grant
from koostoo.accounts.sessions import Device, find_session
from koostoo.base.database import db
from tests.accounts.made import add_app

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARI, JAAN = "mari@example.org", "jaan@example.org"


def begin(email: str = MARI, old_token: str = "", now: datetime = NOW) -> str:
    """Sign in with a link; return the session's token."""
    service.invite_organiser(email, now)
    device = Device("browser", "firefox/windows", old_token)
    return service.use_link(service.make_local_link(email, now), device, now) or ""


def lives(token: str, now: datetime = NOW) -> bool:
    return find_session(token, now) is not None


def owner(token: str) -> int:
    found = find_session(token, NOW)
    assert found is not None
    return found.organiser.id


def test_a_session_known_from_before_signing_in_is_worthless_after_it(app: Flask) -> None:
    planted = begin(JAAN)
    token = begin(MARI, old_token=planted)
    assert token != planted
    assert not lives(planted)
    assert lives(token)


def test_each_sign_in_begins_a_session_of_its_own(app: Flask) -> None:
    assert len({begin() for _one in range(3)}) == 3


def test_sessions_are_listed_with_browser_and_way_and_lapsed_ones_left_out(app: Flask) -> None:
    token = begin()
    begin(now=NOW + timedelta(hours=1))
    begin(JAAN)
    listed = sessions.sessions_of(owner(token), NOW + timedelta(hours=1))
    assert [(one.browser, one.method) for one in listed] == [("firefox/windows", "link")] * 2
    later = sessions.sessions_of(owner(token), NOW + timedelta(hours=12, minutes=30))
    assert [one.created_at for one in later] == [NOW + timedelta(hours=1)]


def test_one_session_and_all_others_can_be_ended_but_nobody_elses(app: Flask) -> None:
    own, second, third, others = begin(), begin(), begin(), begin(JAAN)
    mine = owner(own)
    numbers = [one.id for one in db.session.scalars(select(DeskSession).order_by(DeskSession.id))]
    assert not sessions.end_session(mine, numbers[3])
    assert sessions.end_session(mine, numbers[1])
    assert [lives(token) for token in (own, second, third, others)] == [True, False, True, True]
    sessions.end_others(mine, numbers[0])
    assert [lives(token) for token in (own, third, others)] == [True, False, True]


def test_a_role_given_or_taken_ends_the_sessions_of_the_person_alone(app: Flask) -> None:
    boss, token = begin(JAAN), begin()
    assert granting.give_role(MARI, Grant("viewer"), NOW, owner(boss))
    assert not lives(token)
    token = begin()
    row = db.session.scalars(select(RoleGrant).where(RoleGrant.role == "viewer")).one()
    assert granting.take_role(row.id, NOW, owner(boss))
    assert not lives(token)
    assert lives(boss)


def test_who_gives_a_role_to_themself_stays_signed_in(app: Flask) -> None:
    token = begin()
    assert granting.give_role(MARI, Grant("viewer"), NOW, owner(token))
    assert lives(token)


def test_an_app_set_up_elsewhere_is_asked_for_in_open_sessions_too(app: Flask) -> None:
    token = begin()
    add_app(MARI, signs_out=True)
    found = find_session(token, NOW)
    assert found is not None
    assert found.standing == "ask"
    assert not lives(token, NOW + timedelta(minutes=30))


@pytest.mark.parametrize(("setting", "standing"), [("required", "set_up"), ("optional", "full")])
def test_the_link_alone_opens_the_desk_only_where_it_is_enough(
    app: Flask, monkeypatch: pytest.MonkeyPatch, setting: str, standing: str
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR", setting)
    found = find_session(begin(), NOW)
    assert found is not None
    assert found.standing == standing
