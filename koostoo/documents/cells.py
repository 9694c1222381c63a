"""The cells of a table, the same for CSV and XLSX."""

import re
from datetime import date, datetime
from decimal import Decimal

# What a cell may hold. A bool counts as 1 or 0: the caller has words for yes and no.
Cell = str | int | float | Decimal | date | datetime | None

# Control characters except tab and LF, lone surrogates and the two code points XML forbids.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str) -> str:
    r"""Return `text` with `\n` as its line end and without control characters."""
    # What most texts are, told without looking for anything in particular.
    if text.isprintable():
        return text
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
