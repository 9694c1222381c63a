"""The desk's words for codes: states of events, reasons, kinds."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

KIND_WORDS = (
    ("text", _l("Short text")),
    ("long", _l("Long text")),
    ("choice", _l("One of several")),
    ("choices", _l("Any of several")),
    ("yesno", _l("Yes or no")),
    ("number", _l("Number")),
    ("date", _l("Date")),
)
EVENT_STATE_WORDS: dict[str, Any] = {
    "draft": _l("Draft"),
    "published": _l("Published"),
    "called_off": _l("Called off"),
}
MISSING_FIELDS = {
    "summary": "summary_et",
    "date_past": "date_kind",
    "place": "place_et",
    "join_link": "join_link",
    "deadline_past": "closes_on",
    "deadline": "closes_on",
    "contact": "contact_email",
    "options": "questions",
}
"""The field of the event form that mends each missing thing."""


def missing_words(code: str) -> str:
    """Return what is missing, as a sentence."""
    return {
        "summary": _("Write one or two sentences about the event."),
        "date_past": _("The date has passed."),
        "place": _("Write where it takes place."),
        "join_link": _("A web meeting needs its join link."),
        "deadline_past": _("The registration deadline has passed."),
        "deadline": _("Registration must open before it closes."),
        "contact": _("Give an address or a phone for questions."),
        "options": _("A question to choose from needs at least two options."),
    }[code]


def refusal_words(reason: str) -> str:
    """Return why a person cannot be added."""
    return {
        "full": _("All seats are taken. Tick the box below to add the person anyway."),
        "over": _("The event is over."),
        "called_off": _("The event was called off."),
        "draft": _("Publish the event first."),
        "none": _("This event takes no registrations."),
    }.get(reason, _("The event takes no registrations now."))
