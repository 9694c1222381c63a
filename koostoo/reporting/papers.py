"""What is printed about an event, put together from its rows: the list to sign, the programme.

In the language given; the caller has set it for the words around too (`force_locale`).
"""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from koostoo.base.dates import day_heading, heading, in_full
from koostoo.base.markdown_blocks import markdown_blocks
from koostoo.base.text import Lang
from koostoo.base.when import When
from koostoo.documents.attendance_pdf import AttendanceRow, AttendanceSheet, SheetLabels
from koostoo.documents.drawings import Logo
from koostoo.documents.programme_pdf import Programme, ProgrammeLabels
from koostoo.events.models import Event
from koostoo.files.queries import funding_logos
from koostoo.programme.words import kind_words
from koostoo.roster.filters import Filter
from koostoo.roster.queries import ListRow

SEATED = Filter(state="confirmed")
"""Who is on the list to sign."""
MOST_DAYS = 14
"""A longer event gets one sheet for the whole of it."""


def logos_of(project_id: int, lang: Lang) -> tuple[Logo, ...]:
    """Return the logos of a project's funding block, described in this language."""
    return tuple(Logo(data, alt.to(lang)) for data, alt in funding_logos(project_id))


def activity_line(event: Event, lang: Lang) -> str:
    """Return an event's activity as papers name it."""
    return f"{kind_words(event.activity)}: {event.activity.title.to(lang)}"


def sheet_of(
    event: Event,
    people: Iterable[ListRow],
    logos: tuple[Logo, ...],
    lang: Lang,
    made_at: datetime,
) -> AttendanceSheet:
    """Return the list to sign with these people; no contact and no answer is on it."""
    project = event.activity.project
    return AttendanceSheet(
        project=project.title.to(lang),
        activity=activity_line(event, lang),
        event=event.title.to(lang),
        days=_days(event.when, lang),
        place=event.place.to(lang),
        funding_text=project.support_text.to(lang),
        logos=logos,
        organiser=event.organiser.name,
        rows=tuple(
            AttendanceRow(
                name=f"{person.first_name} {person.last_name}",
                organisation=person.member_organisation,
                partner=person.organisation,
            )
            for person in people
        ),
        labels=sheet_labels(),
        made_at=made_at,
        language=lang,
    )


def programme_of(event: Event, logos: tuple[Logo, ...], lang: Lang, made_at: datetime) -> Programme:
    """Return the programme to hand out."""
    project = event.activity.project
    return Programme(
        project=project.title.to(lang),
        activity=activity_line(event, lang),
        event=event.title.to(lang),
        when=in_full(event.when, lang),
        place=event.place.to(lang),
        blocks=markdown_blocks(event.programme.to(lang)),
        funding_text=project.support_text.to(lang),
        labels=ProgrammeLabels(
            title=_("Programme"),
            date=_("When"),
            place=_("Place"),
            activity=_("Activity"),
            page=_("Page {page} of {pages}"),
        ),
        logos=logos,
        made_at=made_at,
        language=lang,
    )


def sheet_labels() -> SheetLabels:
    """Return the words of the list to sign."""
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


def _days(when: When, lang: Lang) -> tuple[str, ...]:
    if not when.is_fixed or len(when.held_on) > MOST_DAYS:
        return (heading(when, lang),)
    return tuple(day_heading(day, lang) for day in when.held_on)
