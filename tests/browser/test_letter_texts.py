"""The preview of a letter at the desk: in its frame, before anything is saved, without a script."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.service import Service
from tests.browser.walk import TRIP, Watch

LETTER = f"/desk{TRIP}/letter-texts/confirmed"


@pytest.fixture
def plain_desk(service: Service, browser: Browser, desk_state: Any) -> Iterator[Page]:
    """An organiser's phone with JavaScript switched off."""
    with browser.new_context(
        base_url=service.url, viewport=PHONE, storage_state=desk_state, java_script_enabled=False
    ) as context:
        page = context.new_page()
        watch = Watch(page)
        yield page
        assert watch.complaints == []


def test_the_frame_shows_the_letter_and_then_what_is_typed(plain_desk: Page) -> None:
    plain_desk.goto(LETTER)
    frame = plain_desk.frame_locator("iframe[name=preview]")
    expect(frame.locator("body")).to_contain_text("Sinu koht on kinnitatud")
    plain_desk.fill("#words_et", "Võta jalatsid kaasa, {nimi}!")
    buttons = plain_desk.locator("button[formtarget=preview]")
    buttons.nth(0).click()
    expect(frame.locator("body")).to_contain_text("Võta jalatsid kaasa, Mari Näidis!")
    buttons.nth(3).click()
    expect(frame.locator("body")).to_contain_text("Participant: Mari Näidis")
    assert plain_desk.url.endswith(LETTER)
    assert plain_desk.input_value("#words_et") == "Võta jalatsid kaasa, {nimi}!"
    plain_desk.goto(LETTER)
    assert plain_desk.input_value("#words_et") == ""
