"""An event that changed: what was told before beside what holds now, in letters and on pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from koostoo.base.dates import moment_by
from koostoo.base.localtext import LocalText
from koostoo.base.text import Lang
from koostoo.events.models import Move
from koostoo.events.moves import Told, told_of, touched
from koostoo.events.words import mode_words
from koostoo.mail.models import OutboxMessage
from koostoo.notices.facts import facts_of, place_words
from koostoo.registration.models import Registration

KIND = "event_changed"
NOTHING = "–"


class Change(NamedTuple):
    """One thing that changed, in words; `part` is a key of `Told`."""

    part: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class News:
    """What one person has not heard yet: `before` is what was told last, `move` the newest.

    `asking` is the one after which they are asked whether they still come, None where they are not,
    have answered, or were asked in a letter that left.
    """

    before: Told
    move: Move
    asking: Move | None = None


def changes(before: Told, after: Told, lang: Lang) -> list[Change]:
    """Return what differs, old beside new, in words."""
    labels = {
        "when": _("When"),
        "place": _("Where"),
        "mode": _("How to take part"),
        "join_link": _("Join link"),
    }
    found = [
        Change(part, labels[part], _words(part, before, lang), _words(part, after, lang))
        for part in touched(before, after)
    ]
    return [change for change in found if change.old != change.new]


def news_for(session: Session, message: OutboxMessage, registration: Registration) -> News | None:
    """Return what a letter has to tell; None when a later one tells it, or nothing is new.

    What the person knows is what the last letter that left has said. So whoever missed a change
    reads of the one before it, and who missed there and back again reads nothing. A question
    nobody has put to them yet is put all the same: without an answer they may lose their place.
    """
    number = registration.id
    if session.scalar(
        select(
            exists().where(
                OutboxMessage.registration_id == number,
                OutboxMessage.kind == KIND,
                OutboxMessage.id > message.id,
            )
        )
    ):
        return None
    unheard = [message.payload["move"]]
    unput, is_known = set(unheard), False
    earlier = session.execute(
        select(OutboxMessage.kind, OutboxMessage.state, OutboxMessage.payload)
        .where(OutboxMessage.registration_id == number, OutboxMessage.id < message.id)
        .order_by(OutboxMessage.id.desc())
    )
    for kind, state, payload in earlier:
        if state == "sent":
            # Any letter tells how things stand, but only one about a change asks.
            is_known = True
            if kind == KIND:
                break
        elif kind == KIND and "move" in payload:
            unput.add(payload["move"])
            if not is_known:
                unheard.append(payload["move"])
    newest, oldest = (session.get_one(Move, number) for number in (unheard[0], unheard[-1]))
    is_to_ask = registration.is_asked and registration.move_id in unput
    asking = registration.move if is_to_ask else None
    differs = touched(oldest.before, told_of(registration.event))
    if registration.state != "confirmed":
        # Only who has a seat is shown the link.
        differs = [part for part in differs if part != "join_link"]
    if not (differs or newest.words or asking):
        return None
    return News(oldest.before, newest, asking)


def letter_values(
    news: News | None, registration: Registration, lang: Lang, now: datetime
) -> dict[str, Any]:
    """Return what the templates of the letter need besides the values of every letter.

    `news` is None for a letter that does not name its move.
    """
    if news is None:
        return {"headline": _headline(set(), ""), "link": "", "asks": False}
    found = changes(news.before, told_of(registration.event), lang)
    until = None if news.asking is None else news.asking.answer_until
    parts, mode = {change.part for change in found}, registration.event.mode
    sees_link = registration.state == "confirmed"
    links = [one for one in found if sees_link and one.part == "join_link" and one.old != NOTHING]
    link = "" if not links else "gone" if links[0].new == NOTHING else "new"
    return {
        "headline": _headline(parts, mode, has_new_link=link == "new"),
        "link": link,
        "asks": news.asking is not None,
        "answer_until": moment_by(until, lang) if until and now < until else "",
        "facts": facts_of(registration, lang, {c.part: c.old for c in found}),
    }


def _headline(parts: set[str], mode: str, *, has_new_link: bool = False) -> str:
    if "mode" in parts and mode == "online":
        return _("New time, now online") if "when" in parts else _("Now online")
    if {"when", "place"} <= parts:
        return _("New time and place")
    if "when" in parts:
        return _("New time")
    if "place" in parts:
        return _("New place")
    return _("New link of the web meeting") if has_new_link else _("The event has changed")


def _words(part: str, told: Told, lang: Lang) -> str:
    if part == "when":
        return LocalText.from_dict(told["when"]).to(lang)
    if part == "place":
        return place_words(LocalText.from_dict(told["place"]), told["mode"], lang) or NOTHING
    return mode_words(told["mode"]) if part == "mode" else told["join_link"] or NOTHING
