"""Building the questions of an event with the keyboard alone."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.service import Service
from tests.browser.walk import Watch

EDIT = "/en/desk/events/naidis-seminar/edit"


def labels(page: Page) -> list[str]:
    """Return the questions in the order in which they stand."""
    return page.locator("[data-question] [data-label]").all_inner_texts()


def test_questions_are_added_moved_and_taken_out_with_the_keyboard(
    service: Service, browser: Browser, desk_state: Any
) -> None:
    with browser.new_context(base_url=service.url, storage_state=desk_state) as context:
        page = context.new_page()
        watch = Watch(page)
        page.goto(EDIT)
        workshop, meal, _spare = labels(page)
        said = page.locator("[data-questions-said]")
        page.get_by_role("button", name="Add a question").press("Enter")
        expect(page.get_by_role("textbox", name="Question in Estonian").last).to_be_focused()
        page.keyboard.type("Kas tuled õhtusöögile?")
        expect(said).to_have_text("A new question stands at the end.")
        up = page.get_by_role("button", name="Move up: Kas tuled õhtusöögile?")
        up.press("Enter")
        expect(said).to_have_text("“Kas tuled õhtusöögile?” is question 2 of 3 now.")
        expect(up).to_be_focused()
        assert labels(page) == [workshop, "Kas tuled õhtusöögile?", meal]
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Move down: Kas tuled")).to_be_focused()
        assert labels(page) == ["Kas tuled õhtusöögile?", workshop, meal]
        page.get_by_role("button", name="Add a question").press("Enter")
        page.keyboard.type("Ülearune")
        page.get_by_role("button", name="Take out: Ülearune").press("Enter")
        expect(page.locator("[data-question] summary").last).to_be_focused()
        # Enter in a field saves, whatever buttons stand before.
        page.get_by_label("Contact person").press("Enter")
        expect(page.locator("h1")).not_to_have_text("Change the event")
        page.goto(EDIT)
        assert labels(page)[:3] == ["Kas tuled õhtusöögile?", workshop, meal]
        page.get_by_role("button", name="Preview: Programme in English").press("Enter")
        expect(page.locator("[data-read] li").first).to_contain_text("Morning coffee")
        assert watch.complaints == []
