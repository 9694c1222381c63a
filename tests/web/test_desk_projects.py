"""Projects at the desk: create, change, refuse, show progress, hand out the file."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.export import export_project
from koostoo.events.load import load_project
from koostoo.events.models import Event
from koostoo.programme.models import Activity, Outcome, Project
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.statements import selects_of
from tests.web.desk_pages import open_form, sign_in, text_of

MakeEvent = Callable[..., Event]
ONE = "/desk/projects/project"


@pytest.fixture
def desk(client: FlaskClient, programme: Activity) -> FlaskClient:
    return sign_in(client)


@pytest.fixture
def outcomes(programme: Activity) -> list[int]:
    """Two expected outcomes, by number."""
    with transaction() as session:
        rows = [
            Outcome(project_id=programme.project_id, position=place, text=LocalText(words))
            for place, words in enumerate(("Tugevamad", "Targemad"), start=1)
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def project(slug: str = "project") -> Project:
    db.session.rollback()
    return db.session.scalars(select(Project).where(Project.slug == slug)).one()


def send(desk: FlaskClient, path: str, **values: Any) -> Any:
    return desk.post(path, data=open_form(desk, path) | values)


def last_act() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]  # there is one


def test_facts_are_changed_and_the_change_is_told(desk: FlaskClient) -> None:
    answer = send(
        desk,
        f"{ONE}/edit",
        title_et="Uus nimi",
        keep_until="31.12.2035",
        contact_email="kai@example.org",
        support_et="Toetab\nnäidisfond",
    )
    assert answer.status_code == 303
    saved = project()
    assert (saved.title.et, saved.title.en) == ("Uus nimi", "Sample project")
    assert (saved.keep_until, saved.contact_email) == (date(2035, 12, 31), "kai@example.org")
    entry = last_act()
    assert (entry.action, entry.project_id) == ("project_edited", saved.id)
    assert entry.detail["changed"]["keep_until"] == [None, "2035-12-31"]
    assert "kai@example.org" not in str(entry.detail)
    history = text_of(desk, "/desk/history")
    assert "säilitada kuni: – → 31.12.2035" in history
    assert '<td data-label="Mille kohta">Uus nimi</td>' in history
    assert "Uus nimi" in text_of(desk, ONE)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title_et": ""}, "Palun täida see väli."),
        ({"ends_on": "2001-01-01"}, "ei saa lõppeda enne"),
        ({"keep_until": "2001-01-01"}, "vähemalt projekti lõpuni"),
        ({"starts_on": "1999-01-01"}, "kontrolli aastat"),
        ({"contact_email": "kai"}, "aadress"),
    ],
)
def test_wrong_facts_are_refused_and_kept(
    desk: FlaskClient, values: dict[str, str], words: str
) -> None:
    answer = send(desk, f"{ONE}/edit", contact_name="Kai Näidis", **values)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'value="Kai Näidis"' in page
    assert project().contact_name == ""


def test_a_slip_in_the_keep_until_day_removes_no_names(desk: FlaskClient) -> None:
    days = {"starts_on": "2020-01-01", "ends_on": "2020-12-31"}
    slip = send(desk, f"{ONE}/edit", **days, keep_until="2022-12-31")
    assert slip.status_code == 422
    assert "päev on möödas" in slip.get_data(as_text=True)
    number = project().id
    with transaction() as session:
        session.get_one(Project, number).keep_until = date(2099, 1, 1)
    assert send(desk, f"{ONE}/edit", **days).status_code == 303
    with transaction() as session:
        session.get_one(Project, number).keep_until = date(2022, 12, 31)
    # What passed by itself stands in the way of nothing.
    assert send(desk, f"{ONE}/edit", contact_name="Kai").status_code == 303


def test_two_who_edit_at_once_do_not_overwrite_each_other(desk: FlaskClient) -> None:
    typed = open_form(desk, f"{ONE}/edit") | {"title_et": "Minu nimi"}
    assert send(desk, f"{ONE}/edit", title_et="Sinu nimi").status_code == 303
    answer = desk.post(f"{ONE}/edit", data=typed)
    assert answer.status_code == 422
    assert "Vahepeal muutis keegi teine" in answer.get_data(as_text=True)
    assert project().title.et == "Sinu nimi"


def test_a_new_project_gets_partners_and_activities(desk: FlaskClient) -> None:
    typed = open_form(desk, "/desk/projects/new") | {
        "title_et": "Järgmine projekt",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "new_name": "MTÜ Uus",
    }
    answer = desk.post("/desk/projects/new", data=typed)
    assert answer.location == "/desk/projects/jargmine-projekt"
    assert desk.post("/desk/projects/new", data=typed).status_code == 422
    path = answer.location
    made = project("jargmine-projekt")
    assert made.host is not None
    assert made.host.name == "MTÜ Uus"
    other = project().partners[1].organisation_id

    saved = send(
        desk, f"{path}/partners", partners=[str(other)], lead=str(other), new_name="mtü uus2"
    )
    assert saved.status_code == 303
    made = project("jargmine-projekt")
    assert [one.organisation.name for one in made.partners] == [
        "MTÜ Uus",
        "MTÜ Partner",
        "mtü uus2",
    ]
    assert made.lead is not None
    assert made.lead.id == other

    saved = send(
        desk,
        f"{path}/activities/new",
        title_et="Koosolekud",
        owner=str(other),
        target="3",
        counts="regions",
        only_physical="y",
    )
    assert saved.status_code == 303
    [activity] = project("jargmine-projekt").activities
    assert (activity.slug, activity.kind, activity.counts) == (
        "koosolekud",
        "additional",
        "regions",
    )
    assert (activity.target, activity.only_physical) == (3, True)
    assert "Koosolekud" in text_of(desk, "/project/jargmine-projekt")


def test_an_activity_serves_outcomes_and_moves_ahead(
    desk: FlaskClient, programme: Activity, outcomes: list[int]
) -> None:
    path = f"{ONE}/activities/{programme.id}/edit"
    assert send(desk, path, outcomes=[str(outcomes[1])], target="2").status_code == 303
    assert "Seda teenivad: Õppereis liikmetele" in text_of(desk, ONE)
    assert send(desk, f"{ONE}/activities/new", title_et="Teine", target="1").status_code == 303
    second = project().activities[1]
    token = open_form(desk, ONE)["csrf_token"]
    desk.post(f"{ONE}/activities/{second.id}/up", data={"csrf_token": token})
    assert [one.title.et for one in project().activities] == ["Teine", "Õppereis liikmetele"]

    # Its place changes, its link stays.
    rows = {"rows-0-place": "2", "rows-1-place": "1", "rows-2-text_et": "Koos"}
    assert send(desk, f"{ONE}/outcomes", **rows).status_code == 303
    saved = project()
    assert [one.text.et for one in saved.outcomes] == ["Targemad", "Tugevamad", "Koos"]
    assert [one.text.et for one in saved.activities[1].outcomes] == ["Targemad"]

    assert send(desk, f"{ONE}/outcomes", **{"rows-0-text_et": ""}).status_code == 303
    saved = project()
    assert [one.text.et for one in saved.outcomes] == ["Tugevamad", "Koos"]
    assert saved.activities[1].outcomes == []


def test_an_activity_with_events_stays(
    desk: FlaskClient, programme: Activity, make_event: MakeEvent
) -> None:
    path = f"{ONE}/activities/{programme.id}/remove"
    form = open_form(desk, path)
    event = make_event()
    answer = desk.post(path, data=form, follow_redirects=True)
    assert "Tegevust ei saa eemaldada" in answer.get_data(as_text=True)
    with transaction() as session:
        session.delete(session.get_one(Event, event.id))
    assert desk.post(path, data=form).status_code == 303
    assert project().activities == []


def test_a_partner_with_registrations_stays(
    desk: FlaskClient,
    programme: Activity,
    make_event: MakeEvent,
    entry: Callable[..., SignUp],
) -> None:
    partner = programme.project.partners[1].organisation_id
    sign_up(make_event().id, entry(organisation_id=partner), now())
    form = open_form(desk, f"{ONE}/partners")
    form.pop("partners")
    answer = desk.post(f"{ONE}/partners", data=form)
    assert answer.status_code == 422
    assert "ei saa eemaldada" in answer.get_data(as_text=True)
    assert len(project().partners) == 2


def test_media_and_their_mistakes(desk: FlaskClient) -> None:
    wrong = send(desk, f"{ONE}/media", **{"rows-0-title_et": "Uudis", "rows-1-url": "ftp://a"})
    assert wrong.status_code == 422
    assert 'value="Uudis"' in wrong.get_data(as_text=True)
    rows = {"rows-0-title_et": "Uudis", "rows-0-day": "1.3.2026", "rows-0-url": "https://a.example"}
    assert send(desk, f"{ONE}/media", **rows).status_code == 303
    [mention] = project().media
    assert (mention.day, mention.title.et) == (date(2026, 3, 1), "Uudis")


def test_the_page_tells_what_does_not_count_and_why(
    desk: FlaskClient, programme: Activity, make_event: MakeEvent
) -> None:
    with transaction() as session:
        row = session.get_one(Activity, programme.id)
        row.counts, row.only_physical, row.target = "regions", True, 3
    partner = programme.project.partners[1].organisation_id
    make_event(when=When.days(date(2024, 5, 1)), region_id=partner)
    make_event(when=When.days(date(2024, 5, 2)), mode="online")
    make_event(state="draft")
    page = text_of(desk, ONE)
    for words in (
        "vähemalt 3 eri piirkonnas. Piirkondi seni: 1.",
        "piirkond: MTÜ Partner",
        "toimus veebis",
        "mustand, avaldamata",
    ):
        assert words in page, words
    public = text_of(desk, "/project/project")
    assert "Piirkondi seni: 1." in public
    assert "mustand" not in public


def test_the_file_of_the_desk_loads_back(desk: FlaskClient, app: Flask) -> None:
    send(desk, f"{ONE}/partners", new_name="MTÜ Uus")
    answer = desk.get(f"{ONE}/project.toml")
    assert answer.headers["Content-Disposition"] == "attachment; filename=project.toml"
    text = answer.get_data(as_text=True)
    report = load_project(text, now(), "localhost")
    assert (report.added, report.changed) == ([], [])
    assert export_project("project") == text


def test_the_pages_need_as_many_queries_whatever_the_number_of_events(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    make_event()
    before = selects_of(desk, ONE)
    for _ in range(3):
        make_event()
    assert selects_of(desk, ONE) == before
