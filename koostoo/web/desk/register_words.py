"""What is said of a list of members: how it was read, what it changes, what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.documents.table import Table, TableError
from koostoo.programme.member_columns import HeaderError
from koostoo.programme.member_file import Fault

SECTOR_WORDS: dict[str, Any] = {
    "public": _l("public sector"),
    "business": _l("entrepreneur"),
    "ngo": _l("non-profit association"),
}
FATE_WORDS: dict[str, Any] = {
    "new": _l("new"),
    "changed": _l("changes"),
    "unchanged": _l("stays as it is"),
    "gone": _l("is removed"),
}
ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1257": "Windows-1257",
    "cp1252": "Windows-1252",
}
_TABLE_FAULTS: dict[str, Any] = {
    "empty": _l("There is nothing in this file."),
    "too_many_rows": _l("The list has more than %(limit)s rows. Please divide it."),
    "too_large": _l(
        "This workbook holds far more than a list of members. Copy the rows into a new one."
    ),
    "old_excel": _l(
        "This is an old Excel file (.xls), or one under a password. Save it as .xlsx without a "
        "password, or as CSV."
    ),
    "opendocument": _l("This is an OpenDocument file. Save it as Excel (.xlsx) or CSV."),
    "not_a_table": _l("This is not a table. Choose an Excel (.xlsx) or CSV file."),
    "broken": _l(
        "This workbook cannot be opened. Open it in Excel, save it again and try once more."
    ),
    "mixed": _l(
        "The file mixes two encodings; line %(line)s is written in another than those before it. "
        "Save it anew from Excel."
    ),
    "encoding": _l(
        "Line %(line)s holds letters that cannot be read. Save the file as Excel (.xlsx) or as "
        "“CSV UTF-8”."
    ),
    "quotes": _l(
        "In the row that begins on line %(line)s a quotation mark is open or stands in the wrong "
        "place."
    ),
}
_FAULTS: dict[str, Any] = {
    "no_organisation": _l("The name of the organisation is missing."),
    "too_long": _l("This is longer than %(other)s characters."),
    "control": _l("This holds characters that cannot be kept. Please type it again."),
    "sheet_error": _l("The sheet shows an error here instead of a value."),
    "too_many_cells": _l(
        "There is more in this row than the header has columns. Perhaps a text with a separator "
        "in it lacks its quotation marks."
    ),
    "code": _l("A registry code has digits and letters only."),
    "sector": _l("Write “avalik”, “ettevõtja” or “vabaühendus”, or leave it empty."),
    "email": _l("This address does not look right."),
    "half_name": _l("First and last name are both needed."),
    "no_name": _l("There is an address but no name."),
    "twice": _l("The same person of the same organisation stands on line %(other)s already."),
    "other_code": _l("On line %(other)s this organisation has another registry code."),
    "other_sector": _l("On line %(other)s this organisation has another sector."),
    "same_code": _l("On line %(other)s another organisation has this registry code."),
}


def table_error_words(error: TableError) -> str:
    """Return why a file cannot be read, and what to do."""
    return str(_TABLE_FAULTS[error.code]) % error.facts


def header_error_words(error: HeaderError) -> str:
    """Return which columns were found and which are needed."""
    if error.twice:
        return _(
            "Two columns mean the same: “%(header)s”. Remove or rename one of them.",
            header=error.twice,
        )
    return _(
        "No column tells the organisation. Found were: %(found)s. Name the column “Liige”, "
        "“Organisatsioon” or “Ettevõte”.",
        found=", ".join(f"“{name}”" for name in error.found[:12]) or "–",
    )


def fault_words(fault: Fault) -> str:
    """Return what is wrong on a line."""
    return str(_FAULTS[fault.code]) % {"other": fault.other}


def source_of(table: Table, unused: Sequence[str]) -> dict[str, Any]:
    """Return how a file was read, to be kept with it."""
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "is_assumed": table.is_assumed,
        "sheet": table.sheet,
        "unused": [name[:60] for name in unused[:20]],
    }


def source_words(source: Mapping[str, Any]) -> str:
    """Return how a file was read, in words."""
    if source["kind"] == "xlsx":
        return _("Excel, sheet “%(sheet)s”", sheet=source["sheet"])
    return f"CSV, {ENCODING_WORDS[source['encoding']]}"
