"""Names of downloaded files."""

import re
import unicodedata
from datetime import date

_MAX_LENGTH = 100
_FALLBACK = "file"
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
# Letters Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
# Devices on Windows, whatever extension follows.
_RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}


def download_name(*parts: str | date, ext: str) -> str:
    """Return a file name of lower-case ASCII letters, digits and hyphens, at most 100 long.

    `download_name("Õppereis Jõgevale", date(2026, 5, 30), ext="pdf")` is
    `oppereis-jogevale-2026-05-30.pdf`. Of a name too long the longest part is shortened.
    Raises ValueError when `ext` is not 1 to 8 letters or digits.
    """
    if not _EXTENSION.fullmatch(ext):
        raise ValueError("a file extension is 1 to 8 lower-case letters or digits")
    words = [word for word in map(_plain, parts) if word] or [_FALLBACK]
    if "-".join(words) in _RESERVED:
        words.insert(0, _FALLBACK)
    room = _MAX_LENGTH - len(ext) - 1
    while (excess := len("-".join(words)) - room) > 0:
        longest = max(range(len(words)), key=lambda index: len(words[index]))
        words[longest] = words[longest][: max(1, len(words[longest]) - excess)].strip("-")
        if len(words[longest]) <= 1:
            words.pop(longest)
    return f"{'-'.join(words)}.{ext}"


def folder_name(*parts: str | date) -> str:
    """Return the name of a folder in the same letters, made of the same parts."""
    return download_name(*parts, ext="d").removesuffix(".d")


def _plain(part: str | date) -> str:
    text = part.strftime("%Y-%m-%d") if isinstance(part, date) else part
    folded = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    unmarked = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _NOT_PLAIN.sub("-", unmarked.lower()).strip("-")
