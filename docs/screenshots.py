"""Makes the pictures in docs/screenshots: `make screenshots`.

Each page of the main job at 360 and 1280 px, light and dark, from a fresh service with made-up
people. Long pages are cut, so that the folder stays small.
"""

import shutil
import subprocess
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
FULL = "/events/naidis-seminar"
FIRST = ("Mari", "Jaan", "Õie", "Peeter", "Tiiu", "Ülo")
LAST = ("Männik", "Tamm", "Saar", "Kask", "Põld")
FEW, MANY = 18, 27


def people() -> list[Person]:
    """Return thirty made-up people."""
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
    for person in people()[:FEW]:
        sign_up(phone, person, FEW_SEATS)
    for person in people()[:MANY]:
        sign_up(phone, person, FULL)
    waiting_page = phone.url
    phone.goto(service.flask("organiser", "invite", ORGANISER, "--print-link").strip())
    press(phone, "main form button")
    pages = {
        "home": "/",
        "project": "/project/kogemusvahetus",
        "event": TRIP,
        "event-few-seats": FEW_SEATS,
        "register": f"{TRIP}/register",
        "register-group": f"{TRIP}/register/group",
        "own-page": own_page,
        "own-page-waiting": waiting_page,
        "letter": letter,
        "desk": "/desk/",
        "desk-people": f"/desk{TRIP}/registrations",
        "desk-waiting": f"/desk{FULL}/registrations?state=waiting",
        "desk-sharing": f"/desk{FULL}/edit#sharing",
        "desk-event": f"/desk{FULL}/edit",
        "desk-check-in": f"/desk{TRIP}/checkin",
        "desk-outbox": "/desk/outbox",
        "desk-project": "/desk/projects/kogemusvahetus",
    }
    for width, (height, cut) in SIZES.items():
        phone.set_viewport_size(ViewportSize(width=width, height=height))
        for name, address in pages.items():
            phone.goto(address)
            for scheme in SCHEMES:
                phone.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                part = address.partition("#")[2]
                take(phone, FOLDER / f"{name}-{width}-{scheme}.png", cut, part)
    sheet = phone.request.get(f"/desk{TRIP}/attendance.pdf").body()
    for number in (1, 2):
        (FOLDER / f"sheet-{number}.png").write_bytes(picture_of(sheet, number))


def take(page: Page, path: Path, cut: int, part: str = "") -> None:
    """Write one picture, at most `cut` pixels high, of the page from its top or of a part."""
    if part:
        fill_part(page)
        page.locator(f"#{part}").screenshot(path=path)
        return
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    page.screenshot(
        path=path,
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": min(height, cut)},
    )


def picture_of(document: bytes, page: int) -> bytes:
    """Return a page of a PDF, counted from 1, as a picture; poppler's pdftoppm draws it."""
    command = ["pdftoppm", "-png", "-r", "70", "-f", str(page), "-l", str(page), "-"]
    return subprocess.run(command, input=document, capture_output=True, check=True).stdout  # noqa: S603


def fill_part(page: Page) -> None:
    """Promise seats to two partners, so that the picture shows how; nothing is saved."""
    for row, seats in enumerate(("6", "4")):
        page.select_option(f"#quotas-{row}-organisation", index=row + 1)
        page.fill(f"#quotas-{row}-seats", seats)
        page.fill(f"#quotas-{row}-until_day", "2026-12-10")
    page.fill("#partner_cap", "8")


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
