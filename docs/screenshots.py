"""Makes the pictures in docs/screenshots: `make screenshots`.

Each page of the main job at 360 and 1280 px, light and dark, from a fresh service with made-up
people. Long pages are cut, so that the folder stays small.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.service import Service, running
from tests.browser.walk import ORGANISER, TRIP, Person, open_letter, press, sign_up

FOLDER = Path(__file__).parent / "screenshots"
SIZES = {360: (740, 1500), 1280: (800, 1000)}
"""Width of the window: its height, and the height at which a picture is cut, in CSS pixels."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FEW_SEATS = "/events/naidis-valisoppereis"
NAMES = (
    ("Mari", "Männik"),
    ("Jaan", "Tamm"),
    ("Õie", "Žukov"),
    ("Peeter", "Saar"),
    ("Tiiu", "Kask"),
    ("Kaja", "Lepp"),
    ("Ülo", "Pärn"),
)


def people() -> list[Person]:
    """Return the made-up people, the one whose pages are shown first."""
    return [
        Person(first, last, f"{first}.{last}@example.org".lower().translate(PLAIN))
        for first, last in NAMES
    ]


PLAIN = str.maketrans("äõöüžš", "aoouzs")


def make_pictures(service: Service, browser: Browser) -> None:
    """Walk through the main job once, then take every picture."""
    phone = browser.new_page(base_url=service.url, viewport=ViewportSize(width=360, height=740))
    own_page = ""
    for person in people():
        sign_up(phone, person)
        own_page = own_page or phone.url.partition("?")[0]
    for person in people()[:5]:
        sign_up(phone, person, FEW_SEATS)
    open_letter(phone, people()[0].email, 2)
    letter = phone.url + "/html"
    phone.goto(service.flask("organiser", "invite", ORGANISER, "--print-link").strip())
    press(phone, "main form button")
    pages = {
        "home": "/",
        "project": "/project/kogemusvahetus",
        "event": TRIP,
        "register": f"{TRIP}/register",
        "own-page": own_page,
        "letter": letter,
        "desk": "/desk/",
        "desk-people": f"/desk{TRIP}/registrations",
        "desk-edit": f"/desk{TRIP}/edit",
    }
    for width, (height, cut) in SIZES.items():
        phone.set_viewport_size(ViewportSize(width=width, height=height))
        for name, address in pages.items():
            phone.goto(address)
            for scheme in SCHEMES:
                phone.emulate_media(color_scheme=scheme)
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
