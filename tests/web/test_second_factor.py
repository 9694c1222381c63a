"""The second factor over HTTP: required, asked for, set up, proved once more; never got round."""

import json
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from koostoo.accounts.factor_models import Passkey, TotpKey
from koostoo.accounts.models import DeskSession, SignInLink
from koostoo.accounts.service import invite_organiser
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.mail.models import OutboxMessage
from koostoo.web.links import desk_path
from koostoo.web.rights import right_of
from tests.accounts.device import Device
from tests.accounts.made import add_app, add_passkey
from tests.web.desk_pages import open_form, sign_in, text_of

pytestmark = pytest.mark.once

ADDRESS = "korraldaja@example.org"
SECOND, ACCOUNT, APP = "/desk/signin/second", "/desk/account", "/desk/account/app"


@pytest.fixture
def required(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As outside development."""
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")


@pytest.fixture
def totp(app: Flask) -> pyotp.TOTP:
    """The app of an organiser who is not signed in yet."""
    invite_organiser(ADDRESS, now())
    return add_app(ADDRESS, signs_out=True)


def give(client: FlaskClient, code: str, path: str = SECOND) -> Any:
    return client.post(path, data={**open_form(client, path), "code": code})


def set_up_app(client: FlaskClient) -> Any:
    """Set up an app as a browser would: read the key off the page, type a code."""
    page = text_of(client, APP)
    key = re.search(r'id="key"[^>]*>([A-Z2-7 ]+)<', page)
    assert key is not None
    code = pyotp.TOTP(key[1].replace(" ", "")).at(now())
    return client.post(APP, data={**open_form(client, APP), **offered(page), "code": code})


def offered(page: str) -> dict[str, str]:
    found = re.search(r'name="offer"[^>]*value="([^"]+)"', page)
    assert found is not None
    return {"offer": found[1]}


def add_device(client: FlaskClient, device: Device) -> Any:
    """Add a passkey as the script would."""
    form = open_form(client, "/desk/account/passkeys/add")
    asked = client.post("/desk/account/passkeys/options", data=form).get_data(as_text=True)
    typed = {**form, "name": "Telefon", "credential": device.make(asked)}
    return client.post("/desk/account/passkeys/add", data=typed)


def use_device(client: FlaskClient, device: Device, path: str = "/desk/signin/passkey") -> Any:
    """Answer with a passkey as the script would, on the page where it is asked for."""
    page, options = (
        (SECOND, f"{SECOND}/options") if "second" in path else ("/desk/signin", f"{path}/options")
    )
    form = open_form(client, page)
    asked = client.post(options, data=form).get_data(as_text=True)
    return client.post(path, data={**form, "credential": device.sign(asked)})


@pytest.mark.usefixtures("required")
def test_the_link_alone_opens_nothing_but_setting_up_and_signing_out(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client)
    opened = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<int[^>]*>", "1", rule.rule)
        path = re.sub(r"<[^>]*>", "x", path)
        declared = right_of(app, rule.endpoint)
        if not path.startswith("/desk") or declared in ("public", "secret_link"):
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = client.open(path, method=method)
            if answer.location != ACCOUNT:
                opened.add(rule.endpoint)
    assert opened == {
        "desk.account",
        "desk.app_set_up",
        "desk.passkey_add",
        "desk.passkey_options",
        "signin.second_options",
        "signin.second_link",
        "signin.second_passkey",
        "signin.second",
        "signin.sign_out",
    }
    page = text_of(client, ACCOUNT)
    assert 'href="/desk/"' not in page.partition("<main")[0]
    assert ADDRESS in page


@pytest.mark.usefixtures("required")
def test_setting_up_an_app_opens_the_desk_and_leads_to_codes_on_paper(
    client: FlaskClient,
) -> None:
    sign_in(client)
    before = client.get_cookie("koostoo_desk")
    answer = set_up_app(client)
    assert (answer.status_code, answer.location) == (303, "/desk/account/codes")
    after = client.get_cookie("koostoo_desk")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert client.get("/desk/").status_code == 200
    made = client.post("/desk/account/codes", data=open_form(client, "/desk/account/codes"))
    codes = re.findall(r"\b(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}\b", made.get_data(as_text=True))
    assert len({*codes}) == 10
    assert not any(code in text_of(client, "/desk/account/codes") for code in codes)
    client.set_cookie("koostoo_desk", before.value)
    assert client.get("/desk/").location == "/desk/signin"


def test_where_none_is_required_it_is_offered_and_the_desk_opens(client: FlaskClient) -> None:
    sign_in(client)
    assert client.get("/desk/").status_code == 200
    assert "/desk/account/passkeys/add" in text_of(client, ACCOUNT)


def test_who_has_an_app_is_asked_after_the_link_and_goes_nowhere_before(
    client: FlaskClient, totp: pyotp.TOTP
) -> None:
    sign_in(client)
    for path in ("/desk/", ACCOUNT, APP, "/desk/account/sessions", "/desk/tokens"):
        assert client.get(path).location == SECOND
    wrong = give(client, "000000" if totp.now() != "000000" else "111111")
    assert wrong.status_code == 422
    assert client.get("/desk/").location == SECOND
    assert give(client, totp.now()).location == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_the_same_code_signs_in_once(client: FlaskClient, app: Flask, totp: pyotp.TOTP) -> None:
    with time_machine.travel("2026-11-23T12:00:05Z", tick=False):
        code = totp.at(now())
        sign_in(client)
        assert give(client, code).status_code == 303
        other = sign_in(app.test_client())
        assert give(other, code).status_code == 422
        assert other.get("/desk/").location == SECOND


def test_guessing_is_slowed_and_the_owner_is_told(
    client: FlaskClient, app: Flask, totp: pyotp.TOTP
) -> None:
    with time_machine.travel("2026-11-23T12:00:05Z", tick=False):
        right = totp.at(now())
        sign_in(client)
        answers = [give(client, "000001").status_code for _one in range(7)]
        assert answers == [422] * 5 + [429] * 2
        assert give(client, right).status_code == 429
        assert client.get("/desk/").location == SECOND
        letters = db.session.scalars(select(OutboxMessage.payload)).all()
    assert [letter["what"] for letter in letters] == ["codes_guessed"]


def test_the_second_factor_must_come_within_half_an_hour(
    client: FlaskClient, totp: pyotp.TOTP
) -> None:
    sign_in(client)
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert client.get(SECOND).location == "/desk/signin"


def test_a_passkey_signs_in_without_any_link(client: FlaskClient, app: Flask) -> None:
    device = Device()
    sign_in(client)
    assert add_device(client, device).location == "/desk/account/codes"
    fresh = app.test_client()
    answer = use_device(fresh, device)
    assert (answer.status_code, answer.location) == (303, "/desk/")
    assert ADDRESS in text_of(fresh, "/desk/")
    page = text_of(fresh, "/desk/account/sessions")
    assert page.count("pääsuvõtmega") == 2


def test_a_passkey_is_good_after_the_link_too(client: FlaskClient, app: Flask) -> None:
    device = Device()
    add_device(sign_in(client), device)
    other = sign_in(app.test_client())
    assert other.get("/desk/").location == SECOND
    assert use_device(other, device, f"{SECOND}/passkey").location == "/desk/"
    assert other.get("/desk/").status_code == 200


def test_a_wrong_answer_of_a_device_gets_the_page_again(client: FlaskClient, app: Flask) -> None:
    device, stranger = Device(), Device()
    add_device(sign_in(client), device)
    stranger.keys = [device.keys[0]]
    other = app.test_client()
    form = open_form(other, "/desk/signin")
    for credential in ("", "{}", "x" * 50_000, json.dumps({"id": "x"})):
        answer = other.post("/desk/signin/passkey", data={**form, "credential": credential})
        assert answer.status_code == 422
        assert "<h1>" in answer.get_data(as_text=True)
    assert other.get("/desk/").location == "/desk/signin"


def test_no_passkeys_are_offered_at_an_address_that_is_a_number(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", "http://127.0.0.1:8000")
    assert "data-passkey" not in text_of(client, "/desk/signin")
    sign_in(client)
    assert "/desk/account/passkeys/add" not in text_of(client, ACCOUNT)
    assert client.get("/desk/account/passkeys/add").location == ACCOUNT
    form = open_form(client, ACCOUNT)
    assert client.post("/desk/signin/passkey/options", data=form).status_code == 422


CHANGES = [
    "/desk/account/app",
    "/desk/account/app/remove",
    "/desk/account/codes",
    "/desk/account/passkeys/add",
    "/desk/account/passkeys/{number}/remove",
]


@pytest.mark.parametrize("path", CHANGES)
def test_changing_how_one_signs_in_asks_once_more_who_it_is_and_leads_back(
    client: FlaskClient, path: str
) -> None:
    sign_in(client)
    totp = add_app(ADDRESS)
    path = path.format(number=add_passkey(ADDRESS))
    form = open_form(client, path)
    with transaction() as session:
        session.execute(update(DeskSession).values(proved_at=now() - timedelta(minutes=11)))
    before = rows()
    ask = f"{SECOND}?next={path}"
    for answer in (client.get(path), client.post(path, data=form)):
        assert (answer.status_code, answer.location) == (303, ask)
    assert rows() == before
    assert give(client, totp.now(), ask).location == path
    assert client.get(path).status_code == 200


def test_every_change_of_how_one_signs_in_is_guarded_so(app: Flask) -> None:
    guarded = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk/account/") and "sessions" not in rule.rule
    }
    plain = [name for name in guarded if not hasattr(app.view_functions[name], "__wrapped__")]
    assert plain == []
    assert len(guarded) == len(CHANGES) + 1


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_without_a_form_of_ours_changes_nothing(client: FlaskClient, path: str) -> None:
    sign_in(client)
    add_app(ADDRESS)
    path = path.format(number=add_passkey(ADDRESS))
    before = rows()
    client.post(path, data={"name": "x", "credential": "x", "code": "123456"})
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(path, data=open_form(client, path), headers=cross).status_code == 403
    assert rows() == before


def rows() -> list[int]:
    db.session.rollback()
    return [
        len(db.session.execute(select(table)).all())
        for table in db.metadata.sorted_tables
        if table.name != "attempt"
    ]


def test_who_has_nothing_to_prove_it_with_gets_another_letter(client: FlaskClient) -> None:
    sign_in(client)
    with transaction() as session:
        session.execute(update(DeskSession).values(proved_at=now() - timedelta(minutes=31)))
    ask = client.get(APP).location
    assert ask == f"{SECOND}?next={APP}"
    form = open_form(client, ask)
    assert client.post(f"{SECOND}/link", data=form).location == "/desk/signin/sent"
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert (letter.kind, letter.recipient) == ("signin", ADDRESS)
    # Only the browser that asked may use it.
    link = db.session.scalars(select(SignInLink).order_by(SignInLink.id.desc())).first()
    assert link is not None
    assert link.browser_hash is not None


def test_removing_asks_once_more_and_tells(client: FlaskClient) -> None:
    sign_in(client)
    add_app(ADDRESS)
    number = add_passkey(ADDRESS)
    for path, table in (
        ("/desk/account/app/remove", TotpKey),
        (f"/desk/account/passkeys/{number}/remove", Passkey),
    ):
        form = open_form(client, path)
        assert db.session.scalars(select(table)).all() != []
        assert client.post(path, data=form).location == ACCOUNT
        db.session.rollback()
        assert db.session.scalars(select(table)).all() == []
    what = [one.payload["what"] for one in db.session.scalars(select(OutboxMessage)).all()]
    assert sorted(what) == ["passkey_removed", "totp_removed"]


def test_somebody_elses_passkey_cannot_be_removed(client: FlaskClient) -> None:
    invite_organiser("teine@example.org", now())
    number = add_passkey("teine@example.org")
    sign_in(client)
    assert client.get(f"/desk/account/passkeys/{number}/remove").status_code == 404
    form = open_form(client, ACCOUNT)
    path = f"/desk/account/passkeys/{number}/remove"
    assert client.post(path, data=form).status_code == 404
    assert len(db.session.scalars(select(Passkey)).all()) == 1


def test_a_new_passkey_has_a_name_to_start_from(client: FlaskClient) -> None:
    agent = "Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36"
    client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(client)
    assert 'value="Chrome, Android"' in text_of(client, "/desk/account/passkeys/add")
    client.environ_base["HTTP_USER_AGENT"] = "curl/8.5"
    assert open_form(client, "/desk/account/passkeys/add")["name"] == ""


def test_sessions_are_listed_and_ended(client: FlaskClient, app: Flask) -> None:
    sign_in(client)
    other, third = sign_in(app.test_client()), sign_in(app.test_client())
    form = open_form(client, "/desk/account/sessions")
    numbers = db.session.scalars(select(DeskSession.id).order_by(DeskSession.id)).all()
    own, second, _third = numbers
    client.post(f"/desk/account/sessions/{own}/end", data=form)
    assert client.get("/desk/").status_code == 200
    client.post(f"/desk/account/sessions/{second}/end")
    assert other.get("/desk/").status_code == 200
    client.post(f"/desk/account/sessions/{second}/end", data=form)
    assert other.get("/desk/").location == "/desk/signin"
    assert third.get("/desk/").status_code == 200
    client.post("/desk/account/sessions/end-others", data=form)
    assert third.get("/desk/").location == "/desk/signin"
    assert client.get("/desk/").status_code == 200


def test_the_kind_of_browser_alone_is_kept(client: FlaskClient) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(client)
    assert "Firefox, Windows" in text_of(client, "/desk/account/sessions")
    assert db.session.scalars(select(DeskSession.browser)).one() == "firefox/windows"


def test_all_cookies_of_signing_in_are_out_of_reach_under_https(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    form = open_form(client, "/desk/signin")
    answer = client.post("/desk/signin", data={**form, "email": ADDRESS})
    cookies = [one for one in answer.headers.getlist("Set-Cookie") if "koostoo_" in one]
    assert len(cookies) == 1
    for part in ("__Host-koostoo_browser=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookies[0]
    assert "Domain" not in cookies[0]


def test_signing_in_leads_to_the_page_that_was_asked_for(
    client: FlaskClient, totp: pyotp.TOTP
) -> None:
    assert client.get("/en/desk/account/sessions").location == "/en/desk/signin"
    sign_in(client)
    assert give(client, totp.now()).location == "/en/desk/account/sessions"
    client.get("/en/desk/account/sessions")
    # Signing in again is another matter.
    client.post("/desk/signin/out", data=open_form(client, "/desk/"))
    sign_in(client)
    assert client.get(SECOND).status_code == 200
    later = now() + timedelta(minutes=1)
    with time_machine.travel(later):
        assert give(client, totp.at(later)).location == "/desk/"


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/desk/events/x/registrations.csv", "navigate"),
        ("/desk/account/sessions", "cors"),
        ("/desk/signin/second", "navigate"),
    ],
)
def test_what_is_no_page_is_not_led_to(client: FlaskClient, path: str, mode: str) -> None:
    device = Device()
    add_device(sign_in(client), device)
    client.post("/desk/signin/out", data=open_form(client, "/desk/"))
    client.get(path, headers={"Sec-Fetch-Mode": mode})
    assert use_device(client, device).location == "/desk/"


@pytest.mark.parametrize(
    "path",
    ["/desk", "/desk/", "/desk/account", "/en/desk/account/app", "/desk/events/x-1/edit"],
)
def test_a_page_may_lead_back_to_a_path_of_the_desk(path: str) -> None:
    assert desk_path(path) == path


HOSTILE = [
    "", "/", "//e", "///e", "/\\e", "\\e", "\\/e", "\t//e", "/\t/e", "/desk\t//e", "https:e",
    "https://e", "HTTPS://e/desk/", "javascript:alert(1)", "data:text/html,x", "%2f%2fe",
    "/%2f%2fe", "/desk/%2f%2fe", "/desk/..//e", "/desk//e", "/desk/../..//e", "@e", "/desk@e",
    "desk/", "/desk.evil.example/", "/desk/\r\nSet-Cookie: a=b", "/desk/\n", "/desk/ ", " /desk/",
 "/desk/?a=//e", "/desk/#//e", "/desk/;//e", "/events/x", "/en//desk", "/ee/desk/",
    "http:/desk/", "/desk/ä", "／desk／", "/desk/\u2028",
]  # fmt: skip


def test_nothing_leads_to_another_site(client: FlaskClient, totp: pyotp.TOTP) -> None:
    sign_in(client)
    answer = client.post(
        f"{SECOND}?next=//e", data={**open_form(client, SECOND), "code": totp.now()}
    )
    assert (answer.status_code, answer.location) == (303, "/desk/")
    for wanted in HOSTILE:
        assert desk_path(wanted) is None, wanted
        answer = client.get(SECOND, query_string={"next": wanted})
        assert (answer.status_code, answer.location) == (303, "/desk/"), wanted
    assert client.get(SECOND, query_string={"next": ACCOUNT}).location == ACCOUNT
