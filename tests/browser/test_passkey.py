"""A passkey from beginning to end, in the real browser with an authenticator of its own (CDP)."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update
from werkzeug.serving import make_server

from koostoo.accounts.factor_models import Passkey
from koostoo.accounts.models import DeskSession
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from tests.accounts.made import add_app
from tests.browser.conftest import PHONE
from tests.browser.test_pages import check
from tests.browser.walk import ORGANISER, Watch, press

MAIN = "main form button[type=submit]"
PASSKEY = "form[data-passkey] button[type=submit]"


@pytest.fixture
def origin(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application at an address with a name, as outside development."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://localhost:{server.port}"
    monkeypatch.setitem(app.config, "BASE_URL", address)
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phone(browser: Browser, origin: str) -> Iterator[Page]:
    """A phone that verifies its user; the console must stay silent."""
    context = browser.new_context(base_url=origin, viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    watch = Watch(page)
    yield page
    context.close()
    assert watch.complaints == []


def invited(app: Flask) -> str:
    command = ["organiser", "invite", ORGANISER, "--print-link"]
    return app.test_cli_runner().invoke(args=command).output.strip()


def forget_the_proof() -> None:
    with transaction() as session:
        session.execute(update(DeskSession).values(proved_at=now() - timedelta(minutes=11)))


def sign_out(page: Page) -> None:
    page.goto("/desk/")
    press(page, ".desk-user button")


def test_a_passkey_is_added_signs_in_proves_who_one_is_and_is_removed(
    app: Flask, phone: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.goto(invited(app))
    press(phone, MAIN)
    assert phone.url.endswith("/desk/account")
    check(phone)
    press(phone, "a[href$='/passkeys/add']")
    phone.fill("#name", "Kontori telefon")
    press(phone, MAIN)
    assert phone.url.endswith("/desk/account/codes")
    press(phone, MAIN)
    assert len(phone.input_value("#codes").split()) == 10
    check(phone)

    sign_out(phone)
    press(phone, PASSKEY)
    assert phone.url.endswith("/desk/")
    assert ORGANISER in phone.inner_text(".desk-user")

    forget_the_proof()
    phone.goto("/desk/account")
    press(phone, "a[href$='/remove']")
    assert "/desk/signin/second?next=" in phone.url
    press(phone, PASSKEY)
    assert phone.url.endswith("/remove")
    press(phone, MAIN)
    # The last way stays where one is required.
    assert "viimane sisselogimisviis" in phone.inner_text("main")
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "optional")
    press(phone, "a[href$='/remove']")
    press(phone, MAIN)
    assert db.session.scalars(select(Passkey)).all() == []

    sign_out(phone)
    press(phone, PASSKEY)
    assert phone.url.endswith("/desk/signin/passkey")
    assert "Pääsuvõtit ei võetud vastu" in phone.inner_text("main")


def test_a_device_without_a_passkey_says_so_and_the_other_ways_stay(phone: Page) -> None:
    phone.goto("/desk/signin")
    phone.click(PASSKEY)
    phone.locator("[data-said]:not([hidden])").wait_for()
    assert "Seadet ei avatud" in phone.inner_text("[data-said]")
    assert phone.locator("#email").is_visible()


def test_the_step_after_the_link_fits_a_phone_and_opens_to_everyone(
    app: Flask, phone: Page
) -> None:
    link = invited(app)
    add_app(ORGANISER, signs_out=True)
    phone.goto(link)
    press(phone, MAIN)
    assert phone.url.endswith("/desk/signin/second")
    phone.fill("#code", "000 000")
    press(phone, MAIN)
    assert phone.input_value("#code") == "000 000"
    check(phone)
