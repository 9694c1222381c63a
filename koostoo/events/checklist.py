"""What an organiser may wish to look at before publishing: nothing of it stands in the way.

What does stand in the way is `rules.missing`.
"""

from typing import Literal, get_args

from koostoo.base.localtext import LocalText
from koostoo.events.rules import EventDraft

Advice = Literal[
    "programme",
    "english",
    "day",
    "join_link",
    "capacity",
    "deadline",
    "deadline_late",
    "contact_name",
    "sensitive",
    "reminders",
    "cover",
]
ADVICE: tuple[Advice, ...] = get_args(Advice)


def advised(draft: EventDraft, reminders: str, *, has_cover: bool = True) -> list[Advice]:
    """Return what would make the event better prepared, in the form's order.

    `reminders` are the codes of when people are reminded, see `Event.reminders`; `has_cover` says
    whether there is a cover picture.
    """
    asks = draft.takes_registrations
    begins = draft.when.begins_at
    checks: dict[Advice, bool] = {
        "programme": not draft.programme,
        "english": any(map(_lacks_english, _texts(draft))),
        "day": not draft.when.is_fixed,
        "join_link": draft.mode == "hybrid" and not draft.join_link,
        "capacity": asks and draft.capacity is None and draft.mode != "online",
        "deadline": asks and draft.closes_at is None,
        "deadline_late": asks and draft.closes_at is not None and draft.closes_at > begins,
        "contact_name": not draft.contact_name,
        "sensitive": any(q.purpose == "diet" and not q.is_sensitive for q in draft.questions),
        "reminders": asks and draft.when.is_fixed and not reminders,
        "cover": not has_cover,
    }
    return [code for code in ADVICE if checks[code]]


def _texts(draft: EventDraft) -> tuple[LocalText, ...]:
    texts = (draft.title, draft.summary, draft.programme, draft.audience, draft.place)
    asked = (q for q in draft.questions if q.asked == "signup")
    return (*texts, *(words for q in asked for words in (q.label, *q.options)))


def _lacks_english(text: LocalText) -> bool:
    return bool(text.et) and not text.en
