"""A phone, a desktop and a phone without JavaScript in front of the real service."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.service import Service, running
from tests.browser.walk import ORGANISER, Person, Watch, press, sign_up

PHONE = ViewportSize(width=360, height=740)
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", *CAMERA]
HERE = Path(__file__).parent

# As patient as with all else: how long a page takes depends on what else the machine does.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser; the marker is not left to memory."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service, started once per test process."""
    with running(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; CI must have it, elsewhere the tests are skipped aloud."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        words = "Chromium is missing (on Debian: apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def _watched(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    watch = Watch(page)
    yield page
    context.close()
    assert watch.complaints == []


@pytest.fixture
def phone(service: Service, browser: Browser) -> Iterator[Page]:
    """A page 360 px wide; the console must stay silent whatever the test does."""
    yield from _watched(browser.new_context(base_url=service.url, viewport=PHONE))


@pytest.fixture
def plain_phone(service: Service, browser: Browser) -> Iterator[Page]:
    """The same with JavaScript switched off."""
    yield from _watched(
        browser.new_context(base_url=service.url, viewport=PHONE, java_script_enabled=False)
    )


@pytest.fixture(scope="session")
def person() -> Person:
    """One who stays signed up while the tests run."""
    return Person("Õie", "Žukov", "oie@example.org")


@pytest.fixture(scope="session")
def own_page(service: Service, browser: Browser, person: Person) -> str:
    """The address of that person's own page, without the question mark's part."""
    context = browser.new_context(base_url=service.url, viewport=PHONE)
    page = context.new_page()
    sign_up(page, person)
    address = page.url.partition("?")[0].removeprefix(service.url)
    context.close()
    return address


@pytest.fixture(scope="session")
def desk_state(service: Service, browser: Browser) -> dict[str, object]:
    """The cookies of an organiser who has signed in through a printed link."""
    context = browser.new_context(base_url=service.url)
    page = context.new_page()
    page.goto(service.flask("organiser", "invite", ORGANISER, "--print-link").strip())
    press(page, "main form button")
    state = context.storage_state()
    context.close()
    return dict(state)
