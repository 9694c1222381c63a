"""Lists of people brought in: upload, match the columns, look, take as a whole."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from koostoo.accounts.models import Organiser
from koostoo.attendance.models import Attendance, AttendeeImport
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.when import When
from koostoo.correspondence.due import write_due
from koostoo.correspondence.following import follow_event
from koostoo.correspondence.organiser_news import tell_organisers
from koostoo.events.models import Event
from koostoo.mail.models import OutboxMessage
from koostoo.privacy.service import forget
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from tests.web.desk_pages import open_form, people_path, sign_in, text_of

LIST = """Osavõtjate nimekiri;;;;
Jrk nr;Nimi;E-post;Tegevusrühm;Kohal
1;Mari Liis Mänd;mari@example.org;MTÜ Näidis;x
2;Õie Ööbik;;näidis;jah
3;"Šmidt, Ženja";zenja@example.org;Muu selts;
"""


@pytest.fixture
def past(make_event: Callable[..., Event]) -> Event:
    """An event of two days that is over, with a single seat."""
    first = date(now().year - 1, 5, 30)
    return make_event(when=When.days(first, first + timedelta(days=1)), capacity=1)


@pytest.fixture
def desk(client: FlaskClient, past: Event) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def send(desk: FlaskClient, event: Event, data: bytes) -> Any:
    path = f"/desk/events/{event.slug}/import"
    fields = open_form(desk, path) | {"file": (BytesIO(data), "list.csv")}
    return desk.post(path, data=fields, content_type="multipart/form-data")


def press(desk: FlaskClient, match: str, do: str = "apply", **values: str) -> Any:
    return desk.post(match, data=open_form(desk, match) | {"do": do, "lawful": "y", **values})


def people(event: Event) -> list[Registration]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Registration).where(Registration.event_id == event.id).order_by("sort_key")
        )
    )


def fact(page: str, label: str) -> str:
    found = re.search(rf"<dt>{label}</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    return found[1].strip() if found else ""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1257"])
def test_a_list_of_old_is_matched_looked_at_and_taken_without_a_letter(
    desk: FlaskClient, past: Event, encoding: str
) -> None:
    match = send(desk, past, LIST.encode(encoding)).location
    page = text_of(desk, match)
    assert fact(page, "Nimekirjas inimesi") == "3"
    assert fact(page, "Organisatsioonid, mis ei ole partnerid") == "Muu selts"
    assert "rohkem kui vabu kohti" in page
    assert people(past) == []
    answer = press(desk, match)
    assert answer.location == people_path(past)
    page = text_of(desk, people_path(past))
    assert "Nimekirjast lisati 3 inimest." in page
    assert "Koht on 2 inimesel rohkem" in page
    rows = people(past)
    assert [(row.name, row.email, row.state, row.source) for row in rows] == [
        ("Mari Liis Mänd", "mari@example.org", "confirmed", "import"),
        ("Ženja Šmidt", "zenja@example.org", "confirmed", "import"),
        ("Õie Ööbik", "", "confirmed", "import"),
    ]
    host = past.organiser_id
    assert [(row.organisation_id, row.other_organisation) for row in rows] == [
        (host, ""), (None, "Muu selts"), (host, ""),
    ]  # fmt: skip
    statuses = {row.registration_id: row.status for row in db.session.scalars(select(Attendance))}
    assert [statuses[row.id] for row in rows] == ["present", "absent", "present"]
    assert db.session.query(Attendance).count() == 2 * len(rows)
    assert db.session.query(OutboxMessage).count() == 0
    assert db.session.query(AttendeeImport).count() == 0
    history = text_of(desk, f"/desk/events/{past.slug}/history")
    assert "lisati: 3, juba kirjas: 0" in history


def test_whoever_is_there_or_stands_twice_on_the_list_is_left_out_and_told(
    desk: FlaskClient, past: Event
) -> None:
    press(desk, send(desk, past, LIST.encode()).location)
    more = LIST + "4;Uus Inimene;;;jah\n5;uus inimene;;;jah\n6;Mari Liis Mänd;teine@example.org;;\n"
    match = send(desk, past, more.encode()).location
    page = text_of(desk, match)
    assert fact(page, "Juba kirjas, jäävad välja") == "3"
    assert fact(page, "Nimekirjas topelt, jäävad välja") == "1"
    press(desk, match)
    assert "4 jäi lisamata" in text_of(desk, people_path(past))
    # Another address is another person of that name.
    assert len(people(past)) == 5


def test_mistakes_are_named_by_line_and_nothing_is_taken(desk: FlaskClient, past: Event) -> None:
    data = "Eesnimi;Perenimi;Meil;Tel;Kohal\nMari;Mänd;mari@;12;x\nJaan;;;;võib-olla\n;Kask;;;\n"
    match = send(desk, past, data.encode()).location
    page = press(desk, match)
    assert page.status_code == 422
    told = re.findall(
        r'<td class="number">(\d+)</td><td><bdi>(.*?)</bdi></td>', page.get_data(as_text=True)
    )
    assert told == [
        ("2", "Meil"), ("2", "Tel"), ("3", "Ees- ja perekonnanimi"), ("3", "Kohal"),
        ("4", "Ees- ja perekonnanimi"),
    ]  # fmt: skip
    assert people(past) == []


def test_columns_are_matched_by_hand_and_what_was_chosen_is_kept(
    desk: FlaskClient, past: Event
) -> None:
    match = send(desk, past, "Mari Mänd;a\nJaan Kask;b\n".encode()).location
    assert fact(text_of(desk, match), "Nimekirjas inimesi") == ""
    page = press(desk, match, "look", c1="role").get_data(as_text=True)
    assert "Vali veerg, kus on nimed" in page
    assert '<option selected value="role">' in page
    page = press(desk, match, "look", c0="person", c1="person").get_data(as_text=True)
    assert "tähendab sama" in page
    page = press(desk, match, c0="person", lawful="").get_data(as_text=True)
    assert "Palun märgi see" in page
    assert people(past) == []
    press(desk, match, c0="person", status="unmarked")
    assert [row.name for row in people(past)] == ["Jaan Kask", "Mari Mänd"]
    assert db.session.query(Attendance).count() == 0


def test_an_event_ahead_gives_seats_by_its_rules_and_writes_only_if_told_to(
    desk: FlaskClient, make_event: Callable[..., Event], entry: Callable[..., SignUp]
) -> None:
    event = make_event(capacity=2, has_waiting_list=True)
    sign_up(event.id, entry(), now())
    for letters, before in (("no", 1), ("yes", 1)):
        data = f"Nimi;E-post\nMari {letters};a-{letters}@example.org\nIlma Aadressita{letters};\n"
        press(desk, send(desk, event, data.encode()).location, letters=letters)
        assert db.session.query(OutboxMessage).count() == before + (letters == "yes")
        db.session.rollback()
    assert sorted(row.state for row in people(event)) == ["confirmed"] * 2 + ["waiting"] * 3
    assert db.session.query(Attendance).count() == 0
    with transaction() as session:
        session.get_one(Event, event.id).has_waiting_list = False
    page = press(desk, send(desk, event, b"Nimi\nVeel Keegi\n").location)
    assert "Midagi ei imporditud" in page.get_data(as_text=True)
    assert len(people(event)) == 5


def test_nobody_is_thanked_or_told_because_a_list_of_an_event_that_is_over_was_brought_in(
    desk: FlaskClient, make_event: Callable[..., Event]
) -> None:
    start = now() - timedelta(hours=30)
    event = make_event(when=When.timed(start, start + timedelta(hours=2)), thanks_after=1)
    organiser = db.session.scalars(select(Organiser.id)).one()
    follow_event(event.id, organiser, ("digest",), "et", start)
    press(desk, send(desk, event, b"Nimi;E-post\nMari Kask;mari@example.org\n").location)
    assert len(people(event)) == 1
    write_due(now())
    tell_organisers(now() + timedelta(days=1))
    assert db.session.query(OutboxMessage).count() == 0


def test_a_list_is_taken_once_dropped_on_wish_and_forgotten_after_an_hour(
    desk: FlaskClient, past: Event
) -> None:
    match = send(desk, past, LIST.encode()).location
    form = open_form(desk, match) | {"lawful": "y", "do": "apply"}
    assert desk.post(match, data=form).location == people_path(past)
    assert desk.post(match, data=form).location == f"/desk/events/{past.slug}/import"
    assert len(people(past)) == 3
    press(desk, send(desk, past, LIST.encode()).location, "drop")
    assert db.session.query(AttendeeImport).count() == 0
    send(desk, past, LIST.encode())
    forget(now() + timedelta(hours=2))
    assert db.session.query(AttendeeImport).count() == 0


def test_files_that_are_no_list_are_refused_in_words(
    desk: FlaskClient, past: Event, make_event: Callable[..., Event]
) -> None:
    book, bomb = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"] = "Nimi", "x" * 32_000
    for row in range(3, 300):
        sheet.cell(row, 1, "y" * 32_000 + str(row))
    book.save(bomb)
    for data, words in (
        (bomb.getvalue(), "palju rohkem"),
        (b"%PDF-1.7", "ei ole tabel"),
        (b"Nimi\n" + b"Mari Kask\n" * 2100, "rohkem"),
    ):
        answer = send(desk, past, data)
        assert answer.status_code == 422, words
        assert words in answer.get_data(as_text=True)
    wide = send(desk, past, b"Nimi" + b";" * 5000 + b"\nMari Kask" + b";" * 5000).location
    assert text_of(desk, wide).count("<select") < 60
    press(desk, wide, "drop")
    draft = make_event(state="draft")
    assert "mustand" in text_of(desk, f"/desk/events/{draft.slug}/import")
    assert db.session.query(AttendeeImport).count() == 0


def test_hostile_names_stay_words(desk: FlaskClient, past: Event) -> None:
    data = "Nimi;Organisatsioon\n<script>alert(1)</script> Kask;=cmd|' /C calc'!A0\n"
    match = send(desk, past, data.encode()).location
    assert "<script>alert(1)" not in text_of(desk, match)
    press(desk, match)
    assert "<script>alert(1)" not in text_of(desk, people_path(past))
    csv = str(desk.get(people_path(past) + ".csv", buffered=True).data, "utf-8-sig")
    assert "\"'=cmd|" in csv
