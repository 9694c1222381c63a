"""What is still to be gathered, what a copy takes along, and what goes in the end."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from koostoo.base.clock import local_day, now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.evidence import StillMissing, still_missing
from koostoo.events.models import Event
from koostoo.events.service import copy_event
from koostoo.files.models import FileChunk, StoredFile
from koostoo.files.news import add_news
from koostoo.files.preparing import Prepared, prepare
from koostoo.files.queries import news_of, read
from koostoo.files.rules import EventKind, due_on
from koostoo.files.service import keep_file
from koostoo.privacy.service import forget
from koostoo.programme.models import Project
from tests.files.made import PDF, picture
from tests.statements import statements

MakeEvent = Callable[..., Event]
YESTERDAY = local_day(now()) - timedelta(days=1)
ONLINE = {"mode": "online", "when": When.days(YESTERDAY)}


def keep(event: Event, kind: EventKind, data: bytes = PDF) -> None:
    keep_file(event.id, kind, prepare(BytesIO(data), "fail.pdf", kind), now(), None)


def kinds(event_id: int) -> list[str]:
    db.session.rollback()
    return sorted(
        db.session.scalars(select(StoredFile.kind).where(StoredFile.event_id == event_id))
    )


def test_what_is_missing_of_many_events_is_asked_in_two_queries(make_event: MakeEvent) -> None:
    past = make_event(when=When.days(YESTERDAY), programme=LocalText("9.00 algus"))
    web = make_event(**ONLINE)
    draft = make_event(when=When.days(YESTERDAY), state="draft")
    coming = make_event()
    keep(past, "photo", picture())
    ids = [one.id for one in (past, web, draft, coming)]
    db.session.rollback()
    with statements() as seen:
        found = still_missing(ids, local_day(now()))
    assert sum(one.startswith("SELECT") for one in seen) == 2
    due = due_on("sheet", "online", YESTERDAY)
    assert found == {
        past.id: (StillMissing("sheet", None), StillMissing("news", None)),
        web.id: (StillMissing("meeting_log", None), StillMissing("sheet", due)),
        draft.id: (),
        coming.id: (),
    }


def test_the_signed_list_of_a_web_meeting_becomes_late() -> None:
    line = StillMissing("sheet", date(2024, 3, 21))
    assert not line.is_late(date(2024, 3, 21))
    assert line.is_late(date(2024, 3, 22))
    assert not StillMissing("photo", None).is_late(date(2024, 3, 22))


def test_a_copy_takes_cover_and_documents_along_and_no_evidence(make_event: MakeEvent) -> None:
    event = make_event()
    keep(event, "cover", picture())
    keep(event, "document")
    keep(event, "sheet")
    slug = copy_event(event.id, LocalText("Koopia"), date(2030, 5, 6), now())
    copied = db.session.scalars(select(Event).where(Event.slug == slug)).one()
    assert kinds(copied.id) == ["cover", "document"]
    [document] = db.session.scalars(
        select(StoredFile).where(StoredFile.event_id == copied.id, StoredFile.kind == "document")
    )
    assert b"".join(read(document.id)) == PDF
    assert kinds(event.id) == ["cover", "document", "sheet"]


def test_evidence_goes_with_its_bytes_at_the_keep_until_date_and_no_earlier(
    make_event: MakeEvent,
) -> None:
    event, coming = make_event(when=When.days(YESTERDAY)), make_event()
    evidence: tuple[EventKind, ...] = ("sheet", "programme", "meeting_log", "news", "other")
    for kind in (*evidence, "document"):
        keep(event, kind)
    keep(event, "photo", picture())
    keep(coming, "sheet")
    add_news(event.id, "https://leht.example.org/lugu", now(), None)
    assert forget(now()).files == 0
    assert len(news_of(event.id)) == 1
    with transaction() as session:
        session.scalars(select(Project)).one().keep_until = YESTERDAY
    # Six files and the link to the story.
    assert forget(now()).files == 7
    assert kinds(event.id) == ["document"]
    assert news_of(event.id) == []
    assert kinds(coming.id) == ["sheet"]
    left = select(FileChunk.file_id).distinct()
    assert set(db.session.scalars(left)) == set(db.session.scalars(select(StoredFile.id)))


def test_who_sends_the_same_at_the_same_time_doubles_nothing(
    app: Flask, make_event: MakeEvent
) -> None:
    event_id = make_event().id
    sheet = prepare(BytesIO(PDF), "nimekiri.pdf", "sheet")
    covers = [prepare(BytesIO(picture(size=(n, 40))), "kaas.jpg", "cover") for n in (40, 50)]
    ready = threading.Barrier(4)

    def send(kind: EventKind, file: Prepared) -> bool:
        with app.app_context():
            ready.wait()
            return keep_file(event_id, kind, file, now(), None)

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(send, "sheet", sheet) for _ in range(2)]
        sent += [pool.submit(send, "cover", cover) for cover in covers]
    assert sorted(one.result() for one in sent[:2]) == [False, True]
    assert all(one.result() for one in sent[2:])
    assert kinds(event_id) == ["cover", "sheet"]


def test_a_backup_holds_the_files(app: Flask, make_event: MakeEvent, tmp_path: Path) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("pg_dump copies every table alike")
    keep(make_event(), "sheet")
    copy = tmp_path / "copy.db"
    assert app.test_cli_runner().invoke(args=["backup", str(copy)]).exit_code == 0
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT data FROM file_chunk").fetchall() == [(PDF,)]
