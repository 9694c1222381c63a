"""Public pages of the real service: readable on a phone, open to everyone, light on the line.

All pages there are, those of the desk too, are looked at by `test_every_page`.
"""

from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import PHONE
from tests.browser.service import Service
from tests.browser.walk import TRIP, Person, Watch, open_letter, press

PUBLIC = [
    "/",
    "/en/",
    "/project/kogemusvahetus",
    TRIP,
    "/en/events/naidis-valisoppereis",
    "/events/naidis-aastalopp",
    "/events/liikmete-oppereis-2024",
    f"{TRIP}/register",
    "/events/naidis-aastalopp/register",
    f"{TRIP}/already",
    "/my/",
    "/my/no-such-token",
    "/privacy",
    "/embed/events",
    "/no-such-page",
    "/desk/signin",
    "/desk/signin/no-such-token",
    "/dev/mailbox/",
]
PAST = "/events/liikmete-oppereis-2024"
PAGE_BYTES = 60_000
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# A letter's frame in the mailbox runs no script: axe would wait for its answer in vain.
PAGE_RULES = "{iframes: false, resultTypes: ['violations']}"
# A letter stands inside somebody's mail program, which has the landmarks.
LETTER_RULES = (
    "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']}"
)
AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def weighed(phone: Page) -> tuple[Page, Callable[[], int]]:
    """A phone and the sum of what its page brought over the line."""
    answers: list[Response] = []

    def arrived(answer: Response) -> None:
        answers.append(answer)

    phone.on("response", arrived)
    return phone, lambda: sum(answer.request.sizes()["responseBodySize"] for answer in answers)


@pytest.fixture
def desk(service: Service, browser: Browser, desk_state: Any, own_page: str) -> Iterator[Page]:
    """An organiser's phone, with somebody on the list."""
    with browser.new_context(
        base_url=service.url, viewport=PHONE, storage_state=desk_state
    ) as context:
        page = context.new_page()
        watch = Watch(page)
        yield page
        assert watch.complaints == []


def check(page: Page, rules: str = PAGE_RULES) -> None:
    """Assert that the page, unfolded, fits the phone and that axe finds no barrier in it."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("innerWidth"), f"{width} px wide"
    page.evaluate(AXE)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        # What passed would be most of the answer, and of the time to bring it here.
        found = page.evaluate(f"axe.run(document, {rules}).then(result => result.violations)")
        assert [summary(violation) for violation in found] == [], scheme


def summary(violation: dict[str, Any]) -> str:
    """Return a violation in one line: the rule and where it is broken."""
    places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    return f"{violation['id']}: {places}"


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_fits_a_phone_and_opens_to_everyone(phone: Page, path: str) -> None:
    phone.goto(path)
    check(phone)


def test_the_page_before_an_event_moves_fits_a_phone_and_opens_to_everyone(desk: Page) -> None:
    desk.goto(f"/desk{TRIP}/edit")
    desk.fill("#place_et", "Paralepa rannahoone")
    press(desk, "#save button")
    assert desk.locator("del").count() == 1
    check(desk)


def test_the_questions_of_feedback_fit_a_phone_and_open_to_everyone(desk: Page) -> None:
    desk.goto(f"/desk{TRIP}/feedback/form")
    # What another choice would need is out of the way.
    assert not desk.locator("#closes_after").is_visible()
    desk.check("input[name=choice][value=own]")
    assert not desk.locator("#feedback_url").is_visible()
    check(desk)
    press(desk, "main form button.primary")
    desk.goto(f"/desk{TRIP}/feedback/preview")
    desk.check("#q1-3")
    check(desk)


def test_a_list_that_is_looked_at_fits_a_phone_and_opens_to_everyone(desk: Page) -> None:
    desk.goto(f"/desk{PAST}/import")
    data = b"Nimi;E-post;Kohal\nMari Kask;mari@example.org;x\nJaan Tamm;jaan@;x\n"
    desk.set_input_files("#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": data})
    press(desk, "main form button.primary")
    assert desk.locator("#c1").count() == 1
    check(desk)


def test_a_package_is_made_while_one_looks_and_its_page_opens_to_everyone(desk: Page) -> None:
    desk.goto("/en/desk/projects/kogemusvahetus/evidence?to=2024-12-31")
    press(desk, "main form[method=post] button")
    # Nobody presses anything more: the page looks again by itself.
    desk.get_by_role("link", name="Download the package").wait_for()
    assert desk.get_by_role("status").last.inner_text() in ("", "Is ready")
    check(desk)


def test_a_form_with_mistakes_fits_a_phone_and_opens_to_everyone(phone: Page) -> None:
    phone.goto(f"{TRIP}/register")
    press(phone, "main form button.primary")
    check(phone)


def test_a_letter_fits_a_phone_and_opens_to_everyone(
    phone: Page, own_page: str, person: Person
) -> None:
    open_letter(phone, person.email, 1)
    check(phone)
    # On its own address it runs no script at all, axe's neither.
    letter = phone.request.get(phone.url + "/html").text()
    phone.goto("about:blank")
    phone.set_content(letter)
    check(phone, LETTER_RULES)


@pytest.mark.parametrize("path", [path for path in PUBLIC if not path.startswith("/dev")])
def test_a_page_stays_under_sixty_kilobytes(
    weighed: tuple[Page, Callable[[], int]], path: str
) -> None:
    page, weight = weighed
    page.goto(path, wait_until="networkidle")
    assert weight() < PAGE_BYTES
