"""Headers on every kind of answer, and who may ask at all."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import SettingsError, settings
from koostoo.events.models import Event

PATHS = [
    "/",
    "/en/",
    "/privacy",
    "/nowhere",
    "/my/",
    "/my/x",
    "/calendar.ics",
    "/desk/",
    "/healthz",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_strict_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "[::1"])
def test_a_foreign_host_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_a_form_sent_from_another_site_is_refused(
    client: FlaskClient, make_event: Callable[..., Event], fill_in: Callable[..., dict[str, str]]
) -> None:
    event = make_event()
    path, typed = f"/events/{event.slug}/register", fill_in(event)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post(path, data=typed, headers=headers).status_code == 403
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
    assert client.post(path, data=typed, headers=own).status_code == 303


def test_private_pages_are_never_stored(client: FlaskClient) -> None:
    assert client.get("/my/x").headers["Cache-Control"] == "no-store"
    assert client.get("/desk/").headers["Cache-Control"] == "no-store"


def test_a_wrong_method_and_a_crash_are_answered_with_a_page_of_ours(
    app: Flask, client: FlaskClient
) -> None:
    answer = client.delete("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "<h1>" in answer.get_data(as_text=True)


def test_ten_megabytes_are_answered_with_a_friendly_413(
    client: FlaskClient, make_event: Callable[..., Event], fill_in: Callable[..., dict[str, str]]
) -> None:
    event = make_event()
    typed = fill_in(event, first_name="x" * 10_000_000)
    answer = client.post(f"/events/{event.slug}/register", data=typed)
    assert answer.status_code == 413
    assert "<h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"BASE_URL": "https://koostoo.example.ee"},
        {"BASE_URL": "https://koostoo.example.ee", "SECRET_KEY": "short"},
        {"SECRET_KEY": "x" * 40},
        {"SECRET_KEY": "x" * 40, "BASE_URL": "koostoo.example.ee"},
        {"SECRET_KEY": "x" * 40, "BASE_URL": "https://a.example", "MAIL_PORT": "smtp"},
    ],
)
def test_the_service_refuses_to_start_on_unsafe_settings(env: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        settings(env)
