"""Questions that wait for an answer, with the script and without it."""

from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.service import Service
from tests.browser.walk import TRIP, Person, fill_in, press

FORM = f"/en{TRIP}/register"
PARTY = "/en/events/naidis-aastalopp/register"
WORDS = "Answer this if the answer to “Will you stay the night at the guest house?” is “Yes”."


def answer(page: Page, question: str, option: str) -> None:
    """Choose an answer of the question with these words."""
    page.get_by_role("radiogroup", name=question).get_by_label(option, exact=True).check()


def room_mate(page: Page) -> Locator:
    """Return the field that only those are asked for who stay the night."""
    return page.get_by_label("Whom would you like to share a room with?")


def test_a_question_comes_and_goes_with_the_answer_it_waits_for(phone: Page) -> None:
    phone.goto(FORM)
    expect(room_mate(phone)).to_be_hidden()
    fill_in(phone, Person("Aino", "Kuusk", "aino@example.org"))
    expect(room_mate(phone)).to_be_visible()
    expect(phone.get_by_text(WORDS)).to_have_count(0)
    room_mate(phone).fill("Õie Žukov")
    answer(phone, "Will you stay the night", "No")
    expect(room_mate(phone)).to_be_hidden()
    answer(phone, "Will you stay the night", "Yes")
    expect(room_mate(phone)).to_have_value("Õie Žukov")
    answer(phone, "Will you stay the night", "No")
    press(phone, "main form button.primary")
    expect(phone.locator(".ticket--confirmed")).to_be_visible()
    expect(phone.locator(".facts")).not_to_contain_text("Õie Žukov")


def test_the_question_next_to_hear_or_to_tab_to_is_the_one_that_came(phone: Page) -> None:
    phone.goto(FORM)
    answer(phone, "Will you stay the night", "Yes")
    phone.keyboard.press("Tab")
    expect(room_mate(phone)).to_be_focused()
    expect(room_mate(phone)).to_have_accessible_description(
        "If you name nobody, we will find you a room-mate."
    )


def test_a_form_that_comes_back_shows_what_its_answers_ask_for(phone: Page) -> None:
    phone.goto(FORM)
    answer(phone, "Will you stay the night", "Yes")
    room_mate(phone).fill("Õie Žukov")
    press(phone, "main form button.primary")
    expect(room_mate(phone)).to_have_value("Õie Žukov")
    expect(room_mate(phone)).to_be_visible()


def test_without_the_script_words_say_when_to_answer(plain_phone: Page) -> None:
    plain_phone.goto(FORM)
    expect(room_mate(plain_phone)).to_be_visible()
    expect(room_mate(plain_phone)).to_have_accessible_description(
        f"{WORDS} If you name nobody, we will find you a room-mate."
    )
    fill_in(plain_phone, Person("Aino", "Paju", "paju@example.org"))
    room_mate(plain_phone).fill("Õie Žukov")
    press(plain_phone, "main form button.primary")
    expect(plain_phone.locator(".facts")).to_contain_text("Õie Žukov")
    press(plain_phone, "a[href$='/edit']")
    plain_phone.locator("[name^=q][value=no]").check()
    press(plain_phone, "main form button.primary")
    expect(plain_phone.locator(".facts")).not_to_contain_text("Õie Žukov")


def test_an_organiser_makes_a_chain_and_the_form_follows_it(
    service: Service, browser: Browser, desk_state: Any, phone: Page
) -> None:
    with browser.new_context(base_url=service.url, storage_state=desk_state) as context:
        desk = context.new_page()
        edit = "/en/desk/events/naidis-aastalopp/edit"
        desk.goto(edit)
        new_question(desk, 2, "Kellest pilt on?", "choice", "Inimesest\nMaastikust")
        new_question(desk, 3, "Kas inimene on nõus?", "yesno")
        press(desk, "#save button")
        desk.goto(edit)
        wait_for(desk, 2, "if “Yes” – Will you send one picture of your community’s year?")
        wait_for(desk, 3, "if “Inimesest” – Kellest pilt on?")
        press(desk, "#save button")
    phone.goto(PARTY)
    whom, agrees = (
        phone.get_by_role("radiogroup", name=name)
        for name in ("Kellest pilt on?", "Kas inimene on nõus?")
    )
    expect(whom).to_be_hidden()
    answer(phone, "Will you send one picture", "Yes")
    expect(whom).to_be_visible()
    expect(agrees).to_be_hidden()
    answer(phone, "Kellest pilt on?", "Inimesest")
    expect(agrees).to_be_visible()
    answer(phone, "Will you send one picture", "No")
    expect(whom).to_be_hidden()
    expect(agrees).to_be_hidden()


def new_question(page: Page, row: int, words: str, kind: str, options: str = "") -> None:
    """Add a question to the event form."""
    page.get_by_role("button", name="Add a question").click()
    part = page.locator("#questions details").nth(row)
    part.locator(f"[name=questions-{row}-label_et]").fill(words)
    part.locator(f"[name=questions-{row}-kind]").select_option(kind)
    if options:
        part.locator(f"[name=questions-{row}-options_et]").fill(options)


def wait_for(page: Page, row: int, words: str) -> None:
    """Choose what the question of this row waits for."""
    part = page.locator("#questions details").nth(row)
    part.locator("summary").click()
    part.locator(f"[name=questions-{row}-asked_if]").select_option(label=words)
