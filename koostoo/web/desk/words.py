"""The desk's words for codes: states of events, reasons, kinds."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koostoo.events.placeholders import SPELLINGS, Placeholder
from koostoo.registration.models import CalendarReply

KIND_WORDS = (
    ("text", _l("Short text")),
    ("long", _l("Long text")),
    ("choice", _l("One of several")),
    ("choices", _l("Any of several")),
    ("yesno", _l("Yes or no")),
    ("number", _l("Number")),
    ("date", _l("Date")),
)
PURPOSE_WORDS = (
    ("", _l("nothing in particular")),
    ("diet", _l("the caterer's list")),
    ("stop", _l("the bus list, by stops")),
    ("nights", _l("the hotel's list: nights")),
    ("room", _l("the hotel's list: kind of room")),
    ("roommate", _l("the hotel's list: room-mate")),
)
ASKED_WORDS = (
    ("signup", _l("who signs up, in the form")),
    ("organisers", _l("only organisers, at the desk")),
    ("checkin", _l("who arrives, at check-in")),
)
METHOD_WORDS: dict[str, Any] = {"cash": _l("in cash"), "transfer": _l("by transfer")}
EVENT_STATE_WORDS: dict[str, Any] = {
    "draft": _l("Draft"),
    "published": _l("Published"),
    "called_off": _l("Called off"),
}
LETTERS: dict[str, tuple[Any, Any]] = {
    "confirmed": (_l("Seat confirmed"), _l("when somebody gets a seat or is confirmed by you")),
    "waiting": (_l("On the waiting list"), _l("when there is no seat yet")),
    "promoted": (_l("A seat came free"), _l("when somebody who waited gets a seat")),
    "offered": (_l("Seat offered"), _l("when a seat that came free is offered")),
    "offer_lapsed": (_l("Offer over"), _l("when nobody answered an offer in time")),
    "pending": (_l("Awaits confirmation"), _l("when somebody has signed up and you confirm")),
    "rejected": (_l("Turned down"), _l("when you turn somebody down; your reason stands in it")),
    "event_changed": (_l("Event changed"), _l("when time, place or join link change")),
    "cancelled": (_l("Registration cancelled"), _l("when a registration is cancelled")),
    "released": (_l("Place released"), _l("when you release a place nobody answered for")),
    "reminder": (_l("Reminder"), _l("before the event, at the times you have set")),
    "thanks": (_l("Thanks"), _l("after the event, at the time you have set")),
    "feedback_reminder": (
        _l("Reminder of feedback"),
        _l("some days after the event, to who has not said how it was"),
    ),
}
"""The letters that take an organiser's words: the name of each, and when it is sent."""
PLACEHOLDERS: dict[Placeholder, Any] = {
    "name": _l("first and last name of the participant"),
    "event": _l("title of the event"),
    "time": _l("when it takes place"),
    "place": _l("where it takes place"),
    "deadline": _l("until when to answer, else the registration deadline"),
    "organiser": _l("organising organisation"),
    "contact": _l("who answers questions"),
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


def placeholders() -> list[tuple[tuple[str, str], str]]:
    """Return how each placeholder is spelled in both languages, and what it stands for."""
    return [(SPELLINGS[name], str(words)) for name, words in PLACEHOLDERS.items()]


REPLY_WORDS: dict[str, Any] = {
    "ACCEPTED": _l("calendar: coming"),
    "TENTATIVE": _l("calendar: perhaps"),
    "DECLINED": _l("calendar: not coming"),
}


def reply_words(reply: CalendarReply) -> str:
    """Return what somebody's calendar said last, or they themselves since."""
    if reply.source == "page":
        return _("said that they come")
    if reply.freed_at is not None:
        return _("calendar: gave the seat back")
    return str(REPLY_WORDS[reply.partstat])


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
