"""Other sites may show the list of coming events in a frame, and nothing else of ours."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

from koostoo.events.models import Event

SITES = ("https://partner.example", "https://elsewhere.example")
FRAMED = "<!doctype html><title>x</title><iframe src='http://localhost{}'></iframe>"


def frame_of(browser: Browser, client: FlaskClient, site: str, path: str) -> str:
    """Show one of our pages in a frame of this site and return what is read in it."""
    context = browser.new_context()
    page: Page = context.new_page()

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.hostname != "localhost":
            route.fulfill(body=FRAMED.format(path), content_type="text/html")
            return
        with client.application.app_context():
            given = client.get(parts.path, buffered=True)
            headers = dict(given.headers)
            route.fulfill(status=given.status_code, headers=headers, body=given.data)
            given.close()

    page.route("**/*", answer)
    page.goto(f"{site}/")
    frame = page.frames[1]
    frame.wait_for_load_state()
    text = frame.locator("body").inner_text() if "localhost" in frame.url else ""
    context.close()
    return text


def test_only_the_list_of_events_is_shown_in_a_frame_and_only_where_it_may_be(
    app: Flask,
    client: FlaskClient,
    browser: Browser,
    make_event: Callable[..., Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = make_event()
    for site in SITES:
        assert "Õppereis Voorele" in frame_of(browser, client, site, "/embed/events")
        for path in ("/", f"/events/{event.slug}", "/desk/signin"):
            assert "Koostöö" not in frame_of(browser, client, site, path), (site, path)
    monkeypatch.setitem(app.config, "EMBED_ANCESTORS", [SITES[0]])
    # Another address: the list kept ready is that of the setting before.
    listed = "/en/embed/events"
    assert "Study trip to Voore" in frame_of(browser, client, SITES[0], listed)
    assert "Study trip" not in frame_of(browser, client, SITES[1], listed)
