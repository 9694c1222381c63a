"""A browser in front of the application of this process: every state of the rows can be shown.

Requests of the page are answered by Flask's test client, with status, headers and policy as a
server would send them; nothing listens on a port.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

from tests.browser.walk import Watch

ORIGIN = "http://localhost"
VIOLATIONS = """addEventListener("securitypolicyviolation",
  (event) => console.error("policy:", event.violatedDirective, event.blockedURI))"""
"""Makes a page complain aloud of whatever its content policy forbids."""


@contextmanager
def shown(browser: Browser, client: FlaskClient, width: int, height: int) -> Iterator[Page]:
    """Open a page whose requests the client answers; its console must stay silent."""
    context = browser.new_context(
        base_url=ORIGIN,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        # It would fetch its script past us.
        service_workers="block",
    )
    context.add_init_script(VIOLATIONS)
    page = context.new_page()
    watch = Watch(page)

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        # The browser asks in a context of its own, which knows of no application.
        with client.application.app_context():
            given = client.get(path, buffered=True)
            route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)
            given.close()

    page.route("**/*", answer)
    yield page
    context.close()
    assert watch.complaints == [], watch.complaints
