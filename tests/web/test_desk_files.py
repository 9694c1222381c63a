"""Files of an event at the desk and on its page; logos of a project."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from koostoo.accounts.models import AuditEntry
from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.retry import Busy
from koostoo.events.models import Event
from koostoo.files.models import CHUNK_BYTES, FileChunk, StoredFile
from koostoo.files.preparing import prepare
from koostoo.files.queries import funding_logos
from koostoo.files.service import keep_file
from koostoo.programme.models import Activity
from koostoo.web.desk import files as desk_files
from tests.files.made import ASICE, DOCX, HTML, LOG, PDF, picture
from tests.statements import selects_of
from tests.web.desk_pages import open_form, sign_in, text_of

MakeEvent = Callable[..., Event]
FILES = "/desk/events/reis/files"
LOGOS = "/desk/projects/project/logos"
HOSTILE = '../<script>alert(1)</script>"\r\nX-Evil: 1.pdf'


@pytest.fixture
def event(make_event: MakeEvent) -> Event:
    return make_event(slug="reis", programme=LocalText("9.00 algus"))


@pytest.fixture
def desk(client: FlaskClient, event: Event) -> FlaskClient:
    """An organiser's browser."""
    return sign_in(client)


def send(desk: FlaskClient, kind: str, *files: tuple[bytes, str], **typed: str) -> TestResponse:
    form = open_form(desk, FILES)
    fields: dict[str, Any] = {f"{kind}-csrf_token": form[f"{kind}-csrf_token"]}
    fields |= {f"{kind}-{name}": value for name, value in typed.items()}
    fields[f"{kind}-files"] = [(BytesIO(data), name) for data, name in files]
    return desk.post(f"{FILES}?kind={kind}", data=fields, content_type="multipart/form-data")


def send_logo(desk: FlaskClient, data: bytes, words: str) -> TestResponse:
    fields = open_form(desk, LOGOS) | {"alt_et": words, "files": [(BytesIO(data), "logo.png")]}
    return desk.post(LOGOS, data=fields, content_type="multipart/form-data")


def press(desk: FlaskClient, path: str, **typed: str) -> TestResponse:
    return desk.post(path, data=open_form(desk, path) | typed)


def rows(kind: str) -> list[StoredFile]:
    db.session.rollback()
    return list(
        db.session.scalars(select(StoredFile).where(StoredFile.kind == kind).order_by("id"))
    )


def acts() -> list[tuple[str, Any]]:
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(one.action, one.detail.get("kind")) for one in entries if "kind" in one.detail]


def test_several_photos_are_kept_at_once_and_one_bad_file_costs_no_good_one(
    desk: FlaskClient,
) -> None:
    answer = send(
        desk,
        "photo",
        (picture(), "buss.jpg"),
        (HTML, "kena.jpg"),
        (picture("PNG"), "saal.png"),
        (picture("JPEG")[:150], "pooleli.jpg"),
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "2 faili on salvestatud" in page
    assert "kena.jpg: seda liiki faili ei saa lisada" in page
    assert "pooleli.jpg: fail on katki" in page
    assert [row.title for row in rows("photo")] == ["buss", "saal"]
    assert "korraldaja@example.org" in page
    assert acts() == [("file_added", "photo")] * 2


def test_the_same_file_again_is_told_and_not_doubled(desk: FlaskClient) -> None:
    assert send(desk, "sheet", (PDF, "nimekiri.pdf")).status_code == 303
    assert send(desk, "sheet", (PDF, "sama.pdf"), (ASICE, "digi.asice")).status_code == 303
    page = text_of(desk, FILES)
    assert "1 fail oli siin juba olemas" in page
    assert [row.title for row in rows("sheet")] == ["nimekiri", "digi"]


def test_an_empty_form_an_unknown_kind_and_a_huge_body_are_answered_in_words(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = send(desk, "document")
    assert answer.status_code == 422
    assert "Palun vali fail." in answer.get_data(as_text=True)
    assert send(desk, "other", (b"", "tyhi.pdf")).status_code == 422
    assert desk.post(f"{FILES}?kind=logo").status_code == 400
    monkeypatch.setattr(desk_files, "MAX_REQUEST", 20_000)
    answer = send(desk, "photo", (bytes(20_001), "suur.jpg"))
    assert answer.status_code == 413
    assert rows("document") == rows("other") == rows("photo") == []


def test_a_large_file_lies_in_pieces_and_comes_back_whole(desk: FlaskClient, event: Event) -> None:
    data = PDF[:-6] + b"%" * (CHUNK_BYTES * 2) + b"\n%%EOF"
    assert keep_file(event.id, "other", prepare(BytesIO(data), "suur.pdf", "other"), now(), None)
    [row] = rows("other")
    pieces = select(FileChunk.position).where(FileChunk.file_id == row.id).order_by("position")
    assert db.session.scalars(pieces).all() == [0, 1, 2]
    assert desk.get(f"{FILES}/{row.id}", buffered=True).data == data
    part = desk.get(f"{FILES}/{row.id}", headers={"Range": "bytes=0-4"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"%PDF-")


def test_a_file_is_given_out_under_headers_that_let_nothing_run(desk: FlaskClient) -> None:
    send(desk, "document", (PDF, HOSTILE))
    send(desk, "photo", (picture(), "saal.jpg"))
    [document], [photo] = rows("document"), rows("photo")
    page = text_of(desk, FILES)
    assert "<script>alert" not in page
    answer = desk.get(f"{FILES}/{document.id}")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert re.fullmatch(
        r"attachment; filename=[a-z0-9-]+\.pdf", answer.headers["Content-Disposition"]
    )
    assert "X-Evil" not in answer.headers
    shown = desk.get(f"{FILES}/{photo.id}")
    assert shown.headers["Content-Disposition"] == "inline; filename=saal.jpg"
    small = desk.get(f"{FILES}/{photo.id}/small")
    assert (shown.mimetype, small.mimetype) == ("image/jpeg", "image/webp")
    for one in (answer, shown, small):
        assert one.headers["Content-Security-Policy"].endswith("sandbox")
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert one.headers["Cache-Control"] == "no-store"


def test_cover_and_documents_stand_on_the_page_of_a_published_event(
    desk: FlaskClient, client: FlaskClient, event: Event
) -> None:
    typed = {"alt_et": "Inimesed bussis", "alt_en": "People in a bus"}
    refused = send(desk, "cover", (picture()[:99], "kaas.jpg"), **typed)
    assert 'value="Inimesed bussis"' in refused.get_data(as_text=True)
    send(desk, "cover", (picture("JPEG", (1200, 800)), "kaas.jpg"), **typed)
    send(desk, "document", (DOCX, "Reisi juhend.docx"))
    page = text_of(client, "/en/events/reis")
    assert 'alt="People in a bus" width="960" height="640"' in page
    assert "Reisi juhend" in page
    assert "DOCX, 1 kB" in page
    [cover] = re.findall(r'src="([^"]*cover\.webp[^"]*)"', page)
    answer = client.get(cover)
    assert answer.mimetype == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    plain = client.get("/events/reis/cover.webp")
    assert plain.headers["Cache-Control"] == "no-cache"
    again = client.get("/events/reis/cover.webp", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    [document] = re.findall(r'href="([^"]*/documents/[^"]*)"', page)
    assert document.endswith("/reisi-juhend.docx")
    assert client.get(document).data == DOCX
    assert client.get(document.replace("reisi", "vana")).status_code == 302
    with transaction() as session:
        session.get_one(Event, event.id).state = "draft"
    for path in (cover, document):
        assert client.get(path.removeprefix("/en")).status_code == 404


def test_another_cover_takes_the_place_of_the_first(desk: FlaskClient) -> None:
    send(desk, "cover", (picture(), "a.jpg"))
    send(desk, "cover", (picture("PNG"), "b.png"), alt_et="Saal")
    [row] = rows("cover")
    assert row.alt == LocalText("Saal")
    assert press(desk, f"{FILES}/{row.id}/edit", alt_et="Suur saal").status_code == 303
    assert rows("cover")[0].alt == LocalText("Suur saal")


def test_evidence_is_never_public(desk: FlaskClient, client: FlaskClient) -> None:
    send(desk, "sheet", (PDF, "nimekiri.pdf"))
    [row] = rows("sheet")
    assert "nimekiri" not in text_of(client, "/events/reis")
    assert client.get(f"/events/reis/documents/{row.id}/nimekiri.pdf").status_code == 404


def test_a_file_is_renamed_and_removed_with_its_bytes(desk: FlaskClient, event: Event) -> None:
    with transaction() as session:
        session.get_one(Event, event.id).mode = "online"
    send(desk, "meeting_log", (LOG, "log.csv"))
    [row] = rows("meeting_log")
    path = f"{FILES}/{row.id}"
    assert press(desk, f"{path}/edit", title="").status_code == 422
    assert press(desk, f"{path}/edit", title="Zoomi logi").status_code == 303
    assert rows("meeting_log")[0].title == "Zoomi logi"
    assert "Zoomi logi" in text_of(desk, f"{path}/remove")
    assert press(desk, f"{path}/remove").status_code == 303
    assert rows("meeting_log") == []
    assert db.session.scalars(select(FileChunk)).all() == []
    assert acts() == [
        (what, "meeting_log") for what in ("file_added", "file_changed", "file_removed")
    ]
    assert "Lisas faili" in text_of(desk, "/desk/events/reis/history")


def test_a_file_of_another_event_is_not_reached_through_this_one(
    desk: FlaskClient, make_event: MakeEvent
) -> None:
    make_event(slug="teine")
    send(desk, "sheet", (PDF, "nimekiri.pdf"))
    [row] = rows("sheet")
    for part in ("", "/small", "/edit", "/remove"):
        assert desk.get(f"/desk/events/teine/files/{row.id}{part}").status_code == 404


def test_when_the_database_is_busy_the_page_names_what_was_not_saved(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(event_id: int, kind: Any, file: Any, *rest: Any) -> bool:
        if file.title == "teine":
            raise Busy(OperationalError("", {}, Exception()))
        return keep_file(event_id, kind, file, *rest)

    monkeypatch.setattr(desk_files, "keep_file", keep)
    files = (picture(), "esimene.jpg"), (picture("PNG"), "teine.png")
    answer = send(desk, "photo", *files)
    assert answer.status_code == 503
    assert "teine.png: jäi salvestamata" in answer.get_data(as_text=True)
    assert [row.title for row in rows("photo")] == ["esimene"]
    monkeypatch.undo()
    assert send(desk, "photo", *files).status_code == 303
    assert [row.title for row in rows("photo")] == ["esimene", "teine"]


def test_the_page_asks_as_often_however_many_files_there_are(desk: FlaskClient) -> None:
    send(desk, "photo", (picture(), "a.jpg"))
    few = selects_of(desk, FILES)
    send(desk, "photo", *((picture(size=(40 + n, 40)), f"{n}.jpg") for n in range(5)))
    assert selects_of(desk, FILES) == few


def test_logos_stand_in_their_order_under_pages_and_ready_for_documents(
    desk: FlaskClient, client: FlaskClient, programme: Activity
) -> None:
    assert send_logo(desk, picture("PNG", (300, 100), see_through=True), "").status_code == 422
    send_logo(desk, picture("PNG", (300, 100), see_through=True), "Näidisfond")
    send_logo(desk, picture("JPEG", (90, 90)), "Leader")
    first, second = (row.id for row in rows("logo"))
    assert press(desk, f"{LOGOS}/{second}/edit", alt_en="Leader in English").status_code == 303
    token = {"csrf_token": open_form(desk, LOGOS)["csrf_token"]}
    assert desk.post(f"{LOGOS}/{second}/up", data=token).status_code == 303
    shown: list[tuple[str, str]] = []
    for path in ("/en/project/project", "/en/events/reis"):
        shown = re.findall(r'<img src="([^"]*)" alt="([^"]*)"', text_of(client, path))
        assert [alt for _src, alt in shown] == ["Leader in English", "Näidisfond"]
    answer = client.get(shown[1][0])
    assert answer.mimetype == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    found = funding_logos(programme.project_id)
    assert [alt.et for _data, alt in found] == ["Leader", "Näidisfond"]
    with Image.open(BytesIO(found[1][0])) as opened:
        assert (opened.format, opened.size) == ("PNG", (300, 100))
    assert press(desk, f"{LOGOS}/{first}/remove").status_code == 303
    assert [row.id for row in rows("logo")] == [second]
    assert client.get(f"/project/project/logos/{first}").status_code == 404


def test_the_checklist_tells_what_is_missing(desk: FlaskClient, event: Event) -> None:
    page = text_of(desk, FILES)
    assert "on ürituse lehel" in page
    assert page.count("veel ei ole") == 3
