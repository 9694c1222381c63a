"""Check-in at the door: on phones, with the network cut, without the script."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.service import Service
from tests.browser.walk import ORGANISER, TRIP, Person, Watch, press, sign_up

DOOR = f"/desk{TRIP}/checkin"
ALL_SENT = "Kõik on saadetud."
HELPER = "abiline@example.org"
DETECTOR = """window.looks = 0;
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    if (!video.videoWidth) return [];
    window.looks += 1;
    return [{ rawValue: "KOOSTOO:CODE" }];
  }
};"""


@pytest.fixture(scope="module")
def guests(service: Service, browser: Browser, own_page: str) -> list[str]:
    """Surnames of people who have a seat besides the one of `own_page`."""
    people = [
        Person("Jüri", "Ööbik", "juri@example.org"),
        Person("Mai", "Šmidt", "mai@example.org"),
    ]
    with browser.new_context(base_url=service.url) as context:
        page = context.new_page()
        for person in people:
            sign_up(page, person)
    return [person.last_name for person in people]


@pytest.fixture
def device(service: Service, browser: Browser, desk_state: Any) -> Iterator[Callable[..., Page]]:
    """A factory of helpers' phones that are signed in; none may complain but of a cut network."""
    with ExitStack() as stack:
        watches: list[Watch] = []

        def take(**values: Any) -> Page:
            options = {"storage_state": desk_state, "viewport": PHONE, **values}
            context = stack.enter_context(browser.new_context(base_url=service.url, **options))
            page = context.new_page()
            watches.append(Watch(page))
            return page

        yield take
        # A photo without a code is refused by status; that is the test's business.
        heard = [words for watch in watches for words in watch.complaints]
        assert [words for words in heard if "/checkin/read" not in words] == []


def open_door(page: Page) -> None:
    """Open the list and wait until it would come without network too."""
    page.goto(DOOR)
    expect(page.locator("[data-unsent-words]")).to_have_text(ALL_SENT)
    until(page, "navigator.serviceWorker.controller")


def until(page: Page, condition: str) -> None:
    """Wait until it holds in the page.

    Of `wait_for_function` the page's policy allows the first look only: on a fast machine it was
    enough.
    """
    page.evaluate(
        f"""async () => {{
          for (let looks = 0; !({condition}); looks += 1) {{
            if (looks === 600) throw new Error("it never came to that");
            await new Promise((done) => setTimeout(done, 50));
          }}
        }}"""
    )


def row(page: Page, name: str) -> Any:
    """Return the row of the person with this surname."""
    return page.locator(".guest", has_text=name)


def mark(page: Page, name: str) -> None:
    """Mark somebody as here with one tap."""
    row(page, name).get_by_role("button").click()
    expect(row(page, name)).to_have_class(re.compile("guest--here"))


def take_back(page: Page, name: str, button: Any) -> None:
    """Take a mark back and wait for the row: till it turned, the state tells of before."""
    button.click()
    expect(row(page, name)).not_to_have_class(re.compile("guest--here"))


def here(page: Page) -> tuple[int, int]:
    """Return the live count: here, expected."""
    found = re.search(r"(\d+) / (\d+)", page.locator("[data-count]").inner_text())
    assert found is not None
    return int(found[1]), int(found[2])


def let_in(page: Page, first: str, last: str) -> None:
    """Add somebody who came without a seat."""
    page.locator("[data-walk-in-part] summary").click()
    form = page.locator("[data-walk-in]")
    form.locator("#first_name").fill(first)
    form.locator("#last_name").fill(last)
    form.locator("#organisation").select_option(index=1)
    form.locator("#privacy").check()
    form.locator("button.primary").click()
    expect(row(page, last)).to_have_class(re.compile("guest--here"))


def test_two_devices_without_network_lose_nothing_and_double_nothing(
    device: Callable[..., Page], guests: list[str]
) -> None:
    one, other, office = device(), device(), device()
    for page in (one, other):
        open_door(page)
    open_door(office)
    before, expected = here(office)
    for page in (one, other):
        page.context.set_offline(True)
    mark(one, guests[0])
    let_in(one, "Jaan", "Juhuslik")
    mark(other, guests[0])
    mark(other, guests[1])
    let_in(other, "Jaan", "Juhuslik")
    expect(other.locator("[data-unsent-words]")).to_have_text("Saatmata: 3")
    expect(other.locator("[data-offline]")).to_be_visible()
    # The phone was locked, the page thrown away: all of it is still there.
    one.reload()
    expect(one.locator("[data-unsent-words]")).to_have_text("Saatmata: 2")
    expect(row(one, guests[0])).to_have_class(re.compile("guest--here"))
    row(one, "Juhuslik").get_by_role("button").click()
    expect(one.locator("[data-unsent-words]")).to_have_text("Saatmata: 3")
    office.reload()
    assert here(office) == (before, expected)
    for page in (one, other):
        page.context.set_offline(False)
        expect(page.locator("[data-unsent-words]")).to_have_text(ALL_SENT)
    # The undo on the first device was the last word about the person both had added.
    office.reload()
    expect(office.locator("[data-count]")).to_have_text(f"Kohal {before + 2} / {expected + 1}")
    expect(row(office, "Juhuslik")).to_have_count(1)
    expect(row(office, "Juhuslik")).not_to_have_class(re.compile("guest--here"))


def test_an_undo_takes_a_tap_of_its_own_and_reaches_the_other_device(
    device: Callable[..., Page], guests: list[str]
) -> None:
    one, other = device(), device()
    open_door(one)
    open_door(other)
    if "guest--here" in (row(one, guests[1]).get_attribute("class") or ""):
        take_back(one, guests[1], row(one, guests[1]).get_by_role("button"))
    row(one, guests[1]).get_by_role("button").dblclick()
    expect(row(one, guests[1])).to_have_class(re.compile("guest--here"))
    expect(one.locator("[data-said]")).to_have_text(f"Mai {guests[1]} on kohal.")
    expect(one.locator("[data-unsent-words]")).to_have_text(ALL_SENT)
    other.reload()
    expect(row(other, guests[1])).to_have_class(re.compile("guest--here"))
    take_back(one, guests[1], one.locator("[data-undo]"))
    expect(one.locator("[data-unsent-words]")).to_have_text(ALL_SENT)
    other.reload()
    expect(row(other, guests[1])).not_to_have_class(re.compile("guest--here"))


def test_typing_a_name_finds_it_with_or_without_its_dots_and_hides_who_is_here(
    device: Callable[..., Page], guests: list[str]
) -> None:
    page = device()
    open_door(page)
    for typed in ("öÖB", "oobik", "jüri ö", "ööbik jüri"):
        page.fill("#q", typed)
        expect(page.locator(".guest")).to_have_count(1)
        expect(row(page, "Ööbik")).to_be_visible()
    page.fill("#q", "keegi teine")
    expect(page.locator("[data-more]")).to_have_text("Kedagi ei leitud")
    page.fill("#q", "")
    if "guest--here" not in (row(page, "Ööbik").get_attribute("class") or ""):
        mark(page, "Ööbik")
        # A second tap is no undo for 0.7 s.
        page.wait_for_timeout(800)
    page.locator("[data-missing]").check()
    expect(row(page, "Ööbik")).to_have_count(0)
    page.locator("[data-missing]").uncheck()
    # By keyboard: the row that was pressed keeps the focus.
    row(page, "Ööbik").get_by_role("button").press("Enter")
    expect(row(page, "Ööbik").locator(".guest__mark")).to_be_focused()


def test_a_code_from_the_own_page_is_read_from_a_photo_and_from_the_keyboard(
    device: Callable[..., Page], phone: Page, own_page: str, person: Person, guests: list[str]
) -> None:
    phone.goto(own_page)
    code = phone.locator(".check-in__code").inner_text()
    photo = phone.locator(".check-in__picture").screenshot()
    page = device()
    open_door(page)
    page.locator("[data-code-part] summary").click()
    upload = page.locator("[data-photo] input[type=file]")
    upload.set_input_files({"name": "foto.png", "mimeType": "image/png", "buffer": photo})
    expect(page.locator("[data-said]")).to_have_text(
        f"{person.first_name} {person.last_name} on kohal."
    )
    # A second tap that follows at once is no undo; this one is.
    page.wait_for_timeout(800)
    take_back(page, person.last_name, row(page, person.last_name).get_by_role("button"))
    page.fill("[data-code] #code", code.lower().replace("0", "o"))
    page.locator("[data-code] button").click()
    expect(page.locator("[data-said]")).to_have_text(
        f"{person.first_name} {person.last_name} on kohal."
    )
    blank = page.locator("h1").screenshot()
    upload.set_input_files({"name": "foto.png", "mimeType": "image/png", "buffer": blank})
    expect(page.locator("[data-said]")).to_contain_text("Fotolt ei leitud saabumiskoodi.")


def test_a_code_before_the_camera_marks_once(
    device: Callable[..., Page], phone: Page, own_page: str, person: Person
) -> None:
    phone.goto(own_page)
    code = phone.locator(".check-in__code").inner_text().replace("-", "")
    page = device()
    # Chromium reads codes itself on phones and on a Mac only; the camera and the rest are real.
    page.add_init_script(DETECTOR.replace("CODE", code))
    open_door(page)
    if row(page, person.last_name).locator(".guest__mark").count() == 0:
        take_back(page, person.last_name, row(page, person.last_name).get_by_role("button"))
    page.locator("[data-code-part] summary").click()
    page.locator("[data-scan]").click()
    expect(row(page, person.last_name)).to_have_class(re.compile("guest--here"))
    # The code is still there and looked at again: whoever is here already would be told so.
    until(page, "window.looks >= 4")
    expect(page.locator("[data-said]")).to_have_text(
        f"{person.first_name} {person.last_name} on kohal."
    )
    page.locator("[data-stop]").click()
    expect(page.locator("[data-camera]")).to_be_hidden()


def test_signing_out_takes_the_names_off_the_device_and_keeps_what_is_not_sent(
    service: Service, browser: Browser, guests: list[str]
) -> None:
    def sign_in(page: Page) -> None:
        page.goto(service.flask("organiser", "invite", HELPER, "--print-link").strip())
        press(page, "main form button")

    with browser.new_context(base_url=service.url, viewport=PHONE) as context:
        page = context.new_page()
        sign_in(page)
        open_door(page)
        context.set_offline(True)
        let_in(page, "Salme", "Saatmata")
        page.goto("about:blank")
        context.set_offline(False)
        page.goto("/desk/")
        expect(page.locator("[data-unsent]")).to_contain_text("1")
        press(page, ".desk-user button")
        expect(page.locator("[data-unsent]")).to_be_visible()
        assert kept(page) == {"lists": 0, "acts": 1}
        until(page, "!(await navigator.serviceWorker.getRegistrations()).length")
        assert page.evaluate("caches.keys()") == []
        sign_in(page)
        page.locator("[data-unsent-link]").click()
        expect(page.locator("[data-unsent-words]")).to_have_text(ALL_SENT)
        expect(row(page, "Saatmata")).to_have_count(1)
        assert kept(page) == {"lists": 1, "acts": 0}


def kept(page: Page) -> dict[str, int]:
    """Return how much lies on the device."""
    counts: dict[str, int] = page.evaluate(
        """async () => {
          const base = await koostooDoor.open();
          const count = name => new Promise(done => {
            const asked = base.transaction(name).objectStore(name).count();
            asked.onsuccess = () => done(asked.result);
          });
          return { lists: await count("lists"), acts: await count("acts") };
        }"""
    )
    return counts


def test_without_the_script_it_is_a_plain_form(
    device: Callable[..., Page], guests: list[str], person: Person
) -> None:
    page = device(java_script_enabled=False)
    page.goto(f"{DOOR}?q={person.last_name}")
    expect(page.locator(".guest")).to_have_count(1)
    if row(page, person.last_name).locator(".guest__mark").count():
        press(page, ".guest__mark")
    expect(row(page, person.last_name)).to_contain_text("Kohal")
    press(page, ".guest button")
    expect(page.locator(".guest__mark")).to_have_count(1)
    page.locator("[data-walk-in-part] summary").click()
    press(page, "[data-walk-in] button.primary")
    expect(page.locator(".error-summary")).to_be_visible()
    assert ORGANISER in page.content()
