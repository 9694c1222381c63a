"""The attendance sheet of an event: who has a seat, a page for each day, room for more."""

from datetime import datetime

from flask_babel import gettext as _

from koostoo.accounts.downloads import Note
from koostoo.base.clock import now
from koostoo.base.dates import day_heading, heading
from koostoo.base.when import When
from koostoo.documents.attendance_pdf import (
    AttendanceRow,
    AttendanceSheet,
    SheetLabels,
    render_attendance_sheet,
)
from koostoo.documents.names import download_name
from koostoo.events.models import Event
from koostoo.roster.filters import Filter
from koostoo.roster.queries import count_rows, stream_rows
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.printing import logos_of
from koostoo.web.desk.sending import Download, recorded
from koostoo.web.language import Lang, current_lang
from koostoo.web.rights import event_facts, right
from koostoo.web.view import kind_label, local

SEATED = Filter(state="confirmed")
MOST_DAYS = 14
"""A longer event gets one sheet for the whole of it."""


@bp.get("/events/<slug>/attendance.pdf")
@right("event_run")
@recorded
def attendance(slug: str) -> Download:
    """Send the sheet of who has a seat, by name in Estonian order."""
    event, labels = get_event(slug), _labels()
    note = Note(
        "sheet",
        "pdf",
        count_rows(event.id, SEATED),
        project_id=event_facts().project_id,
        event_id=event.id,
        columns=(labels.name, labels.organisation, labels.partner),
    )
    name = download_name(local(event.title), event.starts_on, ext="pdf")
    return Download([note], name, lambda: render_attendance_sheet(_sheet(get_event(slug), now())))


def _sheet(event: Event, moment: datetime) -> AttendanceSheet:
    lang = current_lang()
    project = event.activity.project
    people = stream_rows(event.id, SEATED)
    return AttendanceSheet(
        project=local(project.title),
        activity=f"{kind_label(event.activity)}: {local(event.activity.title)}",
        event=local(event.title),
        days=_days(event.when, lang),
        place=local(event.place),
        funding_text=local(project.support_text),
        logos=logos_of(project),
        organiser=event.organiser.name,
        rows=tuple(
            AttendanceRow(
                name=f"{person.first_name} {person.last_name}",
                organisation=person.member_organisation,
                partner=person.organisation,
            )
            for person in people
        ),
        labels=_labels(),
        made_at=moment.replace(microsecond=0),
        language=lang,
    )


def _days(when: When, lang: Lang) -> tuple[str, ...]:
    if not when.is_fixed or len(when.held_on) > MOST_DAYS:
        return (heading(when, lang),)
    return tuple(day_heading(day, lang) for day in when.held_on)


def _labels() -> SheetLabels:
    return SheetLabels(
        title=_("List of participants"),
        project=_("Project"),
        activity=_("Activity"),
        event=_("Event"),
        date=_("Date"),
        place=_("Place"),
        number=_("No."),
        name=_("Name"),
        organisation=_("Represents"),
        partner=_("Organisation"),
        signature=_("Signature"),
        listed=_("On the list"),
        attended=_("Took part"),
        organiser=_("Organiser"),
        signed_on=_("Date"),
        organiser_signature=_("Organiser's signature"),
        page=_("Page {page} of {pages}"),
    )
