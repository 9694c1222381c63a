"""A list of members goes from a file to the sign-up form, in the browser people have."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.service import Service
from tests.browser.test_pages import check
from tests.browser.walk import TRIP, Watch, press

LIST = Path(__file__).resolve().parents[2] / "docs" / "members-example.csv"
MEMBERS = "/desk/organisations/kodukant-laanemaa/members"
OPTIONS = "document.getElementById('member-names').options.length"


def choose(page: Page, name: str, text: bytes | None = None) -> None:
    """Choose a file, say that it is the whole register, and look at it."""
    page.goto(f"{MEMBERS}/import")
    content = LIST.read_bytes() if text is None else text
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.check("[name=how][value=replace]")
    press(page, "main form button.primary")


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_uploaded_looked_at_and_then_suggested(
    service: Service, browser: Browser, desk_state: Any, script: bool
) -> None:
    with browser.new_context(
        base_url=service.url,
        viewport=PHONE,
        storage_state=desk_state,
        java_script_enabled=script,
    ) as context:
        page = context.new_page()
        watch = Watch(page)
        choose(page, "vigane.csv", b"Liige;Sektor\n;avalik\n")
        expect(page.locator("td", has_text="Organisatsiooni nimi puudub.")).to_be_visible()
        choose(page, "liikmed.csv")
        expect(page.get_by_role("cell", name="Ženja")).to_be_visible()
        if script:
            check(page)
        press(page, "main form button.primary")
        expect(page.locator("tbody tr")).to_have_count(5)
        if script:
            check(page)
        page.goto(f"{TRIP}/register")
        names = page.locator("#member-names option")
        expect(names).to_have_count(4)
        if script:
            suggestions_follow_the_choice(page)
        assert watch.complaints == []


def suggestions_follow_the_choice(page: Page) -> None:
    """Another group has no members here; the group whose list it is has all of them."""
    page.select_option("#organisation", label="MTÜ Nelja Valla Kogu")
    assert page.evaluate(OPTIONS) == 0
    page.select_option("#organisation", label="MTÜ Kodukant Läänemaa")
    assert page.evaluate(OPTIONS) == 4
    page.select_option("#organisation", index=0)
    assert page.evaluate(OPTIONS) == 4
