"""What a visitor does in one step, with us and at the floor."""

import re
from secrets import token_hex

from benchmarks.load import Answer, Browser, Step
from benchmarks.stage import OPEN, SAMPLE

EVENT_PAGE = f"/events/{SAMPLE}"
FORM = f"/events/{OPEN}/register"
FEED = "/calendar.ics"


def expect(answer: Answer, status: int) -> Answer:
    """Return the answer; raise AssertionError when it is not what the step is about."""
    assert answer.status == status, f"{answer.status} instead of {status}: {answer.text[:2000]}"
    return answer


def event_page(browser: Browser) -> Step:
    """Open an event's page."""
    return lambda: (expect(browser.get(EVENT_PAGE), 200), None)[1]


def new_event_page(browser: Browser) -> Step:
    """Open an event's page in a way that has it made anew, as after each sign-up."""
    return lambda: (expect(browser.get(f"{EVENT_PAGE}?new"), 200), None)[1]


def form(browser: Browser) -> Step:
    """Open the sign-up form."""
    return lambda: (expect(browser.get(FORM), 200), None)[1]


def feed(browser: Browser) -> Step:
    """Fetch the feed as a calendar program does the first time."""
    return lambda: (expect(browser.get(FEED), 200), None)[1]


def unchanged_feed(browser: Browser) -> Step:
    """Ask for the feed again with the ETag of the first time."""
    known = {"If-None-Match": expect(browser.get(FEED), 200).etag}
    return lambda: (expect(browser.get(FEED, known), 304), None)[1]


def post(browser: Browser) -> Step:
    """Send the filled-in form: each time another person, the page fetched once."""
    page = expect(browser.get(FORM), 200).text

    def step() -> None:
        send_form(browser, page)

    return step


def sign_up(browser: Browser) -> Step:
    """Sign up as people do: open the form, send it, see the result."""

    def step() -> None:
        page = expect(browser.get(FORM), 200).text
        expect(browser.get(send_form(browser, page)), 200)

    return step


def floor_page(browser: Browser) -> Step:
    """Fetch the floor's ready page."""
    return lambda: (expect(browser.get("/page"), 200), None)[1]


def floor_insert(browser: Browser) -> Step:
    """Have the floor write one row."""
    return lambda: (expect(browser.post("/insert", {"name": "Mari Maasikas"}), 200), None)[1]


def floor_sign_up(browser: Browser) -> Step:
    """The floor's share of a sign-up: a page, a row, a page."""

    def step() -> None:
        expect(browser.get("/page"), 200)
        expect(browser.post("/insert", {"name": "Mari Maasikas"}), 200)
        expect(browser.get("/page"), 200)

    return step


def field_value(page: str, name: str) -> str:
    """Return the value of a hidden field; raise AssertionError when the page has none."""
    for tag in re.findall(r"<input[^>]*>", page):
        if f'name="{name}"' in tag:
            found = re.search(r'value="([^"]*)"', tag)
            return found[1] if found else ""
    raise AssertionError(f"no field {name} on the page")


def send_form(browser: Browser, page: str, form: str = FORM) -> str:
    """Send the form as a new person and return the path of the result page."""
    number = token_hex(6)
    organisation = re.search(r'<option value="(\d+)"', page)
    assert organisation is not None
    fields = {
        "csrf_token": field_value(page, "csrf_token"),
        "nonce": token_hex(12),
        "first_name": "Mari",
        "last_name": f"Maasikas {number}",
        "email": f"mari.{number}@example.org",
        "phone": "5552 2385",
        "organisation": organisation[1],
        "member_organisation": "Näidise küla selts",
        "role": "member",
        "language": "et",
        "privacy": "y",
    }
    result = expect(browser.post(form, fields), 303).location
    assert "/my/" in result, result
    return result
