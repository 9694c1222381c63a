"""Hostile words in every text there is: no page, letter, calendar, document or table runs them."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import escape
from xml.etree.ElementTree import fromstring

import pytest
from flask import Flask
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.events.models import Event
from koostoo.mail.letter import to_mime
from koostoo.mail.models import OutboxMessage
from koostoo.notices.messages import NOTICES
from koostoo.notices.render import render
from koostoo.programme.models import Activity
from koostoo.registration.letters import tell
from koostoo.registration.models import Registration
from koostoo.registration.rules import SignUp
from tests.documents.pdfs import pages_of
from tests.web import everywhere, hostile, test_every_answer
from tests.web.desk_pages import sign_in
from tests.web.test_every_answer import faults_of, given_by

secure = test_every_answer.secure

FROZEN = {"desk.report_pdf"}
"""A frozen report keeps the words of the day it was frozen."""

pytestmark = pytest.mark.once


@pytest.mark.slow
def test_whatever_is_typed_stays_words_on_every_page_and_in_every_file_and_letter(
    secure: Flask,
    make_event: Callable[..., Event],
    entry: Callable[..., SignUp],
    programme: Activity,
) -> None:
    desk = sign_in(secure.test_client())
    ways = everywhere.ways(secure, everywhere.build(make_event, entry, programme))
    written = hostile.spoil_every_text()
    wrong: list[tuple[str, str]] = []
    seen: set[str] = set()
    for way in ways:
        if way.method != "GET":
            continue
        answer = desk.get(way.path, headers=way.headers, buffered=True)
        body, kind = answer.get_data(), answer.mimetype or ""
        given = given_by(f"GET {way.path}", way.endpoint, way.right, answer)
        wrong += [(way.endpoint, fault) for fault in faults_of(given)]
        check = CHECKS.get(kind)
        if given.status == 200 and check is not None:
            text, bad = check(body)
            seen |= hostile.marks(text)
            # A cell that could run begins with an apostrophe, wherever another program may cut it.
            left_out = "'" if kind == "text/csv" else ""
            wrong += [(way.endpoint, one) for one in bad if way.endpoint not in FROZEN]
            wrong += [(way.endpoint, one) for one in hostile.garbled(text, written, left_out)]
    for kind, letter in _letters():
        text, bad = _check_letter(letter)
        seen |= hostile.marks(text)
        wrong += [(kind, one) for one in bad]
    assert wrong == []
    assert len(written) > 150
    assert len(seen) > 100


def _letters() -> Iterator[tuple[str, EmailMessage]]:
    """Write the letters that wait, and one of each kind about a registration."""
    moment = now()
    person = db.session.scalars(select(Registration).where(Registration.email != "")).first()
    assert person is not None
    number = person.id
    for kind, notice in NOTICES.items():
        with transaction() as session:
            row = session.get_one(Registration, number)
            row.state = next(iter(sorted(notice.states)))
            tell(session, row, kind, moment)
    for letter in db.session.scalars(select(OutboxMessage.id)).all():
        kind = db.session.get_one(OutboxMessage, letter).kind
        written = render(letter, moment)
        if written is not None:
            yield kind, to_mime(written, moment)


def _check_letter(letter: EmailMessage) -> tuple[str, list[str]]:
    wrong = [
        f"{name}: {letter[name]}"
        for name in ("Bcc", "Cc", "X-Evil", "Resent-To")
        if letter[name] is not None
    ]
    wrong += [
        f"two {name}" for name in ("To", "From", "Subject") if len(letter.get_all(name, [])) != 1
    ]
    if len(letter["To"].addresses) != 1 or "evil" in letter["To"].addresses[0].addr_spec:
        wrong.append(f"To: {letter['To']}")
    text = str(letter["Subject"])
    if "\n" in text or "\r" in text:
        wrong.append("a subject of several lines")
    for part in letter.walk():
        if part.get_content_type() == "text/html":
            page = hostile.Page(part.get_content())
            wrong += page.wrong
            wrong += [f"leads to {one}" for one in page.leads_to if "evil" in one]
            text += "".join(page.texts)
        elif part.get_content_type() == "text/plain":
            text += part.get_content()
        elif part.get_content_type() == "text/calendar":
            calendar = Calendar.from_ical(part.get_content())
            [entry] = calendar.walk("VEVENT")
            guests = entry.get("ATTENDEE")
            if isinstance(guests, list) or "evil" in str(guests):
                wrong.append(f"guests {guests}")
    return text, wrong


def _page(body: bytes) -> tuple[str, list[str]]:
    source = body.decode()
    page = hostile.Page(source)
    return "".join([*page.texts, "\n", *hostile.data_of(source)]), page.wrong


def _table(body: bytes) -> tuple[str, list[str]]:
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    cells = [cell for row in rows for cell in row]
    runs = [cell for cell in cells if re.match(r"\s*[=+\-@＝＋－＠\t\r]", cell)]
    return "\n".join(cells), runs


def _workbook(body: bytes) -> tuple[str, list[str]]:
    cells = [cell for sheet in load_workbook(io.BytesIO(body)) for row in sheet for cell in row]
    runs = [str(cell.value) for cell in cells if cell.data_type == "f" or cell.hyperlink]
    return "\n".join(str(cell.value) for cell in cells), runs


def _calendar(body: bytes) -> tuple[str, list[str]]:
    calendar = Calendar.from_ical(body)
    wrong = [str(error) for one in calendar.walk() for error in one.errors]
    for entry in calendar.walk("VEVENT"):
        wrong += [name for name in entry if name in ("ATTENDEE", "ORGANIZER", "X-EVIL")]
    # The library reads names of calendars as they are written.
    texts = [
        _as_text(str(value)) if name in ("NAME", "X-WR-CALNAME") else str(value)
        for one in calendar.walk()
        for name, value in one.property_items(recursive=False)
    ]
    return "\n".join(texts), wrong


def _as_text(value: str) -> str:
    """Read a TEXT value (RFC 5545, section 3.3.11)."""
    return re.sub(r"\\([\\;,nN])", lambda found: found[1].replace("n", "\n"), value)


def _news(body: bytes) -> tuple[str, list[str]]:
    return "\n".join(fromstring(body).itertext()), []


def _data(body: bytes) -> tuple[str, list[str]]:
    return "\n".join(hostile.strings(json.loads(body))), []


def _document(body: bytes) -> tuple[str, list[str]]:
    text = " ".join(pages_of(body))
    return "", [] if hostile.marks(text) else ["nothing of it is in the document"]


CHECKS: dict[str, Callable[[bytes], tuple[str, list[str]]]] = {
    "text/html": _page,
    "text/csv": _table,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _workbook,
    "text/calendar": _calendar,
    "application/atom+xml": _news,
    "application/json": _data,
    "application/pdf": _document,
}


BAD = (
    "<script>x</script>", "<a href='JavaScript:x'>", "<b onclick=x>", "<iframe src=http://e>",
    "<meta http-equiv=refresh content=0>", "<base href=http://e>", "<a href='java\tscript:x'>",
)  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_the_check_itself_finds_what_would_run(bad: str) -> None:
    assert hostile.Page(f"<p>{bad}</p>").wrong
    page = hostile.Page(f"<p title='{escape(bad)}'>{escape(bad)}</p>")
    assert page.wrong == []
    assert bad in "".join(page.texts)
    assert hostile.garbled(f"{escape(bad)} z1q", {"z1q": f"{bad} z1q"})


@pytest.mark.parametrize("cell", ["=1+1", " -1", "＝1", "@x", "\t=1"])
def test_the_check_itself_finds_a_cell_that_would_run(cell: str) -> None:
    assert _table(f"a;{cell};b\r\n".encode())[1] == [cell]
    assert _table(f"a;'{cell};b\r\n".encode())[1] == []
