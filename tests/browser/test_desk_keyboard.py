"""The desk with the keyboard alone: find a person, put a tag on them, look at what was done."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.service import Service
from tests.browser.test_forms import tab_to
from tests.browser.walk import TRIP, Person, Watch

WINDOW = {"width": 640, "height": 450}
"""A window of 1280 by 900 zoomed to 200 %."""


def tab_to_name(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _step in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') "
            "|| document.activeElement.textContent).trim()"
        )
        if name in focused:
            return
    raise AssertionError(f"the Tab key does not reach {name}")


def test_a_person_is_found_and_tagged_with_the_keyboard_alone(
    service: Service, browser: Browser, desk_state: Any, own_page: str, person: Person
) -> None:
    with browser.new_context(
        base_url=service.url,
        viewport=WINDOW,  # type: ignore[arg-type]  # the keys are those of a ViewportSize
        storage_state=desk_state,
    ) as context:
        page = context.new_page()
        watch = Watch(page)
        page.goto(f"/en/desk{TRIP}/registrations")
        tab_to(page, "q")
        page.keyboard.type(person.last_name)
        page.keyboard.press("Enter")
        expect(page.locator("tbody tr")).to_have_count(1)
        tab_to_name(page, f"{person.first_name} {person.last_name}")
        page.keyboard.press("Space")
        tab_to(page, "action")
        # As one does in a list: the first letters of what is wanted.
        page.keyboard.type("put on the new")
        tab_to(page, "new_tag")
        page.keyboard.type("esineja")
        tab_to_name(page, "Do it")
        page.keyboard.press("Enter")
        expect(page.locator(".notice--success")).to_be_visible()
        expect(page.locator("tbody .tag", has_text="esineja")).to_be_visible()
        assert watch.complaints == []
