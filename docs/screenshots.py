"""Makes the pictures in docs/screenshots: `make screenshots`.

Each page of the main job at 360 and 1280 px, light and dark, from a fresh service with made-up
people. Long pages are cut, so that the folder stays small.
"""

import shutil
import tempfile
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.service import Service, running
from tests.browser.walk import ORGANISER, TRIP, Person, open_letter, press, sign_up

FOLDER = Path(__file__).parent / "screenshots"
SIZES = {360: (740, 1300), 1280: (800, 900)}
"""Width of the window: its height, and the height at which a picture is cut, in CSS pixels."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FEW_SEATS = "/events/naidis-valisoppereis"
FIRST = ("Mari", "Jaan", "Õie", "Peeter", "Tiiu", "Ülo")
LAST = ("Männik", "Tamm", "Saar")


def people() -> list[Person]:
    """Return eighteen made-up people."""
    return [
        Person(first, last, f"inimene{number}@example.org")
        for number, (last, first) in enumerate(product(LAST, FIRST), start=1)
    ]


def make_pictures(service: Service, browser: Browser) -> None:
    """Walk through the main job once, then take every picture."""
    phone = browser.new_page(
        base_url=service.url, viewport=ViewportSize(width=360, height=740), locale="et-EE"
    )
    mari = people()[0]
    sign_up(phone, mari)
    own_page = phone.url
    open_letter(phone, mari.email, 1)
    letter = phone.url + "/html"
    for person in people()[1:9]:
        sign_up(phone, person)
    for person in people():
        sign_up(phone, person, FEW_SEATS)
    phone.goto(service.flask("organiser", "invite", ORGANISER, "--print-link").strip())
    press(phone, "main form button")
    pages = {
        "home": "/",
        "project": "/project/kogemusvahetus",
        "event": TRIP,
        "event-few-seats": FEW_SEATS,
        "register": f"{TRIP}/register",
        "own-page": own_page,
        "letter": letter,
        "desk": "/desk/",
        "desk-people": f"/desk{TRIP}/registrations",
    }
    for width, (height, cut) in SIZES.items():
        phone.set_viewport_size(ViewportSize(width=width, height=height))
        for name, address in pages.items():
            phone.goto(address)
            for scheme in SCHEMES:
                phone.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                take(phone, FOLDER / f"{name}-{width}-{scheme}.png", cut)


def take(page: Page, path: Path, cut: int) -> None:
    """Write one picture of the page from its top, at most `cut` pixels high."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    page.screenshot(
        path=path,
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": min(height, cut)},
    )


def main() -> None:
    """Replace the pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("This needs Chromium (on Debian: apt install chromium)")
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as service,
        sync_playwright() as playwright,
    ):
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        make_pictures(service, browser)
        browser.close()


if __name__ == "__main__":
    main()
