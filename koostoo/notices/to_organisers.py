"""Letters to organisers: what they may do, and news of events they follow.

Names and numbers stand in them, nothing else of anybody.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from koostoo.accounts.browsers import name_of
from koostoo.accounts.following import NOTICES
from koostoo.accounts.models import Follow, RoleGrant
from koostoo.base.clock import local_day
from koostoo.base.dates import due_by, heading, moment
from koostoo.correspondence.evidence_news import lacks_of
from koostoo.correspondence.organiser_news import MOVED_UP, is_in_trouble, may_be_told
from koostoo.events.evidence import still_missing
from koostoo.events.models import Event
from koostoo.files.words import EVIDENCE_TITLES
from koostoo.mail.models import OutboxMessage
from koostoo.notices import links
from koostoo.notices.content import Content, language_of
from koostoo.notices.facts import plain_name
from koostoo.programme.models import Organisation, Project
from koostoo.registration.models import Registration
from koostoo.registration.queries import queue_places, seats_of
from koostoo.registration.words import standing_words

MOST_NAMES = 50
"""So many names stand in one letter; the rest is counted."""


def compose_digest(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """Return who signed up in the time the letter is about; None when it is not wanted any more."""
    found = _followed(session, message)
    if found is None or not found[0].digest:
        return None
    since, until = _span(message)
    people = _people(
        session,
        found[1],
        Registration.created_at > since,
        Registration.created_at <= until,
        Registration.source != "import",
    )
    if not people:
        return None
    return _content(*found, message, now, {"people": _names(people), "count": len(people)})


def compose_news(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """Return what happened and still holds; None when none of it does, or is wanted."""
    found = _followed(session, message)
    if found is None:
        return None
    follow, event = found
    since, until = _span(message)
    news = [what for what in message.payload["news"] if getattr(follow, what)]
    moved: Sequence[Registration] = []
    if "moved" in news:
        told = (
            OutboxMessage.kind.in_(MOVED_UP),
            OutboxMessage.created_at > since,
            OutboxMessage.created_at <= until,
        )
        moved = _people(session, event, _has_letter(*told), Registration.state.in_(_MOVED))
    failing: Sequence[Registration] = []
    if "failing" in news:
        failing = _people(session, event, _has_letter(is_in_trouble(now)))
    is_full = "full" in news and seats_of([event], now)[event.id].is_full
    if not (is_full or moved or failing):
        return None
    values = {
        "is_full": is_full,
        "moved": _names(moved),
        "moved_count": len(moved),
        "failing": [plain_name(person.name) for person in failing[:MOST_NAMES]],
        "failing_count": len(failing),
    }
    return _content(follow, event, message, now, values)


def compose_evidence(session: Session, message: OutboxMessage, now: datetime) -> Content | None:
    """Return which evidence is due or missing; None when it is there by now, or not wanted."""
    found = _followed(session, message)
    if found is None or not found[0].evidence:
        return None
    follow, event = found
    about, missing = message.payload["about"], still_missing([event.id], local_day(now))[event.id]
    due = lacks_of(event.ends_on, missing).list_due
    if not missing or (about == "list" and due is None):
        return None
    values = {
        "about": about,
        "due": due_by(due, language_of(message)) if due else "",
        "missing": [str(EVIDENCE_TITLES[one.what]) for one in missing],
        "files_url": links.files_page(event, language_of(message)),
    }
    return _content(follow, event, message, now, values)


def compose_role(session: Session, message: OutboxMessage, _now: datetime) -> Content | None:
    """Return which role somebody was given and how they sign in; None when it was taken away."""
    grant = session.get(RoleGrant, message.payload["grant_id"])
    if grant is None:
        return None
    lang = language_of(message)
    values: dict[str, Any] = {"role": grant.role, "about": "", "when": ""}
    if grant.event_id is not None:
        event = session.get_one(Event, grant.event_id)
        values |= {"about": event.title.to(lang), "when": heading(event.when, lang)}
    elif grant.organisation_id is not None:
        values["about"] = session.get_one(Organisation, grant.organisation_id).name
    elif grant.project_id is not None:
        values["about"] = session.get_one(Project, grant.project_id).title.to(lang)
    return Content(
        values | {"recipient": message.recipient, "sign_in_url": links.ask_to_sign_in(lang)}
    )


def compose_account(_session: Session, message: OutboxMessage, _now: datetime) -> Content | None:
    """Return what changed about how somebody signs in; it stays true."""
    told, lang = message.payload, language_of(message)
    return Content(
        {
            "what": told["what"],
            "when": moment(datetime.fromisoformat(told["at"]), lang),
            "browser": name_of(told["browser"]),
            "passkey": plain_name(told.get("name", "")),
            "left": told.get("left", 0),
            "account_url": links.account_page(lang),
        }
    )


_MOVED = ("confirmed", "offered", "pending")
"""States of who moved up and still has what they got."""


def _content(
    follow: Follow, event: Event, message: OutboxMessage, now: datetime, values: dict[str, Any]
) -> Content:
    lang = language_of(message)
    common = {
        "title": event.title.to(lang),
        "when": heading(event.when, lang),
        "seats": seats_of([event], now)[event.id],
        "most": MOST_NAMES,
        "desk_url": links.desk_page(event, lang),
    }
    return Content(common | values, unsubscribe_url=links.unfollow(follow, lang))


def _followed(session: Session, message: OutboxMessage) -> tuple[Follow, Event] | None:
    follow = session.get(Follow, message.payload["follow_id"])
    if follow is None or not any(getattr(follow, name) for name in NOTICES):
        return None
    event = session.get_one(Event, follow.event_id)
    return (follow, event) if may_be_told(follow, event) else None


def _span(message: OutboxMessage) -> tuple[datetime, datetime]:
    since, until = (message.payload[name] for name in ("since", "until"))
    return datetime.fromisoformat(since), datetime.fromisoformat(until)


def _people(
    session: Session, event: Event, *conditions: ColumnElement[bool]
) -> Sequence[Registration]:
    return session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.first_name != "", *conditions)
        .order_by(Registration.sort_key, Registration.id)
    ).all()


def _has_letter(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return Registration.id.in_(
        select(OutboxMessage.registration_id).where(
            OutboxMessage.registration_id.is_not(None), *conditions
        )
    )


def _names(people: Sequence[Registration]) -> list[dict[str, str]]:
    places = queue_places(people[0].event_id) if people else {}
    return [
        {"name": plain_name(one.name), "standing": standing_words(one, places.get(one.id))}
        for one in people[:MOST_NAMES]
    ]
