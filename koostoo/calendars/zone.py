"""The time zone of every timed event, as a definition all calendar programs understand."""

from icalendar import Component, Timezone

# Since 2002 Estonia changes its clocks with the European Union: forward on the last Sunday of
# March at 03:00, back on the last Sunday of October at 04:00 (both local, in the old offset;
# RFC 5545, 3.6.5). Written as rules: Outlook does not read lists of dates (RDATE), ical.js
# takes only the first of each list, and both then show events an hour off. One BYDAY per rule
# is all Exchange understands (MS-OXCICAL 2.1.3.1.1.19.2.2).
_DEFINITION = """\
BEGIN:VTIMEZONE
TZID:Europe/Tallinn
BEGIN:DAYLIGHT
DTSTART:20020331T030000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:EEST
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20021027T040000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:EET
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
"""


def tallinn_definition() -> Component:
    """Return the VTIMEZONE of Europe/Tallinn (RFC 5545, 3.6.5), valid from 2002 on."""
    return Timezone.from_ical(_DEFINITION)
