"""Asking for a package of evidence at the desk, looking how far it is, taking it along."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from koostoo.accounts.models import Download, RoleGrant
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.files.models import NewsLink
from koostoo.privacy.service import forget
from koostoo.programme.models import Project
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.reporting import evidence
from koostoo.work import claiming
from koostoo.work.models import Job, JobChunk
from koostoo.workroom import work_off
from tests.web.desk_pages import open_form, sign_in, stage_of, text_of
from tests.web.test_roles import sign_in_as

YESTERDAY = local_day(now()) - timedelta(days=1)
PATH = "/desk/events/reis/evidence"
FILES = "/desk/events/reis/files"
PROJECT = "/desk/projects/project/evidence"


@pytest.fixture
def event(make_event: Callable[..., Event], entry: Callable[..., SignUp]) -> Event:
    """Held yesterday, with somebody on its list."""
    event = make_event(slug="reis")
    sign_up(event.id, entry(last_name="Žukov"), now())
    with transaction() as session:
        session.get_one(Event, event.id).when = When.days(YESTERDAY)
    db.session.rollback()
    return db.session.get_one(Event, event.id)


@pytest.fixture
def desk(client: FlaskClient, event: Event) -> FlaskClient:
    """A browser of somebody who manages every project."""
    return sign_in(client)


def ask(desk: FlaskClient, path: str = PATH) -> str:
    """Press the button; return the address of the work."""
    answer = desk.post(path, data=open_form(desk, path))
    assert answer.status_code == 303
    assert answer.location.startswith("/desk/work/")
    return answer.location


def job() -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job)).one()


def test_a_package_is_asked_for_made_by_the_worker_and_fetched_and_that_is_noted(
    desk: FlaskClient, event: Event
) -> None:
    page = text_of(desk, PATH)
    assert "osavõtjate nimekiri allkirjadega, fotod, kava, uudised" in page
    work = ask(desk)
    # The same again, before and after, is the same package.
    assert ask(desk) == work
    waiting = desk.get(work)
    assert "Pakett ootab järjekorras" in waiting.text
    assert "data-refresh" in waiting.text
    assert "Refresh" not in waiting.headers
    assert desk.get(f"{work}/package.zip").location == work
    assert work_off(now) == 1
    assert ask(desk) == work
    ready = text_of(desk, f"{work}?auto=1")
    assert "Pakett on valmis" in ready
    assert job().digest in ready
    answer = desk.get(f"{work}/package.zip", buffered=True)
    assert answer.mimetype == "application/zip"
    assert answer.content_length == job().size == len(answer.data)
    assert ZipFile(BytesIO(answer.data)).testzip() is None
    db.session.rollback()
    [note] = db.session.scalars(select(Download))
    assert (note.what, note.format, note.rows, note.event_id) == ("evidence", "zip", 1, event.id)
    assert "ZIP</a>" in text_of(desk, PATH)
    assert "Tõendusmaterjali pakett" in text_of(desk, "/desk/downloads/record")


def test_who_has_no_script_may_have_the_page_loaded_again(desk: FlaskClient) -> None:
    work = ask(desk)
    answer = desk.get(f"{work}?auto=1")
    assert answer.headers["Refresh"] == "5"
    assert "Ära vaata enam ise" in answer.text
    claiming.claim(now())
    assert "Pakett on koostamisel" in text_of(desk, work)
    stop = f"{work}/stop"
    desk.post(stop, data=open_form(desk, work))
    page = desk.get(f"{work}?auto=1")
    assert "Koostamine katkestati" in page.text
    assert "Refresh" not in page.headers
    assert work_off(now) == 0


def test_what_cannot_be_made_says_why_and_offers_another_try(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = ask(desk)
    monkeypatch.setattr(evidence, "MOST_BYTES", -1)
    assert work_off(now) == 1
    page = text_of(desk, work)
    assert "Vali lühem periood" in page
    assert f'href="{PATH}"' in page
    # The page that offers it says so too, and asks for nothing that must fail.
    refused = desk.post(PATH, data=open_form(desk, work))
    assert "Vali lühem periood" in refused.text


def test_the_days_of_a_claim_period_stand_in_the_address_and_wrong_ones_are_told(
    desk: FlaskClient, event: Event
) -> None:
    period = f"{PROJECT}?from={YESTERDAY}&to={YESTERDAY}"
    work = ask(desk, period)
    assert (job().first_day, job().event_id) == (YESTERDAY, None)
    assert work_off(now) == 1
    assert f"from={YESTERDAY}" in text_of(desk, work)
    assert ask(desk, PROJECT) != work
    assert "Neil päevadel" in text_of(desk, f"{PROJECT}?to=2001-01-01")
    wrong = desk.get(f"{PROJECT}?from=2026-03-01&to=2026-02-01")
    assert wrong.status_code == 422
    assert "2026-02-01" in wrong.text
    assert desk.get(f"{PROJECT}?from=32.13.2026").status_code == 422


def test_a_package_is_for_who_asked_and_only_while_they_run_the_event(
    app: Flask, desk: FlaskClient, event: Event
) -> None:
    work, stage = ask(desk), stage_of(event)
    work_off(now)
    other = sign_in_as(app.test_client(), "of-all", stage)
    for path in (work, f"{work}/package.zip"):
        assert other.get(path).status_code == 404
    with transaction() as session:
        session.execute(update(RoleGrant).values(role="viewer"))
    for path in (work, f"{work}/package.zip", PATH, PROJECT):
        assert desk.get(path).status_code == 403, path


def test_packages_go_after_a_week_and_at_once_when_the_evidence_does(desk: FlaskClient) -> None:
    for keep_until in (YESTERDAY, None):
        work = ask(desk)
        work_off(now)
        with transaction() as session:
            session.scalars(select(Project)).one().keep_until = keep_until
        forget(now())
        assert bool(db.session.scalars(select(JobChunk)).all()) is (keep_until is None)
        assert desk.get(work).status_code == (200 if keep_until is None else 404)
    week = timedelta(days=7)
    forget(now() + week - timedelta(hours=1))
    assert db.session.scalars(select(JobChunk)).all()
    forget(now() + week + timedelta(hours=1))
    assert db.session.scalars(select(JobChunk)).all() == []
    assert job().state == "done"
    forget(now() + timedelta(days=31))
    assert db.session.scalars(select(Job)).all() == []


# --- News stories --------------------------------------------------------------


def add_story(desk: FlaskClient, url: str) -> TestResponse:
    form = {name: value for name, value in open_form(desk, FILES).items() if "story" in name}
    return desk.post(f"{FILES}/news", data=form | {"story-url": url})


def test_a_link_to_a_story_counts_as_evidence_until_it_is_removed(desk: FlaskClient) -> None:
    url = "https://leht.example.org/lugu?a=1&b=2"
    for _twice in range(2):
        assert add_story(desk, url).status_code == 303
    page = text_of(desk, FILES)
    assert 'href="https://leht.example.org/lugu?a=1&amp;b=2"' in page
    assert "uudised" not in text_of(desk, PATH)
    db.session.rollback()
    [link] = db.session.scalars(select(NewsLink))
    token: dict[str, Any] = {"csrf_token": open_form(desk, FILES)["csrf_token"]}
    desk.post(f"{FILES}/news/{link.id}/remove", data=token)
    assert "uudised" in text_of(desk, PATH)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "leht.example.org", "https://", "http://[", ""]
)
def test_what_is_no_address_of_a_page_is_refused_in_words(desk: FlaskClient, url: str) -> None:
    answer = add_story(desk, url)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    db.session.rollback()
    assert db.session.scalars(select(NewsLink)).all() == []
