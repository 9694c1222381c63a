"""The privacy notice tells what the law asks for, from what the service really does."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select

from koostoo.base import keep
from koostoo.base.database import transaction
from koostoo.events.models import Event
from koostoo.privacy.rules import Days, forgotten_on
from koostoo.programme.models import Activity, Project
from koostoo.web.public.notice import class_words, period_words
from tests.web.desk_pages import text_of


@pytest.mark.parametrize("lang", ["et", "en"])
def test_each_retention_class_stands_in_the_notice_with_its_real_period(
    app: Flask, client: FlaskClient, lang: str
) -> None:
    assert {*keep.PERIODS} == {*keep.CLASSES}
    page = text_of(client, "/privacy" if lang == "et" else "/en/privacy")
    with app.test_request_context(), force_locale(lang):
        assert {*class_words()} == {*keep.PERIODS}
        for name, period in keep.PERIODS.items():
            [row] = re.findall(rf'<tr id="keep-{name}">(.*?)</tr>', page, re.DOTALL)
            assert period_words(period) in row, name
            assert str(class_words()[name][1]).split(":")[0] in row.replace("&#39;", "'")
            assert not period.days or f">{period.days} " in row, name


def test_what_the_notice_says_is_what_the_daily_run_does() -> None:
    held, ended, kept = date(2026, 11, 24), date(2027, 3, 31), date(2031, 12, 31)
    days = Days(held, ended, kept)
    after = keep.PERIODS["sensitive"]
    gone = forgotten_on("answers", days)
    assert gone is not None
    assert (after.after, (gone - held).days) == ("event", after.days + 1)
    for kind, name, last in (("contacts", "project", ended), ("people", "evidence", kept)):
        gone = forgotten_on(kind, days)  # type: ignore[arg-type]  # two of the kinds
        assert gone is not None
        assert (gone - last).days == 1
        assert name in {period.after for period in keep.PERIODS.values()}


def test_it_names_controller_contact_funder_and_days_of_each_project(
    client: FlaskClient, programme: Activity
) -> None:
    page = text_of(client, "/privacy")
    assert "tuleneb rahastaja reeglitest" in page
    with transaction() as session:
        project = session.scalars(select(Project)).one()
        project.contact_name, project.contact_email = "Kai Kontakt", "kai@example.org"
        project.ends_on, project.keep_until = date(2027, 3, 31), date(2031, 12, 31)
    page = text_of(client, "/privacy")
    for words in (
        "Vastutav töötleja: MTÜ Näidis",
        "Kaasvastutavad töötlejad projekti partneritena: MTÜ Partner",
        "Kai Kontakt",
        "kai@example.org",
        "Toetab näidisfond",
        "31.03.2027",
        "31.12.2031",
        "Andmekaitse Inspektsioon",
        "ei profileerita",
    ):
        assert words in page, words


def test_a_form_that_asks_for_something_sensitive_tells_the_same_number_of_days(
    client: FlaskClient, make_event: Callable[..., Event]
) -> None:
    event = make_event(questions=[("text", "Allergia", [])])
    with transaction() as session:
        session.get_one(Event, event.id).questions[0].is_sensitive = True
    page = text_of(client, f"/events/{event.slug}/register")
    assert f"{keep.PERIODS['sensitive'].days} päeva" in page
