"""The desk's words for files: their kinds, what proves an event, why a file is not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.documents.file_types import ABOUT
from koostoo.files.preparing import Why
from koostoo.files.rules import LIMITS, MB, EventKind, Kind
from koostoo.files.words import KIND_TITLES

KIND_WORDS: Mapping[EventKind, tuple[Any, Any]] = {
    "cover": (
        KIND_TITLES["cover"],
        _l("One picture on the event's page. JPEG, PNG or WebP, at most 15 MB."),
    ),
    "document": (
        KIND_TITLES["document"],
        _l(
            "On the event's page, for everybody, once it is published. PDF, Word, Excel, "
            "PowerPoint, OpenDocument or a picture; at most 15 MB each."
        ),
    ),
    "sheet": (
        KIND_TITLES["sheet"],
        _l(
            "A scan or photo (PDF, JPEG, PNG), or the digitally signed container (ASiC-E); at "
            "most 15 MB each."
        ),
    ),
    "photo": (
        KIND_TITLES["photo"],
        _l(
            "The LEADER marking should be seen on some. JPEG, PNG or WebP, several at once: at "
            "most 15 MB each and 50 MB together."
        ),
    ),
    "programme": (
        KIND_TITLES["programme"],
        _l(
            "As it was handed out, with the logos. PDF, Word, OpenDocument or a picture; at most "
            "15 MB each."
        ),
    ),
    "meeting_log": (
        KIND_TITLES["meeting_log"],
        _l(
            "What the meeting program wrote down (CSV, text, Excel, PDF) or pictures of the "
            "screen with the names; at most 15 MB each."
        ),
    ),
    "news": (
        KIND_TITLES["news"],
        _l(
            "What a paper, a portal or your own page told of the event: a link below, or a copy "
            "of the story (PDF, Word, OpenDocument, a picture); at most 15 MB each."
        ),
    ),
    "other": (
        KIND_TITLES["other"],
        _l(
            "Such as a summary of the feedback. PDF, office files, pictures, "
            "text, signed containers; at most 15 MB each."
        ),
    ),
}
"""The name of each kind of an event's files, and what it may be."""
_ENDINGS = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "text": ".txt,.csv",
            "asice": ".asice,.bdoc"}  # fmt: skip


def accept_of(kind: Kind) -> str:
    """Return what a browser offers first when a file of this kind is chosen.

    The types of pictures are named as such: so an iPhone sends its photos as JPEG.
    """
    return ",".join(_ENDINGS.get(one, f".{ABOUT[one].ext}") for one in sorted(LIMITS[kind].types))


def refusal_words(why: Why, kind: Kind) -> str:
    """Return why a file is not taken and what to do, as a sentence."""
    return {
        "empty": _("there is nothing in this file."),
        "large": _(
            "this file is larger than %(size)s MB. Make it smaller and choose it again.",
            size=LIMITS[kind].max_bytes // MB,
        ),
        "wrong": _("this type of file is not taken here. See below which are."),
        "unknown": _(
            "this type of file is not taken, whatever it is called. Save it as PDF or as a "
            "picture and choose it again."
        ),
        "heic": _("this picture is in the HEIC format of iPhones. Save it as JPEG."),
        "macros": _("this office file holds macros. Save it without them."),
        "packed": _("this file is locked with a password, or holds far too much inside."),
        "broken": _("this file is damaged or was cut off. Choose it again, or another copy of it."),
        "pixels": _("this picture has too many pixels. Make it smaller and choose it again."),
    }[why]
