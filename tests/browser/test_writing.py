"""A letter goes from the form over its preview to the mailbox, and news ends with one press."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.service import Service
from tests.browser.test_pages import check
from tests.browser.walk import Person, Watch, open_letter, press, sign_up

SEMINAR = "/events/naidis-seminar"


@pytest.mark.parametrize("script", [True, False])
def test_news_is_written_looked_at_sent_and_refused(
    service: Service, browser: Browser, desk_state: Any, script: bool
) -> None:
    reader = Person("Ülle", f"Äär{script:d}", f"ylle{script:d}@example.org")
    with browser.new_context(
        base_url=service.url,
        viewport=PHONE,
        storage_state=desk_state,
        java_script_enabled=script,
    ) as context:
        page = context.new_page()
        watch = Watch(page)
        sign_up(page, reader, SEMINAR)
        page.goto(f"/desk{SEMINAR}/registrations")
        page.locator("tr", has_text=reader.email).locator("input[name=who]").check()
        page.select_option("#action", "write")
        press(page, "#decide button[type=submit]")
        page.check("#is_news")
        page.fill("#subject_et", "Kutse")
        page.fill("#text_et", "Tule **jälle**, {name}!")
        press(page, "main form button.primary")
        expect(page.locator(".sheet")).to_contain_text(f"Tule jälle, Ülle Äär{script:d}!")
        if script:
            check(page)
        press(page, "button[value=send]")
        expect(page.locator("tbody").first).to_contain_text("Kutse")
        if script:
            check(page)
        open_letter(page, reader.email, 2)
        expect(page.locator("pre")).to_contain_text("Tule jälle")
        refuse(page, check_it=script)
        assert watch.complaints == []


def refuse(page: Page, *, check_it: bool) -> None:
    """Follow the link at the end of the letter and press the button there."""
    press(page, "pre a[href*='/my/news/']")
    expect(page.locator("h1")).to_have_text("Kas sa ei soovi enam uudiskirju?")
    if check_it:
        check(page)
    press(page, "main form button")
    expect(page.locator("h1")).to_have_text("Sa ei saa enam uudiskirju")
