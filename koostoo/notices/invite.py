"""The calendar part of a letter: it follows from the rows, not from the kind of letter."""

from datetime import datetime, timedelta
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from koostoo.base.dates import hours_of_days
from koostoo.base.text import Lang
from koostoo.calendars.invite import render_cancel, render_request
from koostoo.calendars.values import CalendarEntry, Party
from koostoo.events.entries import leaves_days_free
from koostoo.events.models import Event
from koostoo.mail.letter import CalendarPart
from koostoo.notices import links
from koostoo.notices.facts import place_of, plain_name
from koostoo.registration.models import CalendarReply, Registration
from koostoo.registration.reply_queries import answer_to

_REGISTRATION = cast(Table, Registration.__table__)
_KNOWN = (
    update(_REGISTRATION)
    .where(_REGISTRATION.c.id == bindparam("number"))
    .values(invited_sequence=bindparam("known"))
)


def calendar_part(
    registration: Registration,
    organiser: Party,
    made_at: datetime,
    lang: Lang,
    *,
    answer_wanted: bool = False,
    reply: CalendarReply | None = None,
) -> CalendarPart | None:
    """Return REQUEST for a seat on a known day, CANCEL for one a calendar still believes in.

    RFC 5546: a CANCEL goes only where a REQUEST went before (3.2.5), and with a higher SEQUENCE
    (2.1.4). `made_at` becomes DTSTAMP and is the same in every attempt. None also where the
    participant's address is the organiser's: programs offer them nothing to press. `answer_wanted`:
    somebody reads what comes back to the organiser's address. `reply`: the last that came.
    """
    event, invited = registration.event, registration.invited_sequence
    attendee = Party(registration.name, registration.email)
    if attendee.email.casefold() == organiser.email.casefold():
        return None
    sequence = event.sequence + registration.sequence
    is_off = event.state == "called_off"
    if registration.state == "confirmed" and not is_off and event.when.is_fixed:
        entry = _entry(registration, sequence, lang)
        content = render_request(
            entry,
            organiser,
            attendee,
            made_at,
            language=lang,
            alarm=_reminder(event),
            answer_wanted=answer_wanted,
            answered=answer_to(sequence, reply) if answer_wanted else None,
        )
        return CalendarPart("REQUEST", sequence, content, registration.id)
    if invited is None:
        return None
    sequence = max(sequence, invited + 1)
    entry = _entry(registration, sequence, lang)
    content = render_cancel(entry, organiser, attendee, made_at, whole_event=is_off)
    return CalendarPart("CANCEL", sequence, content, registration.id)


def note_calendar(session: Session, part: CalendarPart) -> None:
    """Write down what the participant's calendar knows now that the letter has left."""
    known = part.sequence if part.method == "REQUEST" else None
    session.execute(_KNOWN, {"number": part.registration_id, "known": known})


def _entry(registration: Registration, sequence: int, lang: Lang) -> CalendarEntry:
    event, when = registration.event, registration.event.when
    # People share calendars: the secret link to the own page stays out of them.
    description = [event.summary.to(lang), "\n".join(hours_of_days(when, lang))]
    if registration.group_id is not None:
        # One mailbox may get the invitations of several people; calendars show the title alone.
        description.insert(0, f"{_('Participant')}: {plain_name(registration.name)}")
    if registration.state == "confirmed":
        description.append(event.join_link)
    return CalendarEntry(
        uid=registration.uid,
        sequence=sequence,
        summary=event.title.to(lang),
        start=when.starts_at or when.first,
        end=when.ends_at or when.last,
        place=place_of(event, lang),
        description="\n\n".join(part for part in description if part),
        url=links.event_page(event, lang),
        status="CONFIRMED",
        created_at=registration.created_at,
        revised_at=max(event.revised_at, registration.revised_at),
        transparent=leaves_days_free(when),
    )


def _reminder(event: Event) -> timedelta:
    """How long before the start a calendar should remind: in time to open a link, or to set out.

    Whole days start at midnight for a calendar: at noon of the day before.
    """
    if event.when.kind == "days":
        return timedelta(hours=12)
    return timedelta(minutes=15) if event.mode == "online" else timedelta(days=1)
