"""The app, the codes on paper, and starting anew: what counts, once, and who is told."""

import threading
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pyotp
import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from koostoo.accounts import authenticator, codes, factors, service
from koostoo.accounts.account_news import Occasion
from koostoo.accounts.factor_models import RecoveryCode, TotpKey
from koostoo.accounts.models import AuditEntry, DeskSession
from koostoo.accounts.sessions import Device, find_session
from koostoo.base.database import db
from koostoo.mail.models import OutboxMessage

NOW = datetime(2026, 11, 23, 12, 0, 10, tzinfo=UTC)
NOON = Occasion(NOW, "et", "firefox/linux")
STEP = timedelta(seconds=30)


class Someone(NamedTuple):
    """An organiser with an app, in a session that was begun by the link alone."""

    id: int
    session: int
    app: pyotp.TOTP

    def gives(self, code: str, now: datetime = NOW) -> bool:
        """Say whether the code proves who they are."""
        occasion = Occasion(now, "et", "firefox/linux")
        given = codes.give_code(self.id, self.session, code, Device("browser"), occasion)
        return given is not None


@pytest.fixture
def mari(app: Flask) -> Someone:
    return someone("mari@example.org")


def someone(email: str) -> Someone:
    organiser, session = begin(email)
    offer = authenticator.offer_key(organiser)
    key = authenticator.offered_key(organiser, offer)
    assert key is not None
    totp, past = pyotp.TOTP(key), NOW - timedelta(hours=1)
    set_up = Occasion(past, "et", "firefox/linux")
    code = totp.at(past)
    assert authenticator.set_app(organiser, session, offer, code, Device(), set_up) is not None
    return Someone(organiser, begin(email)[1], totp)


def begin(email: str) -> tuple[int, int]:
    service.invite_organiser(email, NOW)
    token = service.use_link(service.make_local_link(email, NOW), Device("browser"), NOW)
    found = find_session(token or "", NOW)
    assert found is not None
    return found.organiser.id, found.id


def everything() -> str:
    """All that stands in the database, as one text."""
    names = inspect(db.engine).get_table_names()
    rows = [db.session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names]  # noqa: S608 - our own tables
    return str(rows)


def test_a_code_counts_once_and_so_does_its_whole_step(mari: Someone) -> None:
    code = mari.app.at(NOW)
    assert mari.gives(code)
    assert not mari.gives(code)
    assert not mari.gives(code, NOW + STEP)
    assert mari.gives(mari.app.at(NOW + STEP), NOW + STEP)
    assert not mari.gives(mari.app.at(NOW), NOW + STEP)


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_wrong(mari: Someone, steps: int, counts: bool) -> None:
    assert mari.gives(mari.app.at(NOW + steps * STEP)) is counts


def test_the_code_that_confirmed_the_app_is_used_up(app: Flask) -> None:
    organiser, session = begin("mari@example.org")
    offer = authenticator.offer_key(organiser)
    key = authenticator.offered_key(organiser, offer) or ""
    code = pyotp.TOTP(key).at(NOW)
    assert authenticator.set_app(organiser, session, offer, "000000", Device(), NOON) is None
    assert db.session.scalars(select(TotpKey)).all() == []
    assert authenticator.set_app(organiser, session, offer, code, Device(), NOON) is not None
    assert codes.give_code(organiser, session, code, Device(), NOON) is None


def test_a_key_offered_to_somebody_else_is_not_set_up(mari: Someone) -> None:
    offer = authenticator.offer_key(mari.id + 1)
    assert authenticator.offered_key(mari.id, offer) is None
    assert authenticator.set_app(mari.id, mari.session, offer, "1", Device(), NOON) is None


def test_what_is_no_code_proves_nothing(mari: Someone) -> None:
    codes.make_codes(mari.id, NOON)
    for typed in ("", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\x00", "x" * 500, "A" * 12):
        assert not mari.gives(typed)


def test_blanks_in_a_code_do_not_matter(mari: Someone) -> None:
    code = mari.app.at(NOW)
    assert mari.gives(f" {code[:3]} {code[3:]} ")


def test_the_session_becomes_whole_with_another_token(mari: Someone) -> None:
    before = db.session.get_one(DeskSession, mari.session).token_hash
    token = codes.give_code(mari.id, mari.session, mari.app.at(NOW), Device(), NOON)
    found = find_session(token or "", NOW)
    assert found is not None
    assert (found.id, found.standing) == (mari.session, "full")
    row = db.session.get_one(DeskSession, mari.session)
    assert row.token_hash != before
    assert row.method == "totp"


def test_after_secret_key_was_changed_codes_go_on_counting(
    mari: Someone, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = app.config["SECRET_KEY"], "another key for tests, long enough to be taken"
    monkeypatch.setitem(app.config, "SECRET_KEY", new)
    assert not mari.gives(mari.app.at(NOW))
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [old])
    assert mari.gives(mari.app.at(NOW))
    # Once used, it no longer needs the old key.
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [])
    assert mari.gives(mari.app.at(NOW + STEP), NOW + STEP)


def test_ten_codes_on_paper_each_work_once_however_they_are_typed(mari: Someone) -> None:
    made = codes.make_codes(mari.id, NOON)
    assert len({*made}) == 10
    assert mari.gives(f" {made[0][:4]}-{made[0][4:8]} {made[0][8:].lower()} ")
    assert not mari.gives(made[0])
    assert mari.gives(made[1])
    assert factors.factors_of(mari.id).codes_left == 8
    assert db.session.get_one(DeskSession, mari.session).method == "recovery"


def test_new_codes_end_the_old_ones_and_nobody_elses(mari: Someone) -> None:
    jaan = someone("jaan@example.org")
    old, others = codes.make_codes(mari.id, NOON), codes.make_codes(jaan.id, NOON)
    new = codes.make_codes(mari.id, NOON)
    assert not mari.gives(old[0])
    assert not mari.gives(others[0])
    assert mari.gives(new[0])
    assert jaan.gives(others[0])


def give_at_once(app: Flask, mari: Someone, code: str) -> list[bool]:
    """Give one code six times at the same moment; return which counted."""
    counted: list[bool] = []
    together = threading.Barrier(6)

    def give() -> None:
        with app.app_context():
            together.wait()
            counted.append(mari.gives(code))
            db.session.remove()

    threads = [threading.Thread(target=give) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(counted)


def test_one_code_given_many_times_at_once_counts_once(mari: Someone, app: Flask) -> None:
    paper = codes.make_codes(mari.id, NOON)[0]
    for code in (mari.app.at(NOW), paper):
        assert give_at_once(app, mari, code) == [False] * 5 + [True]


def test_neither_key_nor_code_can_be_read_in_the_database(mari: Someone) -> None:
    made = codes.make_codes(mari.id, NOON)
    mari.gives(made[0])
    mari.gives(mari.app.at(NOW))
    stored = everything()
    for secret in (mari.app.secret, *made):
        assert secret not in stored


def test_every_change_is_told_by_letter_and_stands_in_the_audit_trail(mari: Someone) -> None:
    made = codes.make_codes(mari.id, NOON)
    mari.gives(made[0])
    authenticator.remove_app(mari.id, NOON)
    factors.reset_factors("Mari@example.org", NOON)
    what = ["totp_set", "codes_made", "code_used", "totp_removed", "factors_reset"]
    letters = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [one.payload["what"] for one in letters] == what
    assert {(one.kind, one.recipient) for one in letters} == {
        ("account_changed", "mari@example.org")
    }
    acts = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [one.action for one in acts] == what
    assert [one.organiser_id for one in acts] == [mari.id] * 4 + [None]


def test_the_last_way_is_not_taken_away_where_one_is_required(
    mari: Someone, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes.make_codes(mari.id, NOON)
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")
    with pytest.raises(factors.LastFactor):
        authenticator.remove_app(mari.id, NOON)
    assert factors.factors_of(mari.id).app_since is not None
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "optional")
    assert authenticator.remove_app(mari.id, NOON)
    # Codes alone are no second factor and would never be asked for.
    assert db.session.scalars(select(RecoveryCode)).all() == []


def test_who_lost_everything_begins_anew_and_is_signed_out_everywhere(mari: Someone) -> None:
    jaan = someone("jaan@example.org")
    codes.make_codes(mari.id, NOON)
    assert factors.reset_factors("mari@example.org", NOON)
    found = factors.factors_of(mari.id)
    assert (found.has_any, found.codes_left) == (False, 0)
    whose = db.session.scalars(select(DeskSession.organiser_id)).all()
    assert {*whose} == {jaan.id}
    assert jaan.gives(jaan.app.at(NOW))
    assert not factors.reset_factors("stranger@example.org", NOON)
