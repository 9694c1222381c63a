"""Secret links: every route with a token, from the URL map, so that none can be forgotten."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from koostoo.accounts.models import Follow, Organiser, SignInLink
from koostoo.accounts.service import make_local_link
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.tokens import LINK_ID_LENGTH, MAC_LENGTH, make_token, new_link_id, read_token
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.postroom import deliver_due
from koostoo.programme.models import Activity
from koostoo.registration.models import Group, MailboxCalendar, Registration
from koostoo.registration.renewing import renew_group_link, renew_link
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.accounts.made import give_second_factor
from tests.browser import world
from tests.conftest import KEY, form_values
from tests.mail.servers import UseServer, working_server
from tests.web import everywhere
from tests.web.desk_pages import sign_in

pytestmark = pytest.mark.once

OTHER_KEY = "another key for tests only, long enough to be taken"
PURPOSES = (
    "my", "feed", "group", "mailbox", "mailbox-feed", "desk-feed", "signin", "news", "unfollow",
    "feedback",
)  # fmt: skip
SAYS_GONE = {"mine.calendar", "mine.calendar_feed", "mine.feed", "desk.calendar_feed"}
"""Calendar addresses, which programs ask for again and again: one that was ours and is replaced or
taken back answers 410, so that they stop. What was never ours answers 404 there as elsewhere."""
SNAPSHOTS = Path(__file__).parents[1] / "notices" / "snapshots"
ADDRESS = re.compile(r"http://localhost(/[^\s>\"]*)")


class Door(NamedTuple):
    """A route with a token in its address, a method, and the token that opens it."""

    app: Flask
    rule: Rule
    method: str
    token: str
    number: int

    def path(self, token: str) -> str:
        """Return the address with another token."""
        rest = {"number": self.number} if "number" in self.rule.arguments else {}
        adapter = self.app.url_map.bind("localhost")
        return adapter.build(self.rule.endpoint, {"token": token, **rest})

    @property
    def purpose(self) -> str:
        """What its token was made for; exactly one."""
        [found] = [name for name in PURPOSES if read_token([KEY], name, self.token)]
        return found


@pytest.fixture
def doors(
    app: Flask,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
) -> list[Door]:
    """Every route with a token, and something behind each."""
    sign_in(app.test_client())
    values = everywhere.build(make_event, entry, programme)
    number = values["mine.cancel_in_group"]["number"]
    return [
        Door(app, rule, method, (values.get(rule.endpoint) or values["mine"])["token"], number)
        for rule in app.url_map.iter_rules()
        if "token" in rule.arguments
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


class Answer(NamedTuple):
    """What can be told from an answer."""

    status: int
    headers: list[tuple[str, str]]
    body: str


@pytest.fixture
def ask(client: FlaskClient) -> Callable[[Door, str], Answer]:
    """Send a request with some token, with a good form token, and return what it tells."""
    form = form_values(client.get("/desk/signin").get_data(as_text=True))

    def send(door: Door, token: str) -> Answer:
        path = door.path(token)
        data = form if door.method == "POST" else None
        answer = client.open(path, method=door.method, data=data, buffered=True)
        return masked(answer, path)

    return send


def masked(answer: TestResponse, path: str) -> Answer:
    """Return an answer without what differs from one request to the next: numbers, the address."""
    body = answer.get_data(as_text=True)
    body = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", body)
    body = re.sub(r"\b[0-9a-f]{12}\b", "NUMBER", body)
    for written in (path, unquote(path)):
        body = body.replace(written, "ADDRESS")
    skipped = {"Content-Length", "Set-Cookie", "X-Request-Id"}
    headers = [(name, value) for name, value in answer.headers if name not in skipped]
    answer.close()
    return Answer(answer.status_code, sorted(headers), body)


def a_random_token() -> str:
    return token_urlsafe(64)[: LINK_ID_LENGTH + MAC_LENGTH]


def wrong_tokens(door: Door, others: set[str]) -> Iterator[tuple[str, str]]:
    """Tokens of every other kind, cut, altered, and of another key; each with what is wrong."""
    token, link_id = door.token, door.token[:LINK_ID_LENGTH]
    for other in others:
        if not read_token([KEY], door.purpose, other):
            yield "another purpose", other
    for purpose in PURPOSES:
        if purpose != door.purpose:
            yield f"as {purpose}", make_token([KEY], purpose, link_id)
    flipped = "A" if token[-1] != "A" else "B"
    yield "cut", token[:-1]
    yield "longer", token + "A"
    yield "altered at its end", token[:-1] + flipped
    yield "altered in front", ("A" if token[0] != "A" else "B") + token[1:]
    yield "of another thing", "x" * LINK_ID_LENGTH + token[LINK_ID_LENGTH:]
    yield "in capitals", token.upper()
    yield "with other letters", token[:-1] + "ä"
    yield "of another key", make_token([OTHER_KEY], door.purpose, link_id)
    yield "a word", "edit-me"


def test_a_route_opens_with_its_own_token_and_answers_every_wrong_one_alike(
    doors: list[Door], ask: Callable[[Door, str], Answer]
) -> None:
    assert len({door.rule.endpoint for door in doors}) >= 18
    assert {door.purpose for door in doors} == set(PURPOSES)
    looking = [door for door in doors if door.method == "GET"]
    assert [door.rule.rule for door in looking if ask(door, door.token).status >= 400] == []
    others, tried, told = {door.token for door in doors}, 0, []
    for door in doors:
        random = ask(door, a_random_token())
        assert random.status == 404, door
        for wrong, token in wrong_tokens(door, others):
            tried += 1
            if ask(door, token) != random:
                told.append((door.method, door.rule.rule, wrong))
    assert told == []
    assert tried > 400


def test_what_is_over_replaced_or_gone_is_answered_as_a_random_token_too(
    doors: list[Door], ask: Callable[[Door, str], Answer]
) -> None:
    _check_without_address(doors, ask)
    _end_everything()
    told = []
    for door in doors:
        if door.rule.endpoint in SAYS_GONE:
            assert ask(door, door.token).status == 410, door
        elif ask(door, door.token) != ask(door, a_random_token()):
            told.append((door.method, door.rule.rule))
    assert told == []


def _check_without_address(doors: list[Door], ask: Callable[[Door, str], Answer]) -> None:
    """An own page ends with the address it was sent to."""
    with transaction() as session:
        session.query(Registration).update({"email": ""})
        session.query(Group).update({"email": ""})
    for door in doors:
        if door.purpose in ("my", "group", "news"):
            assert ask(door, door.token) == ask(door, a_random_token()), door
    with transaction() as session:
        session.query(Registration).update({"email": "mari@example.org"})
        session.query(Group).update({"email": "mari@example.org"})


def _end_everything() -> None:
    """Let each kind of link end in a way of its own."""
    moment = now()
    people = db.session.scalars(select(Registration.id).where(Registration.email != "")).all()
    groups = db.session.scalars(select(Group.id)).all()
    for one in people[::2]:
        assert renew_link(one, moment)
    for one in groups:
        assert renew_group_link(one, moment)
    with transaction() as session:
        for number in people[1::2]:
            session.get_one(Registration, number).link_id = new_link_id()
        session.execute(delete(Follow))
        session.query(MailboxCalendar).update({"link_id": new_link_id()})
        session.query(Organiser).update({"feed_link_id": None})
        session.query(SignInLink).update({"expires_at": moment - timedelta(minutes=1)})


def test_a_sign_in_link_that_is_used_or_another_browsers_is_answered_alike(
    app: Flask, client: FlaskClient, ask: Callable[[Door, str], Answer]
) -> None:
    sign_in(app.test_client())
    token = make_token([KEY], "signin", make_local_link("korraldaja@example.org", now()))
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    doors = [
        Door(app, rules["signin.link"], "GET", token, 0),
        Door(app, rules["signin.use"], "POST", token, 0),
    ]
    useless: tuple[dict[Any, Any], ...] = (
        {"used_at": now()},
        {"used_at": None, "browser_hash": "0" * 64},
        {"browser_hash": None, "expires_at": now() - timedelta(minutes=1)},
    )
    assert ask(doors[0], token).status == 200
    for changes in useless:
        with transaction() as session:
            session.query(SignInLink).update(changes)
        for door in doors:
            assert ask(door, token) == ask(door, a_random_token()), changes


def rows() -> dict[str, list[str]]:
    """Everything that is in the database."""
    db.session.rollback()
    return {
        name: sorted(str(row) for row in db.session.execute(text(f'SELECT * FROM "{name}"')))  # noqa: S608 - names of our tables
        for name in db.metadata.tables
    }


def test_looking_at_a_link_changes_nothing_whoever_looks_and_however_often(
    app: Flask, client: FlaskClient, doors: list[Door]
) -> None:
    _check_what_pages_give_away(client, doors)
    before = rows()
    for method in ("GET", "HEAD", "OPTIONS", "GET", "HEAD"):
        scanner = app.test_client()
        for door in doors:
            if door.method == "GET":
                scanner.open(door.path(door.token), method=method, buffered=True).close()
    assert rows() == before


def _check_what_pages_give_away(client: FlaskClient, doors: list[Door]) -> None:
    """No page behind a link is stored, indexed or told to other sites, nor is what refuses it."""
    pages = 0
    for door in doors:
        if door.method != "GET":
            continue
        for token in (door.token, a_random_token()):
            answer = client.get(door.path(token), buffered=True)
            kept = answer.headers["Cache-Control"]
            assert kept == "no-store" or kept.startswith("private, "), door
            assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), door
            body = answer.get_data(as_text=True)
            elsewhere = re.findall(r'(?:src|srcset|action|data)="(https?:|//)[^"]*"', body)
            assert elsewhere == [], door
            if answer.mimetype == "text/html" and answer.status_code == 200:
                pages += 1
                is_hidden = 'content="noindex' in body or "X-Robots-Tag" in answer.headers
                assert is_hidden, door
    assert pages >= 10


def test_every_address_in_a_letter_is_one_of_those_or_open_to_all(app: Flask) -> None:
    """The letters of all kinds lie in the snapshots; what they lead to is looked at above."""
    looked_at = {rule.endpoint for rule in app.url_map.iter_rules() if "token" in rule.arguments}
    adapter, found = app.url_map.bind("localhost"), set()
    for snapshot in SNAPSHOTS.glob("*.txt"):
        for address in ADDRESS.findall(snapshot.read_text()):
            path = address.removeprefix("/en").partition("?")[0]
            try:
                found.add(adapter.match(path, "GET")[0])
            except HTTPException:
                pytest.fail(f"{snapshot.name} leads nowhere: {address}")
    with_token = {name for name in found if "token" in arguments_of(app, name)}
    assert with_token <= looked_at
    assert {"mine.show", "mine.feedback", "signin.link", "mine.group"} <= with_token
    others = {name for name in found - with_token if not name.startswith(("public.", "signin."))}
    # Behind the sign-in page of organisers.
    assert all(name.startswith("desk.") for name in others), others


def arguments_of(app: Flask, endpoint: str) -> set[str]:
    return {name for rule in app.url_map.iter_rules(endpoint) for name in rule.arguments}


def live_secrets() -> set[str]:
    """The part of every token that only the key can make, of all that open anything now."""
    db.session.rollback()
    numbers = {
        str(value)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("link_id")
        for (value,) in db.session.execute(select(column))
        if value
    }
    return {
        make_token([KEY], purpose, number)[LINK_ID_LENGTH:]
        for purpose in PURPOSES
        for number in numbers
    }


def test_no_link_can_be_read_from_the_database_an_export_or_the_log(
    app: Flask,
    client: FlaskClient,
    doors: list[Door],
    use_server: UseServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app.logger.addHandler(caplog.handler)
    with transaction() as session:
        session.query(OutboxMessage).update({"state": "queued", "next_try_at": now()})
    with working_server() as received:
        use_server(received.port)
        deliver_due(now)
    for door in doors:
        client.open(door.path(door.token), method=door.method, buffered=True).close()
    app.logger.removeHandler(caplog.handler)
    letters = "\n".join(part for one in received.letters for part in _texts_of(one))
    secrets = live_secrets()
    assert len({one for one in secrets if one in letters}) > 5
    stored = "\n".join(line for lines in rows().values() for line in lines)
    desk = sign_in(app.test_client())
    give_second_factor("korraldaja@example.org")
    exported = "\n".join(_exports(desk))
    assert "Maasikas" in stored
    assert "Maasikas" in exported
    for place, words in (("rows", stored), ("exports", exported), ("log", caplog.text)):
        assert [one for one in secrets if one in words] == [], place


def _texts_of(letter: Any) -> Iterator[str]:
    for part in letter.walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()


def _exports(desk: FlaskClient) -> Iterator[str]:
    """Every file of texts an organiser takes along from the event of the world."""
    for rule in desk.application.url_map.iter_rules():
        if rule.rule.endswith((".csv", ".json", ".ics")) and rule.rule.startswith("/desk"):
            given = {"slug": world.FULL, "reader": "hotel", "token": "none", "number": 1}
            given |= {"organisation": "host"}
            adapter = desk.application.url_map.bind("localhost")
            parts = {name: given[name] for name in rule.arguments}
            answer = desk.get(adapter.build(rule.endpoint, parts), buffered=True)
            yield answer.get_data(as_text=True)


def test_a_new_key_beside_the_old_one_keeps_every_link_and_signs_the_new_ones(
    app: Flask,
    doors: list[Door],
    ask: Callable[[Door, str], Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looking = [door for door in doors if door.method == "GET"]
    before = {door.rule.rule: ask(door, door.token).status for door in looking}
    monkeypatch.setitem(app.config, "SECRET_KEY", OTHER_KEY)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [KEY])
    assert {door.rule.rule: ask(door, door.token).status for door in looking} == before
    own = next(door for door in looking if door.rule.endpoint == "mine.show")
    link_id = own.token[:LINK_ID_LENGTH]
    page = ask(own, own.token).body
    assert make_token([OTHER_KEY], "feed", link_id) in page
    assert make_token([KEY], "feed", link_id) not in page
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [])
    assert {ask(door, door.token).status for door in looking} == {404}
    assert ask(own, make_token([OTHER_KEY], "my", link_id)).status == 200


def test_a_hundred_thousand_tokens_are_long_plain_and_never_the_same() -> None:
    numbers = {new_link_id() for _one in range(100_000)}
    assert len(numbers) == 100_000
    sample = [make_token([KEY], "my", number) for number in list(numbers)[:1000]]
    assert len({token[LINK_ID_LENGTH:] for token in sample}) == 1000
    # 22 signs of 6 bits each are made by the key alone.
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{34}", token) for token in sample)
    assert MAC_LENGTH * 6 >= 128


@pytest.mark.parametrize("path", ["/my/", "/desk/signin"])
def test_a_look_up_answers_alike_whether_an_address_is_known(
    app: Flask, make_event: Callable[..., Event], entry: Callable[..., SignUp], path: str
) -> None:
    sign_in(app.test_client())
    sign_up(make_event().id, entry(email="mari@example.org", email_key="mari@example.org"), now())
    known = "mari@example.org" if path == "/my/" else "korraldaja@example.org"
    answers = []
    for address in (known, "keegi@example.org"):
        browser = app.test_client()
        form = form_values(browser.get(path).get_data(as_text=True))
        answer = browser.post(path, data={**form, "email": address})
        then = browser.get(answer.location)
        answers.append((masked(answer, path), masked(then, answer.location)))
    assert answers[0] == answers[1]
    letters = select(OutboxMessage.kind).where(OutboxMessage.kind.in_(("links", "signin")))
    assert len(db.session.scalars(letters).all()) == 1, "the known one was not known"
