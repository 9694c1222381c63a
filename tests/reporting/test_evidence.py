"""A package of evidence: what is in it, what is not, and that it can be told from another."""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask_babel import force_locale
from openpyxl import load_workbook
from sqlalchemy import select

from koostoo.attendance.feedback import count_participants, give_feedback
from koostoo.attendance.marking import mark_present
from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.feedback.models import FeedbackAnswer
from koostoo.feedback.rules import SHOWN_FROM
from koostoo.files.models import StoredFile
from koostoo.files.news import add_news
from koostoo.files.preparing import prepare
from koostoo.files.rules import EventKind
from koostoo.files.service import keep_file
from koostoo.registration.rules import SignUp
from koostoo.registration.service import sign_up
from koostoo.reporting import evidence
from koostoo.reporting.evidence import Refused, plan_for_event, plan_for_project
from koostoo.reporting.evidence_parts import Item
from koostoo.work.claiming import Claim
from tests.documents.pdfs import pages_of
from tests.feedback.made import ask, numbers_of
from tests.files.made import ASICE, PDF, picture
from tests.statements import statements

MakeEvent = Callable[..., Event]
Entry = Callable[..., SignUp]
YESTERDAY = local_day(now()) - timedelta(days=1)
HOSTILE = '../..\\CON <script>"\r\n=1+1 Õie 日本 reis'


def keep(event_id: int, kind: EventKind, data: bytes, name: str) -> None:
    keep_file(event_id, kind, prepare(BytesIO(data), name, kind), now(), None)


@pytest.fixture
def held(make_event: MakeEvent, entry: Entry) -> Event:
    """An event of the future with an allergy, moved to yesterday once somebody signed up."""
    event = make_event(
        title=LocalText(HOSTILE),
        programme=LocalText("- 9.00 algus"),
        questions=[("text", "Allergia", [])],
    )
    answers = {event.questions[0].id: "pähklid"}
    person = entry(last_name="Žukov", email="salajane@example.org", answers=answers)
    sign_up(event.id, person, now())
    with transaction() as session:
        session.get_one(Event, event.id).when = When.days(YESTERDAY)
    keep(event.id, "sheet", ASICE, "nimekiri.asice")
    keep(event.id, "photo", picture(), f"{HOSTILE}.jpg")
    keep(event.id, "cover", picture(), "kaas.jpg")
    keep(event.id, "document", PDF, "juhend.pdf")
    add_news(event.id, "https://leht.example.org/lugu", now(), None)
    db.session.rollback()
    return db.session.get_one(Event, event.id)


def claim(event: Event | None, project_id: int, **values: Any) -> Claim:
    given = {"language": "et", "first_day": None, "last_day": None, **values}
    number = event.id if event is not None else None
    return Claim(id=1, attempt=1, kind="evidence", event_id=number, project_id=project_id, **given)


def made(taken: Claim) -> tuple[bytes, Any]:
    """Make the package; return its bytes and what is told of it."""
    into, told = BytesIO(), []
    result = evidence.make(taken, into, lambda *far: told.append(far), now())
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == len(told) - 1
    return into.getvalue(), result


def test_the_package_of_an_event_holds_its_evidence_and_nobodys_contacts_or_answers(
    held: Event,
) -> None:
    data, result = made(claim(held, held.activity.project_id))
    assert (result.size, result.digest, result.rows) == (len(data), sha256(data).hexdigest(), 1)
    with ZipFile(BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    [folder] = {name.partition("/")[0] for name in files if "/" in name}
    assert folder == f"{YESTERDAY}-con-script-1-1-oie-reis"
    inside = {name.removeprefix(f"{folder}/"): data for name, data in files.items()}
    assert sorted(inside) == [
        "SHA256SUMS",
        "allalaaditavad-dokumendid/01-juhend.pdf",
        "andmed.json",
        "andmed.txt",
        "fotod/01-con-script-1-1-oie-reis.jpg",
        "kava.pdf",
        "osalejad.xlsx",
        "osavotjate-nimekiri-allkirjadega/01-nimekiri.asice",
        "osavotjate-nimekiri-allkirjaleht.pdf",
        "sisukord.csv",
        "sisukord.txt",
    ]
    assert all(name.isascii() for name in files)
    assert inside["osavotjate-nimekiri-allkirjadega/01-nimekiri.asice"] == ASICE
    assert json.loads(inside["andmed.json"])["on_the_list"] == 1
    assert "https://leht.example.org/lugu" in inside["andmed.txt"].decode()
    sheet = load_workbook(BytesIO(inside["osalejad.xlsx"])).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[1] == ["Žukov", "Mari", "Näidis", "Näidise küla selts", "Kinnitatud"]
    read = [*(str(cell) for row in cells for cell in row)]
    read += pages_of(inside["osavotjate-nimekiri-allkirjaleht.pdf"])
    read += [inside[name].decode("utf-8-sig") for name in inside if name.endswith(("t", "v", "n"))]
    text = "\n".join(read)
    assert "Žukov" in text
    for secret in ("salajane", "5552385", "5552 385", "pähklid", "Allergia"):
        assert secret not in text


def test_the_same_state_gives_the_same_bytes_and_every_change_another_state(
    held: Event, entry: Entry
) -> None:
    project = held.activity.project_id
    first, told = made(claim(held, project))
    again, _told = made(claim(held, project))
    assert first == again
    assert plan_for_event(held.id, "et", now()).fingerprint == told.fingerprint
    assert plan_for_event(held.id, "en", now()).fingerprint != told.fingerprint
    states = {told.fingerprint}
    keep(held.id, "photo", picture("PNG"), "teine.png")
    states.add(plan_for_event(held.id, "et", now()).fingerprint)
    with transaction() as session:
        photo = session.scalars(select(StoredFile).where(StoredFile.title == "teine")).one()
        photo.title = "kolmas"
    states.add(plan_for_event(held.id, "et", now()).fingerprint)
    add_news(held.id, "https://leht.example.org/teine", now(), None)
    states.add(plan_for_event(held.id, "et", now()).fingerprint)
    assert len(states) == 4


def test_the_package_of_a_period_has_a_folder_for_each_event_that_is_over(
    held: Event, make_event: MakeEvent
) -> None:
    project = held.activity.project_id
    year_ago = YESTERDAY - timedelta(days=365)
    old = When.days(year_ago)
    for _twice in range(2):
        make_event(when=old, title=LocalText("Koosolek"))
    make_event(when=old, title=LocalText("Mustand"), state="draft")
    make_event()

    def folders(first: Any, last: Any) -> list[str]:
        plan = plan_for_project(project, first, last, "et", now())
        return sorted({item.path.partition("/")[0] for item in plan.items})

    everything = folders(None, None)
    assert len(everything) == 3
    assert everything[0] == f"{year_ago}-koosolek"
    assert everything[1].startswith(f"{year_ago}-koosolek-")
    assert folders(YESTERDAY, YESTERDAY) == everything[2:]
    with pytest.raises(Refused, match="nothing"):
        folders(YESTERDAY - timedelta(days=9), YESTERDAY - timedelta(days=2))
    data, result = made(claim(None, project, first_day=year_ago, last_day=year_ago))
    assert result.name == f"toendusmaterjal-naidisprojekt-{year_ago}-{year_ago}.zip"
    assert ZipFile(BytesIO(data)).testzip() is None


def test_a_package_too_large_to_fetch_is_refused(
    app: Flask, held: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_BYTES", 100)
    with pytest.raises(Refused, match="too_large"):
        plan_for_event(held.id, "et", now())


def test_many_events_are_asked_about_at_once(
    held: Event, make_event: MakeEvent, entry: Entry
) -> None:
    project_id = held.activity.project_id

    def asked() -> int:
        db.session.rollback()
        with statements() as seen:
            plan = plan_for_project(project_id, None, None, "et", now())
            assert plan.items
        return len(seen)

    of_one = asked()
    for _ in range(3):
        event = make_event()
        person = sign_up(event.id, entry(), now()).registration_id
        with transaction() as session:
            session.get_one(Event, event.id).when = When.days(YESTERDAY)
        mark_present(event.id, [person], YESTERDAY, now(), None)
        keep(event.id, "photo", picture(), "pilt.jpg")
    assert plan_for_project(project_id, None, None, "et", now()).rows == 4
    assert asked() == of_one


def test_the_summary_of_feedback_is_in_it_once_it_may_be_shown(held: Event, entry: Entry) -> None:
    event_id = held.id
    ask(event_id)
    with transaction() as session:
        session.get_one(Event, event_id).when = When.days(YESTERDAY + timedelta(days=30))
    people = [sign_up(event_id, entry(), now()).registration_id for _ in range(SHOWN_FROM)]
    with transaction() as session:
        session.get_one(Event, event_id).when = When.days(YESTERDAY)

    def summary() -> list[Item]:
        db.session.rollback()
        items = plan_for_event(event_id, "et", now()).items
        return [item for item in items if item.path.endswith("tagasiside-kokkuvote.pdf")]

    overall = numbers_of(event_id)["overall"]
    for number in people[:-1]:
        assert give_feedback(number, {overall: 5}, now())
    assert summary() == []
    assert give_feedback(people[-1], {overall: 4}, now())
    [item] = summary()
    with force_locale("et"):
        before = item.state()
        words = " ".join(pages_of(b"".join(item.pieces())))
    # Nobody was marked: who has a seat took part, the one who had it before among them.
    assert count_participants(event_id) == SHOWN_FROM + 1
    assert f"{SHOWN_FROM} / {SHOWN_FROM + 1} (75%)" in words
    with transaction() as session:
        session.scalars(select(FeedbackAnswer)).first().value = 1  # type: ignore[union-attr]
    with force_locale("et"):
        assert summary()[0].state() != before
