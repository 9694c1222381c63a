"""The main job, end to end: sign up, letter, calendar, cancel, the organiser's list."""

import csv
from io import StringIO
from pathlib import Path

from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from tests.browser.service import Service
from tests.browser.walk import ORGANISER, TRIP, Person, fill_in, open_letter, press, sign_up


def calendar_part(page: Page) -> Calendar:
    """Return the calendar that the open letter carries."""
    return Calendar.from_ical(page.locator("pre").last.inner_text())


def test_a_member_signs_up_and_cancels_on_a_phone(phone: Page) -> None:
    mari = Person("Mari", "Männik", "mari@example.org")
    phone.goto("/en/")
    press(phone, f"a[href$='{TRIP}']")
    press(phone, "main a.primary")
    fill_in(phone, mari)
    press(phone, "main form button.primary")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You have a seat!")

    open_letter(phone, mari.email, 1)
    request = calendar_part(phone)
    assert request["METHOD"] == "REQUEST"
    feed = Calendar.from_ical(phone.request.get("/calendar.ics").text())
    trip = request.events[0]
    assert trip.start in {event.start for event in feed.events}
    assert "Liikmete kahepäevane õppereis" in {str(event["SUMMARY"]) for event in feed.events}

    phone.frame_locator("iframe.letter").locator("a.press").click()
    expect(phone.locator(".ticket--confirmed")).to_be_visible()
    press(phone, "a[href$='/cancel']")
    press(phone, "main form button.danger")
    expect(phone.locator(".ticket--cancelled")).to_be_visible()

    open_letter(phone, mari.email, 2)
    cancel = calendar_part(phone)
    assert cancel["METHOD"] == "CANCEL"
    assert cancel.events[0]["UID"] == trip["UID"]
    assert cancel.events[0].sequence > trip.sequence


def test_the_whole_sign_up_works_with_javascript_switched_off(plain_phone: Page) -> None:
    jaan = Person("Jaan", "Tamm", "jaan@example.org")
    sign_up(plain_phone, jaan)
    expect(plain_phone.locator(".ticket--confirmed")).to_be_visible()
    press(plain_phone, "a[href$='/edit']")
    plain_phone.fill("#member_organisation", "Metsanurga selts")
    press(plain_phone, "main form button.primary")
    expect(plain_phone.locator(".facts")).to_contain_text("Metsanurga selts")
    press(plain_phone, "a[href$='/cancel']")
    press(plain_phone, "main form button.danger")
    expect(plain_phone.locator(".ticket--cancelled")).to_be_visible()


def test_an_organiser_signs_in_by_link_and_downloads_the_list(
    service: Service, browser: Browser, person: Person, own_page: str, tmp_path: Path
) -> None:
    with browser.new_context(base_url=service.url) as context:
        page = context.new_page()
        page.goto(service.flask("organiser", "invite", ORGANISER, "--print-link").strip())
        press(page, "main form button")
        page.goto(f"/desk{TRIP}/registrations")
        with page.expect_download() as download:
            page.locator("a[href*='registrations.csv']").first.click()
        download.value.save_as(tmp_path / "list.csv")
    text = (tmp_path / "list.csv").read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    dialect = csv.Sniffer().sniff(text[1:], delimiters=";,\t")
    rows = list(csv.reader(StringIO(text[1:]), dialect))
    row = next(row for row in rows if person.email in row)
    assert any("õppereis" in cell.lower() for cell in row)
    assert person.last_name in row


def test_a_printed_sign_in_link_works_once(service: Service, phone: Page) -> None:
    link = service.flask("organiser", "invite", ORGANISER, "--print-link").strip()
    phone.goto(link)
    press(phone, "main form button")
    assert phone.url == f"{service.url}/desk/"
    phone.context.clear_cookies()
    answer = phone.goto(link)
    assert answer is not None
    assert answer.status == 404
