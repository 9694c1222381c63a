"""Every route of the URL map with something behind it, for tests that look at all of them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy import select

from koostoo.accounts.api_tokens import make_token as make_api_token
from koostoo.accounts.calendar import renew_feed
from koostoo.accounts.models import Organiser
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.tokens import make_token
from koostoo.events.models import Event
from koostoo.files.preparing import prepare
from koostoo.files.queries import files_of
from koostoo.files.service import keep_file
from koostoo.mail.transport import MAILBOX
from koostoo.postroom import deliver_due
from koostoo.programme.models import Activity
from koostoo.registration.rules import SignUp
from koostoo.web.rights import API_RIGHTS, right_of
from tests.browser import world
from tests.browser.test_every_page import values_of
from tests.conftest import KEY
from tests.files.made import PDF


class Way(NamedTuple):
    """One method of one route, with an address at which something is."""

    endpoint: str
    right: str
    method: str
    path: str
    headers: dict[str, str]


def build(
    make_event: Callable[..., Event], entry: Callable[..., SignUp], programme: Activity
) -> world.Values:
    """Fill the database as for the pages in a browser; an organiser must be known already."""
    values = world.build(make_event, entry, programme)
    owner = db.session.scalars(select(Organiser.id)).first()
    assert owner is not None
    renew_feed(owner)
    feed = db.session.get_one(Organiser, owner).feed_link_id
    assert feed is not None
    values["desk.calendar_feed"] = {"token": make_token([KEY], "desk-feed", feed)}
    values["mine.stop_news"], values["mine.unfollow"] = values["mine.news"], values["mine.notices"]
    values["signin.use"] = values["signin.link"]
    values["static"] = {"filename": "koostoo.css"}
    values["public.logo"] = values["desk.logo_edit"]
    event = db.session.scalars(select(Event).where(Event.slug == world.FULL)).one()
    plan = prepare(BytesIO(PDF), "kava.pdf", "document")
    keep_file(event.id, "document", plan, now(), None)
    number = next(one.id for one in files_of(event.id) if one.kind == "document")
    values["public.document"] = {"slug": world.FULL, "number": number, "name": "document.pdf"}
    deliver_due(now, most=1)
    [letter] = (Path(current_app.config["INSTANCE_PATH"]) / MAILBOX).iterdir()
    values["devmail.letter"] = values["devmail.body"] = {"name": letter.name}
    return values


def ways(app: Flask, values: world.Values) -> list[Way]:
    """Return every route with GET and POST; those of the API with a token of the organiser."""
    owner = db.session.scalars(select(Organiser.id)).first()
    assert owner is not None
    bearer = {"Authorization": f"Bearer {make_api_token(owner, 'Proov', None, now())}"}
    adapter = app.url_map.bind("localhost")
    found: list[Way] = []
    for rule in app.url_map.iter_rules():
        given = values_of(rule, values)
        path = adapter.build(rule.endpoint, {name: given[name] for name in rule.arguments})
        declared = right_of(app, rule.endpoint) or ""
        shown = bearer if declared in API_RIGHTS else {}
        methods = sorted((rule.methods or set()) & {"GET", "POST"})
        found += [Way(rule.endpoint, declared, method, path, shown) for method in methods]
    return found
