"""Indicators, matches and frozen reports at the desk."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from koostoo.attendance.models import Attendance, AttendanceMark
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.matching.models import MatchDecision
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.reporting.models import FrozenReport
from tests.documents.pdfs import is_pdf_a, pages_of
from tests.reporting.test_indicators import end, mark
from tests.statements import selects_of, statements
from tests.web.desk_pages import open_form, sign_in, text_of

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
PAGE = "/desk/projects/project/indicators"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """A browser of somebody who manages every project."""
    return sign_in(client)


@pytest.fixture
def event(make_event: MakeEvent, entry: Entry) -> Event:
    """An event of yesterday: two of three came, two of them perhaps one person."""
    event = make_event()
    people = [
        sign_up(
            event.id,
            entry(first_name=first, last_name="Tamm", email=email, email_key=email,
                  member_organisation=represents),
            now(),
        ).registration_id
        for first, email, represents in (
            ("Jaan", "a@example.org", "MTÜ Üks"),
            ("Jaan", "b@example.org", "MTÜ Kaks"),
            ("Kärt", "c@example.org", "MTÜ Kaks"),
        )
    ]  # fmt: skip
    [day] = end(event)
    for person in people[:2]:
        mark(event, person, day)
    return event


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_every_figure_leads_to_the_rows_behind_it(desk: FlaskClient, event: Event) -> None:
    page = text_of(desk, PAGE)
    links = re.findall(r'href="([^"]*indicators/rows\?[^"]*)" aria-label="[^"]*: (\d+)"', page)
    assert len(links) >= 12
    for link, number in links:
        rows = text_of(desk, link.replace("&amp;", "&"))
        told = int(re.findall(r"<p>(\d+) rid", rows)[0])
        assert told == int(number), link
        assert "@example.org" not in rows.partition("<main")[2]
    assert "Kärt Tamm" in text_of(desk, f"{PAGE}/rows?figure=no_shows")
    assert text_of(desk, f"{PAGE}/rows?figure=people&by=role&key=board")


def test_figures_and_their_rows_are_files_too(desk: FlaskClient, event: Event) -> None:
    lines = desk.get(f"{PAGE}.csv?by=role", buffered=True).data.decode("utf-8-sig").splitlines()
    assert lines[1].startswith('"Kõik kokku";1;3;2;1;')
    book = load_workbook(BytesIO(desk.get(f"{PAGE}/rows.xlsx?figure=people", buffered=True).data))
    assert book.active is not None
    assert [row[0].value for row in book.active][1:] == ["Jaan Tamm", "Jaan Tamm"]


def test_a_period_that_is_wrong_is_told_and_an_unknown_choice_breaks_nothing(
    desk: FlaskClient, event: Event
) -> None:
    answer = desk.get(f"{PAGE}?first=2026-05-02&last=2026-05-01&by=nothing")
    assert answer.status_code == 422
    assert "lõpeb enne" in answer.get_data(as_text=True)
    assert text_of(desk, f"{PAGE}/rows?figure=x&by=y&key=z&page=77")
    assert "ükski üritus" in words(text_of(desk, f"{PAGE}?last=2020-01-01"))


def test_where_nobody_took_attendance_it_is_not_known_and_never_zero(
    desk: FlaskClient, event: Event
) -> None:
    with transaction() as session:
        session.query(Attendance).delete()
        session.query(AttendanceMark).update({"received_at": now()})
    page = words(text_of(desk, PAGE))
    assert "3 registreeritu kohta ei ole teada" in page


def test_the_page_asks_the_database_as_often_for_many_events_as_for_one(
    desk: FlaskClient, event: Event, make_event: MakeEvent, entry: Entry
) -> None:
    text_of(desk, PAGE)
    once = selects_of(desk, PAGE)
    for _number in range(3):
        other = make_event()
        sign_up(other.id, entry(), now())
        end(other)
    text_of(desk, PAGE)
    assert selects_of(desk, PAGE) == once


def test_a_doubtful_match_is_decided_counted_and_undone(desk: FlaskClient, event: Event) -> None:
    path = "/desk/projects/project/matches"
    assert desk.get("/desk/people/matches").location == path
    page = text_of(desk, path)
    assert page.count('class="match"') == 1
    form = {**open_form(desk, path), "verdict": "same"}
    assert desk.post(path, data=form).status_code == 303
    assert "Üks ja sama inimene" in text_of(desk, path)
    people = text_of(desk, f"{PAGE}/rows?figure=people")
    assert people.count("Jaan Tamm") == 1
    [decision] = db.session.query(MatchDecision)
    undo = f"{path}/{decision.id}/undo"
    token = {"csrf_token": open_form(desk, path)["csrf_token"]}
    assert desk.post(undo, data=token).status_code == 303
    assert text_of(desk, path).count('class="match"') == 1
    assert "Otsustas, kas kaks on samad" in text_of(desk, "/desk/history")
    assert desk.post(path, data={**form, "verdict": "perhaps"}).status_code == 400
    assert desk.post(path, data={**form, "second": "999999"}).status_code == 404


def test_a_report_is_frozen_shown_beside_the_present_and_printed_the_same_each_time(
    desk: FlaskClient, event: Event
) -> None:
    path = "/desk/projects/project/reports"
    day = db.session.get_one(Event, event.id).starts_on.isoformat()
    empty = open_form(desk, f"{path}/new")
    refused = desk.post(f"{path}/new", data={**empty, "title": "Maksetaotlus 7"})
    assert refused.status_code == 422
    assert "Maksetaotlus 7" in refused.get_data(as_text=True)
    given = {**empty, "title": "Maksetaotlus 7", "first": day, "last": day}
    where = desk.post(f"{path}/new", data=given).location
    [report] = db.session.query(FrozenReport)
    assert where == f"{path}/{report.id}"
    assert "kõik näitajad samad" in text_of(desk, where)
    files = [desk.get(f"{where}.{kind}", buffered=True).data for kind in ("pdf", "xlsx", "csv")]
    assert files == [
        desk.get(f"{where}.{kind}", buffered=True).data for kind in ("pdf", "xlsx", "csv")
    ]
    printed = " ".join(pages_of(files[0]))
    assert "Maksetaotlus 7" in printed
    assert report.digest in re.sub(r"\s", "", printed)
    assert is_pdf_a(files[0])

    people = [row.registration_id for row in db.session.query(Attendance)]
    mark(event, people[0], db.session.get_one(Event, event.id).starts_on, "absent")
    page = words(text_of(desk, where))
    assert "Osales 2 1 -1" in page
    assert desk.get(f"{where}.csv", buffered=True).data == files[2]

    reason = {**open_form(desk, f"{where}/withdraw"), "reason": "Vale periood"}
    assert desk.post(f"{where}/withdraw", data=reason).status_code == 303
    assert "Vale periood" in text_of(desk, where)
    assert "Vale periood" in pages_of(desk.get(f"{where}.pdf", buffered=True).data)[0]


@pytest.mark.parametrize("page", ["indicators", "indicators/rows", "matches", "evidence"])
def test_a_page_of_figures_reads_its_project_once(
    desk: FlaskClient, event: Event, page: str
) -> None:
    path = f"/desk/projects/project/{page}"
    text_of(desk, path)
    with statements() as seen:
        text_of(desk, path)
    assert sum("FROM partner LEFT OUTER JOIN" in one for one in seen) == 1
