"""The list of participants to sign (osavõtjate nimekiri), as PDF/A-2b on A4.

It goes round the bus: names and organisations only. No phone, e-mail, diet or personal code
has a place in it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import typst

from koostoo.documents.cells import clean_text

_FOLDER = Path(__file__).parent
_TEMPLATE = _FOLDER / "attendance.typ"


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
    empty_rows: int = 5
    language: str = "et"


def render_attendance_sheet(sheet: AttendanceSheet) -> bytes:
    """Return the sheet as PDF/A-2b; raises ValueError when it has no day.

    What people typed reaches the template as data, never as markup, and the template reads no
    file. A letter the built-in fonts lack (they know Latin, Cyrillic, Greek, Hebrew, Arabic)
    is taken from a font of the computer. Where that has none either, it becomes a box and the
    file a plain PDF: PDF/A forbids letters without a shape.
    """
    if not sheet.days:
        raise ValueError("an attendance sheet needs a day")
    if sheet.made_at.utcoffset() is None:
        raise ValueError("an attendance sheet needs an aware moment of making")
    for built_in_fonts_only in (True, False):
        try:
            return _compiled(sheet, built_in_fonts_only, "a-2b")
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    return _compiled(sheet, built_in_fonts_only=False, standard=None)


def _compiled(
    sheet: AttendanceSheet, built_in_fonts_only: bool, standard: Literal["a-2b"] | None
) -> bytes:
    return typst.compile(
        _TEMPLATE,
        root=_FOLDER,
        ignore_system_fonts=built_in_fonts_only,
        sys_inputs={"data": _as_json(sheet)},
        pdf_standards=standard,
        timestamp=sheet.made_at.astimezone(UTC),
    )


def _as_json(sheet: AttendanceSheet) -> str:
    return json.dumps(_cleaned({**asdict(sheet), "made_at": None}))


def _cleaned(value: Any) -> Any:
    """Return `value` with each text in it on one line and without control characters."""
    if isinstance(value, str):
        return " ".join(clean_text(value).split())
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(item) for item in value]
    return value
