from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from koostoo.base.database import Base, db, transaction
from koostoo.base.when import When
from koostoo.events.load import load_project
from koostoo.events.load_report import LoadReport
from koostoo.events.models import Event
from koostoo.programme import project_file
from koostoo.programme.models import Activity, Organisation, Project
from koostoo.programme.project_file import ProjectFileError

pytestmark = pytest.mark.usefixtures("app")

SHIPPED = (Path(project_file.__file__).with_name("data") / "kogemusvahetus.toml").read_text("utf-8")
FIRST = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def load(text: str = SHIPPED, now: datetime = FIRST) -> LoadReport:
    return load_project(text, now, "koostoo.example.org")


def get_event(slug: str) -> Event:
    return db.session.execute(select(Event).where(Event.slug == slug)).scalar_one()


def get_project(slug: str = "kogemusvahetus") -> Project:
    return db.session.execute(select(Project).where(Project.slug == slug)).scalar_one()


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table))]
        for table in Base.metadata.sorted_tables
    }


def without_event(text: str, slug: str) -> str:
    start = text.index(f'[[events]]\nslug = "{slug}"')
    return text[:start] + text[text.index("\n\n", start) :]


def test_shipped_project_is_loaded_whole() -> None:
    report = load()
    project = get_project()
    assert project.host is not None
    assert project.host.short_name == "KKLM"
    assert [one.role for one in project.partners] == ["host"] + 5 * ["partner"]
    assert (len(project.outcomes), len(project.activities), len(project.media)) == (5, 6, 1)
    assert len(report.added) == 1 + 6 + 3 + 6 + 7
    assert report.changed == report.unchanged == []


def test_events_of_the_file_are_published_and_take_no_registrations() -> None:
    load()
    events = db.session.scalars(select(Event)).all()
    assert {(one.state, one.takes_registrations) for one in events} == {("published", False)}
    assert len({one.uid for one in events}) == 7
    assert all(one.uid.endswith("@koostoo.example.org") for one in events)


def test_same_file_twice_changes_nothing() -> None:
    load()
    before = all_rows()
    report = load(now=LATER)
    assert all_rows() == before
    assert (report.added, report.changed, report.removed, report.vanished) == ([], [], [], [])


def test_changed_file_updates_the_row_it_finds() -> None:
    load()
    uid, version = get_event("juhatuste-seminar-2024").uid, get_event("linc-2024").version
    report = load(SHIPPED.replace("when = 2024-11-08", "when = 2024-11-09"), LATER)
    event = get_event("juhatuste-seminar-2024")
    assert report.changed == ["event juhatuste-seminar-2024"]
    assert event.when == When.days(date(2024, 11, 9))
    assert (event.uid, event.sequence, event.revised_at) == (uid, 1, LATER)
    assert (get_event("linc-2024").version, get_event("linc-2024").revised_at) == (version, FIRST)


def test_new_title_leaves_the_calendar_sequence_alone() -> None:
    load()
    load(SHIPPED.replace("Aastalõpu üritus liikmetele", "Aastalõpp"), LATER)
    event = get_event("aastalopp-2024")
    assert (event.title.et, event.sequence, event.version) == ("Aastalõpp", 0, 2)


def test_partners_outcomes_and_media_follow_the_file() -> None:
    load()
    text = SHIPPED.replace('    "nelja-valla-kogu",\n', "").replace(
        "day = 2024-03-01", "day = 2024-03-02"
    )
    report = load(text.replace("motiveeritud ja julgustatud", "julgustatud"), LATER)
    project = get_project()
    assert report.changed == ["partners", "outcomes", "media"]
    assert "nelja-valla-kogu" not in [one.organisation.slug for one in project.partners]
    assert [one.position for one in project.outcomes] == [1, 2, 3, 4, 5]
    assert [one.day for one in project.media] == [date(2024, 3, 2)]


def test_event_gone_from_the_file_stays_and_is_reported() -> None:
    load()
    report = load(without_event(SHIPPED, "linc-2024"), LATER)
    assert report.vanished == ["event linc-2024"]
    assert str(report).splitlines()[1:] == ["event linc-2024: not in the file any more, kept"]
    assert get_event("linc-2024").revised_at == FIRST


def test_event_opened_at_the_desk_is_left_to_the_desk() -> None:
    load()
    with transaction() as session:
        event = session.execute(select(Event).where(Event.slug == "aastalopp-2024")).scalar_one()
        event.takes_registrations = True
    report = load(SHIPPED.replace('when = "2024-11"', 'when = "2024-12"'), LATER)
    assert report.at_desk == ["event aastalopp-2024"]
    assert get_event("aastalopp-2024").when == When.month(2024, 11)


def test_activity_gone_from_the_file_is_removed_only_when_empty() -> None:
    load()
    extra = '\n[[activities]]\nslug = "lisa"\nkind = "joint"\ntitle = "Lisa"\n'
    load(SHIPPED + extra, LATER)
    assert load(SHIPPED, LATER).removed == ["activity lisa"]
    moved = SHIPPED.replace('slug = "suururitus"', 'slug = "pidu"')
    report = load(moved.replace('activity = "suururitus"', 'activity = "pidu"'), LATER)
    assert (report.added, report.removed) == (["activity pidu"], ["activity suururitus"])


def test_activity_with_an_event_stays_and_is_reported() -> None:
    load()
    text = without_event(SHIPPED, "linc-2024").replace('"rahvusvaheline-seminar"', '"uus"')
    assert load(text, LATER).vanished == ["activity rahvusvaheline-seminar", "event linc-2024"]


def test_two_projects_share_organisations() -> None:
    load()
    text = SHIPPED.replace('slug = "kogemusvahetus"', 'slug = "jatk"')
    for slug in ("liikmete-oppereis", "koostooseminar", "partnerite-koosolekud"):
        text = text.replace(f'"{slug}"', f'"jatk-{slug}"')
    for slug in ("valisoppereis", "suururitus", "rahvusvaheline-seminar"):
        text = text.replace(f'"{slug}"', f'"jatk-{slug}"')
    for slug in ("-2024", "-2025", "-14", "-15"):
        text = text.replace(f'{slug}"\nactivity', f'{slug}-jatk"\nactivity')
    load(text)
    assert db.session.scalar(select(func.count(Organisation.id))) == 6
    assert db.session.scalar(select(func.count(Activity.id))) == 12
    assert db.session.scalar(select(func.count(Event.id))) == 14


def test_slug_of_another_project_is_refused_and_nothing_is_written() -> None:
    load()
    before = all_rows()
    with pytest.raises(ProjectFileError) as caught:
        load(SHIPPED.replace('slug = "kogemusvahetus"', 'slug = "jatk"'), LATER)
    assert len(caught.value.problems) == 6 + 7
    assert caught.value.problems[0].startswith("activities[1].slug: 'liikmete-oppereis' belongs")
    assert all_rows() == before


def test_load_that_breaks_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(_host: str) -> str:
        raise OSError("no randomness")

    monkeypatch.setattr("koostoo.events.load.new_uid", break_down)
    with pytest.raises(OSError, match="no randomness"):
        load()
    assert not any(all_rows().values())
