r"""What people typed, made fit for a calendar line.

icalendar escapes `\ ; ,` and line breaks but lets NUL, vertical tab and their kind through,
and some readers end a line at them.
"""

import re

# Line ends other than LF that one reader or another breaks at, Unicode's included.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# The other control characters except tab and LF, and lone surrogates (no UTF-8 holds those).
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")


def many_lines(text: str) -> str:
    r"""Return `text` with `\n` as its only line end and without control characters."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)).strip()


def one_line(text: str) -> str:
    """Return `text` on a single line, without control characters."""
    return _BLANKS.sub(" ", many_lines(text))


def parameter(text: str) -> str:
    """Return `text` for a parameter such as CN: no double quotes (RFC 5545, 3.1).

    RFC 6868 has an escape for them, but hardly a mail program knows it.
    """
    return one_line(text).replace('"', "'")


def without_blanks(text: str) -> str:
    """Return an address (UID, URL) without blanks and control characters."""
    return _BLANKS.sub("", many_lines(text))
