"""Invitations and cancellations by mail (iTIP, RFC 5546; the MIME around is iMIP, RFC 6047).

Each message speaks to one attendee, so nobody learns who else takes part.
"""

from datetime import datetime, timedelta
from functools import cache, lru_cache

from icalendar import Alarm, Event, vCalAddress, vText
from icalendar.parser import Contentline

from koostoo.calendars.cleaning import one_line, parameter
from koostoo.calendars.reply import PartStat
from koostoo.calendars.values import CalendarEntry, Party, require_aware
from koostoo.calendars.vevent import around, build_event, new_calendar


def render_request(
    entry: CalendarEntry,
    organiser: Party,
    attendee: Party,
    made_at: datetime,
    language: str = "et",
    answer_wanted: bool = False,
    answered: PartStat | None = None,
    alarm: timedelta | None = None,
) -> bytes:
    """Return the invitation, or its update, for `attendee` (METHOD:REQUEST, RFC 5546, 3.2.2).

    Put it into the mail as `text/calendar; method=REQUEST; charset=UTF-8`, last in the
    multipart/alternative. `made_at` is the aware moment of writing: two messages about one
    event differ in SEQUENCE or in it. `answer_wanted` asks to accept or decline, `answered` is
    what they answered to the same SEQUENCE; where no answer is wanted the attendee, who has
    registered, counts as having accepted. `alarm` is the time before the start at which to remind.

    Raises ValueError for a cancelled entry (that is `render_cancel`), a naive `made_at`, or
    an attendee with the organiser's own address (Outlook then offers nothing to press).
    """
    if entry.status == "CANCELLED":
        raise ValueError("programs take a REQUEST with STATUS:CANCELLED for an update")
    if attendee.email.casefold() == organiser.email.casefold():
        raise ValueError("an organiser cannot be invited to their own event")
    event = _event_between(organiser, entry, made_at, language)
    event.add("STATUS", vText(entry.status))
    event.add(
        "ATTENDEE",
        _address(
            attendee,
            CUTYPE="INDIVIDUAL",
            ROLE="REQ-PARTICIPANT",
            PARTSTAT=(answered or "NEEDS-ACTION") if answer_wanted else "ACCEPTED",
            RSVP="TRUE" if answer_wanted else "FALSE",
        ),
    )
    if alarm is not None:
        event.add_component(_reminder(entry, alarm))
    return _message("REQUEST", event)


def render_cancel(
    entry: CalendarEntry,
    organiser: Party,
    attendee: Party,
    made_at: datetime,
    whole_event: bool,
) -> bytes:
    """Return the message that takes the event out of a calendar (METHOD:CANCEL, 3.2.5).

    `entry.sequence` must be higher than that of the last REQUEST. `whole_event` says that it
    does not take place (STATUS:CANCELLED); otherwise only this attendee is no longer in it,
    and STATUS must not stand. Raises ValueError for a naive `made_at`.
    """
    event = _event_between(organiser, entry, made_at)
    if whole_event:
        event.add("STATUS", vText("CANCELLED"))
    event["TRANSP"] = vText("TRANSPARENT")
    event.add("ATTENDEE", _address(attendee))
    return _message("CANCEL", event)


def _event_between(
    organiser: Party, entry: CalendarEntry, made_at: datetime, language: str = ""
) -> Event:
    require_aware(made_at)
    event = build_event(entry, stamp=made_at, language=language)
    event.add("ORGANIZER", _address(organiser))
    return event


def _message(method: str, event: Event) -> bytes:
    head, end = _frame(method)
    lines = [_folded(str(line)) for line in event.content_lines() if line]
    return head + b"\r\n".join((*lines, end))


@lru_cache(256)
def _folded(line: str) -> bytes:
    # Most lines stand in the messages to all participants, and folding goes letter by letter.
    return bytes(Contentline(line).to_ical())


@cache
def _frame(method: str) -> tuple[bytes, bytes]:
    # The same in all messages, and half of what writing one would cost.
    calendar = new_calendar()
    calendar.add("METHOD", method)
    return around(calendar)


def _address(party: Party, **parameters: str) -> vCalAddress:
    """Return a CAL-ADDRESS; mailto: is the only scheme iMIP knows (RFC 6047, 2.3)."""
    name = parameter(party.name)
    address = vCalAddress(f"mailto:{party.email}")
    if name:
        address.params["CN"] = name
    address.params.update(parameters)
    return address


def _reminder(entry: CalendarEntry, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("TRIGGER", -before)
    alarm.add("DESCRIPTION", vText(one_line(entry.summary)))
    return alarm
