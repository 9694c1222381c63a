"""Passkeys with a device in software: what is accepted, and everything that is not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from koostoo.accounts import passkeys, service
from koostoo.accounts.account_news import Occasion
from koostoo.accounts.ceremonies import Site, read_answer, site_of
from koostoo.accounts.factor_models import Passkey, PasskeyChallenge
from koostoo.accounts.models import DeskSession, Organiser
from koostoo.accounts.sessions import Device as Browser
from koostoo.accounts.sessions import SessionEnded, find_session
from koostoo.base.database import db, transaction
from koostoo.mail.models import OutboxMessage
from tests.accounts.device import PRESENT, Device

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOON = Occasion(NOW, "et", "firefox/linux")
HERE = Browser("this browser", "firefox/linux")


@pytest.fixture
def session(app: Flask) -> tuple[int, int, str]:
    """An organiser who signed in with a link: their number, the session's, its token."""
    return begin("mari@example.org")


def begin(email: str) -> tuple[int, int, str]:
    service.invite_organiser(email, NOW)
    token = service.use_link(service.make_local_link(email, NOW), HERE, NOW)
    assert token is not None
    found = find_session(token, NOW)
    assert found is not None
    return found.organiser.id, found.id, token


def add(session: tuple[int, int, str], device: Device, **wrong: Any) -> str | None:
    """Add a passkey as the browser of the session would; return the session's new token."""
    organiser, number, token = session
    made = device.make(passkeys.ask_to_add(organiser, token, NOON), **wrong)
    browser = Browser("this browser", "firefox/linux", token)
    return passkeys.add_passkey(organiser, number, "Telefon", made, browser, NOON)


def come_in(device: Device, occasion: Occasion = NOON, **wrong: Any) -> str | None:
    """Sign in with a passkey as a browser would; return the session's token."""
    return passkeys.sign_in(
        device.sign(passkeys.ask_to_sign_in("this browser", occasion), **wrong), HERE, occasion
    )


def test_a_passkey_that_was_added_signs_in_and_is_both_factors(
    session: tuple[int, int, str],
) -> None:
    device = Device(count=1)
    assert add(session, device) is not None
    token = come_in(device)
    assert token is not None
    found = find_session(token, NOW)
    assert found is not None
    assert (found.organiser.email, found.standing) == ("mari@example.org", "full")
    assert found.is_fresh(NOW)
    kept = db.session.scalars(select(Passkey)).one()
    assert (kept.sign_count, kept.last_used_at) == (2, NOW)


def test_the_device_is_asked_to_keep_the_key_and_to_verify_its_user(
    session: tuple[int, int, str],
) -> None:
    asked = json.loads(passkeys.ask_to_add(session[0], session[2], NOON))
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert "mari" not in asked["user"]["id"]
    assert json.loads(passkeys.ask_to_sign_in("x", NOON))["userVerification"] == "required"


def test_adding_gives_the_session_another_token_and_asks_others_for_the_passkey(
    session: tuple[int, int, str],
) -> None:
    _organiser, _number, other = begin("mari@example.org")
    token = add(session, Device())
    assert token is not None
    assert find_session(session[2], NOW) is None
    stronger, weaker = find_session(token, NOW), find_session(other, NOW)
    assert stronger is not None
    assert weaker is not None
    assert (stronger.standing, weaker.standing) == ("full", "ask")


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "https://evil.example"}, {"origin": "http://localhost:81"}, {"flags": PRESENT}],
)
def test_a_key_made_elsewhere_or_without_its_user_is_not_added(
    session: tuple[int, int, str], wrong: dict[str, Any]
) -> None:
    assert add(session, Device(), **wrong) is None
    assert db.session.scalars(select(Passkey)).all() == []
    assert db.session.scalars(select(PasskeyChallenge)).all() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"handle": "c29tZWJvZHkgZWxzZQ"},
    ],
)
def test_an_answer_for_elsewhere_without_its_user_or_for_another_account_signs_nobody_in(
    session: tuple[int, int, str], wrong: dict[str, Any]
) -> None:
    device = Device()
    add(session, device)
    assert come_in(device, **wrong) is None
    assert come_in(device) is not None


def test_a_challenge_is_good_once_in_time_and_in_the_browser_that_asked(
    session: tuple[int, int, str],
) -> None:
    device = Device()
    add(session, device)
    answer = device.sign(passkeys.ask_to_sign_in("this browser", NOON))
    assert passkeys.sign_in(answer, Browser("another browser"), NOON) is None
    assert passkeys.sign_in(answer, HERE, NOON) is not None
    assert passkeys.sign_in(answer, HERE, NOON) is None
    late = Occasion(NOW + passkeys.CHALLENGE_LIFE)
    answer = device.sign(passkeys.ask_to_sign_in("this browser", NOON))
    assert passkeys.sign_in(answer, HERE, late) is None


def test_a_refused_answer_uses_its_challenge_up(session: tuple[int, int, str]) -> None:
    device = Device()
    add(session, device)
    asked = passkeys.ask_to_sign_in("this browser", NOON)
    assert passkeys.sign_in(device.sign(asked, flags=PRESENT), HERE, NOON) is None
    assert passkeys.sign_in(device.sign(asked), HERE, NOON) is None


def test_what_is_asked_for_one_thing_is_no_good_for_another(
    session: tuple[int, int, str],
) -> None:
    device = Device()
    token = add(session, device)
    assert token is not None
    asked = passkeys.ask_to_confirm(session[0], token, NOON)
    assert passkeys.sign_in(device.sign(asked), Browser(token), NOON) is None
    asked = passkeys.ask_to_sign_in(token, NOON)
    browser = Browser("", "", token)
    assert passkeys.prove(session[0], session[1], device.sign(asked), browser, NOON) is None


def test_only_ones_own_passkey_proves_who_one_is(session: tuple[int, int, str]) -> None:
    own, others = Device(), Device()
    token = add(session, own)
    add(begin("jaan@example.org"), others)
    assert token is not None
    browser = Browser("this browser", "", token)
    asked = passkeys.ask_to_confirm(session[0], token, NOON)
    assert passkeys.prove(session[0], session[1], others.sign(asked), browser, NOON) is None
    asked = passkeys.ask_to_confirm(session[0], token, NOON)
    assert passkeys.prove(session[0], session[1], own.sign(asked), browser, NOON) is not None


def test_a_copied_key_is_refused_and_its_owner_told(session: tuple[int, int, str]) -> None:
    device = Device(count=5)
    add(session, device)
    assert come_in(device) is not None
    device.count = 3
    assert come_in(device) is None
    told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert told is not None
    assert told.payload["what"] == "passkey_refused"


def test_a_key_that_was_removed_signs_nobody_in(session: tuple[int, int, str]) -> None:
    device = Device()
    add(session, device)
    asked = passkeys.ask_to_sign_in("this browser", NOON)
    with transaction() as rows:
        rows.execute(delete(Passkey))
    assert passkeys.sign_in(device.sign(asked), HERE, NOON) is None


def test_the_same_key_is_not_added_twice(session: tuple[int, int, str]) -> None:
    device = Device()
    token = add(session, device)
    assert token is not None
    asked = json.loads(passkeys.ask_to_add(session[0], token, NOON))
    kept = db.session.scalars(select(Passkey)).one()
    assert [one["id"] for one in asked["excludeCredentials"]] == [kept.credential_id]


def test_a_session_that_was_ended_meanwhile_is_not_made_stronger(
    session: tuple[int, int, str],
) -> None:
    device = Device()
    made = device.make(passkeys.ask_to_add(session[0], session[2], NOON))
    with transaction() as rows:
        rows.execute(delete(DeskSession))
    browser = Browser("this browser", "", session[2])
    with pytest.raises(SessionEnded):
        passkeys.add_passkey(session[0], session[1], "Telefon", made, browser, NOON)
    assert db.session.scalars(select(Passkey)).all() == []


def test_the_account_is_known_to_devices_by_a_number_that_stays(
    session: tuple[int, int, str],
) -> None:
    asked = [json.loads(passkeys.ask_to_add(session[0], session[2], NOON)) for _one in "ab"]
    assert asked[0]["user"]["id"] == asked[1]["user"]["id"]
    assert asked[0]["challenge"] != asked[1]["challenge"]
    assert db.session.scalars(select(Organiser.passkey_handle)).one() == asked[0]["user"]["id"]
    assert len(db.session.scalars(select(PasskeyChallenge)).all()) == 1


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("https://koostoo.example.ee", Site("koostoo.example.ee", "https://koostoo.example.ee")),
        ("https://a.example:443", Site("a.example", "https://a.example")),
        ("https://a.example:8443", Site("a.example", "https://a.example:8443")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]", None),
        ("http://koostoo.example.ee", None),
    ],
)
def test_the_site_of_passkeys_is_that_of_base_url(base_url: str, site: Site | None) -> None:
    assert site_of(base_url) == site


HOSTILE = [
    "",
    "{}",
    "[]",
    "null",
    "7",
    '"x"',
    "\x00",
    "{" * 500,
    '{"id": 1}',
    '{"id":"a","rawId":"a","type":"public-key","response":[]}',
    '{"id":"ä","rawId":"ä","type":"public-key","response":{"clientDataJSON":"ä"}}',
    (
        '{"id":"a","rawId":"a","type":"public-key","response":{"clientDataJSON":"a",'
        '"authenticatorData":"a","signature":"a"}}'
    ),
    (
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30",'
        '"authenticatorData":"YQ","signature":"YQ","userHandle":{}}}'
    ),
    (
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"W10",'
        '"attestationObject":"YQ","authenticatorData":"YQ","signature":"YQ"}}'
    ),
    "x" * 30_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_answer_of_a_device_is_refused_without_a_crash(
    session: tuple[int, int, str], text: str
) -> None:
    assert read_answer(text) is None
    assert passkeys.sign_in(text, HERE, NOON) is None
    browser = Browser("this browser", "", session[2])
    assert passkeys.add_passkey(session[0], session[1], "x", text, browser, NOON) is None


def test_a_genuine_answer_with_any_part_broken_is_refused(session: tuple[int, int, str]) -> None:
    for part in ("clientDataJSON", "attestationObject"):
        for broken in ("", "AAAA", "oA", "_" * 40):
            answer = json.loads(Device().make(passkeys.ask_to_add(session[0], session[2], NOON)))
            answer["response"][part] = broken
            browser = Browser("this browser", "", session[2])
            text = json.dumps(answer)
            assert passkeys.add_passkey(session[0], session[1], "x", text, browser, NOON) is None
    device = Device()
    add(session, device)
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        for broken in ("", "AAAA", "oA", "_" * 40):
            answer = json.loads(device.sign(passkeys.ask_to_sign_in("this browser", NOON)))
            answer["response"][part] = broken
            assert passkeys.sign_in(json.dumps(answer), HERE, NOON) is None
