"""Which letters there are, and whether each is still true when it leaves.

A letter is asked for in one moment and leaves in another. It tells what is true when it leaves;
what no longer is true is not sent: a later letter of the same queue says what came instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from koostoo.accounts.models import SignInLink
from koostoo.attendance import feedback
from koostoo.base.dates import heading, moment_by, moment_until, until_day
from koostoo.base.localtext import LocalText
from koostoo.base.text import Lang, email_key
from koostoo.events.letter_words import TEST, words_for
from koostoo.events.models import Event
from koostoo.feedback.rules import closes_on
from koostoo.mail.models import OutboxMessage
from koostoo.notices import links, made_up, mailing, to_organisers
from koostoo.notices.content import Asked, Content, language_of
from koostoo.notices.facts import facts_of, facts_of_event, plain_name, proposed_words
from koostoo.notices.moved import News, letter_values, news_for
from koostoo.notices.own_words import filled
from koostoo.registration.mailbox_calendar import calendar_of
from koostoo.registration.models import CalendarReply, Group, Registration
from koostoo.registration.queries import queue_place, queue_places
from koostoo.registration.reply_queries import undo_ends
from koostoo.registration.words import standing_words, state_words

ACTIVE = frozenset({"pending", "confirmed", "waiting", "offered"})
AFTERWARDS = frozenset({"thanks", "feedback_reminder"})
"""Letters that may ask how the event was."""
ANY_STATE = ACTIVE | {"cancelled", "rejected"}
ANY_EVENT = frozenset({"draft", "published", "called_off"})


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter about one registration: in which states of it and of its event it is true."""

    states: frozenset[str] = ACTIVE
    event_states: frozenset[str] = frozenset({"draft", "published"})
    is_late_news: bool = False
    """Whether it is worth sending even when the event is over."""
    has_calendar: bool = True
    only: Literal["", "before", "after"] = ""
    """Only before the event begins, or only after it is over."""


NOTICES: Mapping[str, Notice] = {
    "confirmed": Notice(states=frozenset({"confirmed"})),
    # Whoever asked for a seat back that is gone may still have the invite in their calendar.
    "waiting": Notice(states=frozenset({"waiting"})),
    "promoted": Notice(states=frozenset({"confirmed"})),
    "pending": Notice(states=frozenset({"pending"}), has_calendar=False),
    "offered": Notice(states=frozenset({"offered"}), has_calendar=False),
    "offer_lapsed": Notice(states=frozenset({"cancelled"}), has_calendar=False),
    "rejected": Notice(states=frozenset({"rejected"}), event_states=ANY_EVENT, is_late_news=True),
    "changed": Notice(),
    "already": Notice(has_calendar=False),
    "new_link": Notice(
        states=ANY_STATE, event_states=ANY_EVENT, is_late_news=True, has_calendar=False
    ),
    "cancelled": Notice(states=frozenset({"cancelled"}), event_states=ANY_EVENT, is_late_news=True),
    "released": Notice(states=frozenset({"cancelled"}), event_states=ANY_EVENT, is_late_news=True),
    "event_changed": Notice(),
    "calendar_declined": Notice(states=frozenset({"confirmed"}), has_calendar=False),
    # Whoever still had a seat or waited was written to, whatever became of the row since.
    "event_called_off": Notice(
        states=ACTIVE | {"cancelled"}, event_states=frozenset({"called_off"}), is_late_news=True
    ),
    "reminder": Notice(
        states=frozenset({"confirmed"}),
        event_states=frozenset({"published"}),
        has_calendar=False,
        only="before",
    ),
    "feedback_reminder": Notice(
        states=frozenset({"confirmed"}),
        event_states=frozenset({"published"}),
        is_late_news=True,
        has_calendar=False,
        only="after",
    ),
    "thanks": Notice(
        states=frozenset({"confirmed"}),
        event_states=frozenset({"published"}),
        is_late_news=True,
        has_calendar=False,
        only="after",
    ),
}


def compose(session: Session, asked: Asked, now: datetime) -> Content | None:
    """Return what a letter says at `now`, None when it is pointless; KeyError: no such kind."""
    other = _OTHERS.get(asked.message.kind)
    if other is not None:
        return other(session, asked.message, now)
    return _about_registration(NOTICES[asked.message.kind], session, asked, now)


def _about_registration(
    notice: Notice, session: Session, asked: Asked, now: datetime
) -> Content | None:
    message, registration, reply = asked.message, asked.registration, asked.reply
    if registration is None or not _is_true(notice, registration, now):
        return None
    if not _is_of_this_start(message, registration.event):
        return None
    if message.kind == "calendar_declined" and (reply is None or reply.partstat != "DECLINED"):
        return None
    news = None
    if "move" in message.payload:
        news = news_for(session, message, registration)
        if news is None:
            return None
    lang, kind = language_of(message), message.kind
    asks = _asks_feedback(session, registration, kind, now)
    if kind == "feedback_reminder" and not asks:
        return None
    return _about(registration, kind, lang, now, asked.words, news, reply, asks_feedback=asks)


def _asks_feedback(session: Session, registration: Registration, kind: str, now: datetime) -> bool:
    """Tell whether a letter asks this person how it was; our own form asks who was there, once."""
    if kind not in AFTERWARDS:
        return False
    own = registration.event.own_feedback
    return feedback.asks(session, registration, now) if own else kind == "thanks"


def sample(event: Event, kind: str, lang: Lang, now: datetime, words: LocalText) -> Content:
    """Return what a letter of this kind says to a made-up participant, with `words` in it.

    The locale must be that of `lang`.
    """
    registration = made_up.participant(event, kind, lang, now)
    news = made_up.news(event, now) if kind == "event_changed" else None
    asks = kind in AFTERWARDS
    return _about(registration, kind, lang, now, words, news, None, asks_feedback=asks)


def _about(
    registration: Registration,
    kind: str,
    lang: Lang,
    now: datetime,
    words: LocalText,
    news: News | None,
    reply: CalendarReply | None,
    *,
    asks_feedback: bool,
) -> Content:
    """Return what a letter says about this registration, whether or not it is true."""
    event, notice = registration.event, NOTICES[kind]
    values: dict[str, Any] = {
        "name": plain_name(registration.first_name),
        "title": event.title.to(lang),
        "when": heading(event.when, lang),
        "state": registration.state,
        "state_words": state_words(registration.state),
        "queue_place": queue_place(registration) if registration.state == "waiting" else None,
        "facts": facts_of(registration, lang, {}, is_over=notice.only == "after"),
        "is_fixed": event.when.is_fixed,
        "has_code": event.mode != "online" and event.when.is_fixed,
        "reason": event.why_called_off.to(lang),
        "keeps_seat": event.approval == "holds",
        "offer_hours": event.offer_hours,
        "offer_until": _by(registration.offer_until, lang),
        "decision_reason": registration.decision_reason,
        "ended_by": registration.ended_by,
        "undo_until": _until(undo_ends(reply, now), lang),
        "own_url": links.own_page(registration, lang),
        "event_url": links.event_page(event, lang),
        "mode": event.mode,
        "join_url": event.join_link if event.mode != "onsite" else "",
        "feedback_url": links.feedback(registration, lang) if asks_feedback else "",
        "feedback_until": _feedback_until(event, lang) if asks_feedback else "",
    }
    answer_until, texts = registration.offer_until, [words]
    if kind == "event_changed":
        values |= letter_values(news, registration, lang, now)
    if news is not None:
        asking = news.asking or news.move
        # What was said with a question that did not leave is said with it.
        said = [move.words for move in dict.fromkeys((asking, news.move))]
        answer_until, texts = asking.answer_until, [*said, words]
    own = (filled(text, registration, lang, answer_until) for text in texts)
    values["own_words"] = [text for text in own if text]
    return Content(values, registration, event, reply, notice.has_calendar, template=kind)


def _feedback_until(event: Event, lang: Lang) -> str:
    """Return until when our own form takes answers; empty where another one asks."""
    form = event.own_feedback
    return "" if form is None else until_day(closes_on(event.ends_on, form.closes_after), lang)


def _is_true(notice: Notice, registration: Registration, now: datetime) -> bool:
    event = registration.event
    if (notice.only == "before" and event.when.has_begun(now)) or (
        notice.only == "after" and not event.when.is_over(now)
    ):
        return False
    return (
        registration.state in notice.states
        and event.state in notice.event_states
        and (notice.is_late_news or not event.when.is_over(now))
    )


def _is_of_this_start(message: OutboxMessage, event: Event) -> bool:
    """Tell whether a letter that belongs to a start belongs to the present one."""
    start = message.payload.get("begins_at")
    return start is None or datetime.fromisoformat(start) == event.when.begins_at


def _by(moment: datetime | None, lang: Lang) -> str:
    return "" if moment is None else moment_by(moment, lang)


def _until(moment: datetime | None, lang: Lang) -> str:
    return "" if moment is None else moment_until(moment, lang)


def _counter(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """What a participant's calendar proposes, for the event's contact; nothing once it is over."""
    return _to_contact(
        session,
        message,
        now,
        proposed=proposed_words(message.payload, language_of(message)),
        zone=plain_name(message.payload.get("zone", "")),
        partstat=message.payload.get("partstat", ""),
    )


def _other_answered(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """That somebody else declined a participant's invitation, for the event's contact."""
    registration = session.get(Registration, message.registration_id or 0)
    if registration is None or registration.state != "confirmed":
        return None
    return _to_contact(
        session,
        message,
        now,
        invited=registration.email,
        address=message.payload.get("address", ""),
    )


def _to_contact(
    session: Session, message: OutboxMessage, now: datetime, **values: Any
) -> Content | None:
    """What a calendar said about somebody's invitation; None once the event or they are gone."""
    registration = session.get(Registration, message.registration_id or 0)
    if registration is None or not registration.email:
        return None
    lang, event = language_of(message), registration.event
    if event.state == "called_off" or event.when.is_over(now):
        return None
    values |= {
        "title": event.title.to(lang),
        "person": plain_name(registration.name),
        "comment": plain_name(message.payload.get("comment", "")),
        "facts": facts_of_event(event, lang),
        "people_url": links.people_page(event, lang),
    }
    return Content(values, event=event, reply_to=registration.email)


def _group_summary(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """How everybody stands whom the contact signed up; pointless when it is all over."""
    group = session.get(Group, message.payload["group_id"])
    if group is None or group.event.state == "called_off" or group.event.when.is_over(now):
        return None
    lang, event = language_of(message), group.event
    places = queue_places(event.id)
    people = [
        {"name": plain_name(one.name), "standing": standing_words(one, places.get(one.id))}
        for one in group.members
    ]
    waiting = sum(1 for one in group.members if one.state == "waiting")
    return Content(
        {
            "name": plain_name(group.name.split()[0]) if group.name else "",
            "title": event.title.to(lang),
            "people": people,
            "waits_together": group.mode == "together" and waiting > 1,
            "facts": facts_of_event(event, lang),
            "group_url": links.group_page(group, lang),
        },
        event=event,
    )


def _links(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """All links of one mailbox; sent only to the address the registrations were made with."""
    lang = language_of(message)
    registrations = session.scalars(
        select(Registration)
        .join(Event)
        .where(
            Registration.email_key == email_key(message.recipient),
            Registration.state.in_(ACTIVE),
            Event.state != "called_off",
        )
        .order_by(Event.starts_on, Registration.sort_key, Registration.id)
    ).all()
    entries = [
        {
            "title": registration.event.title.to(lang),
            "when": heading(registration.event.when, lang, weekday=True),
            "name": plain_name(registration.name),
            "state_words": state_words(registration.state),
            "url": links.own_page(registration, lang),
        }
        for registration in registrations
        if not registration.event.when.is_over(now)
    ]
    calendar = calendar_of(session, email_key(message.recipient))
    calendar_url = links.mailbox_page(calendar.link_id, lang) if calendar else ""
    data_url = links.mailbox_data(calendar.link_id, lang) if calendar else ""
    values = {"entries": entries, "calendar_url": calendar_url, "data_url": data_url}
    # Who has nothing to come may still ask what is kept of them.
    return Content(values) if entries or data_url else None


def _test(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """A letter an organiser tries out: like the real one, but it brings nothing for a calendar.

    An invitation of somebody made up would stand in the organiser's own calendar.
    """
    event = session.get(Event, message.payload["event_id"])
    if event is None:
        return None
    kind = message.payload["letter"]
    words = words_for(session, event, kind)
    content = sample(event, kind, language_of(message), now, words)
    return replace(content, has_calendar=False, is_test=True)


def _sign_in(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    link = session.scalar(
        select(SignInLink).where(SignInLink.link_id == message.payload["link_id"])
    )
    if link is None or link.used_at is not None or link.expires_at <= now:
        return None
    return Content({"sign_in_url": links.sign_in_page(link.link_id, language_of(message))})


_OTHERS: Mapping[str, Callable[[Session, OutboxMessage, datetime], Content | None]] = {
    "counter": _counter,
    "other_answered": _other_answered,
    "group_summary": _group_summary,
    "links": _links,
    "signin": _sign_in,
    TEST: _test,
    "mailing": mailing.compose,
    "mailing_test": mailing.compose_test,
    "digest": to_organisers.compose_digest,
    "event_news": to_organisers.compose_news,
    "evidence_due": to_organisers.compose_evidence,
    "role_given": to_organisers.compose_role,
    "account_changed": to_organisers.compose_account,
}
KINDS = frozenset(NOTICES) | frozenset(_OTHERS)
