"""Files that leave the desk: each is noted first, and project managers see the notes."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from koostoo.accounts.models import Download
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import Busy
from koostoo.events.models import Event, Option, Question
from koostoo.privacy.service import forget
from koostoo.programme.models import Activity, Project
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.web.desk import ready_lists
from tests.accounts.made import add_passkey
from tests.statements import selects_of
from tests.web import test_roles
from tests.web.desk_pages import sign_in, text_of
from tests.web.test_roles import address, routes, sign_in_as, token_of

stage = test_roles.stage
LISTS = "/desk/events/oppereis/lists"


@pytest.fixture
def desk(client: FlaskClient, programme: Activity) -> FlaskClient:
    """A browser of somebody who manages every project."""
    return sign_in(client)


def noted() -> list[Download]:
    db.session.rollback()
    return list(db.session.scalars(select(Download).order_by(Download.id)))


def lines_of(browser: FlaskClient, path: str) -> list[str]:
    answer = browser.get(path, buffered=True)
    assert answer.mimetype == "text/csv", path
    return str(answer.data, "utf-8-sig").splitlines()


def test_every_file_of_the_desk_is_noted_and_nothing_else_is(
    app: Flask, client: FlaskClient, stage: dict[str, Any]
) -> None:
    ask(stage["event"], "room", "text")
    sign_in_as(client, "of-all", stage)
    stage["grant"] = 1
    stage["token"], stage["passkey"] = token_of("of-all"), add_passkey("of-all@example.org")
    files = 0
    for rule, declared, method in routes(app):
        if method != "GET":
            continue
        path, before = address(app, rule, declared, stage), len(noted())
        answer = client.get(path, buffered=True)
        is_file = answer.headers.get("Content-Disposition", "").startswith("attachment")
        # A picture somebody brought is looked at and not saved; that is noted as well.
        is_file = is_file or rule.endpoint == "desk.file"
        assert len(noted()) - before == is_file, path
        files += is_file
    assert files >= 10


def test_a_note_tells_who_took_what_and_not_what_was_searched_for(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    sign_in_as(client, "partner", stage)
    lines_of(client, people_path_of("?q=Maasikas&state=confirmed") + "&organisation=other")
    [note] = noted()
    assert note.organiser is not None
    assert (note.organiser.email, note.what, note.format) == (
        "partner@example.org", "people", "csv",
    )  # fmt: skip
    assert (note.event_id, note.project_id, note.rows) == (stage["event"], stage["project"], 0)
    assert note.detail["chosen"] == {
        "state": "confirmed", "organisation": "other", "searched": True,
        "whose": [stage["partner"]],
    }  # fmt: skip
    assert "E-posti aadress" in note.detail["columns"]
    assert "Maasikas" not in str(note.detail)


def people_path_of(query: str = "") -> str:
    return f"/desk/events/oppereis/registrations.csv{query}"


def test_what_cannot_be_noted_does_not_leave(
    client: FlaskClient, stage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_as(client, "manager", stage)

    def busy(*_given: object) -> None:
        raise Busy

    monkeypatch.setattr("koostoo.web.desk.sending.record_downloads", busy)
    answer = client.get(people_path_of())
    assert answer.status_code == 503
    assert b"Maasikas" not in answer.data


def test_the_record_goes_with_the_evidence_of_its_project(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    sign_in_as(client, "manager", stage)
    lines_of(client, people_path_of())
    for kept_until, left in ((None, 1), (date(2020, 1, 1), 0)):
        with transaction() as session:
            session.get_one(Project, stage["project"]).keep_until = kept_until
        forget(now())
        assert len(noted()) == left


def test_asking_for_the_head_alone_hands_out_and_notes_nothing(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    sign_in_as(client, "manager", stage)
    assert client.head(people_path_of()).data == b""
    assert noted() == []


def test_managers_read_who_took_what_of_their_projects_alone(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    sign_in_as(client, "partner", stage)
    lines_of(client, people_path_of("?state=confirmed"))
    sign_in_as(client, "manager", stage)
    for path in ("/desk/downloads/record", "/desk/events/oppereis/history"):
        page = text_of(client, path)
        assert "partner@example.org" in page
        assert "Ainult: kinnitatud" in page
    sign_in_as(client, "runs", stage)
    assert "partner@example.org" not in text_of(client, "/desk/events/oppereis/history")
    sign_in_as(client, "other-manager", stage)
    assert "partner@example.org" not in text_of(client, "/desk/downloads/record")


# --- People of many events ---------------------------------------------------


def test_people_of_many_events_come_as_one_file_each_as_far_as_one_may_see(
    client: FlaskClient, stage: dict[str, Any], entry: Callable[..., SignUp]
) -> None:
    own = entry(last_name="Oma", email="oma@example.org", organisation_id=stage["partner"])
    sign_up(stage["event"], own, now())
    theirs = entry(last_name="Teine", email="teine@example.org", organisation_id=stage["host"])
    sign_up(stage["theirs"], theirs, now())
    seen = {}
    for role in ("manager", "partner", "viewer", "other-manager", "helper"):
        sign_in_as(client, role, stage)
        answer = client.get("/desk/downloads/people.csv", buffered=True)
        seen[role] = answer.data.decode("utf-8-sig") if answer.status_code == 200 else ""
    assert seen["manager"].count("@example.org") == 3
    # Who runs an event sees its people; of another event, their own.
    assert "oma@example.org" in seen["partner"]
    assert "teine@example.org" in seen["partner"]
    assert "mari" not in seen["partner"]
    assert seen["viewer"].count("\r\n") == 4
    assert "@" not in seen["viewer"]
    assert seen["other-manager"] == seen["helper"] == ""


def test_a_period_and_an_activity_choose_the_events_and_a_wrong_day_is_told(
    desk: FlaskClient, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    project = db.session.get_one(Event, event.id).activity.project_id
    event_day = db.session.get_one(Event, event.id).starts_on
    path = "/desk/downloads"
    assert "1 registreering" in text_of(desk, f"{path}?about=activity-{event.activity_id}")
    for query in (f"?first={event_day}&last={event_day}", f"?about=project-{project}", ""):
        assert len(lines_of(desk, f"{path}/people.csv{query}")) == 2, query
    before = f"?last={event_day.replace(year=event_day.year - 1)}"
    assert "Siin üritusi ei ole" in text_of(desk, path + before)
    assert desk.get(f"{path}/people.csv{before}").status_code == 303
    wrong = desk.get(f"{path}?first=32.13.2026&about=activity-999999")
    assert wrong.status_code == 422
    assert "32.13.2026" in wrong.get_data(as_text=True)


def test_a_file_of_many_events_is_noted_for_each_project_and_asks_as_much_for_more_people(
    desk: FlaskClient, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    event = make_event()
    sign_up(event.id, entry(), now())
    paths = ["/desk/downloads/people.csv", "/desk/downloads/people.xlsx", "/desk/downloads"]
    before = [selects_of(desk, path) for path in paths]
    assert [(one.what, one.rows, one.project_id is None) for one in noted()] == [
        ("period", 1, False), ("period", 1, False),
    ]  # fmt: skip
    for _number in range(3):
        sign_up(event.id, entry(), now())
        sign_up(make_event().id, entry(), now())
    assert [selects_of(desk, path) for path in paths] == before


# --- Ready lists -------------------------------------------------------------


def ask(event_id: int, purpose: str, kind: str, *options: str) -> tuple[int, list[int]]:
    """Let the event ask one more question; return its number and those of its options."""
    with transaction() as session:
        number = session.query(Question).filter_by(event_id=event_id).count() + 1
        question = Question(
            event_id=event_id,
            position=number,
            kind=kind,
            label=LocalText(f"{purpose}?"),
            purpose=purpose,
            options=[
                Option(position=place, label=LocalText(words))
                for place, words in enumerate(options, start=1)
            ],
        )
        session.add(question)
        session.flush()
        return question.id, [option.id for option in question.options]


def test_each_list_holds_what_its_reader_needs_and_nothing_else(
    client: FlaskClient, stage: dict[str, Any], entry: Callable[..., SignUp]
) -> None:
    event = stage["event"]
    diet, [vegan, gluten] = ask(event, "diet", "choices", "vegan", "gluteenivaba")
    other, _none = ask(event, "diet", "text")
    stop, [_keila, saku] = ask(event, "stop", "choice", "Keila 7.35", "Saku 7.50")
    room, [double] = ask(event, "room", "choice", "kahekohaline")
    mate, _none = ask(event, "roommate", "text")
    answers = {diet: [vegan, gluten], stop: [saku], room: [double], mate: "Jaan Kask"}
    sign_up(event, entry(first_name="Mari", last_name="Mänd", answers=answers), now())
    hostile = entry(
        first_name="=1+1", last_name="<b>Kask", answers={other: "@pähklid", stop: [saku]}
    )
    sign_up(event, hostile, now())
    waiting = entry(last_name="Ootaja", answers=answers)
    waits = sign_up(event, waiting, now()).registration_id
    with transaction() as session:
        session.get_one(Registration, waits).state = "waiting"
    desk = sign_in_as(client, "runs", stage)

    assert lines_of(desk, f"{LISTS}/hotel.csv") == [
        '"Perekonnanimi";"Eesnimi";"room?";"roommate?"',
        '"Mänd";"Mari";"kahekohaline";"Jaan Kask"',
    ]
    assert lines_of(desk, f"{LISTS}/caterer.csv") == [
        '"Küsimus";"Toidusoov";"Inimesi"',
        '"diet?";"vegan";0',
        '"diet?";"gluteenivaba";0',
        '"diet?";"vegan, gluteenivaba";1',
        '"diet?";"Vastamata";2',
        '"diet?";"\'@pähklid";1',
        '"Kohaga kokku";"";3',
    ]
    assert lines_of(desk, f"{LISTS}/bus.csv")[1:] == [
        '"stop?";"Keila 7.35";0;""',
        '"stop?";"Saku 7.50";2;"\'=1+1 B."',
        '"stop?";"Saku 7.50";2;"Mari M."',
    ]
    answer = desk.get(f"{LISTS}/hotel.xlsx", buffered=True)
    assert re.search(r"hotell-[-0-9]{15}\.xlsx", answer.headers["Content-Disposition"])
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["Mänd", "Mari", "kahekohaline", "Jaan Kask"]
    assert "Seisuga" in str(sheet.oddFooter)

    page = text_of(desk, LISTS)
    assert "Seisuga" in page
    assert "Saku 7.50" in page
    assert "&lt;b&gt;Kask" in page
    assert "Ootaja" not in page
    assert {one.what for one in noted()} == {"hotel", "caterer", "bus"}


def test_of_a_long_list_the_page_names_the_first_counts_all_and_the_file_holds_all(
    client: FlaskClient,
    stage: dict[str, Any],
    entry: Callable[..., SignUp],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ready_lists, "MOST_SHOWN", 2)
    monkeypatch.setattr(ready_lists, "MOST_OF_PARTNER", 1)
    event = stage["event"]
    stop, [keila, _saku] = ask(event, "stop", "choice", "Keila 7.35", "Saku 7.50")
    late, _none = ask(event, "nights", "yesno")
    for name in ("Aas", "Mänd", "Õun"):
        answers = {stop: [keila], late: True}
        sign_up(event, entry(first_name="Mari", last_name=name, answers=answers), now())
    sign_up(event, entry(first_name="Koju", last_name="Minev", answers={late: False}), now())
    desk = sign_in_as(client, "runs", stage)

    page = unescape(text_of(desk, LISTS))
    bus = page.split('id="bus"')[1].split("</section>")[0]
    assert "Mari A., Mari M." in bus
    assert "Mari Õ." not in bus
    assert "Bussis: 3." in bus
    assert "Siin on esimese 2 inimese nimed, kokku on neid 3; failis on kõik." in bus
    hotel = page.split('id="hotel"')[1].split("</section>")[0]
    assert "Nimekirjas inimesi: 3." in hotel
    assert "Õun" not in hotel
    partner = page.split('id="partner-')[1].split("</section>")[0]
    assert "Nimekirjas inimesi: 5." in partner
    assert "Minev" not in partner
    assert len(lines_of(desk, f"{LISTS}/hotel.csv")) == 4
    assert '"Keila 7.35";3;"Mari Õ."' in lines_of(desk, f"{LISTS}/bus.csv")[3]


def test_a_list_without_its_question_says_which_one_is_missing(
    client: FlaskClient, stage: dict[str, Any]
) -> None:
    desk = sign_in_as(client, "runs", stage)
    page = text_of(desk, LISTS)
    assert page.count("/desk/events/oppereis/edit#questions") == 3
    assert desk.get(f"{LISTS}/hotel.csv").location == LISTS
    assert desk.get(f"{LISTS}/nothing.csv").status_code == 404


def test_a_partner_gets_the_list_of_their_own_people_alone(
    client: FlaskClient, stage: dict[str, Any], entry: Callable[..., SignUp]
) -> None:
    diet, _none = ask(stage["event"], "diet", "text")
    own = entry(
        last_name="Oma",
        email="oma@example.org",
        organisation_id=stage["partner"],
        answers={diet: "pähklid"},
    )
    sign_up(stage["event"], own, now())
    desk = sign_in_as(client, "partner", stage)
    page = text_of(desk, LISTS)
    assert "oma@example.org" in page
    for hidden in ("pähklid", "mari1@example.org", "hotel.csv"):
        assert hidden not in page
    [_header, line] = lines_of(desk, f"{LISTS}/partners/partner.csv")
    assert line == ('"Oma";"Mari";"oma@example.org";"\'+372 5552 385";"Näidise küla selts";"liige"')
    assert desk.get(f"{LISTS}/partners/host.csv").status_code == 404
    assert desk.get(f"{LISTS}/hotel.csv").status_code == 403
