from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.accounts import service
from koostoo.accounts.models import DeskSession, Organiser, SignInLink
from koostoo.accounts.sessions import Device, find_session, sign_out
from koostoo.base.contact import ContactError
from koostoo.base.database import db
from koostoo.mail.models import OutboxMessage

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def token(app: Flask) -> str:
    """The token of a fresh session."""
    service.invite_organiser("mari@example.org", NOW)
    session_token = service.use_link(
        service.make_local_link("mari@example.org", NOW), Device(), NOW
    )
    assert session_token is not None
    return session_token


def test_a_second_invitation_changes_nothing(app: Flask) -> None:
    first = service.invite_organiser("Mari@Example.org", NOW).id
    assert service.invite_organiser("mari@example.ORG", NOW).id == first
    assert len(db.session.scalars(select(Organiser)).all()) == 1


def test_what_is_no_address_is_not_invited(app: Flask) -> None:
    with pytest.raises(ContactError):
        service.invite_organiser("mari", NOW)


def test_only_invited_people_get_a_local_link(app: Flask) -> None:
    with pytest.raises(service.OrganiserNotFound):
        service.make_local_link("stranger@example.org", NOW)


def test_asking_writes_one_letter_for_an_invited_address_and_none_for_another(app: Flask) -> None:
    service.invite_organiser("mari@example.org", NOW)
    service.ask_link("stranger@example.org", "secret", NOW)
    service.ask_link("MARI@example.org", "secret", NOW, "en")
    letter = db.session.scalars(select(OutboxMessage)).one()
    link = db.session.scalars(select(SignInLink)).one()
    assert (letter.kind, letter.recipient, letter.language) == ("signin", "mari@example.org", "en")
    assert letter.payload == {"link_id": link.link_id}


def test_neither_session_token_nor_browser_secret_is_readable_at_rest(token: str) -> None:
    service.ask_link("mari@example.org", "browser-secret", NOW)
    stored = db.session.scalars(select(DeskSession.token_hash)).one()
    browsers = db.session.scalars(select(SignInLink.browser_hash)).all()
    assert token not in stored
    assert len(token) >= 43
    assert "browser-secret" not in browsers


def test_a_session_in_use_is_written_down_every_five_minutes_only(token: str) -> None:
    for minutes, seen in ((4, 0), (5, 5), (9, 5), (10, 10)):
        assert find_session(token, NOW + minutes * MINUTE) is not None
        assert db.session.scalars(select(DeskSession.seen_at)).one() == NOW + seen * MINUTE


def test_a_session_lapses_after_twelve_idle_hours(token: str) -> None:
    assert find_session(token, NOW + timedelta(hours=12)) is None


def test_a_session_in_daily_use_still_ends_after_a_week(token: str) -> None:
    for hours in range(11, 7 * 24, 11):
        assert find_session(token, NOW + timedelta(hours=hours)) is not None
    assert find_session(token, NOW + timedelta(days=7)) is None


def test_an_altered_token_finds_nobody(token: str) -> None:
    assert find_session(token[:-1], NOW) is None


def test_signing_out_ends_the_session_on_the_server(token: str) -> None:
    sign_out(token)
    assert find_session(token, NOW) is None
