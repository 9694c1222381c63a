"""In whose area an event is and what else it counts for, in the event form."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Project
from tests.web.desk_pages import open_form, sign_in, text_of


@pytest.fixture
def desk(client: FlaskClient, programme: Activity) -> FlaskClient:
    return sign_in(client)


@pytest.fixture
def others(programme: Activity) -> tuple[int, int]:
    """An activity of the same project and one of another, by number."""
    with transaction() as session:
        old = session.get_one(Project, programme.project_id)
        more = Project(
            slug="more",
            title=LocalText("Teine"),
            starts_on=old.starts_on,
            ends_on=old.ends_on,
            support_text=LocalText(),
        )
        session.add(more)
        words: dict[str, Any] = {"title": LocalText("Seminar"), "description": LocalText()}
        rows = [
            Activity(project=project, slug=slug, kind="joint", position=2, target=1, **words)
            for project, slug in ((old, "same"), (more, "strange"))
        ]
        session.add_all(rows)
        session.flush()
        return rows[0].id, rows[1].id


def save(desk: FlaskClient, event: Event, **values: Any) -> Any:
    path = f"/desk/events/{event.slug}/edit"
    return desk.post(path, data=open_form(desk, path) | values)


def test_region_and_further_activities_are_kept_copied_and_told_in_the_history(
    desk: FlaskClient,
    programme: Activity,
    make_event: Callable[..., Event],
    others: tuple[int, int],
) -> None:
    event = make_event(
        summary=LocalText("Lühidalt"), contact_email="k@example.org", takes_registrations=False
    )
    partner = programme.project.partners[1].organisation_id
    own = str(programme.id)
    assert save(desk, event, region=str(partner), further=[own, str(others[0])]).status_code == 303
    saved = db.session.scalars(select(Event)).one()
    assert saved.region_id == partner
    assert [one.id for one in saved.further_activities] == [others[0]]
    assert db.session.scalars(select(AuditEntry)).one().detail["changed"]["further"] == [
        [],
        [others[0]],
    ]
    history = text_of(desk, f"/desk/events/{event.slug}/history")
    assert "MTÜ Partner" in history
    assert "Seminar" in history

    copy = open_form(desk, f"/desk/events/{event.slug}/copy")
    assert desk.post(f"/desk/events/{event.slug}/copy", data=copy).status_code == 303
    copied = db.session.scalars(select(Event).where(Event.id != event.id)).one()
    assert copied.region_id == partner
    assert [one.id for one in copied.further_activities] == [others[0]]


def test_two_places_and_activities_of_another_project_are_refused_with_what_was_typed(
    desk: FlaskClient,
    programme: Activity,
    make_event: Callable[..., Event],
    others: tuple[int, int],
) -> None:
    event = make_event(summary=LocalText("Lühidalt"), contact_email="k@example.org")
    partner = programme.project.partners[1].organisation_id
    answer = save(desk, event, region=str(partner), region_other="Riia", further=[str(others[1])])
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "mitte mõlemat" in page
    assert "sama projekti tegevused" in page
    assert 'value="Riia"' in page
    assert db.session.scalars(select(Event)).one().region_id is None


def test_an_event_of_old_gets_its_region_without_what_it_never_had(
    desk: FlaskClient, programme: Activity, make_event: Callable[..., Event]
) -> None:
    region = str(programme.project.partners[1].organisation_id)
    old = make_event(when=When.month(2024, 11), takes_registrations=False)
    assert save(desk, old, region=region).status_code == 303
    ahead = make_event()
    assert save(desk, ahead, region=region).status_code == 422
