"""What a package of evidence holds of one event: a list of parts, each a function.

To put another document into it, write a function that gives out `Item`s and add it to `PARTS`. No
part may hold a contact or an answer to a question: the package is handed on.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple, TypeVar

from flask_babel import gettext as _

from koostoo.attendance.rules import days_of
from koostoo.base.dates import heading, in_full, numeric
from koostoo.documents.archive import pieces_of
from koostoo.documents.attendance_pdf import AttendanceSheet, render_attendance_sheet
from koostoo.documents.cells import Cell
from koostoo.documents.feedback_pdf import FeedbackSummary, render_feedback
from koostoo.documents.file_types import ABOUT
from koostoo.documents.names import download_name, folder_name
from koostoo.documents.programme_pdf import render_programme
from koostoo.documents.xlsx import write_xlsx
from koostoo.events.words import mode_words
from koostoo.files import queries as files
from koostoo.files.models import CHUNK_BYTES
from koostoo.files.rules import EVENT_KINDS
from koostoo.files.words import KIND_TITLES
from koostoo.registration.words import state_label
from koostoo.reporting.evidence_sources import Source
from koostoo.reporting.feedback_summary import summary_of
from koostoo.reporting.papers import SEATED, activity_line, programme_of, sheet_of
from koostoo.roster.queries import stream_rows

V = TypeVar("V")
NARROW, MIDDLE = 12, 24


class Item(NamedTuple):
    """A file of the package: where in the event's folder, what it is in words, its content.

    `state` differs when the content does; it reads the rows where that takes many, so that a page
    can name a file without them. `size` is that of a kept file, 0 of what is made anew. `pieces`
    is called outside any read of the rows: once `state` was asked, it holds plain values.
    """

    path: str
    title: str
    size: int
    state: Callable[[], str]
    pieces: Callable[[], Iterator[bytes]]


def facts(source: Source) -> Iterator[Item]:
    """Tell what the event was, and the numbers, for people (text) and programs (JSON)."""
    event, lang, counts = source.event, source.lang, source.counts
    lines = [
        (_("Project"), event.activity.project.title.to(lang)),
        (_("Activity"), activity_line(event, lang)),
        (_("Event"), event.title.to(lang)),
        (_("When"), in_full(event.when, lang)),
        (_("Place"), event.place.to(lang)),
        (_("How to take part"), mode_words(event.mode)),
        (_("Organiser"), event.organiser.name),
        (_("On the list"), str(counts.expected or "")),
        (_("Took part"), str(counts.came) if source.is_marked else ""),
        *((numeric(day), str(number)) for day, number in sorted(counts.present.items())),
        *((_("News"), url) for url in source.news),
    ]
    values = {
        "project": event.activity.project.title.as_dict(),
        "activity": event.activity.title.as_dict(),
        "activity_kind": event.activity.kind,
        "event": event.title.as_dict(),
        "address": event.slug,
        "first_day": event.starts_on.isoformat(),
        "last_day": event.ends_on.isoformat(),
        "place": event.place.as_dict(),
        "mode": event.mode,
        "organiser": event.organiser.name,
        "on_the_list": counts.expected,
        "took_part": counts.came if source.is_marked else None,
        "took_part_by_day": {
            day.isoformat(): number for day, number in sorted(counts.present.items())
        },
        "news": list(source.news),
    }
    text = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in lines if value)
    data = json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    for ending, content in (("txt", text), ("json", data)):
        yield _ready(download_name(_("Facts"), ext=ending), _("Facts"), content.encode())


def sheet(source: Source) -> Iterator[Item]:
    """Give out the list to sign, with who has a seat now."""
    event = source.event
    if not source.seats:
        return

    def read() -> AttendanceSheet:
        people = stream_rows(event.id, SEATED)
        return sheet_of(event, people, source.logos, source.lang, source.changed_at)

    yield _made(_("Attendance sheet"), "pdf", read, render_attendance_sheet)


def people(source: Source) -> Iterator[Item]:
    """Give out who was expected and who came, as a workbook: names and organisations alone."""
    if not source.counts.expected:
        return
    title, foot, made_at = _("Participants"), _heading(source), source.changed_at

    def workbook(table: tuple[list[str], list[list[Cell]]]) -> bytes:
        header, rows = table
        out = BytesIO()
        widths = [MIDDLE] * 4 + [NARROW] * (len(header) - 4)
        write_xlsx(out, title, header, rows, widths, foot, made_at)
        return out.getvalue()

    yield _made(title, "xlsx", lambda: _table_of_people(source), workbook, foot, made_at)


def _table_of_people(source: Source) -> tuple[list[str], list[list[Cell]]]:
    days = days_of(source.event.when) if source.is_marked else ()
    marks = source.marks()
    statuses = {"present": _("present"), "absent": _("absent")}
    header = [_("Last name"), _("First name"), _("Organisation"), _("Represents"), _("Standing")]
    header += [_("Attendance on %(day)s", day=numeric(day)) for day in days]
    return header, [
        [
            one.last_name,
            one.first_name,
            one.organisation,
            one.member_organisation,
            state_label(one.state),
            *(statuses.get(marks.get(one.id, {}).get(day, ""), "") for day in days),
        ]
        for one in source.guests()
    ]


def programme(source: Source) -> Iterator[Item]:
    """Give out the programme of the event's page."""
    if source.event.programme:
        values = programme_of(source.event, source.logos, source.lang, source.changed_at)
        yield _made(_("Programme"), "pdf", lambda: values, render_programme)


def feedback(source: Source) -> Iterator[Item]:
    """Give out the summary of what people said, once there is one to be shown."""
    if (found := source.feedback) is None:
        return

    def read() -> FeedbackSummary:
        return summary_of(source.event, found(), source.logos, source.lang, source.changed_at)

    yield _made(_("Summary of feedback"), "pdf", read, render_feedback)


def kept_files(source: Source) -> Iterator[Item]:
    """Give out what was uploaded, to the byte, each kind in a folder."""
    for kind in EVENT_KINDS:
        title = str(KIND_TITLES[kind])
        same = [file for file in source.files if file.kind == kind]
        for place, file in enumerate(same, start=1):
            name = download_name(f"{place:02}", file.title or kind, ext=ABOUT[file.type].ext)
            words = f"{title}: {file.title}" if file.title else title
            yield Item(
                f"{folder_name(title)}/{name}",
                words,
                file.size,
                partial(str, file.digest),
                _read(file.id),
            )


PARTS: tuple[Callable[[Source], Iterator[Item]], ...] = (
    facts,
    sheet,
    people,
    programme,
    feedback,
    kept_files,
)
"""All that is in an event's folder."""


def _ready(path: str, title: str, data: bytes) -> Item:
    return Item(path, title, 0, lambda: sha256(data).hexdigest(), lambda: iter([data]))


def _made(
    title: str, ext: str, read: Callable[[], V], make: Callable[[V], bytes], *more: object
) -> Item:
    """Return a document that is made when it is packed, of what is read once and nothing else.

    `more` is what stands in it besides.
    """
    values = cache(read)
    return Item(
        download_name(title, ext=ext),
        title,
        0,
        lambda: sha256(repr((values(), *more)).encode()).hexdigest(),
        lambda: pieces_of(BytesIO(make(values())), CHUNK_BYTES),
    )


def _read(number: int) -> Callable[[], Iterator[bytes]]:
    return lambda: files.read(number)


def _heading(source: Source) -> str:
    event = source.event
    return f"{event.title.to(source.lang)}, {heading(event.when, source.lang)}"
