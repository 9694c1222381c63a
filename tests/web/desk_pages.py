"""What the tests of the desk share: reading forms as a browser does."""

from html.parser import HTMLParser
from typing import Any

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from koostoo.accounts.service import invite_organiser, make_local_link
from koostoo.base.clock import now
from koostoo.base.tokens import make_token
from koostoo.events.models import Event


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = value
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = ""
        elif tag == "input" and name:
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked:
                self.values[name] = value

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            # A browser drops the first line break after the tag.
            self.values[self._textarea] = self.values[self._textarea].lstrip("\r\n")
            self._textarea = ""


def read_form(page: str) -> dict[str, Any]:
    """Return what a browser would send if the page's form were sent as it stands."""
    reader = _Reader()
    reader.feed(page)
    return reader.values


def open_form(client: FlaskClient, path: str) -> dict[str, Any]:
    """Open a page and return what a browser would send from it.

    The tests hold one application context, in which Flask-WTF would keep the token of the
    browser that came first.
    """
    g.pop("csrf_token", None)
    return read_form(client.get(path).get_data(as_text=True))


def sign_in(client: FlaskClient) -> FlaskClient:
    """Sign an organiser in with a link made on the server."""
    invite_organiser("korraldaja@example.org", now())
    return open_link(client, "korraldaja@example.org")


def open_link(client: FlaskClient, email: str) -> FlaskClient:
    """Sign somebody in who has a role: with a link made on the server."""
    keys = [client.application.config["SECRET_KEY"]]
    link = f"/desk/signin/{make_token(keys, 'signin', make_local_link(email, now()))}"
    assert client.post(link, data=open_form(client, link)).status_code == 303
    return client


def text_of(browser: FlaskClient, path: str) -> str:
    """Open a page that is there and return its source."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def people_path(event: Event) -> str:
    """Return the address of an event's people at the desk."""
    return f"/desk/events/{event.slug}/registrations"


def edit_path(event: Event) -> str:
    """Return the address of an event's form at the desk."""
    return f"/desk/events/{event.slug}/edit"


def save_event(desk: FlaskClient, event: Event, **changes: Any) -> TestResponse:
    """Send the event's form with some fields changed."""
    return desk.post(edit_path(event), data={**open_form(desk, edit_path(event)), **changes})


def confirm_move(desk: FlaskClient, event: Event, page: str, **typed: Any) -> TestResponse:
    """Press the button of the page that tells who will be told."""
    form = {name: value for name, value in read_form(page).items() if value is not None}
    return desk.post(edit_path(event), data={**form, **typed})


def stage_of(event: Event) -> dict[str, Any]:
    """Return the numbers `test_roles.sign_in_as` gives roles about, for roles at this event."""
    host, partner = event.activity.project.partners
    return {
        "event": event.id,
        "project": event.activity.project_id,
        "host": host.organisation_id,
        "partner": partner.organisation_id,
        "other": 0,
        "foreign": 0,
        "theirs": 0,
    }
