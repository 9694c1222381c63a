"""The attendance sheet of an event: who has a seat, a page for each day, room for more."""

from koostoo.accounts.downloads import Note
from koostoo.base.clock import now
from koostoo.documents.attendance_pdf import render_attendance_sheet
from koostoo.documents.names import download_name
from koostoo.reporting.papers import SEATED, sheet_labels, sheet_of
from koostoo.roster.queries import count_rows, stream_rows
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.printing import logos_of
from koostoo.web.desk.sending import Download, recorded
from koostoo.web.language import current_lang
from koostoo.web.rights import event_facts, right
from koostoo.web.view import local


@bp.get("/events/<slug>/attendance.pdf")
@right("event_run")
@recorded
def attendance(slug: str) -> Download:
    """Send the sheet of who has a seat, by name in Estonian order."""
    event, labels = get_event(slug), sheet_labels()
    note = Note(
        "sheet",
        "pdf",
        count_rows(event.id, SEATED),
        project_id=event_facts().project_id,
        event_id=event.id,
        columns=(labels.name, labels.organisation, labels.partner),
    )
    name = download_name(local(event.title), event.starts_on, ext="pdf")
    return Download([note], name, lambda: _sheet(slug))


def _sheet(slug: str) -> bytes:
    event, moment = get_event(slug), now().replace(microsecond=0)
    people, logos = stream_rows(event.id, SEATED), logos_of(event.activity.project)
    return render_attendance_sheet(sheet_of(event, people, logos, current_lang(), moment))
