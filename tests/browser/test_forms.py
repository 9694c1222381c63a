"""Forms that come back: what was typed is kept, and every reader is led to the mistake."""

from playwright.sync_api import Page, expect

from tests.browser.walk import TRIP, Person, fill_in, press

FORM = f"/en{TRIP}/register"


def test_the_error_summary_gets_the_focus(phone: Page) -> None:
    phone.goto(FORM)
    press(phone, "main form button.primary")
    expect(phone.locator(".error-summary")).to_be_focused()


def test_each_line_of_the_summary_leads_to_its_field(phone: Page) -> None:
    phone.goto(FORM)
    press(phone, "main form button.primary")
    links = phone.locator(".error-summary a")
    assert links.count() >= 5
    for link in links.all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        expect(phone.locator(f"[id='{target}']")).to_be_focused()
        assert (
            phone.locator(f"[id='{target}-error']").inner_text() in link.locator("..").inner_text()
        )


def test_what_was_typed_is_kept_when_one_field_is_wrong(phone: Page) -> None:
    phone.goto(FORM)
    fill_in(phone, Person("Mari", "Männik", "mari@"))
    press(phone, "main form button.primary")
    expect(phone.locator(".error-summary a")).to_have_text(["E-mail"])
    expect(phone.locator("#first_name")).to_have_value("Mari")
    expect(phone.locator("#email")).to_have_value("mari@")
    expect(phone.locator("#phone")).to_have_value("5552 2385")
    expect(phone.locator("#organisation")).not_to_have_value("")
    expect(phone.locator("#privacy")).to_be_checked()


def test_no_consent_is_ticked_beforehand(phone: Page) -> None:
    phone.goto(FORM)
    expect(phone.locator("#privacy")).not_to_be_checked()
    expect(phone.locator("[name=photo_consent]:checked")).to_have_count(0)


def test_a_form_sent_without_its_session_is_kept_and_can_be_sent_again(phone: Page) -> None:
    phone.goto(FORM)
    fill_in(phone, Person("Tiiu", "Kask", "tiiu@example.org"))
    phone.context.clear_cookies()
    press(phone, "main form button.primary")
    expect(phone.locator("#first_name")).to_have_value("Tiiu")
    press(phone, "main form button.primary")
    expect(phone.locator(".ticket--confirmed")).to_be_visible()


def test_a_double_press_signs_up_once(phone: Page) -> None:
    phone.goto(FORM)
    fill_in(phone, Person("Peeter", "Saar", "peeter@example.org"))
    phone.locator("main form button.primary").dblclick(no_wait_after=True)
    expect(phone.locator(".ticket--confirmed")).to_be_visible()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You have a seat!")


def focused_id(page: Page) -> str:
    """Return the id of the element that has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this id has the focus."""
    for _step in range(40):
        page.keyboard.press("Tab")
        if focused_id(page) == name:
            return
    raise AssertionError(f"the Tab key does not reach {name}")


def test_the_first_tab_offers_to_skip_to_the_content(phone: Page) -> None:
    phone.goto("/en/")
    phone.keyboard.press("Tab")
    expect(phone.locator("a.skip")).to_be_in_viewport()
    phone.keyboard.press("Enter")
    expect(phone.locator("main")).to_be_focused()


def test_the_keyboard_alone_signs_up(phone: Page) -> None:
    phone.goto(FORM)
    for name, text in (
        ("first_name", "Kaja"),
        ("last_name", "Klahv"),
        ("email", "kaja@example.org"),
    ):
        tab_to(phone, name)
        phone.keyboard.type(text)
    tab_to(phone, "organisation")
    phone.keyboard.press("ArrowDown")
    for group in phone.locator("fieldset[role=radiogroup]").all():
        first = group.locator("input").first
        if group.locator(":checked").count() == 0:
            tab_to(phone, first.get_attribute("id") or "")
            phone.keyboard.press("Space")
    tab_to(phone, "privacy")
    phone.keyboard.press("Space")
    phone.keyboard.press("Enter")
    expect(phone.locator(".ticket--confirmed")).to_be_visible()


def test_the_focus_is_always_seen(phone: Page) -> None:
    phone.goto(FORM)
    stops = 0
    phone.keyboard.press("Tab")
    while phone.evaluate("document.activeElement !== document.body"):
        shown = phone.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert shown == "solid", phone.evaluate("document.activeElement.outerHTML")
        stops += 1
        phone.keyboard.press("Tab")
    assert stops >= 15
