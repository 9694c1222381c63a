"""An organiser's own words inside a letter, their placeholders filled in for its reader."""

from datetime import datetime

from flask_babel import force_locale

from koostoo.base.dates import in_full, moment
from koostoo.base.localtext import LocalText
from koostoo.base.text import Lang
from koostoo.events.models import Event
from koostoo.events.placeholders import Placeholder, fill
from koostoo.notices.facts import contact_of, place_of, plain_name
from koostoo.registration.models import Registration

NOTHING = "–"


def spoken_in(words: LocalText, lang: Lang) -> Lang:
    """Return the language in which a reader of `lang` reads these words."""
    return lang if getattr(words, lang) else ("en" if lang == "et" else "et")


def filled(
    words: LocalText, registration: Registration, lang: Lang, deadline: datetime | None
) -> str:
    """Return `words` for this reader; empty where there are none.

    `deadline` is until when the reader is asked to answer; else it is that of registration. Who
    reads Estonian because English is missing reads dates in Estonian too.
    """
    if not words:
        return ""
    spoken = spoken_in(words, lang)
    with force_locale(spoken):
        return fill(words.to(spoken), values_for(registration, spoken, deadline))


def values_for(
    registration: Registration, lang: Lang, deadline: datetime | None
) -> dict[Placeholder, str]:
    """Return what each placeholder stands for, each one line."""
    return values_of(registration.event, registration.name, lang, deadline)


def values_of(
    event: Event, name: str, lang: Lang, deadline: datetime | None = None
) -> dict[Placeholder, str]:
    """Return what each placeholder stands for in a letter about an event to who is called so."""
    until = deadline or event.closes_at
    values: dict[Placeholder, str] = {
        "name": plain_name(name),
        "event": event.title.to(lang),
        "time": in_full(event.when, lang),
        "place": place_of(event, lang),
        "deadline": moment(until, lang) if until else "",
        "organiser": event.organiser.name,
        "contact": str(contact_of(event)),
    }
    return {placeholder: value or NOTHING for placeholder, value in values.items()}
