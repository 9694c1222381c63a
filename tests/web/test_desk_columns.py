"""Columns of the list: chosen, saved under a name, the same in downloads, within one's rights."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event, Question
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.roster.models import ColumnPreset
from koostoo.roster.presets import save_preset
from koostoo.roster.rules import question_key
from koostoo.roster.service import set_note, tag_people
from tests.web.desk_pages import open_form, people_path, sign_in, text_of
from tests.web.test_desk_people import csv_rows
from tests.web.test_roles import sign_in_as, stage

__all__ = ["stage"]
MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def test_columns_are_saved_under_a_name_and_shown_on_page_and_in_downloads(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event(questions=[("text", "Toit", [])])
    answers = {event.questions[0].id: "kala"}
    one = sign_up(event.id, entry(answers=answers), now()).registration_id
    set_note(one, "Tuleb rongiga", 0, now(), None)
    path = f"/desk/events/{event.slug}/columns"
    typed = open_form(desk, path) | {"name": "", "columns": ["note", question_key("Toit")]}
    assert desk.post(path, data=typed).status_code == 422
    answer = desk.post(path, data=typed | {"name": "Toitlustus"})
    preset = db.session.scalars(select(ColumnPreset)).one()
    assert answer.location == f"{people_path(event)}?columns={preset.id}"
    page = text_of(desk, answer.location)
    assert "Tuleb rongiga" in page
    assert ">kala</td>" in page
    assert "mailto:" not in page
    header, row = csv_rows(desk, event, f"?columns={preset.id}")
    assert header == ["Perekonnanimi", "Eesnimi", "Märkus", "Toit"]
    assert row[2:] == ["Tuleb rongiga", "kala"]
    assert "Märkus" not in csv_rows(desk, event)[0]


def test_the_projects_own_columns_are_shown_to_whoever_chooses_nothing(
    desk: FlaskClient, make_event: MakeEvent, entry: Entry
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    number = save_preset(event.activity.project_id, "Lühike", ["standing"], [], is_default=True)
    assert "mailto:" not in text_of(desk, people_path(event))
    assert "mailto:" in text_of(desk, people_path(event) + "?columns=standard")
    form = open_form(desk, f"/desk/events/{event.slug}/columns")
    desk.post(f"/desk/events/{event.slug}/columns/{number}/remove", data=form)
    assert "mailto:" in text_of(desk, people_path(event))


@pytest.mark.parametrize("role", ["partner", "viewer"])
def test_no_column_shows_what_somebody_may_not_see(
    client: FlaskClient, stage: dict[str, Any], entry: Entry, role: str
) -> None:
    event = db.session.get_one(Event, stage["event"])
    with transaction() as session:
        for position, label in enumerate(("Tundlik", "Tavaline"), start=1):
            session.add(
                Question(
                    event_id=event.id,
                    position=position,
                    kind="text",
                    label=type(event.title)(label),
                    is_sensitive=label == "Tundlik",
                )
            )
    sensitive, plain = db.session.get_one(Event, event.id).questions
    for organisation in (stage["host"], stage["partner"]):
        answers = {sensitive.id: f"salajane{organisation}", plain.id: f"vastus{organisation}"}
        one = sign_up(
            event.id, entry(organisation_id=organisation, answers=answers), now()
        ).registration_id
        set_note(one, f"markus{organisation}", 0, now(), None)
        tag_people(event.id, [one], f"Silt{organisation}", "", now(), None)
    keys = ["contact", "note", "tags", question_key("Tundlik"), question_key("Tavaline")]
    number = save_preset(event.activity.project_id, "Kõik", keys, keys, is_default=True)
    sign_in_as(client, role, stage)
    standard = text_of(client, people_path(event) + "?columns=standard")
    assert standard.count("on märkus") == (1 if role == "partner" else 0)
    for path in ("", ".csv", f"?columns={number}", f".csv?columns={number}"):
        page = text_of(client, people_path(event) + path)
        assert "salajane" not in page
        for secret in ("vastus", "markus"):
            assert f"{secret}{stage['host']}" not in page
        if role == "viewer":
            assert "Silt" not in page.replace("Sildid", "")
            assert "@example.org" not in page.split("<main")[-1]
    if role == "partner":
        page = text_of(client, f"{people_path(event)}?columns={number}")
        assert f"markus{stage['partner']}" in page
        assert f"vastus{stage['partner']}" in page
        assert f"said={sensitive.id}" not in page


def test_a_viewer_cannot_find_people_by_what_they_may_not_see(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    event = db.session.get_one(Event, stage["event"])
    tag_people(event.id, [stage["person"]], "Esineja", "", now(), None)
    sign_in_as(client, "viewer", stage)
    for query in ("?tag=999999", "?letters=missed"):
        assert "Maasikas" in text_of(client, people_path(event) + query)
