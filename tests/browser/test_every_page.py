"""Every page there is, from the URL map: it fits a phone and opens to everyone.

A page that is added is shown here too; where the world has nothing for it to show, this fails.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from werkzeug.routing import Rule

from koostoo.events.models import Event
from koostoo.programme.models import Activity
from koostoo.registration.rules import SignUp
from tests.browser import world
from tests.browser.conftest import PHONE
from tests.browser.inside import shown
from tests.browser.test_pages import check
from tests.web.desk_pages import sign_in

NARROW = 320
"""CSS pixels: a window of 1280 zoomed to 400 % (WCAG 2.2, 1.4.10), narrower than any phone."""
PARTS = 4
"""So many tests share the pages, so that processes can share the tests."""
LEAD_ON = {
    "desk.calendar_feed",
    "mine.calendar_reply",
    "mine.offer",
    "mine.still_coming",
    "desk.all_matches",
    "public.cover",
    "public.document",
    "public.healthz_detail",
    "public.logo",
    "public.readyz",
    "signin.second",
    "static",
}
"""Answers to buttons, which lead back; files under an address of their own; what needs a token; the
step after the link, which `test_passkey` looks at."""
STATES = ("mine", "mine.still_coming", "mine.offer")
"""Own pages of people in different states, by whose secret link is theirs."""
LETTERS = {"desk.letter_text_preview", "devmail.letter", "devmail.body", "devmail.mailbox"}
"""Letters and the mailbox that shows them are looked at by `test_pages`."""


def pages(app: Flask, values: world.Values) -> list[tuple[str, str]]:
    """Return endpoint and address of everything that can be opened."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        is_read = rule.endpoint.startswith("api.")
        if "GET" not in (rule.methods or ()) or is_read or rule.endpoint in LEAD_ON | LETTERS:
            continue
        given = values_of(rule, values)
        path = adapter.build(rule.endpoint, {name: given[name] for name in rule.arguments})
        found.append((rule.endpoint, path))
    found += [("mine.show", f"/my/{values[name]['token']}") for name in STATES]
    return sorted(found)


def values_of(rule: Rule, values: world.Values) -> dict[str, Any]:
    """Return the parts of an address: those of the page itself, or of what it is about."""
    about = rule.endpoint.partition(".")[0]
    first = rule.rule.removeprefix("/desk").split("/")[1]
    for name in (rule.endpoint, about, first):
        if name in values:
            return values[""] | OTHERS | values[name]
    return values[""] | OTHERS


OTHERS = {"reader": "hotel", "organisation": "host", "kind": "confirmed", "token": "no-such"}
"""What stands for parts that any value fills."""


@pytest.fixture
def values(
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
    client: FlaskClient,
) -> world.Values:
    """A world with something on every page, an organiser signed in."""
    sign_in(client)
    return world.build(make_event, entry, programme)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_fits_a_phone_and_opens_to_everyone(
    app: Flask, client: FlaskClient, browser: Browser, values: world.Values, part: int
) -> None:
    looked_at, wrong = 0, []
    with shown(browser, client, NARROW, PHONE["height"]) as page:
        for endpoint, path in pages(app, values)[part::PARTS]:
            answer = client.get(path, buffered=True)
            kind, status = answer.mimetype, answer.status_code
            answer.close()
            if kind != "text/html" and status == 200:
                continue
            if status != 200:
                wrong.append(f"{endpoint} {path}: {status}")
                continue
            page.goto(path)
            try:
                check(page)
            except AssertionError as error:
                wrong.append(f"{endpoint} {path}: {error}")
            looked_at += 1
    assert wrong == []
    assert looked_at >= 12


INJECTED = """() => new Promise((done) => {
  let blocked = 0;
  // The browser tells of it later, and the page must not be closed before.
  addEventListener("securitypolicyviolation", () => {
    blocked += 1;
    if (blocked === 2) done(window.ran === true);
  });
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  const button = document.createElement("button");
  button.setAttribute("onclick", "window.ran = true");
  document.body.append(script, button);
  button.click();
})"""


def test_a_script_that_got_into_a_page_does_not_run_and_is_heard_of(
    client: FlaskClient, browser: Browser, programme: Activity
) -> None:
    heard: list[str] = []

    def look() -> None:
        with shown(browser, client, NARROW, PHONE["height"]) as page:
            page.on("console", lambda message: heard.append(message.text))
            page.goto("/")
            assert page.evaluate(INJECTED) is False

    with pytest.raises(AssertionError, match="policy: script-src"):
        look()
    assert len([one for one in heard if one.startswith("policy: script-src")]) == 2
