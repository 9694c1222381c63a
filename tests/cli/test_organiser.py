"""`flask organiser`: who lost everything begins anew; what a printed link is good for."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from koostoo.accounts.service import invite_organiser
from koostoo.base.clock import now
from tests.accounts.made import add_app, add_passkey
from tests.web.desk_pages import open_form, sign_in

ADDRESS = "korraldaja@example.org"


def test_reset_factors_takes_all_away_and_says_what_happens_next(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client)
    add_app(ADDRESS)
    add_passkey(ADDRESS)
    assert client.get("/desk/").status_code == 200
    done = app.test_cli_runner().invoke(args=["organiser", "reset-factors", ADDRESS.upper()])
    assert done.exit_code == 0, done.output
    assert "signed out everywhere" in done.output
    assert client.get("/desk/").location == "/desk/signin"


def test_reset_factors_names_an_address_nobody_has(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["organiser", "reset-factors", "x@example.org"])
    assert done.exit_code == 1
    assert "nobody with the address x@example.org was invited" in done.output


@pytest.mark.parametrize(("has_app", "leads_to"), [(False, "/account"), (True, "/signin/second")])
def test_a_printed_link_leads_to_the_second_factor_where_one_is_required(
    app: Flask,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    has_app: bool,
    leads_to: str,
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR", "required")
    invite_organiser(ADDRESS, now())
    if has_app:
        add_app(ADDRESS, signs_out=True)
    command = ["organiser", "invite", ADDRESS, "--print-link"]
    printed = app.test_cli_runner().invoke(args=command).output.strip()
    link = printed.removeprefix("http://localhost")
    assert client.post(link, data=open_form(client, link)).status_code == 303
    assert client.get("/desk/").location == f"/desk{leads_to}"
