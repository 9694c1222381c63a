"""What organisers write to people: their words in the letter of one reader, or as a test.

The Markdown is read first and the words in braces are put in afterwards, as plain text: what
people typed as their name can neither become mark-up nor be searched for further words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.base.localtext import LocalText
from koostoo.base.markdown import markdown_to_plain, render_markdown
from koostoo.base.text import Lang
from koostoo.correspondence.mailing import Words
from koostoo.correspondence.models import Mailing
from koostoo.correspondence.news import is_refusing
from koostoo.events.models import Event
from koostoo.events.placeholders import Placeholder, fill
from koostoo.mail.models import OutboxMessage
from koostoo.notices import links, made_up
from koostoo.notices.content import Content, language_of
from koostoo.notices.facts import facts_of, plain_name
from koostoo.notices.own_words import spoken_in, values_of
from koostoo.registration.models import Registration

TEMPLATE = "mailing"


def compose(session: Session, message: OutboxMessage, _now: datetime) -> Content | None:
    """Return one copy of a mailing; None where it is not to reach this person any more.

    That is when they were erased or their address forgotten, when they are no longer what the
    letter was meant for, when they want no news, when the event was called off meanwhile.
    """
    mailing = session.get(Mailing, message.payload["mailing_id"])
    people = session.scalars(
        select(Registration)
        .where(Registration.id.in_(message.payload["people"]), Registration.email != "")
        .order_by(Registration.sort_key, Registration.id)
    ).all()
    if mailing is None or not mailing.text or not people:
        return None
    event, meant = session.get_one(Event, mailing.event_id), _still_meant(mailing, people)
    if not meant or event.state != mailing.event_state:
        return None
    if mailing.is_news and is_refusing(meant[0]):
        return None
    words = Words(mailing.subject, mailing.text)
    return content_for(words, event, meant, language_of(message), is_news=mailing.is_news)


def compose_test(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """Return the letter as a made-up person would read it; their links lead nowhere."""
    payload = message.payload
    event = session.get(Event, payload["event_id"])
    if event is None:
        return None
    lang = language_of(message)
    words = Words(LocalText.from_dict(payload["subject"]), LocalText.from_dict(payload["text"]))
    reader = made_up.participant(event, "confirmed", lang, now)
    content = content_for(words, event, [reader], lang, is_news=payload["is_news"])
    # Its unsubscribe link stands in the text alone: no mail program shall press it.
    return replace(content, unsubscribe_url="", is_test=True)


def content_for(
    words: Words, event: Event, people: Sequence[Registration], lang: Lang, *, is_news: bool
) -> Content:
    """Return the letter these people read; several only of news to one address.

    `event` is that on whose page it was written. A letter about the registration repeats the facts
    and the own link; news names what it is sent for, and how to end it.
    """
    first = people[0]
    values = _values(words, event, people, lang)
    if is_news:
        unsubscribe = links.refuse_news(first, lang)
        values |= {"unsubscribe_url": unsubscribe, "is_news": True}
        return Content(values, None, event, unsubscribe_url=unsubscribe, template=TEMPLATE)
    facts = facts_of(first, lang, {}, with_programme=False)
    values |= {"facts": facts, "own_url": links.own_page(first, lang)}
    return Content(values, first, event, template=TEMPLATE)


def _still_meant(mailing: Mailing, people: Sequence[Registration]) -> list[Registration]:
    chosen: Mapping[str, Any] = mailing.chosen
    if chosen.get("ticked") or "states" not in chosen:
        return list(people)
    return [person for person in people if person.state in chosen["states"]]


def _values(
    words: Words, event: Event, people: Sequence[Registration], lang: Lang
) -> dict[str, Any]:
    with force_locale(spoken := spoken_in(words.text, lang)):
        names = _joined([plain_name(person.name) for person in people])
        given = values_of(event, names, spoken)
    text = words.text.to(lang)
    escaped: dict[Placeholder, str] = {word: str(escape(value)) for word, value in given.items()}
    html = fill(render_markdown(text), escaped)
    return {
        "name": _joined([plain_name(one.first_name) for one in people if one.first_name]),
        "project": event.activity.project.title.to(lang),
        "subject": fill(words.subject.to(lang), given),
        "text": fill(markdown_to_plain(text), given),
        "html": Markup(html),  # noqa: S704 - cleaned by nh3, and what was put in is escaped
        "is_news": False,
    }


def _joined(names: Sequence[str]) -> str:
    if len(names) < 2:
        return names[0] if names else ""
    return _("%(names)s and %(last)s", names=", ".join(names[:-1]), last=names[-1])


def preview(
    words: Words, event: Event, people: Sequence[Registration], *, is_news: bool
) -> dict[str, Any]:
    """Return the values of the letter these people would read, for a page of the desk.

    Their links are not among them: they are secret, also from organisers.
    """
    lang: Lang = "en" if people[0].language == "en" else "et"
    with force_locale(lang):
        values = content_for(words, event, people, lang, is_news=is_news).values
        reader = _joined([person.name for person in people])
        greeting = _greeting(values["name"])
    shown = {name: values.get(name) for name in ("subject", "html", "facts", "is_news")}
    return shown | {"lang": lang, "greeting": greeting, "reader": reader}


def _greeting(name: str) -> str:
    return _("Hello, %(name)s!", name=name) if name else _("Hello!")
