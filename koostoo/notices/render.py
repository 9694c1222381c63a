"""From an outbox row to the letter that leaves, in the recipient's language."""

import re
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from koostoo.base.database import db
from koostoo.base.localtext import LocalText
from koostoo.base.text import Lang, clean_line
from koostoo.calendars.values import Party
from koostoo.events.models import Event
from koostoo.mail.letter import CalendarPart, Letter
from koostoo.mail.models import OutboxMessage
from koostoo.mail.settings import proves_senders, reads_answers, sender_address
from koostoo.notices.content import Content, find_asked, language_of
from koostoo.notices.facts import contact_of
from koostoo.notices.invite import calendar_part
from koostoo.notices.messages import compose, sample

_BLANK_LINES = re.compile(r"\n\s*\n")
SERVICE = "Koostöö"


def render(message_id: int, now: datetime) -> Letter | None:
    """Return the letter as it is true at `now`, None when it is pointless to send it.

    Reads current rows in a transaction of its own, ended before it returns. Raises NoSender.
    """
    session = db.session()
    session.rollback()
    try:
        asked = find_asked(session, message_id)
        if asked is None:
            return None
        with force_locale(language_of(asked.message)):
            content = compose(session, asked, now)
            return None if content is None else _write(asked.message, content)
    finally:
        session.rollback()


def preview(event: Event, kind: str, lang: Lang, words: LocalText, now: datetime) -> Letter:
    """Return a letter of this kind as a made-up participant would get it, with `words` in it."""
    message = OutboxMessage(
        kind=kind, language=lang, recipient="", message_id="", created_at=now, payload={}
    )
    with force_locale(lang):
        return _write(message, sample(event, kind, lang, now, words))


def _write(message: OutboxMessage, content: Content) -> Letter:
    lang, kind = language_of(message), content.template or message.kind
    sender = Party(_sender_name(content), sender_address())
    registration, calendar = content.registration, None
    reply_to = content.reply_to
    if not reply_to and content.event is not None:
        reply_to = contact_of(content.event).email
    if registration is not None and content.has_calendar:
        calendar = calendar_part(
            registration,
            sender,
            message.created_at,
            lang,
            answer_wanted=reads_answers(),
            reply=content.reply,
        )
    values = {
        "lang": lang,
        "name": "",
        "reply_to": reply_to,
        "facts": None,
        "own_url": "",
        "own_words": [],
        "calendar": calendar.method if calendar else "",
        "is_update": _is_update(content, calendar),
        "is_test": content.is_test,
        "answer_wanted": reads_answers(),
        "frees_at_once": _frees_at_once(content),
        "unsubscribe_url": content.unsubscribe_url,
    } | content.values
    subject = _fill(kind, "subject.txt", values)
    return Letter(
        message_id=message.message_id,
        sender_name=sender.name,
        sender=sender.email,
        recipient=message.recipient,
        reply_to=reply_to,
        subject=clean_line(_("Test: %(subject)s", subject=subject) if content.is_test else subject),
        text=_tidy(_fill(kind, "body.txt", values)),
        html=_fill(kind, "body.html", values),
        language=lang,
        calendar=calendar,
        unsubscribe_url=content.unsubscribe_url,
    )


def _is_update(content: Content, calendar: CalendarPart | None) -> bool:
    """Say whether the calendar of the recipient knows an earlier state of this invitation."""
    if calendar is None or content.registration is None:
        return False
    known = content.registration.invited_sequence
    return known is not None and known < calendar.sequence


def _frees_at_once(content: Content) -> bool:
    """Say whether a calendar that declines frees the seat, so that people can be told."""
    event = content.event
    return event is not None and event.on_decline == "free" and proves_senders()


def _fill(kind: str, name: str, values: dict[str, Any]) -> str:
    # Straight from the environment: the pages' context processors speak of a request.
    return current_app.jinja_env.get_template(f"mail/{kind}/{name}").render(values)


def _tidy(text: str) -> str:
    """Leave one empty line between paragraphs and none around them."""
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _sender_name(content: Content) -> str:
    return SERVICE if content.event is None else clean_line(content.event.organiser.name)
