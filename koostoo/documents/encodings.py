"""Which encoding a text file has: said by its mark, proven by its bytes, or assumed.

Estonian files come in UTF-8, in UTF-16 ("Unicode text" of Excel), and in what Windows calls ANSI:
1257 on a computer with Estonian settings, 1252 on a Western one. The two agree on õ, ä, ö, ü and
differ on š and ž.
"""

import codecs
from typing import NamedTuple

from koostoo.documents.table import TableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Š, Ž, š, ž in the one, and the letters those bytes would be in the other: Ð, Þ, ð, þ of Icelandic
# in 1252, nothing or a lone accent in 1257.
_BALTIC = frozenset(b"\xd0\xde\xf0\xfe")
_WESTERN = frozenset(b"\x8a\x8e\x9a\x9e")


class Decoded(NamedTuple):
    """The text, its encoding, and whether that is only what is usual here."""

    text: str
    encoding: str
    is_assumed: bool


def decode(data: bytes) -> Decoded:
    """Return the text of a file; raise TableError: mixed, encoding (line), not_a_table."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strictly(data[len(mark) :], encoding), encoding, is_assumed=False)
    wide = _wide_encoding(data)
    if wide:
        return Decoded(_strictly(data, wide), wide, is_assumed=True)
    if b"\0" in data:
        raise TableError("not_a_table")
    try:
        return Decoded(data.decode("utf-8"), "utf-8", is_assumed=False)
    except UnicodeDecodeError:
        encoding = _windows_encoding(data)
        return Decoded(_strictly(data, encoding), encoding, is_assumed=True)


def _wide_encoding(data: bytes) -> str:
    """Return which UTF-16 without a mark this is: Latin text has a NUL in every other byte."""
    half = len(data[:2000]) // 2
    low, high = data[1:2000:2].count(0), data[0:2000:2].count(0)
    if half and low * 2 > half > high * 4:
        return "utf-16-le"
    return "utf-16-be" if half and high * 2 > half > low * 4 else ""


def _windows_encoding(data: bytes) -> str:
    """Return the Windows encoding of a file that is not UTF-8; raise TableError for a mixture."""
    first: dict[str, int] = {}
    for number, line in enumerate(data.splitlines(), 1):
        if not line.isascii():
            first.setdefault(_kind_of(line), number)
    for one, others in (("utf-8", first.keys() - {"utf-8"}), ("cp1252", {"cp1257"} & first.keys())):
        if one in first and others:
            # Where it changes: named is the line that is not like those before it.
            raise TableError("mixed", line=max(first[one], min(first[kind] for kind in others)))
    return "cp1252" if "cp1252" in first else "cp1257"


def _kind_of(line: bytes) -> str:
    """Return what a line is written in; "windows" where both Windows encodings say the same."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        if _WESTERN & set(line):
            return "cp1252"
        return "cp1257" if _BALTIC & set(line) else "windows"
    return "utf-8"


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, errors="ignore")
        code = "mixed" if encoding == "utf-8" else "encoding"
        raise TableError(code, line=before.count("\n") + 1) from error
