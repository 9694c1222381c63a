"""The steps people take, shared by the tests; each works without JavaScript too."""

import time
from dataclasses import dataclass

from playwright.sync_api import ConsoleMessage, Page, Response

TRIP = "/events/naidis-oppereis"
ORGANISER = "korraldaja@example.org"
LETTER_SECONDS = 60


@dataclass(frozen=True)
class Person:
    """Who signs up."""

    first_name: str
    last_name: str
    email: str


class Watch:
    """Collects what a page complains about: script errors, broken policy, missing files."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        # The status of a page that says no is the test's business, that of a file is ours below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.status} {response.url}")


def press(page: Page, selector: str) -> None:
    """Press what leads to another page and wait until it is there."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def fill_in(page: Page, person: Person) -> None:
    """Fill in the sign-up form of any event: own fields, the first answer of each choice."""
    page.fill("#first_name", person.first_name)
    page.fill("#last_name", person.last_name)
    page.fill("#email", person.email)
    page.fill("#phone", "5552 2385")
    page.select_option("#organisation", index=1)
    page.fill("#member_organisation", "Näidise küla selts")
    for group in page.locator("fieldset[role=radiogroup]").all():
        group.locator("input").first.check()
    page.check("#privacy")


def sign_up(page: Page, person: Person, event: str = TRIP) -> None:
    """Go from the event's page to the page that tells the outcome."""
    page.goto(event)
    press(page, "main a.primary")
    fill_in(page, person)
    press(page, "main form button.primary")


def open_letter(page: Page, address: str, count: int) -> None:
    """Wait until `count` letters to the address lie in the mailbox; open the newest of them."""
    deadline = time.monotonic() + LETTER_SECONDS
    rows = page.locator("tbody tr", has_text=address)
    while True:
        page.goto("/dev/mailbox/")
        if rows.count() >= count:
            break
        assert time.monotonic() < deadline, f"no letter number {count} to {address}"
        page.wait_for_timeout(200)
    assert rows.count() == count
    with page.expect_navigation():
        rows.first.locator("a").click()
