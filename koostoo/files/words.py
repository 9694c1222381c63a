"""What kinds of an event's files are called, on pages and in the folders of a package."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from koostoo.files.rules import EventKind, Evidence

KIND_TITLES: Mapping[EventKind, Any] = {
    "cover": _l("Cover picture"),
    "document": _l("Documents to download"),
    "sheet": _l("Signed list of participants"),
    "photo": _l("Photos"),
    "programme": _l("Programme"),
    "meeting_log": _l("Log of the web meeting"),
    "news": _l("News"),
    "other": _l("Other evidence"),
}
EVIDENCE_TITLES: Mapping[Evidence, Any] = {
    "sheet": KIND_TITLES["sheet"],
    "photo": KIND_TITLES["photo"],
    "programme": KIND_TITLES["programme"],
    "meeting_log": KIND_TITLES["meeting_log"],
    "feedback": _l("Summary of feedback"),
    "news": KIND_TITLES["news"],
}
