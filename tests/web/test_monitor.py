"""What a monitoring program may read about the outbox, and that nobody else may."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import SettingsError, settings
from koostoo.base.clock import now
from koostoo.base.database import transaction
from koostoo.mail import delivery
from koostoo.mail.answers import Failure
from koostoo.mail.models import MailTrouble, OutboxMessage
from koostoo.mail.rules import LATE_AFTER
from tests.mail.world import NOW, change, post

TOKEN = "a made-up monitor's token"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
PAGE = "/healthz/detail"


@pytest.fixture
def monitored(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service whose keeper has set MONITOR_TOKEN."""
    monkeypatch.setitem(app.config, "MONITOR_TOKEN", TOKEN)


@pytest.mark.usefixtures("monitored")
def test_an_outbox_in_which_nothing_waits_is_well(client: FlaskClient) -> None:
    answer = client.get(PAGE, headers=SHOWN)
    assert answer.status_code == 200
    assert answer.json == {
        "outbox": {
            "late": False,
            "unsent": 0,
            "oldest_unsent_seconds": None,
            "trouble": None,
            "trouble_seconds": None,
        }
    }
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("monitored")
def test_letters_that_do_not_leave_are_told_in_numbers_with_503(client: FlaskClient) -> None:
    row = post("confirmed", queue="a", after=now() - NOW)
    refused = Failure("sign_in", "535 5.7.8 koostoo@example.ee: wrong password", answered=True)
    with transaction() as session:
        taken = delivery.claim(session, now())
        assert taken is not None
        delivery.mark_failure(session, taken, "", refused, now())
    assert client.get(PAGE, headers=SHOWN).status_code == 200
    late = now() - LATE_AFTER - timedelta(seconds=5)
    with transaction() as session:
        session.get_one(MailTrouble, "*").since = late
    change(OutboxMessage, row, next_try_at=late)
    answer = client.get(PAGE, headers=SHOWN)
    assert answer.status_code == 503
    told = answer.json["outbox"]  # type: ignore[index]  # it is JSON
    assert (told["late"], told["unsent"], told["trouble"]) == (True, 1, "sign_in")
    assert 600 < told["oldest_unsent_seconds"] < 700
    assert 600 < told["trouble_seconds"] < 700
    body = answer.get_data(as_text=True)
    assert "juta" not in body
    assert "example" not in body


@pytest.mark.usefixtures("monitored")
@pytest.mark.parametrize(
    "shown", ["", "Bearer ", "Bearer wrong", TOKEN[:-1], "Basic x", "Bearer õ"]
)
def test_for_everybody_else_the_page_is_not_there(client: FlaskClient, shown: str) -> None:
    headers = {"Authorization": shown.encode().decode("latin-1")} if shown else {}
    assert client.get(PAGE, headers=headers).status_code == 404
    assert client.get(f"{PAGE}?token={TOKEN}", headers=headers).status_code == 404


@pytest.mark.parametrize("shown", ["Bearer ", "Bearer None", ""])
def test_without_the_setting_there_is_no_such_page(client: FlaskClient, shown: str) -> None:
    assert client.get(PAGE, headers={"Authorization": shown}).status_code == 404


def test_liveness_tells_nothing_of_the_outbox(client: FlaskClient) -> None:
    post("confirmed", queue="a")
    answer = client.get("/healthz?detail")
    assert (answer.status_code, answer.data) == (200, b"ok\n")


def test_a_token_that_could_be_guessed_is_refused() -> None:
    env = {"KOOSTOO_ENV": "development", "SECRET_KEY": "k" * 32, "MONITOR_TOKEN": "short"}
    with pytest.raises(SettingsError, match="MONITOR_TOKEN"):
        settings(env)
