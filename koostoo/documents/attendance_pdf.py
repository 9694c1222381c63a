"""The list of participants to sign (osavõtjate nimekiri), as PDF/A-2b on A4.

It goes round the bus: names and organisations only. No phone, e-mail, diet or personal code
has a place in it.
"""

from dataclasses import dataclass
from datetime import datetime

from koostoo.documents.drawings import Logo
from koostoo.documents.typesetting import typeset


@dataclass(frozen=True, slots=True)
class SheetLabels:
    """The words of the sheet, in its language.

    `page` holds `{page}` and `{pages}`. `listed` stands before the number of names,
    `attended` before a blank for the number of those who came.
    """

    title: str
    project: str
    activity: str
    event: str
    date: str
    place: str
    number: str
    name: str
    organisation: str
    partner: str
    signature: str
    listed: str
    attended: str
    organiser: str
    signed_on: str
    organiser_signature: str
    page: str


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One participant; `partner` is the local action group they belong to."""

    name: str
    organisation: str
    partner: str


@dataclass(frozen=True, slots=True)
class AttendanceSheet:
    """All that is printed, in the order it is printed.

    Each of `days` (written out, such as "30. mai 2026") gets its own pages, numbered through;
    `empty_rows` are for people who join on the spot. `organiser` is the name at the foot.
    `made_at` is an aware datetime and goes into the file's properties, so the same sheet gives
    the same bytes.
    """

    project: str
    activity: str
    event: str
    days: tuple[str, ...]
    place: str
    funding_text: str
    organiser: str
    rows: tuple[AttendanceRow, ...]
    labels: SheetLabels
    made_at: datetime
    logos: tuple[Logo, ...] = ()
    empty_rows: int = 5
    language: str = "et"


def render_attendance_sheet(sheet: AttendanceSheet) -> bytes:
    """Return the sheet as PDF/A-2b; raises ValueError when it has no day."""
    if not sheet.days:
        raise ValueError("an attendance sheet needs a day")
    return typeset("attendance", sheet, sheet.made_at)
